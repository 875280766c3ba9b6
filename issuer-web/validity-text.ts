import type { ValidityRule } from '../proof/credential-type.ts';
import { fill } from '../ui/phrase.ts';
import type { Reader } from './reader.ts';

/** How long documents of a kind are valid, in words. */
export function validityText(rule: ValidityRule, { words }: Reader): string {
  const values = {
    months: 'max' in rule ? rule.max : 'typicalMonths' in rule ? rule.typicalMonths : '',
    years: 'years' in rule ? rule.years : '',
  };
  return fill(words.types.rules[rule.kind], values);
}
