import type { IrregularAccess, IrregularAccessPage } from '../client/api.ts';
import { element } from '../ui/element.ts';
import { recordsView } from '../ui/records-view.ts';
import { personText } from './drafts-view.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf } from './screen.ts';

/** Whose reading an auditor may want to ask about; each leads to what was read. */
export function irregularView({ items, has_more }: IrregularAccessPage, reader: Reader, desk: Desk): HTMLElement {
  const texts = reader.words.audit.irregular;
  return element(
    'section',
    { class: 'part', 'data-part': 'irregular' },
    element('h2', {}, texts.heading),
    element('p', { class: 'hint' }, texts.hint),
    items.length === 0 ? element('p', {}, texts.none) : recordsOf(items, reader, desk),
    has_more && element('p', { class: 'hint' }, texts.more),
  );
}

function recordsOf(items: readonly IrregularAccess[], reader: Reader, desk: Desk): HTMLElement {
  const { words, calendar } = reader;
  const texts = words.audit.irregular;
  const reads = ({ actor, day }: IrregularAccess) =>
    `audit?${new URLSearchParams({ act: 'credential.read', actor, from: day })}`;
  return recordsView({
    label: texts.heading,
    heads: [texts.day, words.audit.actor, texts.opened, texts.usual, texts.outsideWork, texts.why],
    items,
    tone: () => 'care',
    id: ({ actor, day }) => `${day} ${actor}`,
    cells: (item) => [
      element('a', { href: hrefOf(reads(item)) }, calendar.date(item.day)),
      personText(item.actor, reader, desk),
      String(item.opened),
      item.usual === null ? texts.unknown : String(item.usual),
      String(item.outsideWork),
      element('ul', {}, ...item.why.map((why) => element('li', {}, texts.reason[why]))),
    ],
  });
}
