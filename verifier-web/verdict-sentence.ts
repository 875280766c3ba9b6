import type { Standing } from '../proof/standing.ts';
import type { Check, Verdict } from '../proof/verdict.ts';
import type { IconName } from '../ui/icon.ts';
import { type Calendar, fill } from '../ui/phrase.ts';
import { REASONS, type Reason } from '../ui/words/dictionary.ts';
import type { Dictionary } from './words/dictionary.ts';

/** How a verdict looks: a colour and a shape of its own for each. */
export type Tone = 'good' | 'care' | 'over' | 'bad' | 'open';

export interface Sentence {
  tone: Tone;
  shape: IconName;
  /** The verdict in one sentence. */
  heading: string;
  /** What it means to whoever holds the paper. */
  meaning: string;
  /** Which findings led to it, where it is not good. */
  findings: string[];
  /** What to do. */
  advice: string;
}

export interface PastSentence {
  tone: Tone;
  text: string;
}

const SHAPES: Record<Tone, IconName> = {
  good: 'seal',
  care: 'triangle',
  over: 'barred',
  bad: 'octagon',
  open: 'question',
};

const TONES: Record<Standing['code'], Tone> = {
  'in-force': 'good',
  'in-force-past-date': 'good',
  'partly-expired': 'care',
  'not-yet-in-force': 'care',
  suspended: 'care',
  superseded: 'over',
  expired: 'over',
  revoked: 'over',
  'not-known': 'open',
};

/** The verdict in words: everything that the page says first, last and on the receipt comes from here. */
export function toSentence(verdict: Verdict, words: Dictionary, calendar: Calendar): Sentence {
  if (verdict.genuine === 'genuine' && verdict.standing) return ofStanding(verdict, verdict.standing, words, calendar);
  const isBad = verdict.genuine === 'not-genuine';
  const passage = isBad ? words.notGenuine : words.couldNot;
  return {
    ...toneAndShape(isBad ? 'bad' : 'open'),
    heading: passage.heading,
    meaning: passage.text,
    findings: verdict.checks.filter(isBad ? isFailed : isMissing).map((check) => explain(check, words)),
    advice: isTimeOver(verdict) ? words.couldNot.showAgain : passage.advice,
  };
}

// Nothing else is missing: to go online would not help, to be shown it once more does.
function isTimeOver({ genuine, checks }: Verdict): boolean {
  const open = checks.filter(({ outcome }) => outcome !== 'pass');
  return genuine === 'could-not-be-checked' && open.every(({ name }) => name === 'holderBinding');
}

/** Of what came from this device: the time that it is of, which is in the past. */
export function asOf(sentence: string, { checked }: Verdict, { standing }: Dictionary, calendar: Calendar): string {
  return checked?.isSnapshot ? fill(standing.asOf, { sentence, time: calendar.time(checked.block.time) }) : sentence;
}

/** What a check found, in the reader's words; a decoder's reason is added where there is one. */
export function explain({ code, detail }: Check, words: Dictionary): string {
  const [reason] = detail?.split(':') ?? [];
  const known = Object.entries(words.proofError).find(([name]) => name === reason);
  return known ? `${words.code[code]} ${known[1]}` : words.code[code];
}

function isFailed({ outcome }: Check): boolean {
  return outcome === 'fail';
}

// The checks that could not even be asked follow from the one that is named.
function isMissing({ outcome, code }: Check): boolean {
  return outcome === 'unknown' && code !== 'NOT_REACHED';
}

