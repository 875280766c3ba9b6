import { toDate } from '../../proof/day.ts';
import type { Json, JsonObject } from '../../proof/json.ts';
import type { Receipt } from '../../proof/receipt.ts';
import type { Standing } from '../../proof/standing.ts';
import type { Verdict } from '../../proof/verdict.ts';

const HEADINGS = {
  genuine: 'GENUINE',
  'not-genuine': 'NOT GENUINE',
  'could-not-be-checked': 'COULD NOT BE CHECKED',
} as const;
const BEARERS = {
  'not-bound': 'not checked: the credential is not bound to a key',
  'not-checked': 'not checked: it was not presented by its holder, or not to you and now',
  checked: 'its holder presented it',
} as const;
const MARKS = { pass: '✔', fail: '✘', unknown: '?' } as const;

/** The verdict for a person at a terminal: the answer first, then what it rests on. */
export function describeVerdict(verdict: Verdict): string {
  const lines = [
    `${HEADINGS[verdict.genuine]}${verdict.standing ? ` — ${describeStanding(verdict.standing)}` : ''}`,
    ...describeAge(verdict),
    ...describePast(verdict),
    '',
  ];
  // what a document that is not genuine says of itself is not repeated
  if (verdict.genuine !== 'not-genuine') lines.push(...describeCredential(verdict), '');
  for (const { name, outcome, code, detail } of verdict.checks)
    lines.push(`  ${MARKS[outcome]} ${name.padEnd(15)} ${code}${detail ? ` (${detail})` : ''}`);
  lines.push('', `  bearer ${BEARERS[verdict.bearer]}`);
  if (verdict.checked) {
    const { block, chainId, registry, agreed, isSnapshot } = verdict.checked;
    lines.push('', `  checked ${new Date(verdict.time * 1000).toISOString()} at block ${block.number} ${block.hash}`);
    const nodes = `${agreed} node${agreed === 1 ? '' : 's'} agreed`;
    lines.push(`  of chain ${chainId}, registry ${registry}; ${nodes}${isSnapshot ? ', as a snapshot kept it' : ''}`);
  }
  return `${lines.join('\n')}\n`;
}

/** What an earlier check came to, and whether it still does; null is that now it could not be checked. */
export function describeReceipt({ checkedAt, genuine, standing }: Receipt, holds: boolean | null): string {
  const said = `the receipt of ${checkedAt} said: ${HEADINGS[genuine]}${standing ? `, ${standing}` : ''}`;
  const now =
    holds === null ? 'whether it still holds could not be checked' : holds ? 'it still holds' : 'it no longer holds';
  return `${said}; ${now}`;
}

// The first thing to know of an answer that was kept: it may have become another one since.
function describeAge({ checked, standing, genuine }: Verdict): string[] {
  if (!checked?.isSnapshot || genuine !== 'genuine' || standing?.code === 'not-known') return [];
  return [
    `as of ${new Date(checked.block.time * 1000).toISOString()}, from the snapshot: what came later is not known`,
  ];
}

function describePast({ past }: Verdict): string[] {
  if (!past) return [];
  const standing = past.standing ? describeStanding(past.standing) : 'not known, because its history was not told';
  return [`on ${toDate(past.day)}: ${standing}`];
}

function describeCredential({ credential, issuer }: Verdict): string[] {
  if (!credential) return [];
  const { header } = credential.proof;
  const rows: [string, string][] = [
    ['kind', credential.type?.title.en ?? 'not known'],
    ['issuer', issuer?.profile.name.en ?? 'not known'],
    ['reference', credential.reference],
    ['issued', toDate(header.issued)],
    ['valid', `${toDate(header.validFrom)} – ${header.validUntil === null ? 'no end' : toDate(header.validUntil)}`],
  ];
  for (const claim of credential.type?.claims ?? []) {
    const value = credential.claims?.[claim.name];
    if (value !== undefined) rows.push([claim.label.en, describeValue(value)]);
  }
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`);
}

function describeValue(value: Json): string {
  if (Array.isArray(value)) return value.map(describeValue).join('; ');
  if (typeof value === 'object' && value !== null)
    return Object.values(value as JsonObject)
      .map(describeValue)
      .join(' · ');
  return String(value);
}

function describeStanding(standing: Standing): string {
  const since =
    'time' in standing && standing.time !== null ? ` since ${new Date(standing.time * 1000).toISOString()}` : '';
  switch (standing.code) {
    case 'revoked':
      return `revoked${since}`;
    case 'superseded':
      return `superseded by a newer one${since}`;
    case 'suspended': {
      const until = standing.until === null ? '' : ` until ${toDate(standing.until)}`;
      return `suspended since ${new Date(standing.since * 1000).toISOString()}${until}`;
    }
    case 'in-force-past-date': {
      const until = standing.until === null ? 'until further notice' : `until ${toDate(standing.until)}`;
      const law = standing.law ? ` (${standing.law})` : '';
      return `in force past its date of ${toDate(standing.date)}, ${until}, by ${standing.by}${law}`;
    }
    case 'expired':
      return `expired, last valid on ${toDate(standing.on)}`;
    case 'not-yet-in-force':
      return `not yet in force, from ${toDate(standing.from)}`;
    case 'partly-expired':
      return `partly expired: an item ended on ${toDate(standing.since)}`;
    case 'in-force':
      return standing.until === null ? 'in force, without an end' : `in force until ${toDate(standing.until)}`;
    case 'not-known':
      return `whether it is still in force is not known since ${new Date(standing.since * 1000).toISOString()}`;
  }
}
