import { element } from '../element.ts';
import { icon } from '../icon.ts';

export interface FaultEntry {
  text: string;
  /** Null where the fault belongs to none. */
  field: { id: string; label: string } | null;
  /** The service's own sentence, for a fault without a field. */
  detail: string;
}

/** All that is wrong, above the form: each leads to its field. Null where nothing is. */
export function faultSummaryView(heading: string, entries: readonly FaultEntry[]): HTMLElement | null {
  if (entries.length === 0) return null;
  return element(
    'section',
    { class: 'sheet failure faults tone-bad' },
    icon('octagon'),
    element('div', {}, element('h2', { tabindex: '-1' }, heading), element('ul', {}, ...entries.map(entryView))),
  );
}

function entryView({ text, field, detail }: FaultEntry): HTMLElement {
  if (field === null) return element('li', {}, text, ' ', element('span', { lang: 'en' }, detail));
  const follow = (event: Event) => {
    event.preventDefault();
    document.getElementById(field.id)?.focus();
  };
  return element('li', {}, element('a', { href: `#${field.id}`, on: { click: follow } }, field.label), `: ${text}`);
}
