import type { Check, Standing, Verdict } from '../proof/verdict.ts';
import type { IconName } from '../ui/icon.ts';
import { type Calendar, fill } from './phrase.ts';
import { type Dictionary, REASONS, type Reason } from './words/dictionary.ts';

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

const SHAPES: Record<Tone, IconName> = {
  good: 'seal',
  care: 'triangle',
  over: 'barred',
  bad: 'octagon',
  open: 'question',
};

const TONES: Record<Standing['code'], Tone> = {
  'in-force': 'good',
  'partly-expired': 'care',
  'not-yet-in-force': 'care',
  suspended: 'care',
  superseded: 'over',
  expired: 'over',
  revoked: 'over',
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
    advice: passage.advice,
  };
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

function ofStanding({ credential }: Verdict, standing: Standing, words: Dictionary, calendar: Calendar): Sentence {
  const heading = headingOf(standing, words, calendar);
  const meaning = words.meaning[standing.code];
  const isRecord = standing.code === 'in-force' && credential?.type?.validity.kind === 'pointInTime';
  return {
    ...toneAndShape(TONES[standing.code]),
    heading: isRecord ? fill(words.standing.recorded, { date: calendar.day(credential.proof.header.issued) }) : heading,
    meaning:
      standing.code === 'superseded' && standing.time !== null
        ? `${meaning} ${fill(words.supersededOn, { date: calendar.dayOf(standing.time) })}`
        : meaning,
    findings: [],
    advice: '',
  };
}

function headingOf(standing: Standing, { standing: texts, reason }: Dictionary, calendar: Calendar): string {
  switch (standing.code) {
    case 'in-force':
      return standing.until === null ? texts.inForce : fill(texts.inForceUntil, { date: calendar.day(standing.until) });
    case 'expired':
      return fill(texts.expired, { date: calendar.day(standing.on) });
    case 'not-yet-in-force':
      return fill(texts.notYet, { date: calendar.day(standing.from) });
    case 'partly-expired':
      return fill(texts.partly, { date: calendar.day(standing.since) });
    case 'superseded':
      return texts.superseded;
    case 'revoked':
      return withReason(dated(standing.time, texts.revoked, texts.revokedOn, calendar), standing.reason);
    case 'suspended':
      return withReason(dated(standing.time, texts.suspended, texts.suspendedSince, calendar), standing.reason);
  }

  function withReason(sentence: string, number: number | null): string {
    const known = REASONS.find((candidate): candidate is Reason => candidate === number && candidate !== 0);
    return known ? fill(texts.withReason, { sentence, reason: reason[known] }) : sentence;
  }
}

// When and why come from events, which a node may fail to tell; what they did is certain all the same.
function dated(time: number | null, without: string, withDate: string, calendar: Calendar): string {
  return time === null ? without : fill(withDate, { date: calendar.dayOf(time) });
}

function toneAndShape(tone: Tone): { tone: Tone; shape: IconName } {
  return { tone, shape: SHAPES[tone] };
}
