import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Act, type Actor, requireAct } from '../auth/policy.ts';
import { inSavepoint } from '../store/savepoint.ts';
import type { Tx } from '../store/schema.ts';
import { approveDraft, type DraftDetail, type DraftView, submitDraft } from './drafts.ts';
import type { IssuanceDeps } from './use-cases.ts';

/*
 * Many drafts in one call: each is judged by itself, as if it were alone, and what stands in the way of one keeps no other back. All of it
 * is one transaction with the record of its answer, so that a call that is repeated under its key is done once.
 */

/** What became of one: the draft as it is now, or why nothing was done to it. */
export type DraftOutcome =
  | { id: string; draft: DraftView; problem: null }
  | { id: string; draft: null; problem: AppError };

/** Each as its preparer saw it, where a version is named. @throws AppError FORBIDDEN */
export function submitDrafts(
  tx: Tx,
  deps: IssuanceDeps,
  { actor, drafts }: Many<{ id: string; changedAt?: string | undefined }>,
): Promise<DraftOutcome[]> {
  const many = { actor, drafts, right: 'credentials.prepare', act: 'draft.submit-many' } as const;
  return eachApart(tx, many, (one) => submitDraft(tx, deps, { actor, ...one }));
}

/** Each by the content hash that its approver saw. @throws AppError FORBIDDEN */
export function approveDrafts(
  tx: Tx,
  deps: IssuanceDeps,
  { actor, drafts }: Many<{ id: string; contentHash: string }>,
): Promise<DraftOutcome[]> {
  const many = { actor, drafts, right: 'credentials.approve', act: 'draft.approve-many' } as const;
  return eachApart(tx, many, (one) => approveDraft(tx, deps, { actor, ...one }));
}

interface Many<One> {
  actor: Actor;
  /** Each once. */
  drafts: readonly One[];
}

async function eachApart<One extends { id: string }>(
  tx: Tx,
  { actor, drafts, right, act }: Many<One> & { right: Act; act: `draft.${string}` },
  work: (one: One) => Promise<DraftDetail>,
): Promise<DraftOutcome[]> {
  requireAct(actor, right);
  const outcomes = new Map<string, DraftOutcome>();
  for (const one of inLockOrder(drafts)) outcomes.set(one.id, await outcomeOf(tx, one.id, () => work(one)));
  const inOrder = drafts.map(({ id }) => outcomes.get(id) as DraftOutcome);
  await recordAudit(tx, actor, { act, after: countsOf(inOrder) });
  return inOrder;
}

/** Two calls about the same drafts wait for each other at the first of them, and not each for what the other holds. */
function inLockOrder<One extends { id: string }>(drafts: readonly One[]): One[] {
  return [...drafts].sort((a, b) => a.id.length - b.id.length || (a.id < b.id ? -1 : 1));
}

async function outcomeOf(tx: Tx, id: string, work: () => Promise<DraftDetail>): Promise<DraftOutcome> {
  try {
    return { id, draft: withoutContent(await inSavepoint(tx, work)), problem: null };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'DATA_UNREADABLE') throw error;
    return { id, draft: null, problem: error };
  }
}

/** The answer is kept in clear for repetition, so that nothing of what was typed is in it. */
function withoutContent({ content: _, problems: __, note: ___, bound: ____, ...view }: DraftDetail): DraftView {
  return view;
}

/** How many were done, and how many refused for which reason: what an auditor looks for in refusals. */
function countsOf(outcomes: readonly DraftOutcome[]): Record<string, number> {
  const counts: Record<string, number> = { done: 0 };
  for (const { problem } of outcomes) {
    const name = problem?.code ?? 'done';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
