import { LAST_DAY, toDate, toHongKongDay } from '../../proof/day.ts';
import { recordAudit } from '../audit/record.ts';
import { requireAct } from '../auth/policy.ts';
import type { CredentialRow, Db, StatusChangeRow, Tx } from '../store/schema.ts';
import { toCredentialId } from './credential-id.ts';
import { describeStatus, foldChanges, foldOnto, type IntendedStatus } from './intended-status.ts';
import { withChildren } from './operation-candidates.ts';
import type { OperationView } from './operation-view.ts';
import { contextOf } from './payload.ts';
import { findRow, toChangeId } from './query.ts';
import { recordChanges } from './record-changes.ts';
import { statusApprovals } from './status-approvals.ts';
import { proposeOperation } from './status-operation.ts';
import { type AskedAct, readLastDay, requireAllowed } from './status-rules.ts';
import {
  type ChangeStatus,
  type IssuanceDeps,
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

export const revokeCredential: ChangeStatus = (tx, deps, request) =>
  change(tx, deps, { ...request, act: 'revoke', until: null });
export const reinstateCredential: ChangeStatus = (tx, deps, request) =>
  change(tx, deps, { ...request, act: 'reinstate', until: null });
export const suspendCredential: SuspendCredential = (tx, deps, request) => {
  const today = toHongKongDay(deps.now() / 1000);
  return change(tx, deps, { ...request, act: 'suspend', until: readLastDay(request.until, today) });
};

interface Requested extends StatusRequest {
  act: AskedAct;
  until: number | null;
}

/** Where the type demands a second person, what was asked for waits as an operation of one credential. */
async function change(tx: Tx, deps: IssuanceDeps, requested: Requested): Promise<StatusChangeView | OperationView> {
  const { actor, id, act, until, note, children } = requested;
  requireAct(actor, 'status.change');
  const row = await findRow(tx, { issuer: actor.issuer, id, lock: true });
  const intended = foldChanges(row, await openChanges(tx, row));
  const today = toHongKongDay(deps.now() / 1000);
  requireAllowed({ act, until, today, hasNote: note !== undefined }, intended, row);
  const candidates = children ? await withChildren(tx, actor.issuer, [row]) : [row];
  if (children || (await statusApprovals(tx, actor.issuer, [row.code])) > 0)
    return proposeOperation(tx, deps, { ...requested, validUntil: null, appliedOn: null, candidates });
  return record(tx, deps, { requested, row, intended });
}

interface Recording {
  requested: Requested;
  row: CredentialRow;
  intended: IntendedStatus;
}

async function record(tx: Tx, deps: IssuanceDeps, { requested, row, intended }: Recording): Promise<StatusChangeView> {
  const { actor, act, reason, note, until } = requested;
  const key = note === undefined ? undefined : deps.cipher.openDataKey(row.wrapped_key);
  const [change] = (await recordChanges(tx, [
    {
      issuer_id: actor.issuer.id,
      credential_seq: row.seq,
      act,
      reason: REASONS[reason],
      until,
      note: note !== undefined && key ? Buffer.from(key.encrypt(Buffer.from(note), contextOf('note', row.id))) : null,
      state: 'recorded',
      requested_by: actor.id,
      created_at: new Date(deps.now()),
    },
  ])) as [StatusChangeRow];
  await recordAudit(tx, actor, {
    act: `credential.${act}`,
    object: requested.id,
    before: describeStatus(intended),
    after: { ...describeStatus(foldOnto(intended, [change])), change: toChangeId(change.seq), reason },
  });
  return toChangeView(change, row);
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

export function toChangeView(change: StatusChangeRow, credential: CredentialRow): StatusChangeView {
  return {
    id: toChangeId(change.seq),
    credential: toCredentialId(credential.id),
    act: change.act,
    reason: REASON_NAMES.get(change.reason) ?? 'none-given',
    until: change.until === null ? null : toDate(change.until),
    validUntil: toValidUntil(change),
    pendingRenewal: change.valid_until === LAST_DAY,
    state: change.state,
    createdAt: change.created_at.toISOString(),
    finalAt: change.final_at?.toISOString() ?? null,
  };
}

function toValidUntil({ valid_until }: StatusChangeRow): string | null {
  return valid_until === null || valid_until === LAST_DAY ? null : toDate(valid_until);
}
