import type { SigningKey, SigningKeys } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { factsView } from '../ui/facts-view.ts';
import { type IconName, icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import { recordsView } from '../ui/records-view.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf, may, type Open } from './screen.ts';

/** What signs in the department's name, as the registry has it; keys of systems are another thing (api-keys-screen.ts). */
export const openSigningKeys: Open = async ({ desk, signal }) => {
  const keys = await desk.client.call('listSigningKeys', { signal });
  return {
    title: ({ words }) => words.signingKeys.heading,
    draw: (reader) => [
      element('h1', { tabindex: '-1' }, reader.words.signingKeys.heading),
      element('p', { class: 'lead' }, reader.words.signingKeys.lead),
      keysView(keys.items, reader),
      may(desk, 'signing-keys.prepare') &&
        element(
          'p',
          { class: 'actions' },
          element(
            'a',
            { class: 'button', href: hrefOf('signing-keys/add'), 'data-action': 'add' },
            reader.words.signingKeys.verb.add,
          ),
        ),
      registryView(keys, reader),
    ],
  };
};

export interface Look {
  tone: 'good' | 'care' | 'over' | 'bad';
  icon: IconName;
}

/** Of each state a silhouette of its own, beside its word. */
const LOOKS: Record<SigningKey['state'], Look> = {
  active: { tone: 'good', icon: 'seal' },
  'not-yet-valid': { tone: 'care', icon: 'triangle' },
  ended: { tone: 'over', icon: 'barred' },
  compromised: { tone: 'bad', icon: 'octagon' },
};

export function stateView({ state }: Pick<SigningKey, 'state'>, { words }: Reader): HTMLElement {
  return element('span', { class: 'state' }, icon(LOOKS[state].icon), ' ', words.signingKeys.state[state]);
}

function keysView(items: readonly SigningKey[], reader: Reader): HTMLElement {
  const texts = reader.words.signingKeys;
  return recordsView({
    label: texts.heading,
    heads: [texts.key, reader.words.list.status, texts.purposeHead, texts.useHead, texts.anchored, texts.lastAnchored],
    items,
    tone: ({ state }) => LOOKS[state].tone,
    id: ({ address }) => address,
    cells: (key) => [
      element(
        'a',
        { href: hrefOf(`signing-keys/${key.address}`) },
        fill(texts.number, { number: key.number }),
        ' ',
        element('span', { class: 'code hint' }, shorten(key.address)),
      ),
      stateView(key, reader),
      texts.purpose[key.purpose],
      texts.use[key.use],
      anchoredText(key, reader),
      timeOf(key.anchored.lastAt, reader) ?? texts.never,
    ],
  });
}

function anchoredText({ anchored: { batches, credentials } }: SigningKey, { words }: Reader): string {
  return fill(words.signingKeys.batches, { batches, credentials });
}

/** The ends of an address, by which people know it again; all of it stands on its own page. */
export function shorten(address: string): string {
  return `${address.slice(0, 8)}…${address.slice(-6)}`;
}

export function timeOf(instant: string | null, { calendar }: Reader): string | null {
  return instant === null ? null : calendar.time(Date.parse(instant) / 1000);
}

function registryView({ admin, registry, block }: SigningKeys, reader: Reader): HTMLElement {
  const texts = reader.words.signingKeys;
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'registry' },
    element('h2', {}, texts.admin),
    element('p', {}, texts.adminText),
    factsView([
      [texts.admin, element('span', { class: 'code' }, admin)],
      [texts.registry, element('span', { class: 'code' }, registry.address)],
      [texts.chain, String(registry.chainId)],
      [texts.readAt, fill(texts.block, { number: block.number, time: timeOf(block.time, reader) ?? '' })],
    ]),
  );
}

/** One key: what it is, what it anchored, and what can be done with it. */
export const openSigningKey: Open = async ({ desk, id, signal }) => {
  const keys = await desk.client.call('getSigningKey', { id, signal });
  const key = keys.items[0] as SigningKey;
  return {
    title: ({ words }) => `${words.signingKeys.heading} ${shorten(key.address)}`,
    draw: (reader) => [
      element('h1', { tabindex: '-1' }, fill(reader.words.signingKeys.number, { number: key.number })),
      keyView(key, reader, desk),
      registryView(keys, reader),
    ],
  };
};

function keyView(key: SigningKey, reader: Reader, desk: Desk): HTMLElement {
  const { words } = reader;
  const texts = words.signingKeys;
  const way = (name: 'end' | 'report') =>
    element(
      'a',
      { class: 'button', href: hrefOf(`signing-keys/${key.address}/${name}`), 'data-action': name },
      texts.verb[name],
    );
  const isOpen = key.state === 'active' || key.state === 'not-yet-valid';
  return element(
    'section',
    { class: `sheet part tone-${LOOKS[key.state].tone}`, 'data-state': key.state },
    factsView([
      [texts.address, element('span', { class: 'code' }, key.address)],
      [words.list.status, stateView(key, reader)],
      [texts.purposeHead, texts.purpose[key.purpose]],
      [texts.useHead, texts.use[key.use]],
      [texts.from, timeOf(key.validFrom, reader)],
      [texts.until, timeOf(key.validUntil, reader) ?? texts.noEnd],
      [texts.since, timeOf(key.compromisedSince, reader)],
      [texts.anchored, anchoredText(key, reader)],
      [texts.lastAnchored, timeOf(key.anchored.lastAt, reader) ?? texts.never],
    ]),
    element(
      'div',
      { class: 'actions' },
      ...waysOf(),
      element('a', { class: 'button', href: hrefOf('signing-keys') }, words.review.back),
    ),
  );

  function waysOf(): Child[] {
    if (!may(desk, 'signing-keys.prepare')) return [];
    return [isOpen && way('end'), way('report')];
  }
}