function ofStanding(verdict: Verdict, standing: Standing, words: Dictionary, calendar: Calendar): Sentence {
  const { credential, checked } = verdict;
  const tone = TONES[standing.code];
  const isKept = checked?.isSnapshot && standing.code !== 'not-known';
  const meanings = [
    // what is good today is not said of what was kept: it was good then
    !(isKept && tone === 'good') && words.meaning[standing.code],
    supplementOf(standing, words, calendar),
    isKept && fill(words.asOf, { block: checked.block.number }),
  ];
  const isRecord = standing.code === 'in-force' && credential?.type?.validity.kind === 'pointInTime';
  const heading = isRecord
    ? fill(words.standing.recorded, { date: calendar.day(credential.proof.header.issued) })
    : headingOf(standing, words, calendar);
  return {
    ...toneAndShape(tone),
    heading: isKept ? asOf(heading, verdict, words, calendar) : heading,
    meaning: meanings.filter(Boolean).join(' '),
    findings: [],
    advice: '',
  };
}

function supplementOf(standing: Standing, words: Dictionary, calendar: Calendar): string {
  if (standing.code === 'superseded') return fill(words.supersededOn, { date: calendar.dayOf(standing.time) });
  if (standing.code === 'in-force-past-date' && standing.law) return fill(words.movedBy, { law: standing.law });
  return '';
}

function headingOf(standing: Standing, { standing: texts, reason }: Dictionary, calendar: Calendar): string {
  switch (standing.code) {
    case 'in-force':
      return standing.until === null ? texts.inForce : fill(texts.inForceUntil, { date: calendar.day(standing.until) });
    case 'expired':
      return fill(texts.expired, { date: calendar.day(standing.on) });
    case 'in-force-past-date': {
      const date = calendar.day(standing.date);
      return standing.until === null
        ? fill(texts.pastDate, { date })
        : fill(texts.pastDateUntil, { date, until: calendar.day(standing.until) });
    }
    case 'not-yet-in-force':
      return fill(texts.notYet, { date: calendar.day(standing.from) });
    case 'partly-expired':
      return fill(texts.partly, { date: calendar.day(standing.since) });
    case 'superseded':
      return texts.superseded;
    case 'revoked':
      return withReason(revocation(standing), standing.reason);
    case 'suspended':
      return withReason(suspension(standing), standing.reason);
    case 'not-known':
      return fill(texts.notKnown, { date: calendar.dayOf(standing.since) });
  }

  // when and why come from events, which a node may fail to tell; what they did is certain all the same
  function revocation({ time }: Standing & { code: 'revoked' }): string {
    return time === null ? texts.revoked : fill(texts.revokedOn, { date: calendar.dayOf(time) });
  }

  function suspension({ since, until }: Standing & { code: 'suspended' }): string {
    const date = calendar.dayOf(since);
    return until === null
      ? fill(texts.suspendedSince, { date })
      : fill(texts.suspendedUntil, { date, until: calendar.day(until) });
  }

  function withReason(sentence: string, number: number | null): string {
    const known = REASONS.find((candidate): candidate is Reason => candidate === number && candidate !== 0);
    return known ? fill(texts.withReason, { sentence, reason: reason[known] }) : sentence;
  }
}

/** What is said of a day in the past; null is a history that was not told. */
export function toPastSentence(standing: Standing | null, { past }: Dictionary, calendar: Calendar): PastSentence {
  if (!standing) return { tone: 'open', text: past.unknown };
  const since = beginOf(standing, calendar);
  const text = standing.code === 'revoked' && since !== '' ? past.revokedOn : past.standing[standing.code];
  return { tone: TONES[standing.code], text: fill(text, { date: since }) };
}

function beginOf(standing: Standing, calendar: Calendar): string {
  switch (standing.code) {
    case 'suspended':
      return calendar.dayOf(standing.since);
    case 'superseded':
      return calendar.dayOf(standing.time);
    case 'revoked':
      return standing.time === null ? '' : calendar.dayOf(standing.time);
    case 'expired':
      return calendar.day(standing.on);
    case 'not-yet-in-force':
      return calendar.day(standing.from);
    default:
      return '';
  }
}

function toneAndShape(tone: Tone): { tone: Tone; shape: IconName } {
  return { tone, shape: SHAPES[tone] };
}
