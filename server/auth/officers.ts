import { AppError } from '../app-error.ts';
import { type AuditFacts, recordAudit } from '../audit/record.ts';
import { nextVersion, requireSeenVersion } from '../seen-version.ts';
import type { Db, OfficerRow, Tx } from '../store/schema.ts';
import { deleteOwnViews } from '../views/views.ts';
import { type Actor, type Role, requireAct } from './policy.ts';
import { endSessionsOf, toActorId } from './session.ts';

/** An officer as a department's administrator sees one. */
export interface OfficerView {
  /** "off_7" */
  id: string;
  /** The OpenID provider, and its name for the person. */
  provider: string;
  subject: string;
  name: string;
  roles: readonly Role[];
  active: boolean;
  createdAt: string;
  changedAt: string | null;
}

export interface NewOfficer {
  subject: string;
  name: string;
  roles: readonly Role[];
}

export interface OfficerPage {
  items: OfficerView[];
  next: string | null;
}

interface OneOfficer {
  actor: Actor;
  id: string;
}

/** @throws AppError FORBIDDEN, CURSOR_INVALID */
export async function listOfficers(
  db: Db,
  { actor, limit, cursor }: { actor: Actor; limit: number; cursor?: string | undefined },
): Promise<OfficerPage> {
  requireAct(actor, 'officers.manage');
  const after = cursor === undefined ? 0 : fromOfficerId(cursor);
  if (after === null)
    throw new AppError('CURSOR_INVALID', '"starting_after" must be the "next" of a page of this very list');
  const rows = await db
    .selectFrom('officers')
    .selectAll()
    .where('issuer_id', '=', actor.issuer.id)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(toView);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** @throws AppError FORBIDDEN, OFFICER_NOT_FOUND */
export async function getOfficer(db: Db, one: OneOfficer): Promise<OfficerView> {
  requireAct(one.actor, 'officers.manage');
  return toView(await findOfficer(db, one));
}

/** `provider` says where the department's officers sign in. @throws AppError FORBIDDEN, OFFICER_EXISTS, SCOPES_EXCEEDED */
export async function addOfficer(
  tx: Tx,
  { actor, provider, officer }: { actor: Actor; provider(): string; officer: NewOfficer },
): Promise<OfficerView> {
  requireAct(actor, 'officers.manage');
  requireGiver(actor, officer.roles);
  const row = await tx
    .insertInto('officers')
    .values({
      issuer_id: actor.issuer.id,
      provider: provider(),
      subject: officer.subject,
      name: officer.name,
      roles: inOrder(officer.roles),
      created_by: actor.id,
    })
    .onConflict((conflict) =>
      conflict.columns(['issuer_id', 'provider', 'subject']).where('active', '=', true).doNothing(),
    )
    .returningAll()
    .executeTakeFirst();
  if (!row) throw new AppError('OFFICER_EXISTS', 'the account of "subject" is an officer of this department already');
  await recordAudit(tx, actor, { act: 'officer.add', object: toOfficerId(row), after: toFacts(row) });
  return toView(row);
}

/**
 * Counts at once: the officer is signed out everywhere. `changedAt` is that of the officer who was seen.
 * @throws AppError FORBIDDEN, OFFICER_NOT_FOUND, OFFICER_CHANGED, OWN_ROLES, LAST_ADMIN, SCOPES_EXCEEDED
 */
export async function changeRoles(
  tx: Tx,
  { roles, changedAt, ...one }: OneOfficer & { roles: readonly Role[]; changedAt?: string | null | undefined },
): Promise<OfficerView> {
  const officer = await openForChange(tx, one);
  requireSeenVersion('OFFICER_CHANGED', officer.changed_at, changedAt);
  requireGiver(
    one.actor,
    roles.filter((role) => !officer.roles.includes(role)),
  );
  if (!roles.includes('admin')) await requireOtherAdmin(tx, officer);
  return change(tx, { officer, actor: one.actor, set: { roles: inOrder(roles) } });
}

/** For ever: whoever comes back is added anew. Who is inactive already stays so. @throws as changeRoles */
export async function deactivateOfficer(tx: Tx, one: OneOfficer): Promise<OfficerView> {
  const officer = await openForChange(tx, one);
  await requireOtherAdmin(tx, officer);
  return change(tx, { officer, actor: one.actor, set: { active: false } });
}

/**
 * Administrators give every role but that of registrars, which reaches beyond the department: the operator gives it, or whoever has it as well.
 * @throws AppError SCOPES_EXCEEDED
 */
function requireGiver(actor: Actor, added: readonly Role[]): void {
  if (added.includes('registrar') && !actor.may.has('companies.admit'))
    throw new AppError(
      'SCOPES_EXCEEDED',
      'the role "registrar" in "roles" is given by the operator, or by an administrator who has it',
    );
}

async function openForChange(tx: Tx, one: OneOfficer): Promise<OfficerRow> {
  requireAct(one.actor, 'officers.manage');
  await lockAdmins(tx, one.actor);
  const officer = await findOfficer(tx, one);
  if (toActorId(officer) === one.actor.id)
    throw new AppError('OWN_ROLES', 'your own roles are changed by another administrator');
  return officer;
}

/** Two administrators who remove each other at the same moment wait here for one another: the second finds itself alone. */
async function lockAdmins(tx: Tx, { issuer }: Actor): Promise<void> {
  await tx.selectFrom('issuers').select('id').where('id', '=', issuer.id).forNoKeyUpdate().execute();
}

async function requireOtherAdmin(tx: Tx, officer: OfficerRow): Promise<void> {
  if (!officer.active || !officer.roles.includes('admin')) return;
  const admins = await tx
    .selectFrom('officers')
    .select(['id', 'roles'])
    .where('issuer_id', '=', officer.issuer_id)
    .where('active', '=', true)
    .where('id', '!=', officer.id)
    .execute();
  if (!admins.some(({ roles }) => roles.includes('admin')))
    throw new AppError('LAST_ADMIN', 'this is the only administrator of the department');
}

interface Change {
  officer: OfficerRow;
  actor: Actor;
  set: { roles: Role[] } | { active: false };
}

async function change(tx: Tx, { officer, actor, set }: Change): Promise<OfficerView> {
  const row = await tx
    .updateTable('officers')
    .set({ ...set, changed_by: actor.id, changed_at: nextVersion(officer.changed_at, Date.now()) })
    .where('issuer_id', '=', officer.issuer_id)
    .where('id', '=', officer.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await endSessionsOf(tx, officer);
  if (!row.active) await deleteOwnViews(tx, { issuerId: row.issuer_id, owner: toActorId(row) });
  const act = 'roles' in set ? 'officer.roles' : 'officer.deactivate';
  await recordAudit(tx, actor, { act, object: toOfficerId(row), before: toFacts(officer), after: toFacts(row) });
  return toView(row);
}

async function findOfficer(db: Db | Tx, { actor, id }: OneOfficer): Promise<OfficerRow> {
  const row = await db
    .selectFrom('officers')
    .selectAll()
    .where('issuer_id', '=', actor.issuer.id)
    .where('id', '=', fromOfficerId(id) ?? 0)
    .executeTakeFirst();
  if (!row) throw new AppError('OFFICER_NOT_FOUND', 'there is no such officer');
  return row;
}

/** Without the name and the subject, which the log keeps for ever: the id leads to them for as long as the row is there. */
function toFacts({ roles, active }: OfficerRow): AuditFacts {
  return { roles: roles.join(' '), active };
}

function toOfficerId({ id }: Pick<OfficerRow, 'id'>): string {
  return `off_${id}`;
}

function toView(row: OfficerRow): OfficerView {
  return {
    id: toOfficerId(row),
    provider: row.provider,
    subject: row.subject,
    name: row.name,
    roles: row.roles as Role[],
    active: row.active,
    createdAt: row.created_at.toISOString(),
    changedAt: row.changed_at?.toISOString() ?? null,
  };
}

/** Within PostgreSQL's integer; null for what is no officer's id. */
function fromOfficerId(text: string): number | null {
  const id = Number(/^off_([1-9]\d{0,9})$/.exec(text)?.[1]);
  return id <= 2_147_483_647 ? id : null;
}

function inOrder(roles: readonly Role[]): Role[] {
  return [...new Set(roles)].sort();
}
