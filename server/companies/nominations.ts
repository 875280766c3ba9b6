import { type RawBuilder, sql } from 'kysely';
import { toHex } from '../../proof/bytes.ts';
import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import { findTold, isSamePerson } from '../auth/same-person.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import type { CompanyNominationRow, Db, Tx } from '../store/schema.ts';
import { type CompanyName, open, seal } from './company.ts';
import { type CompanyStanding, findStanding } from './standing.ts';

/*
 * A department's word that somebody may administrate a company: how a company comes to its first administrator where the sign-in service says nothing of
 * companies. It is a row of the department, which the person's next sign-in takes up (settle.ts).
 *
 * proposed → admitted → taken, or refused; withdrawn from each but the last. What a system of the register says is admitted at once; what an officer says, or a
 * key that an officer was told, waits for a second person.
 */

export const NOMINATION_STATES = ['proposed', 'admitted', 'taken', 'refused', 'withdrawn'] as const;
/** admitted: waits for the person's sign-in; taken: they signed in and became administrator. */
export type NominationState = (typeof NOMINATION_STATES)[number];

export interface NominationView extends CompanyName {
  /** "nom_7" */
  id: string;
  state: NominationState;
  /** The administrator's name. */
  person: string;
  namedBy: string;
  createdAt: string;
  /** Who admitted or refused it. */
  decidedBy: string | null;
  decidedAt: string | null;
  /** When they signed in and became it. */
  takenAt: string | null;
  withdrawnBy: string | null;
  withdrawnAt: string | null;
  /** Why it was refused or withdrawn. */
  note: string | null;
}

export interface NominationDetail extends NominationView {
  standing: CompanyStanding;
}

type Deps = Pick<IssuanceDeps, 'cipher' | 'now' | 'hashCompanyNumber' | 'hashHolderSubject'>;

export interface NewNomination extends CompanyName {
  administrator: { account: string; name: string };
}

interface One {
  actor: Actor;
  id: string;
}

/** @throws AppError FORBIDDEN, NOMINATION_EXISTS */
export async function nominate(
  tx: Tx,
  deps: Deps,
  { actor, nomination }: { actor: Actor; nomination: NewNomination },
): Promise<NominationView> {
  requireAct(actor, 'companies.admit');
  const { number, name, administrator } = nomination;
  const subjectHmac = deps.hashCompanyNumber(number);
  const key = deps.cipher.createDataKey();
  const sealed = { number, name, person: administrator.name };
  const now = new Date(deps.now());
  const waits = await isOfficerBehind(tx, actor);
  const row = await tx
    .insertInto('company_nominations')
    .values({
      ...{ issuer_id: actor.issuer.id, subject_hmac: subjectHmac, named_by: actor.id, created_at: now },
      ...{ decided_by: waits ? null : actor.id, decided_at: waits ? null : now },
      person_hmac: deps.hashHolderSubject(administrator.account),
      ...{ data_key: Buffer.from(key.wrapped), sealed: seal(key, sealed, contextOfNomination(subjectHmac)) },
    })
    .onConflict((conflict) =>
      conflict
        .columns(['issuer_id', 'subject_hmac', 'person_hmac'])
        .where('withdrawn_at', 'is', null)
        .where('is_refused', '=', false)
        .doNothing(),
    )
    .returningAll()
    .executeTakeFirst();
  if (!row)
    throw new AppError('NOMINATION_EXISTS', 'the department has named this administrator: withdraw that word first');
  await recordAudit(tx, actor, {
    ...{ act: 'company.nominate', object: toNominationId(row), after: { state: stateOf(row) } },
  });
  return view(deps, row);
}

/** Of a key that the operator made nobody is known: it is the register's own. */
async function isOfficerBehind(tx: Tx, actor: Actor): Promise<boolean> {
  return (await findTold(tx, actor)).some((id) => id.startsWith('officer:'));
}

