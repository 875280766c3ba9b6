import { decodeDate } from '../proof/day.ts';
import { element } from '../ui/element.ts';
import { fill } from '../ui/phrase.ts';
import type { Reader } from './reader.ts';

/** What a filter of a list may be: one of these, a day, any text, or any text that points at a person or at one document. */
export type FilterRule = readonly string[] | 'day' | 'text' | 'personal';
export type FilterRules = Readonly<Record<string, FilterRule>>;

/** What the address of a list asks for. */
export interface Asked<Name extends string = string> {
  filters: Readonly<Partial<Record<Name, string>>>;
  /** The cursor of the page. */
  startingAfter: string | undefined;
  /** What the list does not know, as it stands in the address. */
  unknown: readonly string[];
  /** Filters and page, without what is not known. */
  query: URLSearchParams;
}

const CURSOR = 'starting_after';

/** Addresses are kept and typed by people: what is not known is told (`unknownView`) and left out, so that the rest is still shown. */
export function readFilters<Rules extends FilterRules>(
  address: URLSearchParams,
  rules: Rules,
): Asked<keyof Rules & string> {
  const query = new URLSearchParams();
  const unknown: string[] = [];
  for (const [name, value] of address) {
    if (value === '') continue;
    if (name === CURSOR || isKnown(Object.hasOwn(rules, name) ? rules[name] : undefined, value)) query.set(name, value);
    else unknown.push(`${name}=${value}`.slice(0, MOST_SHOWN));
  }
  const { [CURSOR]: startingAfter, ...filters } = Object.fromEntries(query);
  return { filters: filters as Asked<keyof Rules & string>['filters'], startingAfter, unknown, query };
}

const MOST_SHOWN = 60;

function isKnown(rule: FilterRule | undefined, value: string): boolean {
  if (rule === undefined) return false;
  if (rule === 'day') return isDay(value);
  return typeof rule === 'string' || rule.includes(value);
}

/** From 1970 on, as the service takes them. */
function isDay(text: string): boolean {
  try {
    return decodeDate(text) >= 0;
  } catch {
    return false;
  }
}

/** Which filters of the address are not known; null where all are. */
export function unknownView({ unknown }: Asked, { words }: Reader): HTMLElement | null {
  if (unknown.length === 0) return null;
  return element(
    'p',
    { class: 'sheet tone-care warning', role: 'status', 'data-part': 'unknown-filters' },
    fill(words.views.unknown, { filters: unknown.join(', ') }),
  );
}
