import { LAST_DAY, toDate } from '../../proof/day.ts';
import { AppError } from '../app-error.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import type { Db, DraftState, IssuerRow, StatusChangeState, StatusOperationRow, Tx } from '../store/schema.ts';
import { toCredentialId } from './credential-id.ts';
import type { RowRefusal } from './operation-judgement.ts';
import { REASONS, type Reason } from './use-cases.ts';

/** What an operation does: a change of status, another last valid day of one, or the next term of each. */
export type OperationAct = StatusOperationRow['act'];

const SAMPLE = 5;
const MOST_TOLD = 1_000;

export interface OperationView {
  id: string;
  act: OperationAct;
  reason: Reason;
  until: string | null;
  /** Of an extension: the new last valid day; null where that is until further notice, while a renewal is decided. */
  validUntil: string | null;
  pendingRenewal: boolean;
  /** Of a renewal: the day on which it was applied for. */
  appliedOn: string | null;
  state: StatusOperationRow['state'];
  /** Whether somebody else than who asked for it has to confirm it. */
  secondPerson: boolean;
  /** Of the credentials that were found, how many are or were to be changed, and how many are not. */
  counts: { found: number; ready: number; refused: number };
  /** How many belong to what is ready, have not ended, and are not part of it: they would be with "children". */
  children: number;
  sample: string[];
  /** The first thousand; `counts` says how many there are. */
  refusals: { credential: string; code: RowRefusal }[];
  /** How far the recorded changes are on their way; of a renewal, the new credentials. */
  progress: Record<StatusChangeState, number>;
  /** Of a renewal whose type is issued by two people or more: what became of the drafts that it made. */
  drafts: Record<DraftState, number>;
  requestedBy: string;
  decidedBy: string | null;
  createdAt: string;
  decidedAt: string | null;
}

export interface OneOperation {
  actor: Actor;
  id: string;
}

