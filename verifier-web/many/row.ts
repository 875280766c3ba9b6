import type { Presented } from '../../proof/presented.ts';
import type { Verdict } from '../../proof/verdict.ts';
import type { Language } from '../../ui/language.ts';
import type { Reader } from '../reader.ts';
import type { Refusal, RefusalCode } from '../refusal.ts';
import { type Tone, toSentence } from '../verdict-sentence.ts';

/** What there is to check, and what came of it. */
export interface Row {
  name: string;
  /** Of a file. */
  open?: () => Promise<File>;
  /** Of a line of a list. */
  reference?: string;
  /** Null as long as it was not checked. */
  result: Result | null;
  /** Of a PDF that holds several. */
  page?: number;
  /** What was found in it, where it is checked a second time, or is one of several findings in a file. */
  presented?: Presented;
}

export type Result =
  | { kind: 'verdict'; verdict: Verdict; presented: Presented }
  | { kind: 'refusal'; code: RefusalCode; host: string; words?: NonNullable<Refusal['words']> }
  /** The service shows nothing for the reference alone. */
  | { kind: 'no-match' }
  /** A line of a list with a mistake. */
  | { kind: 'no-reference' };

/** Whether it can be checked once more: a page that was never looked at has nothing to check. */
export function isRepeatable({ open, presented, reference, result }: Row): boolean {
  return open !== undefined || reference !== undefined || presented !== undefined || result?.kind === 'verdict';
}

/** What the list can be narrowed to. `none` holds no e-Proof at all, which is no verdict. */
export const GROUPS = ['bad', 'over', 'care', 'good', 'open', 'none'] as const satisfies readonly (Tone | 'none')[];
export type Group = (typeof GROUPS)[number];

/** Nothing that is wrong with the file: the page lacked something, and may have it at the next attempt; or some of it was not looked at. */
const PASSING: readonly RefusalCode[] = [
  'DECODER_UNAVAILABLE',
  'SCRIPT_UNAVAILABLE',
  'LOOK_UP_UNAVAILABLE',
  'LOOK_UP_LIMITED',
  'PAGE_FAILED',
  'PDF_SLOW',
  'PDF_PAGES_LEFT',
];

const groups = new WeakMap<Result, Group>();

/** The same in every language; counted over and over while hundreds come in. */
export function groupOf(result: Result, reader: Reader): Group {
  const group = groups.get(result) ?? findGroup(result, reader);
  groups.set(result, group);
  return group;
}

function findGroup(result: Result, { words, calendar }: Reader): Group {
  if (result.kind === 'verdict') return toSentence(result.verdict, words, calendar).tone;
  return result.kind === 'refusal' && PASSING.includes(result.code) ? 'open' : 'none';
}

/** What a list shows of a genuine document; of anything else nothing, because nothing of it is known to be so. */
export interface Identity {
  title: string;
  issuer: string;
  number: string;
  holder: string;
  reference: string;
}

export function identityOf({ genuine, credential, issuer }: Verdict, language: Language): Identity | null {
  if (genuine !== 'genuine' || !credential?.type) return null;
  const { type, claims, reference } = credential;
  const claimOf = (role: string) => {
    const claim = type.claims.find((candidate) => candidate.role === role);
    return toText(claim && claims?.[claim.name], language);
  };
  return {
    title: type.title[language],
    issuer: issuer?.profile.name[language] ?? '',
    number: claimOf('number'),
    holder: claimOf('holder'),
    reference,
  };
}

// A number and a name are texts, in one language or in several.
function toText(json: unknown, language: Language): string {
  if (typeof json === 'string') return json;
  if (typeof json !== 'object' || json === null) return '';
  const texts = json as Partial<Record<Language, string>>;
  return [...new Set([texts[language], texts['zh-Hant'], texts.en])].filter((text) => text !== undefined).join(' ');
}
