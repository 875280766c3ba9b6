import { decodeDate, toHongKongDay } from '../../proof/day.ts';
import { AppError } from '../app-error.ts';
import type { CredentialRow, IssuerRow, StatusOperationRow, Tx } from '../store/schema.ts';
import { fromCredentialId, toCredentialId } from './credential-id.ts';
import { isReleased } from './held.ts';
import { lastDaySql } from './last-day.ts';
import { statusSql } from './query.ts';
import type { CredentialStatus, IssuanceDeps } from './use-cases.ts';

/** Of one operation: what can be read by a person as one decision, and held in memory. */
export const MOST_CREDENTIALS = 10_000;

export interface OperationFilter {
  type?: string | undefined;
  status?: CredentialStatus | undefined;
  /** Days: the credential's own last day lies between them. */
  validUntilFrom?: string | undefined;
  validUntilTo?: string | undefined;
  /** Days: the last valid day, as an extension or a notice moved it, lies between them. */
  endsFrom?: string | undefined;
  endsTo?: string | undefined;
}

/** By which an operation finds its credentials: one of both. */
export interface Search {
  ids?: readonly string[] | undefined;
  filter?: OperationFilter | undefined;
}

export type Candidate = Pick<
  CredentialRow,
  | 'seq'
  | 'id'
  | 'issuer_id'
  | 'type_number'
  | 'code'
  | 'state'
  | 'valid_from'
  | 'valid_until'
  | 'revoked'
  | 'suspended'
  | 'suspended_until'
  | 'superseded_by_seq'
  | 'extended_until'
  | 'wrapped_key'
  | 'erased_at'
>;

const CANDIDATE = [
  'seq',
  'id',
  'issuer_id',
  'type_number',
  'code',
  'state',
  'valid_from',
  'valid_until',
  'revoked',
  'suspended',
  'suspended_until',
  'superseded_by_seq',
  'extended_until',
  'wrapped_key',
  'erased_at',
] as const;

/** @throws AppError VALIDATION_FAILED */
export function findCandidates(
  tx: Tx,
  deps: IssuanceDeps,
  { issuer, ids, filter = {} }: Search & { issuer: IssuerRow },
): Promise<Candidate[]> {
  return ids ? findListed(tx, issuer, ids) : findFiltered(tx, deps, { issuer, filter });
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
  const lastDay = lastDaySql('c', 'seen');
  if (filter.endsFrom !== undefined) query = query.where(lastDay, '>=', decodeDate(filter.endsFrom));
  if (filter.endsTo !== undefined) query = query.where(lastDay, '<=', decodeDate(filter.endsTo));
  if (filter.status !== undefined) query = query.where(statusSql(toHongKongDay(deps.now() / 1000)), '=', filter.status);
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
 * Those and what belongs to them, as far as it has not ended, in the order of their numbers.
 * @throws AppError VALIDATION_FAILED where they are too many
 */
export async function withChildren(tx: Tx, issuer: IssuerRow, parents: readonly Candidate[]): Promise<Candidate[]> {
  if (parents.length === 0) return [];
  const children = await tx
    .selectFrom('credentials as c')
    .select(CANDIDATE)
    .where('issuer_id', '=', issuer.id)
    .where(
      'parent_seq',
      'in',
      parents.map(({ seq }) => seq),
    )
    .where('state', 'not in', ['submitted', 'failed'])
    .where('revoked', '=', false)
    .where('superseded_by_seq', 'is', null)
    .where(isReleased('c'))
    .limit(MOST_CREDENTIALS + 1)
    .execute();
  const all = new Map([...parents, ...children].map((candidate) => [candidate.seq, candidate]));
  if (all.size <= MOST_CREDENTIALS) return [...all.values()].sort((a, b) => a.seq - b.seq);
  const message = `"children" finds more than ${MOST_CREDENTIALS} credentials: make several operations`;
  throw new AppError('VALIDATION_FAILED', message, {
    problems: [{ pointer: '/children', code: 'TOO_MANY', message }],
  });
}

/** In the order of their numbers, so that two operations on the same credentials wait for each other instead of for ever. */
export function lockCandidates(tx: Tx, operation: StatusOperationRow): Promise<Candidate[]> {
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
