import { createHash } from 'node:crypto';
import { decodeDate, toDate, toHongKongDay } from '../../proof/day.ts';
import { AppError, type AppErrorCode } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import { isSamePerson } from '../auth/same-person.ts';
import type { CredentialRow, Db, IssuerRow, StatusChangeState, StatusOperationRow, Tx } from '../store/schema.ts';
import { fromCredentialId, toCredentialId } from './credential-id.ts';
import { isReleased } from './held.ts';
import { foldChanges, type IntendedStatus } from './intended-status.ts';
import { contextOf } from './payload.ts';
import { statusSql } from './query.ts';
import { statusApprovals } from './status-approvals.ts';
import { type Asked, type AskedAct, readLastDay, requireAllowed } from './status-rules.ts';
import { type CredentialStatus, type IssuanceDeps, REASONS, type Reason } from './use-cases.ts';

/*
 * A change of many credentials, or one that needs a second person:
 *   1. preview    which credentials it is about is fixed, with what stands in the way of each; nothing is changed
 *   2. confirmed  every credential that nobody changed since gets its change recorded; what was changed meanwhile is left and told
 *      cancelled
 */

/** Of one operation: what can be read by a person as one decision, and held in memory. */
export const MOST_CREDENTIALS = 10_000;
const SAMPLE = 5;
const MOST_TOLD = 1_000;
const CHUNK = 1_000;

export interface OperationFilter {
  type?: string | undefined;
  status?: CredentialStatus | undefined;
  /** Days: the credential's own last day lies between them. */
  validUntilFrom?: string | undefined;
  validUntilTo?: string | undefined;
}

export interface OperationRequest {
  actor: Actor;
  act: AskedAct;
  reason: Reason;
  note?: string | undefined;
  until?: string | undefined;
  /** One of both. */
  ids?: readonly string[] | undefined;
  filter?: OperationFilter | undefined;
}

export type RowRefusal = AppErrorCode | 'CHANGED_SINCE';

export interface OperationView {
  id: string;
  act: AskedAct;
  reason: Reason;
  until: string | null;
  state: StatusOperationRow['state'];
  /** Whether somebody else than who asked for it has to confirm it. */
  secondPerson: boolean;
  /** Of the credentials that were found, how many are or were to be changed, and how many are not. */
  counts: { found: number; ready: number; refused: number };
  sample: string[];
  /** The first thousand; `counts` says how many there are. */
  refusals: { credential: string; code: RowRefusal }[];
  /** How far the recorded changes are on their way. */
  progress: Record<StatusChangeState, number>;
  requestedBy: string;
  decidedBy: string | null;
  createdAt: string;
  decidedAt: string | null;
}

interface One {
  actor: Actor;
  id: string;
}

/** @throws AppError VALIDATION_FAILED */
export async function previewOperation(tx: Tx, deps: IssuanceDeps, request: OperationRequest): Promise<OperationView> {
  const { actor } = request;
  requireAct(actor, 'status.change');
  const until = readLastDay(request.until, todayOf(deps));
  const candidates = await findCandidates(tx, deps, request);
  return proposeOperation(tx, deps, { ...request, until, candidates });
}

export type Candidate = Pick<
  CredentialRow,
  | 'seq'
  | 'id'
  | 'code'
  | 'state'
  | 'revoked'
  | 'suspended'
  | 'suspended_until'
  | 'superseded_by_seq'
  | 'extended_until'
  | 'wrapped_key'
  | 'erased_at'
>;

export interface Proposal extends Omit<OperationRequest, 'until' | 'ids' | 'filter'> {
  until: number | null;
  candidates: readonly Candidate[];
}

export async function proposeOperation(tx: Tx, deps: IssuanceDeps, proposal: Proposal): Promise<OperationView> {
  const { actor, act, until, note, candidates } = proposal;
  const asked = { act, until, today: todayOf(deps), hasNote: note !== undefined };
  const judged = await judge(tx, asked, { issuer: actor.issuer, candidates });
  const operation = await insertOperation(tx, deps, proposal);
  for (let start = 0; start < judged.length; start += CHUNK)
    await tx
      .insertInto('status_operation_rows')
      .values(
        judged.slice(start, start + CHUNK).map(({ candidate, lastChange, refusal }) => ({
          issuer_id: actor.issuer.id,
          operation_seq: operation.seq,
          credential_seq: candidate.seq,
          last_change_seq: lastChange,
          refusal,
        })),
      )
      .execute();
  await audit(tx, { actor, operation, what: 'preview' }, judged.filter(isReady));
  return toView(tx, operation);
}

