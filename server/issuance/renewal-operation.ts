import { toDate } from '../../proof/day.ts';
import { AppError } from '../app-error.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import { failpoint } from '../failpoint.ts';
import { inSavepoint } from '../store/savepoint.ts';
import type { CredentialRow, StatusOperationRow, StatusOperationRowsTable, Tx } from '../store/schema.ts';
import { toCredentialId } from './credential-id.ts';
import { submitNewDraft } from './drafts.ts';
import { findSeq } from './issue.ts';
import { findNotices } from './last-day.ts';
import type { Candidate, Search } from './operation-candidates.ts';
import { type Judged, noteRefusal, type Rule } from './operation-judgement.ts';
import { composeTerm, issueTerm, requireRenewable } from './renew.ts';
import { requireNoSuccessor } from './replacement.ts';
import type { IssuanceDeps } from './use-cases.ts';

/** Each is a credential that is composed, checked and encrypted, in the one transaction of the confirmation. */
const MOST_RENEWALS = 1_000;

/** @throws AppError VALIDATION_FAILED */
export function requireFew(candidates: readonly Candidate[], { ids }: Search): void {
  if (candidates.length <= MOST_RENEWALS) return;
  const field = ids ? 'ids' : 'filter';
  const message = `"${field}" finds more than ${MOST_RENEWALS} credentials to renew: make several operations`;
  throw new AppError('VALIDATION_FAILED', message, { problems: [{ pointer: `/${field}`, code: 'TOO_MANY', message }] });
}

/** What stands in the way of a next term, without looking at the claims. */
export async function renewalRule(tx: Tx, deps: IssuanceDeps, operation: StatusOperationRow): Promise<Rule> {
  const appliedOn = operation.applied_on as number;
  const notices = await findNotices(tx, [operation.issuer_id], 'intended');
  return (row, { status, isReplaced }) => {
    requireNoSuccessor(row, status, isReplaced);
    requireRenewable(deps, { row, status, notices, appliedOn });
  };
}

/** Before anything is looked for: which of both it takes depends on what is found. @throws AppError FORBIDDEN */
export function requireRenewer({ may }: Actor): void {
  if (!may.has('credentials.prepare')) requireAct({ may } as Actor, 'credentials.issue');
}

/** What is approved before it is issued is prepared here, and issued by nobody who asked for it. @throws AppError FORBIDDEN */
export async function requireRenewing(tx: Tx, actor: Actor, candidates: readonly Candidate[]): Promise<void> {
  const approved = await findApprovedCodes(tx, { issuer_id: actor.issuer.id });
  for (const { code } of candidates)
    requireAct(actor, approved.has(code) ? 'credentials.prepare' : 'credentials.issue');
}

async function findApprovedCodes(tx: Tx, { issuer_id }: Pick<StatusOperationRow, 'issuer_id'>): Promise<Set<string>> {
  const rules = await tx
    .selectFrom('issuing_rules')
    .select('code')
    .where('issuer_id', '=', issuer_id)
    .where('approvals', '>', 0)
    .execute();
  return new Set(rules.map(({ code }) => code));
}

interface Confirmed {
  operation: StatusOperationRow;
  actor: Actor;
  ready: readonly Judged[];
}

/**
 * Those that could be issued, or handed in as drafts where their type is issued by two people or more; one that cannot, such as of a type whose new version
 * asks for more, is told and keeps no other back.
 */
export async function issueTerms(tx: Tx, deps: IssuanceDeps, confirmed: Confirmed): Promise<Judged[]> {
  const issued: Judged[] = [];
  const approved = await findApprovedCodes(tx, confirmed.operation);
  for (const judged of confirmed.ready) {
    const makeOne = approved.has(judged.candidate.code) ? submitOne : issueOne;
    try {
      await inSavepoint(tx, () => makeOne(tx, deps, { ...confirmed, judged }));
      issued.push(judged);
      failpoint('renewal-issued');
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      await noteRefusal(tx, confirmed.operation, { refusal: error.code, rows: [judged] });
    }
  }
  return issued;
}

type One = Confirmed & { judged: Judged };

async function issueOne(tx: Tx, deps: IssuanceDeps, one: One): Promise<void> {
  const view = await issueTerm(tx, deps, { actor: one.actor, ...(await findTerm(tx, deps, one)) });
  await note(tx, one, { successor_seq: await findSeq(tx, one.actor, view.id) });
}

/** Neither who asked for the operation nor who confirmed it approves what comes of it. */
async function submitOne(tx: Tx, deps: IssuanceDeps, one: One): Promise<void> {
  const { actor, operation } = one;
  const { row, term, appliedOn, change } = await findTerm(tx, deps, one);
  const { claims, validity, ...said } = await composeTerm(tx, deps, { row, term, change });
  const content = { ...said, claims, validity, replaces: toCredentialId(row.id), appliedOn: toDate(appliedOn) };
  const { seq } = await submitNewDraft(tx, deps, { actor, content, people: [operation.requested_by, actor.id] });
  await note(tx, one, { draft_seq: seq });
}

async function findTerm(tx: Tx, deps: IssuanceDeps, { operation, judged: { candidate, status } }: One) {
  const appliedOn = operation.applied_on as number;
  const notices = await findNotices(tx, [operation.issuer_id], 'intended');
  const term = requireRenewable(deps, { row: candidate, status, notices, appliedOn });
  return { row: await findWhole(tx, candidate), term, appliedOn, change: {} };
}

type Noted = Partial<Pick<StatusOperationRowsTable, 'successor_seq' | 'draft_seq'>>;

async function note(tx: Tx, { operation, judged: { candidate } }: One, made: Noted): Promise<void> {
  await tx
    .updateTable('status_operation_rows')
    .set(made)
    .where('issuer_id', '=', operation.issuer_id)
    .where('operation_seq', '=', operation.seq)
    .where('credential_seq', '=', candidate.seq)
    .execute();
}

function findWhole(tx: Tx, { issuer_id, seq }: Candidate): Promise<CredentialRow> {
  return tx
    .selectFrom('credentials')
    .selectAll()
    .where('issuer_id', '=', issuer_id)
    .where('seq', '=', seq)
    .executeTakeFirstOrThrow();
}
