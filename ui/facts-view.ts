import { type Child, element } from './element.ts';

/** A name and its values; empty values leave the fact out. */
export type Fact = [name: string, ...values: Child[]];

export function factsView(facts: readonly Fact[]): HTMLElement {
  const rows = facts.flatMap(([name, ...values]) => {
    const there = values.filter((value) => value !== null && value !== undefined && value !== false && value !== '');
    if (there.length === 0) return [];
    return [element('div', {}, element('dt', {}, name), ...there.map((value) => element('dd', {}, value)))];
  });
  return element('dl', { class: 'facts' }, ...rows);
}