export interface NominationSearch {
  actor: Actor;
  /** Of a company. */
  number?: string | undefined;
  state?: NominationState | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** Newest first. @throws AppError FORBIDDEN, CURSOR_INVALID */
export async function listNominations(
  db: Db,
  deps: Deps,
  { actor, number, state, limit, cursor }: NominationSearch,
): Promise<{ items: NominationView[]; next: string | null }> {
  requireAct(actor, 'companies.admit');
  let query = db.selectFrom('company_nominations').selectAll().where('issuer_id', '=', actor.issuer.id);
  if (number !== undefined) query = query.where('subject_hmac', '=', deps.hashCompanyNumber(number));
  if (state !== undefined) query = query.where((rows) => rows.and(CONDITIONS[state]));
  if (cursor !== undefined) {
    const before = readSeq(cursor);
    if (before === null)
      throw new AppError('CURSOR_INVALID', '"starting_after" must be the "next" of a page of this very list');
    query = query.where('seq', '<', before);
  }
  const rows = await query
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map((row) => view(deps, row));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** `platform` sees beyond the department, for numbers alone. @throws AppError FORBIDDEN, NOMINATION_NOT_FOUND */
export async function getNomination(
  { db, platform }: { db: Db; platform: Db },
  deps: Deps,
  one: One,
): Promise<NominationDetail> {
  requireAct(one.actor, 'companies.admit');
  const row = await selectOne(db, one).executeTakeFirst();
  if (!row) throw notFound();
  return { ...view(deps, row), standing: await findStanding(platform, row) };
}

/**
 * Another person's word beside that of whoever named them, with the account that they read themselves: it is not kept, so that nobody could compare it. Of two who
 * decide at the same moment the second is told so.
 * @throws AppError FORBIDDEN, NOMINATION_NOT_FOUND, NOMINATION_STATE, SAME_PERSON, VALIDATION_FAILED
 */
export async function admitNomination(
  tx: Tx,
  deps: Deps,
  { account, ...one }: One & { account: string },
): Promise<NominationView> {
  return decide(tx, deps, { ...one, act: 'company.admit', account });
}

/** For ever; it can be said anew. @throws as admitNomination */
export async function refuseNomination(tx: Tx, deps: Deps, refusal: One & { note: string }): Promise<NominationView> {
  return decide(tx, deps, { ...refusal, act: 'company.refuse' });
}

interface Decision extends One {
  act: 'company.admit' | 'company.refuse';
  note?: string;
  account?: string;
}

async function decide(tx: Tx, deps: Deps, { act, note, account, ...one }: Decision): Promise<NominationView> {
  const { actor } = one;
  const row = await lock(tx, one);
  if (stateOf(row) !== 'proposed')
    throw new AppError('NOMINATION_STATE', `it was decided already: it is ${stateOf(row)}`);
  if (await isSamePerson(tx, actor, [row.named_by]))
    throw new AppError('SAME_PERSON', 'somebody else decides on what you said yourself; you can withdraw it');
  if (account !== undefined && !deps.hashHolderSubject(account).equals(row.person_hmac)) throw accountDiffers();
  return change(tx, deps, {
    ...{ actor, row, act },
    set: {
      ...{ decided_by: actor.id, decided_at: new Date(deps.now()), is_refused: act === 'company.refuse' },
      sealed_note: sealNote(deps, row, note),
    },
  });
}

/**
 * Whoever became administrator by it acts no longer, at once; withdrawing it again answers the same.
 * @throws AppError FORBIDDEN, NOMINATION_NOT_FOUND, NOMINATION_STATE
 */
export async function withdrawNomination(
  tx: Tx,
  deps: Deps,
  { note, ...one }: One & { note?: string | undefined },
): Promise<NominationView> {
  const row = await lock(tx, one);
  if (row.withdrawn_at !== null) return view(deps, row);
  if (row.is_refused) throw new AppError('NOMINATION_STATE', 'it was refused: there is nothing to withdraw');
  return change(tx, deps, {
    ...{ actor: one.actor, row, act: 'company.withdraw' },
    set: {
      ...{ withdrawn_by: one.actor.id, withdrawn_at: new Date(deps.now()) },
      sealed_note: sealNote(deps, row, note),
    },
  });
}

function selectOne(db: Db | Tx, { actor, id }: One) {
  return db
    .selectFrom('company_nominations')
    .selectAll()
    .where('issuer_id', '=', actor.issuer.id)
    .where('seq', '=', readSeq(id) ?? 0);
}

async function lock(tx: Tx, one: One): Promise<CompanyNominationRow> {
  requireAct(one.actor, 'companies.admit');
  const row = await selectOne(tx, one).forUpdate().executeTakeFirst();
  if (!row) throw notFound();
  return row;
}

function notFound(): AppError {
  return new AppError('NOMINATION_NOT_FOUND', 'there is no such word of the department');
}

function accountDiffers(): AppError {
  const message =
    '"account" is not the account that was named: compare it with the papers, and refuse where they say another';
  return new AppError('VALIDATION_FAILED', message, {
    problems: [{ pointer: '/account', code: 'ACCOUNT_DIFFERS', message }],
  });
}

interface Change {
  actor: Actor;
  row: CompanyNominationRow;
  act: Decision['act'] | 'company.withdraw';
  set: Partial<CompanyNominationRow>;
}

async function change(tx: Tx, deps: Deps, { actor, row, act, set }: Change): Promise<NominationView> {
  const changed = { ...row, ...set };
  await tx
    .updateTable('company_nominations')
    .set(set)
    .where('issuer_id', '=', actor.issuer.id)
    .where('seq', '=', row.seq)
    .execute();
  const [before, after] = [{ state: stateOf(row) }, { state: stateOf(changed) }];
  await recordAudit(tx, actor, { act, object: toNominationId(row), before, after });
  return view(deps, changed);
}

function stateOf(row: CompanyNominationRow): NominationState {
  if (row.withdrawn_at !== null) return 'withdrawn';
  if (row.is_refused) return 'refused';
  if (row.taken_at !== null) return 'taken';
  return row.decided_at === null ? 'proposed' : 'admitted';
}

const NOT_WITHDRAWN = sql<boolean>`withdrawn_at is null`;
/** The same as `stateOf`, for the database. */
const CONDITIONS: Readonly<Record<NominationState, RawBuilder<boolean>[]>> = {
  proposed: [NOT_WITHDRAWN, sql<boolean>`decided_at is null`],
  admitted: [NOT_WITHDRAWN, sql<boolean>`decided_at is not null and not is_refused and taken_at is null`],
  taken: [NOT_WITHDRAWN, sql<boolean>`taken_at is not null`],
  refused: [sql<boolean>`is_refused`],
  withdrawn: [sql<boolean>`withdrawn_at is not null`],
};

function readSeq(id: string): number | null {
  return Number(/^nom_([1-9]\d{0,14})$/.exec(id)?.[1] ?? 0) || null;
}

function toNominationId({ seq }: Pick<CompanyNominationRow, 'seq'>): string {
  return `nom_${seq}`;
}

function view({ cipher }: Deps, row: CompanyNominationRow): NominationView {
  const key = cipher.openDataKey(row.data_key);
  return {
    id: toNominationId(row),
    state: stateOf(row),
    ...open<CompanyName & { person: string }>(key, row.sealed, contextOfNomination(row.subject_hmac)),
    ...{ namedBy: row.named_by, createdAt: row.created_at.toISOString() },
    ...{ decidedBy: row.decided_by, decidedAt: row.decided_at?.toISOString() ?? null },
    takenAt: row.taken_at?.toISOString() ?? null,
    ...{ withdrawnBy: row.withdrawn_by, withdrawnAt: row.withdrawn_at?.toISOString() ?? null },
    note: row.sealed_note && open<string>(key, row.sealed_note, contextOfNote(row.subject_hmac)),
  };
}

function sealNote({ cipher }: Deps, row: CompanyNominationRow, note: string | undefined): Buffer | null {
  return note === undefined ? null : seal(cipher.openDataKey(row.data_key), note, contextOfNote(row.subject_hmac));
}

export function contextOfNomination(subjectHmac: Buffer): string {
  return `company-nomination:${toHex(subjectHmac)}`;
}

function contextOfNote(subjectHmac: Buffer): string {
  return `company-nomination-note:${toHex(subjectHmac)}`;
}
