import type { Label } from '../proof/credential-type.ts';
import { decodeReference, toReference } from '../proof/reference.ts';
import { Refusal } from './refusal.ts';
import { readBounded } from './sources.ts';

/** A kind of document that is shown to whoever types facts from the paper. */
export interface FactType {
  type: string;
  title: Label;
  facts: readonly {
    name: string;
    label: Label;
    kind: 'text' | 'date';
    /** How many of its last characters are asked for; null for all. */
    last: number | null;
  }[];
}

/** What typed words lead to: the text of a QR code, which is judged like any other; null where nothing matches. */
export interface LookUps {
  byReference(reference: string): Promise<string | null>;
  factTypes(): Promise<readonly FactType[]>;
  byFacts(question: { type: string; reference: string; facts: Record<string, string> }): Promise<string | null>;
}

const TIMEOUT_MS = 8_000;
const MOST_ANSWER_BYTES = 256 * 1024;

/** Asks the service of the page's own origin, which learns what is looked up. All reject with a Refusal where it cannot be asked. */
export function createLookUps(base: URL): LookUps {
  const path = new URL('v1/look-ups/', base);
  return {
    byReference: (reference) => lookUp(new URL('reference', path), { reference }),
    factTypes: async () => (await ask(new URL('facts', path), { method: 'GET' })).items as readonly FactType[],
    byFacts: (question) => lookUp(new URL('facts', path), question),
  };
}

/** As it is printed, whatever the way that it was typed; null for a mistake, which shows before anybody is asked. */
export function readReference(text: string): string | null {
  try {
    return toReference(decodeReference(text));
  } catch {
    return null;
  }
}

async function lookUp(url: URL, question: object): Promise<string | null> {
  const headers = { 'content-type': 'application/json' };
  const answer = await ask(url, { method: 'POST', headers, body: JSON.stringify(question) });
  if (answer.code === 'LOOK_UP_NO_MATCH') return null;
  if (typeof answer.qrText !== 'string') throw new Refusal('LOOK_UP_UNAVAILABLE');
  return answer.qrText;
}

// A page on a server of its own has no service beside it: that is no fault of the paper, and no sign that there is none.
async function ask(url: URL, options: RequestInit): Promise<Record<string, unknown>> {
  const answer = await fetchJson(url, options).catch(() => null);
  if (!answer) throw new Refusal('LOOK_UP_UNAVAILABLE');
  if (answer.code === 'RATE_LIMITED') throw new Refusal('LOOK_UP_LIMITED');
  return answer;
}

async function fetchJson(url: URL, options: RequestInit): Promise<Record<string, unknown> | null> {
  const response = await fetch(url, {
    ...options,
    cache: 'no-store',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.body) return null;
  const answer: unknown = JSON.parse(new TextDecoder().decode(await readBounded(response.body, MOST_ANSWER_BYTES)));
  return typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : null;
}
