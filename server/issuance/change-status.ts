import { decodeDate, toDate, toHongKongDay } from '../../proof/day.ts';
import { ProofError } from '../../proof/errors.ts';
import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { requireAct } from '../auth/policy.ts';
import type { CredentialRow, Db, StatusAct, StatusChangeRow, Tx } from '../store/schema.ts';
import { toCredentialId } from './credential-id.ts';
import { describeStatus, foldChanges, foldOnto, type IntendedStatus, suspensionOn } from './intended-status.ts';
import { contextOf } from './payload.ts';
import { findRow, toChangeId } from './query.ts';
import {
  type ChangeStatus,
  REASONS,
  type Reason,
  type StatusChangeView,
  type StatusRequest,
  type SuspendCredential,
} from './use-cases.ts';

/*
 * A change is recorded here, in the transaction of whoever asks; jobs carry it to the chain. What counts for the next request is
 * what was recorded, not what the chain already says: two revocations in one second are one.
 */

export const revokeCredential: ChangeStatus = (tx, deps, request) => record(tx, deps, { ...request, act: 'revoke' });
export const suspendCredential: SuspendCredential = (tx, deps, request) => {
  const today = toHongKongDay(deps.now() / 1000);
  return record(tx, deps, { ...request, act: 'suspend', until: readLastDay(request.until, today) });
};
export const reinstateCredential: ChangeStatus = (tx, deps, request) =>
  record(tx, deps, { ...request, act: 'reinstate' });

interface Requested extends Omit<StatusRequest, 'until'> {
  act: Exclude<StatusAct, 'amend'>;
  until?: number | null;
}

/** @throws AppError VALIDATION_FAILED unless it is a day from today on */
export function readLastDay(date: string | undefined, today: number): number | null {
  if (date === undefined) return null;
  const day = toDay(date);
  if (day !== null && day >= today) return day;
  const message = '"until" must be a day of the calendar as YYYY-MM-DD, not before today in Hong Kong';
  throw new AppError('VALIDATION_FAILED', 'the suspension has no such end', {
    problems: [{ pointer: '/until', code: day === null ? 'DATE_INVALID' : 'DATE_PASSED', message }],
  });
}

function toDay(date: string): number | null {
  try {
    return decodeDate(date);
  } catch (error) {
    if (error instanceof ProofError) return null;
    throw error;
  }
}

async function record(
  tx: Tx,
  deps: Parameters<ChangeStatus>[1],
  { actor, id, act, reason, note, until = null }: Requested,
): Promise<StatusChangeView> {
  requireAct(actor, 'status.change');
  const { issuer } = actor;
  const row = await findRow(tx, { issuer, id, lock: true });
  const intended = foldChanges(row, await openChanges(tx, row));
  requireAllowed({ act, until, today: toHongKongDay(deps.now() / 1000) }, intended, row);
  if (note !== undefined && row.erased_at !== null)
    throw new AppError('CREDENTIAL_ERASED', '"note" cannot be kept: the credential was erased, and its key with it');
  const key = note === undefined ? undefined : deps.cipher.openDataKey(row.wrapped_key);
  const change = await tx
    .insertInto('status_changes')
    .values({
      issuer_id: issuer.id,
      credential_seq: row.seq,
      act,
      reason: REASONS[reason],
      until,
      note: note !== undefined && key ? Buffer.from(key.encrypt(Buffer.from(note), contextOf('note', row.id))) : null,
      state: 'recorded',
      requested_by: actor.id,
      created_at: new Date(deps.now()),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await recordAudit(tx, actor, {
    act: `credential.${act}`,
    object: id,
    before: describeStatus(intended),
    after: { ...describeStatus(foldOnto(intended, [change])), change: toChangeId(change.seq), reason },
  });
  return toChangeView(change, row);
}

interface Asked {
  act: Requested['act'];
  until: number | null;
  today: number;
}

function requireAllowed({ act, until, today }: Asked, status: IntendedStatus, row: CredentialRow): void {
  requireNotFailed(row);
  if (status.revoked) throw new AppError('ALREADY_REVOKED', 'the credential is revoked, which is for ever');
  if (act === 'revoke') return;
  const suspension = suspensionOn(today, status.suspension);
  if (act === 'reinstate') {
    if (!suspension) throw new AppError('NOT_SUSPENDED', 'the credential is not suspended');
    return;
  }
  if (status.superseded) throw new AppError('ALREADY_SUPERSEDED', 'the credential was replaced by a newer one');
  if (suspension?.until === until)
    throw new AppError('ALREADY_SUSPENDED', 'the credential is suspended already, until the same day');
}

/** @throws AppError CREDENTIAL_FAILED, ALREADY_REVOKED, ALREADY_SUPERSEDED */
export async function requireReplaceable(
  tx: Tx,
  row: CredentialRow,
  changes: readonly StatusChangeRow[],
): Promise<void> {
  requireNotFailed(row);
  const status = foldChanges(row, changes);
  if (status.revoked) throw new AppError('ALREADY_REVOKED', 'the credential is revoked, which is for ever');
  const replacement = await tx
    .selectFrom('credentials')
    .select('seq')
    .where('issuer_id', '=', row.issuer_id)
    .where('replaces_seq', '=', row.seq)
    .where('state', '!=', 'failed')
    .executeTakeFirst();
  if (status.superseded || replacement)
    throw new AppError('ALREADY_SUPERSEDED', 'the credential was replaced by a newer one');
}

function requireNotFailed(row: CredentialRow): void {
  if (row.state === 'failed') throw new AppError('CREDENTIAL_FAILED', 'the credential was never issued: it failed');
}

/** The recorded changes that the row does not show yet, in the order in which they were made. */
export function openChanges(tx: Db | Tx, row: CredentialRow): Promise<StatusChangeRow[]> {
  return tx
    .selectFrom('status_changes')
    .selectAll()
    .where('issuer_id', '=', row.issuer_id)
    .where('credential_seq', '=', row.seq)
    .where('state', 'not in', ['final', 'failed'])
    .orderBy('seq')
    .execute();
}

const REASON_NAMES = new Map(Object.entries(REASONS).map(([name, number]) => [number as number, name as Reason]));

function toChangeView(change: StatusChangeRow, credential: CredentialRow): StatusChangeView {
  return {
    id: toChangeId(change.seq),
    credential: toCredentialId(credential.id),
    act: change.act,
    reason: REASON_NAMES.get(change.reason) ?? 'none-given',
    until: change.until === null ? null : toDate(change.until),
    state: change.state,
    createdAt: change.created_at.toISOString(),
    finalAt: change.final_at?.toISOString() ?? null,
  };
}
