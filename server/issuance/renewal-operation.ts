import { AppError } from '../app-error.ts';
import type { Actor } from '../auth/policy.ts';
import { failpoint } from '../failpoint.ts';
import type { CredentialRow, StatusOperationRow, Tx } from '../store/schema.ts';
import { fromCredentialId } from './credential-id.ts';
import { findNotices } from './last-day.ts';
import type { Candidate, Search } from './operation-candidates.ts';
import { type Judged, noteRefusal, type Rule } from './operation-judgement.ts';
import { issueTerm, requireRenewable } from './renew.ts';
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
  const approved = await findApprovedCodes(tx, operation);
  const appliedOn = operation.applied_on as number;
  const notices = await findNotices(tx, [operation.issuer_id], 'intended');
  return (row, { status, isReplaced }) => {
    requireNoSuccessor(row, status, isReplaced);
    if (approved.has(row.code))
      throw new AppError('APPROVAL_REQUIRED', 'the type is issued by two people or more: prepare each as a draft');
    requireRenewable(deps, { row, status, notices, appliedOn });
  };
}

async function findApprovedCodes(tx: Tx, { issuer_id }: StatusOperationRow): Promise<Set<string>> {
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

/** Those that could be issued; one that cannot, such as of a type whose new version asks for more, is told and keeps no other back. */
export async function issueTerms(tx: Tx, deps: IssuanceDeps, confirmed: Confirmed): Promise<Judged[]> {
  const issued: Judged[] = [];
  for (const judged of confirmed.ready) {
    try {
      await issueOne(tx, deps, { ...confirmed, judged });
      issued.push(judged);
      failpoint('renewal-issued');
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      await noteRefusal(tx, confirmed.operation, { refusal: error.code, rows: [judged] });
    }
  }
  return issued;
}

async function issueOne(tx: Tx, deps: IssuanceDeps, one: Confirmed & { judged: Judged }): Promise<void> {
  const { operation, actor, judged } = one;
  const { candidate, status } = judged;
  const appliedOn = operation.applied_on as number;
  const notices = await findNotices(tx, [operation.issuer_id], 'intended');
  const term = requireRenewable(deps, { row: candidate, status, notices, appliedOn });
  const row = await findWhole(tx, candidate);
  const view = await issueTerm(tx, deps, { actor, row, appliedOn, term, change: {} });
  await tx
    .updateTable('status_operation_rows')
    .set((from) => ({
      successor_seq: from
        .selectFrom('credentials')
        .select('seq')
        .where('issuer_id', '=', operation.issuer_id)
        .where('id', '=', fromCredentialId(view.id)),
    }))
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
