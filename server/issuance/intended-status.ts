import { toDate } from '../../proof/day.ts';
import type { CredentialRow, StatusChangeRow } from '../store/schema.ts';

/** What a credential's status will be when everything recorded has reached the chain. */
export interface IntendedStatus {
  revoked: boolean;
  /** `until` is the last suspended day in Hong Kong; null: until it is reinstated. */
  suspension: Suspension | null;
  superseded: boolean;
}

export interface Suspension {
  until: number | null;
}

type Shown = Pick<CredentialRow, 'revoked' | 'suspended' | 'suspended_until' | 'superseded_by_seq'>;

type Act = Pick<StatusChangeRow, 'act' | 'until'>;

/** What the chain was last seen to say, and then the changes that it does not show yet. */
export function foldChanges(row: Shown, changes: readonly Act[]): IntendedStatus {
  const suspension = row.suspended ? { until: row.suspended_until } : null;
  return foldOnto({ revoked: row.revoked, suspension, superseded: row.superseded_by_seq !== null }, changes);
}

export function foldOnto(before: IntendedStatus, changes: readonly Act[]): IntendedStatus {
  const status = { ...before };
  for (const { act, until } of changes) {
    if (act === 'revoke') status.revoked = true;
    else if (act === 'amend') status.superseded = true;
    else status.suspension = act === 'suspend' ? { until } : null;
  }
  return status;
}

/** For the record of who changed what. */
export function describeStatus({ revoked, suspension, superseded }: IntendedStatus) {
  const until = suspension?.until ?? null;
  return { revoked, suspended: suspension !== null, until: until === null ? null : toDate(until), superseded };
}

/**
 * The suspension as it is on a day: null where its last day has passed. The registry lifts nothing by then, it only stops counting, and so
 * does every verifier; lifting it afterwards changes nothing there.
 */
export function suspensionOn(day: number, suspension: Suspension | null): Suspension | null {
  if (suspension?.until != null && day > suspension.until) return null;
  return suspension;
}
