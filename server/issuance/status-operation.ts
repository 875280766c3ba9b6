import { createHash } from 'node:crypto';
import { toDate, toHongKongDay } from '../../proof/day.ts';
import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Act, type Actor, requireAct } from '../auth/policy.ts';
import { isSamePerson } from '../auth/same-person.ts';
import { failpoint } from '../failpoint.ts';
import type { StatusOperationRow, Tx } from '../store/schema.ts';
import { toCredentialId } from './credential-id.ts';
import { requireExtendable } from './extension-rule.ts';
import { type Candidate, findCandidates, lockCandidates, type Search, withChildren } from './operation-candidates.ts';
import { isReady, type Judged, judge, noteRefusal, type Rule } from './operation-judgement.ts';
import {
  decodeOperationId,
  type OneOperation,
  type OperationAct,
  type OperationView,
  operationNotFound,
  selectOperations,
  toOperationId,
  toOperationView,
} from './operation-view.ts';
import { contextOf } from './payload.ts';
import { recordChanges } from './record-changes.ts';
import { readAppliedOn } from './renew.ts';
import { issueTerms, renewalRule, requireFew, requireRenewer, requireRenewing } from './renewal-operation.ts';
import { statusApprovals } from './status-approvals.ts';
import { type AskedAct, readLastDay, requireAllowed } from './status-rules.ts';
import { type IssuanceDeps, REASONS, type Reason } from './use-cases.ts';

/*
 * A change of many credentials, or one that needs a second person:
 *   1. preview    which credentials it is about is fixed, with what stands in the way of each; nothing is changed
 *   2. confirmed  every credential that nobody changed since gets its change recorded; what was changed meanwhile is left and told
 *      cancelled
 */

const CHUNK = 1_000;

interface Common extends Search {
  actor: Actor;
}

/** A change of status, or the next term of each. */
export type OperationRequest = Common &
  (
    | {
        act: AskedAct;
        reason: Reason;
        note?: string | undefined;
        until?: string | undefined;
        children?: true | undefined;
      }
    | { act: 'renew'; appliedOn?: string | undefined }
  );

/** @throws AppError VALIDATION_FAILED */
export async function previewOperation(tx: Tx, deps: IssuanceDeps, request: OperationRequest): Promise<OperationView> {
  const { actor, act } = request;
  if (act === 'renew') requireRenewer(actor);
  else requireAct(actor, 'status.change');
  const proposed = readDays(request, todayOf(deps));
  const found = await findCandidates(tx, deps, { ...request, issuer: actor.issuer });
  if (act === 'renew') {
    requireFew(found, request);
    await requireRenewing(tx, actor, found);
  }
  const isWithChildren = request.act !== 'renew' && request.children;
  const candidates = isWithChildren ? await withChildren(tx, actor.issuer, found) : found;
  return proposeOperation(tx, deps, { ...proposed, candidates });
}

/** @throws AppError VALIDATION_FAILED */
function readDays(request: OperationRequest, today: number): Omit<Proposal, 'candidates'> {
  const { actor, act } = request;
  if (act === 'renew')
    return {
      actor,
      act,
      reason: 'replaced',
      until: null,
      validUntil: null,
      appliedOn: readAppliedOn(request.appliedOn, today),
    };
  const { reason, note, until } = request;
  return { actor, act, reason, note, until: readLastDay(until, today), validUntil: null, appliedOn: null };
}

export interface Proposal {
  actor: Actor;
  act: OperationAct;
  reason: Reason;
  note?: string | undefined;
  until: number | null;
  /** Of an extension alone; LAST_DAY: until further notice. */
  validUntil: number | null;
  appliedOn: number | null;
  candidates: readonly Candidate[];
}

export async function proposeOperation(tx: Tx, deps: IssuanceDeps, proposal: Proposal): Promise<OperationView> {
  const { actor, candidates } = proposal;
  const operation = await insertOperation(tx, deps, proposal);
  const judged = await judge(tx, await ruleOf(tx, deps, operation), candidates);
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
  return toOperationView(tx, operation);
}

