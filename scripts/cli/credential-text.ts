import type { Credential, StatusChangeOrOperation } from '../../client/api.ts';
import { toPrintable } from './printable.ts';

/** A credential for a person at a terminal. */
export function describeCredential(credential: Credential): string {
  const { id, reference, type, typeTitle, state, status, suspension, pendingChange, failure } = credential;
  const rows: [string, string][] = [
    ['id', id],
    ['type', `${type}, ${typeTitle.en}`],
    ['state', failure === null ? state : `${state}: ${failure}`],
    ['status', suspension ? `${status} since ${suspension.since}${untilOf(suspension.until)}` : status],
    ['valid', `${credential.validFrom} – ${credential.validUntil ?? 'no end'}`],
  ];
  if (pendingChange) rows.push(['waits for', `${pendingChange.act} (${pendingChange.state})`]);
  if (credential.replaces !== null) rows.push(['replaces', credential.replaces]);
  if (credential.supersededBy !== null) rows.push(['replaced by', credential.supersededBy]);
  return `${[reference, ...rows.map(([name, value]) => `  ${name.padEnd(11)} ${value}`)].map(toPrintable).join('\n')}\n`;
}

function untilOf(day: string | null): string {
  return day === null ? '' : ` until ${day}`;
}

/** One credential of a list, on one line. */
export function describeInList({ id, reference, type, state, status, validUntil }: Credential): string {
  return `${toPrintable([reference, id, type.padEnd(10), state.padEnd(8), status.padEnd(10), validUntil ?? 'no end'].join('  '))}\n`;
}

export function describeChange(change: StatusChangeOrOperation): string {
  const text =
    'credential' in change
      ? `${change.act} of ${change.credential}: ${change.state}, for ${change.reason}${untilOf(change.until)}`
      : `${change.act} waits for a second person: ${change.id}`;
  return `${toPrintable(text)}\n`;
}
