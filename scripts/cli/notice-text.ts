import type { Notice } from '../../client/api.ts';
import { toPrintable } from './printable.ts';

/** What would be moved, before it is. */
export function describeNoticePreview({ type, from, to, validUntil, law, touched, secondPerson }: Notice): string {
  return toText([
    `${type}: what ends from ${from} to ${to} is valid to ${validUntil}, by ${law ?? 'no law'}`,
    `  ${touched} credentials at present, and every one that is issued with such an end later`,
    ...(secondPerson ? ['  somebody else has to confirm it'] : []),
  ]);
}

export function describeNoticeInList({ id, type, from, to, validUntil, law, touched, state }: Notice): string {
  return toText([`${id}  ${state}  ${type}  ${from} to ${to} → ${validUntil}  ${touched} moved  ${law ?? '-'}`]);
}

/** One, with how far each version of its type is. */
export function describeNotice(notice: Notice): string {
  const { posts, requestedBy, createdAt, decidedBy, decidedAt, state } = notice;
  const decided = state === 'cancelled' ? 'cancelled' : 'confirmed';
  return `${describeNoticeInList(notice)}${toText([
    `  asked for by ${requestedBy} at ${createdAt}`,
    ...(decidedBy === null ? [] : [`  ${decided} by ${decidedBy} at ${decidedAt}`]),
    ...posts.map(
      ({ version, state: of, withdrawnAt }) =>
        `  version ${version}: ${of}${withdrawnAt === null ? '' : `, withdrawn at ${withdrawnAt}`}`,
    ),
  ])}`;
}

function toText(lines: readonly string[]): string {
  return lines.map((line) => `${toPrintable(line)}\n`).join('');
}