/** The same for the preview and for the confirmation, which may come on another day. */
async function ruleOf(tx: Tx, deps: IssuanceDeps, operation: StatusOperationRow): Promise<Rule> {
  const { act, until, note, valid_until } = operation;
  if (act === 'renew') return renewalRule(tx, deps, operation);
  const hasNote = note !== null;
  if (act === 'extend') {
    const end = { day: valid_until as number, hasNote };
    return (candidate, { status }) => requireExtendable(end, status, candidate);
  }
  const asked = { act, until, today: todayOf(deps), hasNote };
  return (candidate, { status }) => requireAllowed(asked, status, candidate);
}

const codesOf = (candidates: readonly Candidate[]) => candidates.map(({ code }) => code);

async function insertOperation(tx: Tx, deps: IssuanceDeps, proposal: Proposal): Promise<StatusOperationRow> {
  const { actor, act, reason, note, until, validUntil, appliedOn, candidates } = proposal;
  const { seq } = await tx
    .insertInto('status_operations')
    .values({
      issuer_id: actor.issuer.id,
      act,
      reason: REASONS[reason],
      until,
      valid_until: validUntil,
      applied_on: appliedOn,
      approvals: act === 'renew' ? 0 : await statusApprovals(tx, actor.issuer, codesOf(candidates)),
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

/**
 * Records the change of every credential that is as it was previewed.
 * @throws AppError OPERATION_NOT_FOUND, OPERATION_CLOSED, SAME_PERSON
 */
export async function confirmOperation(
  tx: Tx,
  deps: IssuanceDeps,
  { actor, id }: OneOperation,
): Promise<OperationView> {
  requireDecider(actor);
  const operation = await lockOperation(tx, { actor, id });
  const candidates = await lockCandidates(tx, operation);
  // a rule that became stricter since the preview holds
  const approvals = Math.max(operation.approvals, await statusApprovals(tx, actor.issuer, codesOf(candidates)));
  await requireConfirmer(tx, actor, { operation, approvals, candidates });
  requireOpen(operation);
  requireFuture(operation, todayOf(deps));
  const rule = await ruleOf(tx, deps, operation);
  const ready = await findUnchanged(tx, { operation, candidates, rule });
  const done =
    operation.act === 'renew'
      ? await issueTerms(tx, deps, { operation, actor, ready })
      : await recordReady(tx, deps, { operation, act: operation.act, ready });
  failpoint('operation-recorded');
  const closed = await close(tx, deps, { operation, actor, state: 'confirmed' });
  await audit(tx, { actor, operation: closed, what: 'confirm' }, done);
  return toOperationView(tx, closed);
}

/** Before anything is looked for: which of these rights it takes depends on what is found. */
function requireDecider({ may }: Actor): void {
  if (DECIDING.some((act) => may.has(act))) return;
  throw new AppError('FORBIDDEN', `this needs one of the rights ${DECIDING.map((act) => `"${act}"`).join(', ')}`);
}

const DECIDING = [
  'status.change',
  'status.approve',
  'credentials.issue',
  'credentials.prepare',
  'validity.change',
] as const satisfies readonly Act[];

interface Deciding {
  operation: StatusOperationRow;
  approvals: number;
  candidates: readonly Candidate[];
}

async function requireConfirmer(tx: Tx, actor: Actor, { operation, approvals, candidates }: Deciding): Promise<void> {
  // what is to be approved before it is issued becomes drafts, which others approve
  if (operation.act === 'renew') return requireRenewing(tx, actor, candidates);
  requireAct(actor, approvals > 0 ? 'status.approve' : askingRight(operation));
  if (approvals > 0 && (await isSamePerson(tx, actor, [operation.requested_by])))
    throw new AppError('SAME_PERSON', 'the change needs a second person: somebody else has to confirm it');
}

/** Of whoever asks for a change of status. */
function askingRight({ act }: StatusOperationRow): Act {
  return act === 'extend' ? 'validity.change' : 'status.change';
}

function requireFuture({ until }: StatusOperationRow, today: number): void {
  if (until !== null && until < today)
    throw new AppError('OPERATION_CLOSED', 'its last suspended day has passed: cancel it, and ask anew');
}

interface Unchanged {
  operation: StatusOperationRow;
  candidates: readonly Candidate[];
  rule: Rule;
}

async function findUnchanged(tx: Tx, { operation, candidates, rule }: Unchanged): Promise<Judged[]> {
  const previewed = await tx
    .selectFrom('status_operation_rows')
    .select(['credential_seq', 'last_change_seq'])
    .where('issuer_id', '=', operation.issuer_id)
    .where('operation_seq', '=', operation.seq)
    .execute();
  const lastSeen = new Map(previewed.map((row) => [row.credential_seq, row.last_change_seq]));
  const judged = (await judge(tx, rule, candidates)).map((row): Judged => {
    const isChanged = row.lastChange !== lastSeen.get(row.candidate.seq);
    return { ...row, refusal: row.refusal ?? (isChanged ? 'CHANGED_SINCE' : null) };
  });
  for (const [refusal, rows] of Map.groupBy(judged, (row) => row.refusal))
    if (refusal !== null) await noteRefusal(tx, operation, { refusal, rows });
  return judged.filter(isReady);
}

async function recordReady(
  tx: Tx,
  deps: IssuanceDeps,
  { operation, act, ready }: { operation: StatusOperationRow; act: AskedAct | 'extend'; ready: readonly Judged[] },
): Promise<readonly Judged[]> {
  const note = openNote(operation, deps);
  const { issuer_id, reason, until, valid_until, seq: operation_seq, requested_by } = operation;
  const common = {
    issuer_id,
    act,
    reason,
    until,
    valid_until,
    operation_seq,
    requested_by,
    state: 'recorded' as const,
  };
  for (let start = 0; start < ready.length; start += CHUNK)
    await recordChanges(
      tx,
      ready.slice(start, start + CHUNK).map(({ candidate }) => ({
        ...common,
        credential_seq: candidate.seq,
        note: note && Buffer.from(encryptNote(note, candidate, deps)),
        created_at: new Date(deps.now()),
      })),
    );
  return ready;
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
export async function cancelOperation(tx: Tx, deps: IssuanceDeps, { actor, id }: OneOperation): Promise<OperationView> {
  requireDecider(actor);
  const operation = await lockOperation(tx, { actor, id });
  if (operation.act === 'renew') requireRenewer(actor);
  else if (!actor.may.has('status.approve')) requireAct(actor, askingRight(operation));
  requireOpen(operation);
  const closed = await close(tx, deps, { operation, actor, state: 'cancelled' });
  await audit(tx, { actor, operation: closed, what: 'cancel' }, []);
  return toOperationView(tx, closed);
}

async function lockOperation(tx: Tx, { actor, id }: OneOperation): Promise<StatusOperationRow> {
  const operation = await selectOperations(tx, actor.issuer)
    .where('seq', '=', decodeOperationId(id))
    .forUpdate()
    .executeTakeFirst();
  if (!operation) throw operationNotFound();
  return operation;
}

/** After the rights: what became of it is told to nobody who may not decide it. */
function requireOpen({ state }: StatusOperationRow): void {
  if (state !== 'preview') throw new AppError('OPERATION_CLOSED', `the operation was ${state} already`);
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

interface Told {
  actor: Actor;
  operation: StatusOperationRow;
  what: 'preview' | 'confirm' | 'cancel';
}

/** One record for all of it: how many, and a hash over which. */
async function audit(tx: Tx, { actor, operation, what }: Told, rows: readonly Judged[]): Promise<void> {
  const ids = rows.map(({ candidate }) => toCredentialId(candidate.id)).join('\n');
  const { act, reason, until, valid_until, requested_by } = operation;
  await recordAudit(tx, actor, {
    act: `status-operation.${what}`,
    object: toOperationId(operation.seq),
    after: {
      change: act,
      reason,
      until: until === null ? null : toDate(until),
      ...(valid_until === null ? {} : { validUntil: toDate(valid_until) }),
      requestedBy: requested_by,
      count: rows.length,
      sha256: createHash('sha256').update(ids).digest('hex'),
    },
  });
}

function todayOf(deps: IssuanceDeps): number {
  return toHongKongDay(deps.now() / 1000);
}
