import type { Reason as ReasonName } from '../client/api.ts';
import { REASONS } from '../ui/words/dictionary.ts';
import type { Reader } from './reader.ts';

/** In the order of the registry's numbers. */
export const REASON_NAMES = [
  'none-given',
  'holder-request',
  'ceased',
  'conditions-breached',
  'false-information',
  'issued-in-error',
  'replaced',
  'court-order',
  'other-public-reason',
] as const satisfies readonly ReasonName[];

/** In the very words that a verifier shows to the public. */
export function reasonText(name: ReasonName, { words }: Reader): string {
  return words.reason[REASONS[REASON_NAMES.indexOf(name)] ?? 0];
}
