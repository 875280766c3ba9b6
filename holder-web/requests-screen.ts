import type { OwnConsentRequest } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import type { Open, Reader } from './screen.ts';

/** What departments ask of whoever's documents these are, newest first; what waits for an answer stands out. */
export const openRequests: Open = async ({ shell, signal }) => {
  const { items } = await shell.client.call('listOwnRequests', { signal });
  const ordered = items.toSorted((a, b) => Number(b.state === 'open') - Number(a.state === 'open'));
  return {
    title: ({ words }) => words.requests.heading,
    draw(reader) {
      const { words, company } = reader;
      return [
        element('h1', { tabindex: '-1' }, words.requests.heading),
        company && element('p', { class: 'lead' }, company.name),
        element('p', { class: 'hint' }, words.requests.hint),
        items.length === 0
          ? element('p', { class: 'sheet' }, words.requests.none)
          : element('ul', { class: 'documents' }, ...ordered.map((item) => element('li', {}, cardView(item, reader)))),
      ];
    },
  };
};

function cardView(item: OwnConsentRequest, reader: Reader): HTMLElement {
  const { words, language, hrefOf } = reader;
  return element(
    'article',
    { class: `sheet card tone-${toneOf(item)}`, 'data-request': item.id, 'data-state': item.state },
    iconOf(item),
    element(
      'div',
      {},
      element('h2', {}, element('a', { href: hrefOf(`requests/${item.id}`) }, item.department.name[language])),
      element('p', {}, item.typeTitle[language]),
      stateView(item, reader),
      element('p', { class: 'hint' }, fill(words.requests.asked, { time: timeOf(item.createdAt, reader) })),
    ),
  );
}

export function toneOf({ state }: OwnConsentRequest): 'care' | 'good' | 'over' {
  if (state === 'open') return 'care';
  return state === 'consented' ? 'good' : 'over';
}

export function iconOf({ state }: OwnConsentRequest): SVGSVGElement {
  if (state === 'open') return icon('question');
  return icon(state === 'consented' ? 'seal' : 'file');
}

/** How it stands, in words. */
export function stateView(item: OwnConsentRequest, reader: Reader): Child {
  const { words } = reader;
  const until = item.state === 'open' ? item.answerBy : item.readUntil;
  return element('p', { class: 'standing' }, fill(words.requests.states[item.state], { time: timeOf(until, reader) }));
}

export function timeOf(at: string, { calendar }: Reader): string {
  return calendar.time(Date.parse(at) / 1000);
}
