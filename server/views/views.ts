import { sql } from 'kysely';
import { AppError } from '../app-error.ts';
import { type AuditFacts, recordAudit } from '../audit/record.ts';
import { type Act, type Actor, requireAct } from '../auth/policy.ts';
import { nextVersion, requireSeenVersion } from '../seen-version.ts';
import type { Db, SavedViewRow, Tx, ViewPlace } from '../store/schema.ts';

/** What whoever opens a list may do: its views are for the same people. */
const READING: Readonly<Record<ViewPlace, Act>> = {
  credentials: 'credentials.read',
  drafts: 'credentials.read',
  imports: 'credentials.read',
  reports: 'credentials.read',
  companies: 'companies.admit',
  audit: 'audit.read',
};
export const VIEW_PLACES = Object.keys(READING) as ViewPlace[];
/** What is shared is the department's, whoever made it. */
const SHARING = 'rules.manage' satisfies Act;

const MOST_OWN = 50;
const MOST_SHARED = 50;

/** As the list's address has them. */
export type ViewFilters = Readonly<Record<string, string>>;

export interface SavedView {
  /** "viw_7" */
  id: string;
  place: ViewPlace;
  name: string;
  filters: ViewFilters;
  shared: boolean;
  /** Who made it. */
  owner: string;
  createdAt: string;
  changedAt: string;
}

export interface ViewDeps {
  now(): number;
  /** @throws AppError VALIDATION_FAILED for what the list does not take, and for what points at a person or one document */
  checkFilters(place: ViewPlace, filters: object): ViewFilters;
}

export interface NewView {
  place: ViewPlace;
  name: string;
  filters: object;
  shared: boolean;
}

export interface ViewChange {
  name?: string | undefined;
  filters?: object | undefined;
  shared?: boolean | undefined;
  /** That of the view which was seen. */
  changedAt: string;
}

interface One {
  actor: Actor;
  id: string;
}

/** Those of the officer and those of the department, in the order in which they were made: at most a hundred. @throws AppError FORBIDDEN */
export async function listViews(db: Db, { actor, place }: { actor: Actor; place: ViewPlace }): Promise<SavedView[]> {
  requireAct(actor, READING[place]);
  const rows = await selectVisible(db, actor).where('place', '=', place).orderBy('seq').execute();
  return rows.map(toView);
}