/** @throws AppError OPERATION_NOT_FOUND */
export async function getOperation(tx: Db | Tx, { actor, id }: OneOperation): Promise<OperationView> {
  requireAct(actor, 'credentials.read');
  const operation = await selectOperations(tx, actor.issuer)
    .where('seq', '=', decodeOperationId(id))
    .executeTakeFirst();
  if (!operation) throw operationNotFound();
  return toOperationView(tx, operation);
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
  for (const row of rows.slice(0, limit)) items.push(await toOperationView(tx, row));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

function decodeCursor(cursor: string): number {
  const seq = decodeOperationId(cursor);
  if (seq === 0)
    throw new AppError('CURSOR_INVALID', '"starting_after" must be the "next" of a page of this very list');
  return seq;
}

export function selectOperations(tx: Db | Tx, issuer: IssuerRow) {
  return tx.selectFrom('status_operations').selectAll().where('issuer_id', '=', issuer.id);
}

export function toOperationId(seq: number): string {
  return `sop_${seq}`;
}

/** 0, which none has, for what is no id. */
export function decodeOperationId(id: string): number {
  return Number(/^sop_([1-9]\d{0,14})$/.exec(id)?.[1] ?? 0);
}

export function operationNotFound(): AppError {
  return new AppError('OPERATION_NOT_FOUND', 'there is no such operation');
}

const REASON_NAMES = new Map(Object.entries(REASONS).map(([name, number]) => [number as number, name as Reason]));

export async function toOperationView(tx: Db | Tx, operation: StatusOperationRow): Promise<OperationView> {
  const { seq, act, until, valid_until: validUntil, state, approvals } = operation;
  const rows = await findRows(tx, operation);
  const ready = rows.filter(({ refusal }) => refusal === null);
  const refused = rows.filter(({ refusal }) => refusal !== null);
  return {
    id: toOperationId(seq),
    act,
    reason: REASON_NAMES.get(operation.reason) ?? 'none-given',
    until: toDateOrNull(until),
    validUntil: toDateOrNull(validUntil === LAST_DAY ? null : validUntil),
    pendingRenewal: validUntil === LAST_DAY,
    appliedOn: toDateOrNull(operation.applied_on),
    state,
    secondPerson: approvals > 0,
    counts: { found: rows.length, ready: ready.length, refused: refused.length },
    children: await countChildren(tx, operation),
    sample: ready.slice(0, SAMPLE).map(({ id }) => toCredentialId(id)),
    refusals: refused
      .slice(0, MOST_TOLD)
      .map(({ id, refusal }) => ({ credential: toCredentialId(id), code: refusal as RowRefusal })),
    progress: await findProgress(tx, operation),
    drafts: await countDrafts(tx, operation),
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

async function countChildren(tx: Db | Tx, { issuer_id, seq }: StatusOperationRow): Promise<number> {
  const { n } = await tx
    .selectFrom('credentials as c')
    .innerJoin('status_operation_rows as r', 'r.credential_seq', 'c.parent_seq')
    .select((from) => from.fn.countAll<string>().as('n'))
    .where('c.issuer_id', '=', issuer_id)
    .where('r.operation_seq', '=', seq)
    .where('r.refusal', 'is', null)
    .where('c.state', 'not in', ['submitted', 'failed'])
    .where('c.revoked', '=', false)
    .where('c.superseded_by_seq', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('status_operation_rows as own')
            .select('own.credential_seq')
            .where('own.operation_seq', '=', seq)
            .whereRef('own.credential_seq', '=', 'c.seq'),
        ),
      ),
    )
    .executeTakeFirstOrThrow();
  return Number(n);
}

/** A new credential is as far as its state says, in the words of a change. */
const PROGRESS_OF_STATE = {
  issued: 'recorded',
  sealed: 'sent',
  anchored: 'anchored',
  final: 'final',
  failed: 'failed',
};

async function findProgress(tx: Db | Tx, operation: StatusOperationRow): Promise<OperationView['progress']> {
  const counted = await (operation.act === 'renew' ? countTerms(tx, operation) : countChanges(tx, operation));
  const of = (wanted: StatusChangeState) =>
    counted.reduce((sum, { state, n }) => sum + (state === wanted ? Number(n) : 0), 0);
  return {
    recorded: of('recorded'),
    sent: of('sent'),
    anchored: of('anchored'),
    final: of('final'),
    failed: of('failed'),
  };
}

function countChanges(tx: Db | Tx, { issuer_id, seq }: StatusOperationRow): Promise<{ state: string; n: string }[]> {
  return tx
    .selectFrom('status_changes')
    .select((from) => ['state', from.fn.countAll<string>().as('n')])
    .where('issuer_id', '=', issuer_id)
    .where('operation_seq', '=', seq)
    .groupBy('state')
    .execute();
}

async function countTerms(tx: Db | Tx, { issuer_id, seq }: StatusOperationRow) {
  const counted = await tx
    .selectFrom('status_operation_rows as r')
    .leftJoin('drafts as d', (join) => join.onRef('d.seq', '=', 'r.draft_seq').on('d.state', '=', 'issued'))
    .innerJoin('credentials as c', (join) =>
      join.on('c.seq', '=', ({ fn }) => fn.coalesce('r.successor_seq', 'd.credential_seq')),
    )
    .select((from) => ['c.state', from.fn.countAll<string>().as('n')])
    .where('r.issuer_id', '=', issuer_id)
    .where('r.operation_seq', '=', seq)
    .groupBy('c.state')
    .execute();
  return counted.map(({ state, n }) => ({ state: PROGRESS_OF_STATE[state as keyof typeof PROGRESS_OF_STATE], n }));
}

async function countDrafts(tx: Db | Tx, { issuer_id, seq, act }: StatusOperationRow): Promise<OperationView['drafts']> {
  const counts = { draft: 0, submitted: 0, issued: 0, discarded: 0 };
  if (act !== 'renew') return counts;
  const counted = await tx
    .selectFrom('status_operation_rows as r')
    .innerJoin('drafts as d', 'd.seq', 'r.draft_seq')
    .select((from) => ['d.state', from.fn.countAll<string>().as('n')])
    .where('r.issuer_id', '=', issuer_id)
    .where('r.operation_seq', '=', seq)
    .groupBy('d.state')
    .execute();
  for (const { state, n } of counted) counts[state] = Number(n);
  return counts;
}

function toDateOrNull(day: number | null): string | null {
  return day === null ? null : toDate(day);
}