async function insertOperation(tx: Tx, deps: IssuanceDeps, proposal: Proposal): Promise<StatusOperationRow> {
  const { actor, act, reason, note, until, candidates } = proposal;
  const { seq } = await tx
    .insertInto('status_operations')
    .values({
      issuer_id: actor.issuer.id,
      act,
      reason: REASONS[reason],
      until,
      approvals: await statusApprovals(
        tx,
        actor.issuer,
        candidates.map(({ code }) => code),
      ),
      state: 'preview',
      requested_by: actor.id,
      created_at: new Date(deps.now()),
    })
    .returning('seq')
    .executeTakeFirstOrThrow();
  const key = note === undefined ? null : deps.cipher.createDataKey();
  return tx
    .updateTable('status_operations')
    .set({
      note: key && Buffer.from(key.encrypt(Buffer.from(note as string), noteContext(seq))),
      note_key: key && Buffer.from(key.wrapped),
    })
    .where('issuer_id', '=', actor.issuer.id)
    .where('seq', '=', seq)
    .returningAll()
    .executeTakeFirstOrThrow();
}

interface Judged {
  candidate: Candidate;
  lastChange: number | null;
  refusal: RowRefusal | null;
}

function isReady({ refusal }: Judged): boolean {
  return refusal === null;
}

async function judge(
  tx: Tx,
  asked: Asked,
  { issuer, candidates }: { issuer: IssuerRow; candidates: readonly Candidate[] },
): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (let start = 0; start < candidates.length; start += CHUNK) {
    const chunk = candidates.slice(start, start + CHUNK);
    const changes = await changesOf(tx, issuer, chunk);
    for (const candidate of chunk) {
      const own = changes.get(candidate.seq) ?? [];
      const open = own.filter(({ state }) => state !== 'final' && state !== 'failed');
      const refusal = refusalOf(asked, foldChanges(candidate, open), candidate);
      judged.push({ candidate, lastChange: own.at(-1)?.seq ?? null, refusal });
    }
  }
  return judged;
}

async function changesOf(tx: Tx, issuer: IssuerRow, candidates: readonly Candidate[]) {
  const seqs = candidates.map(({ seq }) => seq);
  const changes = await tx
    .selectFrom('status_changes')
    .select(['seq', 'credential_seq', 'act', 'until', 'valid_until', 'state'])
    .where('issuer_id', '=', issuer.id)
    .where('credential_seq', 'in', seqs)
    .orderBy('seq')
    .execute();
  return Map.groupBy(changes, ({ credential_seq }) => credential_seq);
}