/** @throws AppError FORBIDDEN, VALIDATION_FAILED, VIEW_LIMIT, VIEW_EXISTS */
export async function createView(
  tx: Tx,
  deps: ViewDeps,
  { actor, view: { place, name, filters, shared } }: { actor: Actor; view: NewView },
): Promise<SavedView> {
  requireAct(actor, READING[place]);
  if (shared) requireAct(actor, SHARING);
  const kept = deps.checkFilters(place, filters);
  await lockDepartment(tx, actor);
  const scope = { actor, place, shared };
  await requireRoom(tx, scope);
  await requireFreeName(tx, scope, name);
  const now = new Date(deps.now());
  const row = await tx
    .insertInto('saved_views')
    .values({
      ...{ issuer_id: actor.issuer.id, owner: actor.id, place, name, filters: JSON.stringify(kept) },
      ...{ is_shared: shared, created_at: now, changed_at: now },
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  if (shared) await recordAudit(tx, actor, { act: 'view.create', object: toViewId(row), after: toFacts(row) });
  return toView(row);
}

/**
 * What is left out stays as it is. Whoever shares a view gives it to the department; only its owner takes it back for themselves.
 * @throws AppError FORBIDDEN, VALIDATION_FAILED, VIEW_NOT_FOUND, VIEW_CHANGED, VIEW_LIMIT, VIEW_EXISTS
 */
export async function updateView(tx: Tx, deps: ViewDeps, { change, ...one }: One & { change: ViewChange }) {
  const { actor } = one;
  const row = await openForChange(tx, one);
  const { name = row.name, shared = row.is_shared } = change;
  if (shared) requireAct(actor, SHARING);
  requireSeenVersion('VIEW_CHANGED', row.changed_at, change.changedAt);
  if (row.is_shared && !shared && row.owner !== actor.id)
    throw new AppError('FORBIDDEN', 'only whoever made a shared view takes it back for themselves; you can delete it');
  const filters = change.filters === undefined ? row.filters : deps.checkFilters(row.place, change.filters);
  const scope = { actor, place: row.place, shared };
  const moves = shared !== row.is_shared;
  if (moves) await requireRoom(tx, scope);
  if (moves || name !== row.name) await requireFreeName(tx, scope, name);
  const changed = await tx
    .updateTable('saved_views')
    .set({
      ...{ name, filters: JSON.stringify(filters), is_shared: shared },
      changed_at: nextVersion(row.changed_at, deps.now()),
    })
    .where('issuer_id', '=', actor.issuer.id)
    .where('seq', '=', row.seq)
    .returningAll()
    .executeTakeFirstOrThrow();
  const [before, after] = [toFacts(row), toFacts(changed)];
  if (row.is_shared || shared)
    await recordAudit(tx, actor, { act: 'view.change', object: toViewId(row), before, after });
  return toView(changed);
}

/** For ever. @throws AppError FORBIDDEN, VIEW_NOT_FOUND */
export async function deleteView(tx: Tx, one: One): Promise<SavedView> {
  const row = await openForChange(tx, one);
  await tx.deleteFrom('saved_views').where('issuer_id', '=', one.actor.issuer.id).where('seq', '=', row.seq).execute();
  if (row.is_shared)
    await recordAudit(tx, one.actor, { act: 'view.delete', object: toViewId(row), before: toFacts(row) });
  return toView(row);
}

/** Nobody could see what an officer who was deactivated kept for themselves. */
export async function deleteOwnViews(tx: Tx, { issuerId, owner }: { issuerId: number; owner: string }): Promise<void> {
  await tx
    .deleteFrom('saved_views')
    .where('issuer_id', '=', issuerId)
    .where('owner', '=', owner)
    .where('is_shared', '=', false)
    .execute();
}

/** Own ones and the department's, of the lists that the officer may open: to them there are no others. */
function selectVisible(db: Db | Tx, actor: Actor) {
  const places = VIEW_PLACES.filter((place) => actor.may.has(READING[place]));
  return db
    .selectFrom('saved_views')
    .selectAll()
    .where('issuer_id', '=', actor.issuer.id)
    .where(sql<boolean>`place = any(${places}::text[])`)
    .where((rows) => rows.or([rows('owner', '=', actor.id), rows('is_shared', '=', true)]));
}

/** @throws AppError VIEW_NOT_FOUND, and for what is shared FORBIDDEN */
async function openForChange(tx: Tx, { actor, id }: One): Promise<SavedViewRow> {
  await lockDepartment(tx, actor);
  const row = await selectVisible(tx, actor)
    .where('seq', '=', readSeq(id) ?? 0)
    .executeTakeFirst();
  if (!row) throw new AppError('VIEW_NOT_FOUND', 'there is no such view');
  if (row.is_shared) requireAct(actor, SHARING);
  return row;
}

/** Whatever changes views of a department waits here for one another, so that what is counted and looked for below stays so. */
async function lockDepartment(tx: Tx, { issuer }: Actor): Promise<void> {
  await tx.selectFrom('issuers').select('id').where('id', '=', issuer.id).forNoKeyUpdate().execute();
}

/** Among which views a view is counted and has its name for itself. */
interface Scope {
  actor: Actor;
  place: ViewPlace;
  shared: boolean;
}

function selectScope(tx: Tx, { actor, shared }: Scope) {
  const rows = tx
    .selectFrom('saved_views')
    .select('seq')
    .where('issuer_id', '=', actor.issuer.id)
    .where('is_shared', '=', shared);
  return shared ? rows : rows.where('owner', '=', actor.id);
}

async function requireRoom(tx: Tx, scope: Scope): Promise<void> {
  const { length } = await selectScope(tx, scope).execute();
  if (scope.shared && length >= MOST_SHARED)
    throw new AppError('VIEW_LIMIT', `a department shares at most ${MOST_SHARED} views: delete one`);
  if (!scope.shared && length >= MOST_OWN)
    throw new AppError('VIEW_LIMIT', `an officer has at most ${MOST_OWN} views: delete one`);
}

async function requireFreeName(tx: Tx, scope: Scope, name: string): Promise<void> {
  const taken = await selectScope(tx, scope)
    .where('place', '=', scope.place)
    .where('name', '=', name)
    .executeTakeFirst();
  if (!taken) return;
  const message = scope.shared
    ? 'the department shares a view of this list by this "name": choose another'
    : 'you have a view of this list by this "name": choose another';
  throw new AppError('VIEW_EXISTS', message, { problems: [{ pointer: '/name', code: 'VIEW_EXISTS', message }] });
}

/** Without its name, which the log would keep for ever. */
function toFacts({ place, filters, is_shared }: SavedViewRow): AuditFacts {
  return { place, filters: new URLSearchParams(filters).toString(), shared: is_shared };
}

function toViewId({ seq }: Pick<SavedViewRow, 'seq'>): string {
  return `viw_${seq}`;
}

function readSeq(id: string): number | null {
  return Number(/^viw_([1-9]\d{0,14})$/.exec(id)?.[1] ?? 0) || null;
}

function toView(row: SavedViewRow): SavedView {
  const { place, name, filters, is_shared: shared, owner } = row;
  return {
    ...{ id: toViewId(row), place, name, filters, shared, owner },
    ...{ createdAt: row.created_at.toISOString(), changedAt: row.changed_at.toISOString() },
  };
}
