import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { requireAct } from '../auth/policy.ts';
import type { CredentialRow, Db, StatusAct, StatusChangeRow, Tx } from '../store/schema.ts';
import { toCredentialId } from './credential-id.ts';
import { contextOf } from './payload.ts';
import { findRow, toChangeId } from './query.ts';
import { type ChangeStatus, REASONS, type Reason, type StatusChangeView } from './use-cases.ts';

/*
 * A change is recorded here, in the transaction of whoever asks; jobs carry it to the chain. What counts for the next request is
 * what was recorded, not what the chain already says: two revocations in one second are one.
 */

export const revokeCredential: ChangeStatus = (tx, deps, request) => record(tx, deps, { ...request, act: 'revoke' });
export const suspendCredential: ChangeStatus = (tx, deps, request) => record(tx, deps, { ...request, act: 'suspend' });
export const reinstateCredential: ChangeStatus = (tx, deps, request) =>
  record(tx, deps, { ...request, act: 'reinstate' });

type Requested = Parameters<ChangeStatus>[2] & { act: Exclude<StatusAct, 'amend'> };

async function record(
  tx: Tx,
  deps: Parameters<ChangeStatus>[1],
  { actor, id, act, reason, note }: Requested,
): Promise<StatusChangeView> {
  requireAct(actor, 'status.change');
  const { issuer } = actor;
  const row = await findRow(tx, { issuer, id, lock: true });
  const intended = foldChanges(row, await openChanges(tx, row));
  requireAllowed(act, intended, row);
  const key = note === undefined ? undefined : deps.cipher.openDataKey(row.wrapped_key);
  const change = await tx
    .insertInto('status_changes')
    .values({
      issuer_id: issuer.id,
      credential_seq: row.seq,
      act,
      reason: REASONS[reason],
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
    before: { ...intended },
    after: { ...foldChanges(intended, [change]), change: toChangeId(change.seq), reason },
  });
  return toChangeView(change, row);
}

/** What a credential's status will be when everything recorded has reached the chain. */
export interface IntendedStatus {
  revoked: boolean;
  suspended: boolean;
  superseded: boolean;
}

export function foldChanges(
  row: Pick<CredentialRow, 'revoked' | 'suspended' | 'superseded_by_seq'> | IntendedStatus,
  changes: readonly Pick<StatusChangeRow, 'act'>[],
): IntendedStatus {
  const superseded = 'superseded' in row ? row.superseded : row.superseded_by_seq !== null;
  const status = { revoked: row.revoked, suspended: row.suspended, superseded };
  for (const { act } of changes) {
    if (act === 'revoke') status.revoked = true;
    else if (act === 'amend') status.superseded = true;
    else status.suspended = act === 'suspend';
  }
  return status;
}

function requireAllowed(act: Requested['act'], status: IntendedStatus, row: CredentialRow): void {
  requireNotFailed(row);
  if (status.revoked) throw new AppError('ALREADY_REVOKED', 'the credential is revoked, which is for ever');
  if (act === 'revoke') return;
  if (act === 'reinstate') {
    if (!status.suspended) throw new AppError('NOT_SUSPENDED', 'the credential is not suspended');
    return;
  }
  if (status.superseded) throw new AppError('ALREADY_SUPERSEDED', 'the credential was replaced by a newer one');
  if (status.suspended) throw new AppError('ALREADY_SUSPENDED', 'the credential is suspended already');
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
    state: change.state,
    createdAt: change.created_at.toISOString(),
    finalAt: change.final_at?.toISOString() ?? null,
  };
}
