import { AppError, type AppErrorCode } from '../app-error.ts';
import type { StatusOperationRow, Tx } from '../store/schema.ts';
import { foldChanges, type IntendedStatus } from './intended-status.ts';
import type { Candidate } from './operation-candidates.ts';
import { findReplaced } from './replacement.ts';

export type RowRefusal = AppErrorCode | 'CHANGED_SINCE';

export interface Judged {
  candidate: Candidate;
  status: IntendedStatus;
  lastChange: number | null;
  refusal: RowRefusal | null;
}

export function isReady({ refusal }: Judged): boolean {
  return refusal === null;
}

/** Throws an AppError where a candidate may not be changed. */
export type Rule = (candidate: Candidate, seen: { status: IntendedStatus; isReplaced: boolean }) => void;

const CHUNK = 1_000;

/** What stands in the way of each; nothing where the rule lets it pass. */
export async function judge(tx: Tx, rule: Rule, candidates: readonly Candidate[]): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (let start = 0; start < candidates.length; start += CHUNK) {
    const chunk = candidates.slice(start, start + CHUNK);
    const changes = await changesOf(tx, chunk);
    const replaced = await findReplaced(tx, chunk);
    for (const candidate of chunk) {
      const own = changes.get(candidate.seq) ?? [];
      const open = own.filter(({ state }) => state !== 'final' && state !== 'failed');
      const status = foldChanges(candidate, open);
      const refusal = refusalOf(() => rule(candidate, { status, isReplaced: replaced.has(candidate.seq) }));
      judged.push({ candidate, status, lastChange: own.at(-1)?.seq ?? null, refusal });
    }
  }
  return judged;
}

async function changesOf(tx: Tx, candidates: readonly Candidate[]) {
  const seqs = candidates.map(({ seq }) => seq);
  const issuers = [...new Set(candidates.map(({ issuer_id }) => issuer_id))];
  const changes = await tx
    .selectFrom('status_changes')
    .select(['seq', 'credential_seq', 'act', 'until', 'valid_until', 'state'])
    .where('issuer_id', 'in', issuers)
    .where('credential_seq', 'in', seqs)
    .orderBy('seq')
    .execute();
  return Map.groupBy(changes, ({ credential_seq }) => credential_seq);
}

function refusalOf(ask: () => void): RowRefusal | null {
  try {
    ask();
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

export async function noteRefusal(
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
