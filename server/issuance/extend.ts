import { LAST_DAY } from '../../proof/day.ts';
import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import type { CredentialRow, StatusChangeRow, Tx } from '../store/schema.ts';
import { openChanges, toChangeView } from './change-status.ts';
import { requireExtendable } from './extension-rule.ts';
import { describeStatus, foldChanges, foldOnto, type IntendedStatus } from './intended-status.ts';
import type { OperationView } from './operation-view.ts';
import { contextOf } from './payload.ts';
import { findRow, toChangeId } from './query.ts';
import { recordChanges } from './record-changes.ts';
import { statusApprovals } from './status-approvals.ts';
import { proposeOperation } from './status-operation.ts';
import { toDay } from './to-day.ts';
import { type IssuanceDeps, REASONS, type Reason, type StatusChangeView } from './use-cases.ts';

export interface ExtensionRequest {
  actor: Actor;
  /** "crd_…" */
  id: string;
  /** The new last valid day in Hong Kong, or until further notice while a renewal is decided: one of both. */
  validUntil?: string | undefined;
  pendingRenewal?: true | undefined;
  reason?: Reason | undefined;
  note?: string | undefined;
}

/**
 * Moves the last valid day without another document: what is on the wall stays good, and every verifier says until when. An earlier day
 * takes back what was granted too long. The department's anchor key signs it, because it can prolong validity. Where the type demands a second person
 * for changes of its status, what was asked for waits as an operation of one credential.
 * @throws AppError VALIDATION_FAILED, CREDENTIAL_NOT_FOUND, CREDENTIAL_FAILED, CREDENTIAL_ERASED, ALREADY_REVOKED, ALREADY_SUPERSEDED,
 *   VALIDITY_UNCHANGED
 */
export async function extendCredential(
  tx: Tx,
  deps: IssuanceDeps,
  request: ExtensionRequest,
): Promise<StatusChangeView | OperationView> {
  const { actor, id, reason = 'none-given', note } = request;
  requireAct(actor, 'validity.change');
  const row = await findRow(tx, { issuer: actor.issuer, id, lock: true });
  const day = request.pendingRenewal ? LAST_DAY : readDay(request.validUntil ?? '', row);
  const intended = foldChanges(row, await openChanges(tx, row));
  requireExtendable({ day, hasNote: note !== undefined }, intended, row);
  if ((await statusApprovals(tx, actor.issuer, [row.code])) === 0)
    return record(tx, deps, { request, row, intended, day });
  const days = { until: null, validUntil: day, appliedOn: null };
  return proposeOperation(tx, deps, { actor, act: 'extend', reason, note, ...days, candidates: [row] });
}

function readDay(date: string, { valid_from }: CredentialRow): number {
  const day = toDay(date);
  if (day !== null && day >= valid_from) return day;
  const message = '"validUntil" must be a day of the calendar as YYYY-MM-DD, not before "validFrom" of the credential';
  throw new AppError('VALIDATION_FAILED', 'the validity has no such end', {
    problems: [{ pointer: '/validUntil', code: day === null ? 'DATE_INVALID' : 'END_BEFORE_START', message }],
  });
}

interface Recording {
  request: ExtensionRequest;
  row: CredentialRow;
  intended: IntendedStatus;
  day: number;
}

async function record(tx: Tx, deps: IssuanceDeps, recording: Recording): Promise<StatusChangeView> {
  const { request, row, intended, day } = recording;
  const { actor, id, reason = 'none-given', note } = request;
  const [change] = (await recordChanges(tx, [
    {
      issuer_id: actor.issuer.id,
      credential_seq: row.seq,
      act: 'extend',
      reason: REASONS[reason],
      valid_until: day,
      note: note === undefined ? null : encryptNote(note, row, deps),
      state: 'recorded',
      requested_by: actor.id,
      created_at: new Date(deps.now()),
    },
  ])) as [StatusChangeRow];
  await recordAudit(tx, actor, {
    act: 'credential.extend',
    object: id,
    before: describeStatus(intended),
    after: { ...describeStatus(foldOnto(intended, [change])), change: toChangeId(change.seq), reason },
  });
  return toChangeView(change, row);
}

function encryptNote(note: string, row: CredentialRow, deps: IssuanceDeps): Buffer {
  const key = deps.cipher.openDataKey(row.wrapped_key as Buffer);
  return Buffer.from(key.encrypt(Buffer.from(note), contextOf('note', row.id)));
}