function refusalOf(asked: Asked, status: IntendedStatus, row: Candidate): RowRefusal | null {
  try {
    requireAllowed(asked, status, row);
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

const CANDIDATE = [
  'seq',
  'id',
  'code',
  'state',
  'revoked',
  'suspended',
  'suspended_until',
  'superseded_by_seq',
  'extended_until',
  'wrapped_key',
  'erased_at',
] as const;

function findCandidates(tx: Tx, deps: IssuanceDeps, request: OperationRequest): Promise<Candidate[]> {
  const { actor, ids, filter = {} } = request;
  return ids ? findListed(tx, actor.issuer, ids) : findFiltered(tx, deps, { issuer: actor.issuer, filter });
}

/** @throws AppError VALIDATION_FAILED naming every id that is none: a typing error is not silently left out */
async function findListed(tx: Tx, issuer: IssuerRow, ids: readonly string[]): Promise<Candidate[]> {
  const keys = [...new Set(ids)].map(fromCredentialId).filter((id) => id !== null);
  const found =
    keys.length === 0
      ? []
      : await tx
          .selectFrom('credentials')
          .select(CANDIDATE)
          .where('issuer_id', '=', issuer.id)
          .where('state', '!=', 'submitted')
          .where(isReleased('credentials'))
          .where('id', 'in', keys)
          .orderBy('seq')
          .execute();
  const known = new Set(found.map(({ id }) => toCredentialId(id)));
  const problems = ids.flatMap((id, i) =>
    known.has(id)
      ? []
      : [{ pointer: `/ids/${i}`, code: 'CREDENTIAL_NOT_FOUND', message: `"ids/${i}" is no credential of yours` }],
  );
  if (problems.length > 0) throw new AppError('VALIDATION_FAILED', 'some credentials are not there', { problems });
  return found;
}

async function findFiltered(
  tx: Tx,
  deps: IssuanceDeps,
  { issuer, filter }: { issuer: IssuerRow; filter: OperationFilter },
): Promise<Candidate[]> {
  let query = tx
    .selectFrom('credentials as c')
    .select(CANDIDATE)
    .where('issuer_id', '=', issuer.id)
    // a draft can still vanish, and what names its credential would stand in its way
    .where('state', '!=', 'submitted')
    .where(isReleased('c'));
  if (filter.type !== undefined) query = query.where('code', '=', filter.type);
  if (filter.validUntilFrom !== undefined) query = query.where('valid_until', '>=', decodeDate(filter.validUntilFrom));
  if (filter.validUntilTo !== undefined) query = query.where('valid_until', '<=', decodeDate(filter.validUntilTo));
  if (filter.status !== undefined) query = query.where(statusSql(todayOf(deps)), '=', filter.status);
  const found = await query
    .orderBy('seq')
    .limit(MOST_CREDENTIALS + 1)
    .execute();
  if (found.length <= MOST_CREDENTIALS) return found;
  const message = `"filter" finds more than ${MOST_CREDENTIALS} credentials: narrow it, and make several operations`;
  throw new AppError('VALIDATION_FAILED', message, {
    problems: [{ pointer: '/filter', code: 'TOO_MANY', message }],
  });
}

/**
 * Records the change of every credential that is as it was previewed.
 * @throws AppError OPERATION_NOT_FOUND, OPERATION_CLOSED, SAME_PERSON
 */
export async function confirmOperation(tx: Tx, deps: IssuanceDeps, { actor, id }: One): Promise<OperationView> {
  requireDecider(actor);
  const operation = await lockOpen(tx, { actor, id });
  const candidates = await lockCandidates(tx, operation);
  const codes = candidates.map(({ code }) => code);
  // a rule that became stricter since the preview holds
  const approvals = Math.max(operation.approvals, await statusApprovals(tx, actor.issuer, codes));
  await requireConfirmer(tx, actor, { requestedBy: operation.requested_by, approvals });
  requireFuture(operation, todayOf(deps));
  const ready = await findUnchanged(tx, { operation, candidates, today: todayOf(deps), issuer: actor.issuer });
  await recordChanges(tx, deps, { operation, ready });
  const closed = await close(tx, deps, { operation, actor, state: 'confirmed' });
  await audit(tx, { actor, operation: closed, what: 'confirm' }, ready);
  return toView(tx, closed);
}

/** Before anything is looked for: which of both rights it takes depends on what is found. */
function requireDecider(actor: Actor): void {
  if (!actor.may.has('status.approve')) requireAct(actor, 'status.change');
}

async function requireConfirmer(
  tx: Tx,
  actor: Actor,
  { requestedBy, approvals }: { requestedBy: string; approvals: number },
): Promise<void> {
  requireAct(actor, approvals > 0 ? 'status.approve' : 'status.change');
  if (approvals > 0 && (await isSamePerson(tx, actor, [requestedBy])))
    throw new AppError('SAME_PERSON', 'the change needs a second person: somebody else has to confirm it');
}

function requireFuture({ until }: StatusOperationRow, today: number): void {
  if (until !== null && until < today)
    throw new AppError('OPERATION_CLOSED', 'its last suspended day has passed: cancel it, and ask anew');
}

/** In the order of their numbers, so that two operations on the same credentials wait for each other instead of for ever. */
function lockCandidates(tx: Tx, operation: StatusOperationRow): Promise<Candidate[]> {
  return tx
    .selectFrom('credentials')
    .select(CANDIDATE)
    .where('issuer_id', '=', operation.issuer_id)
    .where('seq', 'in', (from) =>
      from
        .selectFrom('status_operation_rows')
        .select('credential_seq')
        .where('issuer_id', '=', operation.issuer_id)
        .where('operation_seq', '=', operation.seq)
        .where('refusal', 'is', null),
    )
    .orderBy('seq')
    .forUpdate()
    .execute();
}

interface Unchanged {
  operation: StatusOperationRow;
  candidates: readonly Candidate[];
  today: number;
  issuer: IssuerRow;
}

async function findUnchanged(tx: Tx, { operation, candidates, today, issuer }: Unchanged): Promise<Judged[]> {
  const { act, until, note } = operation;
  const asked = { act, until, today, hasNote: note !== null };
  const previewed = await tx
    .selectFrom('status_operation_rows')
    .select(['credential_seq', 'last_change_seq'])
    .where('issuer_id', '=', issuer.id)
    .where('operation_seq', '=', operation.seq)
    .execute();
  const lastSeen = new Map(previewed.map((row) => [row.credential_seq, row.last_change_seq]));
  const judged = (await judge(tx, asked, { issuer, candidates })).map((row): Judged => {
    const isChanged = row.lastChange !== lastSeen.get(row.candidate.seq);
    return { ...row, refusal: row.refusal ?? (isChanged ? 'CHANGED_SINCE' : null) };
  });
  for (const [refusal, rows] of Map.groupBy(judged, (row) => row.refusal))
    if (refusal !== null) await noteRefusal(tx, operation, { refusal, rows });
  return judged.filter(isReady);
}

async function noteRefusal(
  tx: Tx,
  operation: StatusOperationRow,
  { refusal, rows }: { refusal: RowRefusal; rows: readonly Judged[] },
): Promise<void> {
  await tx
    .updateTable('status_operation_rows')
    .set({ refusal })
    .where('issuer_id', '=', operation.issuer_id)
    .where('operation_seq', '=', operation.seq)
    .where(
      'credential_seq',
      'in',
      rows.map(({ candidate }) => candidate.seq),
    )
    .execute();
}

async function recordChanges(
  tx: Tx,
  deps: IssuanceDeps,
  { operation, ready }: { operation: StatusOperationRow; ready: readonly Judged[] },
): Promise<void> {
  const note = openNote(operation, deps);
  const { issuer_id, act, reason, until, seq: operation_seq, requested_by } = operation;
  const common = { issuer_id, act, reason, until, operation_seq, requested_by, state: 'recorded' as const };
  for (let start = 0; start < ready.length; start += CHUNK)
    await tx
      .insertInto('status_changes')
      .values(
        ready.slice(start, start + CHUNK).map(({ candidate }) => ({
          ...common,
          credential_seq: candidate.seq,
          note: note && Buffer.from(encryptNote(note, candidate, deps)),
          created_at: new Date(deps.now()),
        })),
      )
      .execute();
}

function encryptNote(note: Uint8Array, { id, wrapped_key }: Candidate, deps: IssuanceDeps): Uint8Array {
  return deps.cipher.openDataKey(wrapped_key).encrypt(note, contextOf('note', id));
}

function openNote({ seq, note, note_key }: StatusOperationRow, deps: IssuanceDeps): Uint8Array | null {
  return note && note_key && deps.cipher.openDataKey(note_key).decrypt(note, noteContext(seq));
}

function noteContext(seq: number): string {
  return `operation-note:${seq}`;
}

/** @throws AppError OPERATION_NOT_FOUND, OPERATION_CLOSED */
export async function cancelOperation(tx: Tx, deps: IssuanceDeps, { actor, id }: One): Promise<OperationView> {
  requireDecider(actor);
  const operation = await lockOpen(tx, { actor, id });
  const closed = await close(tx, deps, { operation, actor, state: 'cancelled' });
  await audit(tx, { actor, operation: closed, what: 'cancel' }, []);
  return toView(tx, closed);
}

async function lockOpen(tx: Tx, { actor, id }: One): Promise<StatusOperationRow> {
  const operation = await selectOperations(tx, actor.issuer)
    .where('seq', '=', decodeOperationId(id))
    .forUpdate()
    .executeTakeFirst();
  if (!operation) throw notFound();
  if (operation.state !== 'preview')
    throw new AppError('OPERATION_CLOSED', `the operation was ${operation.state} already`);
  return operation;
}

// Who may see the note from now on is who may see the credentials': the operation's own copy goes.
function close(
  tx: Tx,
  deps: IssuanceDeps,
  { operation, actor, state }: { operation: StatusOperationRow; actor: Actor; state: 'confirmed' | 'cancelled' },
): Promise<StatusOperationRow> {
  return tx
    .updateTable('status_operations')
    .set({ state, decided_by: actor.id, decided_at: new Date(deps.now()), note: null, note_key: null })
    .where('issuer_id', '=', actor.issuer.id)
    .where('seq', '=', operation.seq)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** @throws AppError OPERATION_NOT_FOUND */
export async function getOperation(tx: Db | Tx, { actor, id }: One): Promise<OperationView> {
  requireAct(actor, 'credentials.read');
  const operation = await selectOperations(tx, actor.issuer)
    .where('seq', '=', decodeOperationId(id))
    .executeTakeFirst();
  if (!operation) throw notFound();
  return toView(tx, operation);
}

export interface OperationList {
  actor: Actor;
  state?: StatusOperationRow['state'] | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** Newest first. @throws AppError CURSOR_INVALID */
export async function listOperations(
  tx: Db | Tx,
  { actor, state, limit, cursor }: OperationList,
): Promise<{ items: OperationView[]; next: string | null }> {
  requireAct(actor, 'credentials.read');
  let query = selectOperations(tx, actor.issuer);
  if (state !== undefined) query = query.where('state', '=', state);
  if (cursor !== undefined) query = query.where('seq', '<', decodeCursor(cursor));
  const rows = await query
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .execute();
  const items: OperationView[] = [];
  for (const row of rows.slice(0, limit)) items.push(await toView(tx, row));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

function decodeCursor(cursor: string): number {
  const seq = decodeOperationId(cursor);
  if (seq === 0)
    throw new AppError('CURSOR_INVALID', '"starting_after" must be the "next" of a page of this very list');
  return seq;
}

function selectOperations(tx: Db | Tx, issuer: IssuerRow) {
  return tx.selectFrom('status_operations').selectAll().where('issuer_id', '=', issuer.id);
}

function toOperationId(seq: number): string {
  return `sop_${seq}`;
}

/** 0, which none has, for what is no id. */
function decodeOperationId(id: string): number {
  return Number(/^sop_([1-9]\d{0,14})$/.exec(id)?.[1] ?? 0);
}

function notFound(): AppError {
  return new AppError('OPERATION_NOT_FOUND', 'there is no such operation');
}

const REASON_NAMES = new Map(Object.entries(REASONS).map(([name, number]) => [number as number, name as Reason]));

async function toView(tx: Db | Tx, operation: StatusOperationRow): Promise<OperationView> {
  const { seq, act, until, state, approvals } = operation;
  const rows = await findRows(tx, operation);
  const ready = rows.filter(({ refusal }) => refusal === null);
  const refused = rows.filter(({ refusal }) => refusal !== null);
  return {
    id: toOperationId(seq),
    act,
    reason: REASON_NAMES.get(operation.reason) ?? 'none-given',
    until: until === null ? null : toDate(until),
    state,
    secondPerson: approvals > 0,
    counts: { found: rows.length, ready: ready.length, refused: refused.length },
    sample: ready.slice(0, SAMPLE).map(({ id }) => toCredentialId(id)),
    refusals: refused
      .slice(0, MOST_TOLD)
      .map(({ id, refusal }) => ({ credential: toCredentialId(id), code: refusal as RowRefusal })),
    progress: await findProgress(tx, operation),
    requestedBy: operation.requested_by,
    decidedBy: operation.decided_by,
    createdAt: operation.created_at.toISOString(),
    decidedAt: operation.decided_at?.toISOString() ?? null,
  };
}

function findRows(tx: Db | Tx, { issuer_id, seq }: StatusOperationRow) {
  return tx
    .selectFrom('status_operation_rows as r')
    .innerJoin('credentials as c', 'c.seq', 'r.credential_seq')
    .select(['c.id', 'r.refusal'])
    .where('r.issuer_id', '=', issuer_id)
    .where('r.operation_seq', '=', seq)
    .orderBy('c.seq')
    .execute();
}

async function findProgress(tx: Db | Tx, { issuer_id, seq }: StatusOperationRow): Promise<OperationView['progress']> {
  const counted = await tx
    .selectFrom('status_changes')
    .select((from) => ['state', from.fn.countAll<string>().as('n')])
    .where('issuer_id', '=', issuer_id)
    .where('operation_seq', '=', seq)
    .groupBy('state')
    .execute();
  const of = (state: StatusChangeState) => Number(counted.find((row) => row.state === state)?.n ?? 0);
  return {
    recorded: of('recorded'),
    sent: of('sent'),
    anchored: of('anchored'),
    final: of('final'),
    failed: of('failed'),
  };
}

interface Told {
  actor: Actor;
  operation: StatusOperationRow;
  what: 'preview' | 'confirm' | 'cancel';
}

/** One record for all of it: how many, and a hash over which. */
async function audit(tx: Tx, { actor, operation, what }: Told, rows: readonly Judged[]): Promise<void> {
  const ids = rows.map(({ candidate }) => toCredentialId(candidate.id)).join('\n');
  const { act, reason, until, requested_by } = operation;
  await recordAudit(tx, actor, {
    act: `status-operation.${what}`,
    object: toOperationId(operation.seq),
    after: {
      change: act,
      reason,
      until: until === null ? null : toDate(until),
      requestedBy: requested_by,
      count: rows.length,
      sha256: createHash('sha256').update(ids).digest('hex'),
    },
  });
}

function todayOf(deps: IssuanceDeps): number {
  return toHongKongDay(deps.now() / 1000);
}
