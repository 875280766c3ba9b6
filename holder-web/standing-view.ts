import type { HolderCredential } from '../client/api.ts';
import { decodeDate, toHongKongDay } from '../proof/day.ts';
import { type Child, element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import { type Standing, standingOf, standingText, todayInHongKong } from '../ui/signed-in/standing.ts';
import type { Reader } from './screen.ts';

/** So long before its end a document is said to end soon. */
const SOON_DAYS = 60;

export function standingToday(credential: HolderCredential): Standing {
  return standingOf(credential, todayInHongKong(Date.now()));
}

/** How it stands, in words beside a drawing; and that it ends soon, where it does. */
export function standingLines(credential: HolderCredential, reader: Reader): Child[] {
  const standing = standingToday(credential);
  const left = daysLeft(credential, standing);
  return [
    element('p', { class: 'standing' }, standingText(standing, reader)),
    left !== null && element('p', { class: 'reminder' }, fill(reader.words.documents.ends, { days: left })),
    credential.pendingChange !== null && element('p', { class: 'hint' }, reader.words.documents.changing),
  ];
}

export function standingIcon(credential: HolderCredential): SVGSVGElement {
  return icon(standingToday(credential).icon);
}

function daysLeft({ endsOn }: HolderCredential, { name }: Standing): number | null {
  if (name !== 'inForceUntil' || endsOn === null) return null;
  const left = decodeDate(endsOn) - toHongKongDay(Date.now() / 1000);
  return left <= SOON_DAYS ? left : null;
}
