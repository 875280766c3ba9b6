import { claimFacts } from '../claim-facts.ts';
import { type Child, element } from '../element.ts';
import { factsView } from '../facts-view.ts';
import { ICON_NAMES, icon } from '../icon.ts';
import { recordsView } from '../records-view.ts';
import { FAILURE_KINDS, type Failure } from '../signed-in/failure.ts';
import { failureView } from '../signed-in/failure-view.ts';
import type { Reader } from '../signed-in/shell.ts';
import { LOOKS, type Standing, type StandingName, standingText } from '../signed-in/standing.ts';
import { pressed } from './form-views.ts';
import { BANNERS, CLAIM_DEFINITIONS, CLAIMS, DAY } from './samples.ts';
import type { Dictionary } from './words/dictionary.ts';

type PageReader = Reader<Dictionary>;

export function iconsView(): HTMLElement {
  const item = (name: (typeof ICON_NAMES)[number]) =>
    element('li', {}, icon(name), element('p', { class: 'code' }, name));
  return element('ul', { class: 'samples' }, ...ICON_NAMES.map(item));
}

export function factsSample(reader: PageReader): HTMLElement {
  return factsView(claimFacts(CLAIM_DEFINITIONS, CLAIMS, reader));
}

/** Every standing that there is. */
export function recordsSample(reader: PageReader): HTMLElement {
  const { records, tones, parts } = reader.words;
  return recordsView<Standing>({
    label: parts.records.heading,
    heads: [records.standing, records.tone, records.shape],
    items: (Object.keys(LOOKS) as StandingName[]).map(standing),
    cells: (one) => [
      element('span', { class: 'standing' }, icon(one.icon), standingText(one, reader)),
      tones[one.tone],
      element('span', { class: 'code' }, one.icon),
    ],
    tone: ({ tone }) => tone,
    id: ({ name }) => name,
  });
}

export function bannersView(reader: PageReader): HTMLElement[] {
  return BANNERS.map(standing).map((one) =>
    element(
      'div',
      { class: `sheet standing-banner tone-${one.tone}`, 'data-tone': one.tone },
      icon(one.icon),
      element(
        'div',
        {},
        element('p', { class: 'standing' }, standingText(one, reader)),
        element('p', { class: 'hint' }, reader.words.tones[one.tone]),
      ),
    ),
  );
}

export function failuresView(reader: PageReader): HTMLElement[] {
  return FAILURE_KINDS.map((kind) => {
    const failure: Failure = { kind, code: 'CODE_OF_THE_SERVICE', requestId: 'req_0123456789' };
    const again = kind === 'forbidden' || kind === 'not-found' ? undefined : pressed(reader.words);
    return failureView(failure, reader, { level: 'h2', again, home: '#failures', signIn: '#failures' });
  });
}

export function emptyView({ words }: PageReader): Child[] {
  return [
    element('div', { class: 'empty' }, element('h3', {}, words.none.heading), element('p', {}, words.none.text)),
    element('p', { class: 'hint' }, words.page.loading),
    element('div', { class: 'checking', 'aria-hidden': 'true' }, element('div', { class: 'checking-mark' })),
  ];
}

function standing(name: StandingName): Standing {
  return { name, day: DAY, ...LOOKS[name] };
}
