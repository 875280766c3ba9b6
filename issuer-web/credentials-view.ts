import type { Credential } from '../client/api.ts';
import { element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { recordsView } from '../ui/records-view.ts';
import { standingOf, standingText, todayInHongKong } from '../ui/signed-in/standing.ts';
import type { Reader } from './reader.ts';
import { hrefOf } from './screen.ts';

export function credentialsView(items: readonly Credential[], label: string, reader: Reader): HTMLElement {
  const { words, language, calendar } = reader;
  const today = todayInHongKong(Date.now());
  return recordsView({
    label,
    heads: [words.list.reference, words.list.type, words.list.status, words.list.issued, words.list.ends],
    items,
    tone: (item) => standingOf(item, today).tone,
    id: ({ id }) => id,
    cells: (item) => [
      element('a', { class: 'code', href: hrefOf(`credentials/${item.id}`) }, item.reference),
      item.typeTitle[language],
      standingView(item, today, reader),
      calendar.date(item.issued),
      item.endsOn === null ? words.document.none : calendar.date(item.endsOn),
    ],
  });
}

function standingView(item: Credential, today: string, reader: Reader): HTMLElement {
  const standing = standingOf(item, today);
  return element(
    'span',
    { class: 'standing', 'data-standing': standing.name },
    icon(standing.icon),
    element('span', {}, standingText(standing, reader)),
  );
}
