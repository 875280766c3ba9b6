import type { Credential } from '../../client/api.ts';
import { toDate, toHongKongDay } from '../../proof/day.ts';
import type { IconName } from '../icon.ts';
import { fill } from '../phrase.ts';
import type { Reader } from './shell.ts';

export type StandingName =
  | 'failed'
  | 'disbelieved'
  | 'coming'
  | 'revoked'
  | 'superseded'
  | 'suspendedUntil'
  | 'suspended'
  | 'expired'
  | 'notYet'
  | 'pastDate'
  | 'partly'
  | 'inForceUntil'
  | 'inForce';

export interface Standing {
  name: StandingName;
  /** The day in its sentence; null where it has none. */
  day: string | null;
  tone: 'good' | 'care' | 'over' | 'bad' | 'open';
  icon: IconName;
}

/** How each looks, on every page. */
export const LOOKS: Record<StandingName, Pick<Standing, 'tone' | 'icon'>> = {
  failed: { tone: 'bad', icon: 'octagon' },
  disbelieved: { tone: 'bad', icon: 'octagon' },
  coming: { tone: 'open', icon: 'question' },
  revoked: { tone: 'over', icon: 'barred' },
  superseded: { tone: 'over', icon: 'barred' },
  suspendedUntil: { tone: 'care', icon: 'triangle' },
  suspended: { tone: 'care', icon: 'triangle' },
  expired: { tone: 'over', icon: 'barred' },
  notYet: { tone: 'care', icon: 'triangle' },
  partly: { tone: 'care', icon: 'triangle' },
  pastDate: { tone: 'good', icon: 'seal' },
  inForceUntil: { tone: 'good', icon: 'seal' },
  inForce: { tone: 'good', icon: 'seal' },
};

/** What the service says of a credential, to its department or to its holder. */
type Judged = Pick<
  Credential,
  'state' | 'disbelieved' | 'status' | 'suspension' | 'endsOn' | 'validFrom' | 'validUntil' | 'partlyUntil'
>;

/** What a verifier is told today, in the verifier's order: what was done to it before what the calendar does to it. */
export function standingOf(credential: Judged, today: string): Standing {
  const [name, day] = judge(credential, today);
  return { name, day, ...LOOKS[name] };
}

function judge(credential: Judged, today: string): [StandingName, string | null] {
  const { state, disbelieved, status, suspension, endsOn, validFrom, validUntil } = credential;
  if (state === 'failed') return ['failed', null];
  if (disbelieved) return ['disbelieved', null];
  if (state === 'issued' || state === 'sealed') return ['coming', null];
  if (status === 'revoked' || status === 'superseded') return [status, null];
  if (status === 'suspended') return suspension?.until ? ['suspendedUntil', suspension.until] : ['suspended', null];
  if (endsOn !== null && endsOn < today) return ['expired', endsOn];
  if (validFrom > today) return ['notYet', validFrom];
  if (validUntil !== null && validUntil < today) return ['pastDate', validUntil];
  if (credential.partlyUntil !== null && credential.partlyUntil < today) return ['partly', credential.partlyUntil];
  return endsOn === null ? ['inForce', null] : ['inForceUntil', endsOn];
}

export function standingText({ name, day }: Standing, { words, calendar }: Reader): string {
  return fill(words.standing[name], { date: day === null ? '' : calendar.date(day) });
}

/** As documents write it. `now` is in milliseconds. */
export function todayInHongKong(now: number): string {
  return toDate(toHongKongDay(now / 1000));
}
