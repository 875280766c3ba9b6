import { element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import { addressReminder } from './address-view.ts';
import { referenceWay } from './look-up-view.ts';
import type { Reader } from './reader.ts';
import { type Refusal, wordsOf } from './refusal.ts';
import type { Dictionary, Passage } from './words/dictionary.ts';

/** The ways in; a link is the fifth, and needs no screen. */
export interface Ways {
  scan(): void;
  files(files: readonly File[]): void;
  /** Hundreds, in a screen of its own. */
  many(): void;
  text(text: string): void;
  /** Asks the service for what the reference names. */
  lookUp(reference: string): void;
  /** Keep the page and the register on this device. */
  keep(): void;
}

export function homeView(words: Dictionary, ways: Ways, canKeep: boolean): HTMLElement {
  const { home, page } = words;
  return element(
    'div',
    { class: 'home' },
    element(
      'div',
      { class: 'intro' },
      element('h1', { tabindex: '-1' }, home.heading),
      element('p', { class: 'lead' }, home.lead),
    ),
    waysIn(words, ways),
    element(
      'section',
      { class: 'sheet promise' },
      element('h2', {}, home.answersHeading),
      element('ol', { class: 'ticks' }, ...home.answers.map((answer) => element('li', {}, icon('yes'), answer))),
      element('p', { class: 'hint' }, page.privacy),
      canKeep &&
        element(
          'button',
          { type: 'button', class: 'button', 'data-action': 'keep', on: { click: ways.keep } },
          home.keep,
        ),
    ),
    addressReminder(words),
  );
}

/** Why there is nothing to judge, and the ways in again; `again` is what can be tried once more as it is. */
export function refusalView(
  refusal: Refusal,
  reader: Reader,
  ways: Ways,
  { again, back }: { again?: () => void; back: (() => void) | undefined },
): HTMLElement {
  const { words } = reader;
  return element(
    'div',
    { class: 'home refusal', 'data-refusal': refusal.code },
    refusalNotice(refusal, wordsOf(refusal, reader), nextSteps(words, again, back)),
    waysIn(words, ways),
    addressReminder(words),
  );
}

export function refusalNotice(
  { code, host }: Refusal,
  { heading, text }: Passage,
  steps?: HTMLElement | false,
): HTMLElement {
  return element(
    'section',
    { class: 'notice' },
    icon(code === 'QR_OTHER_HOST' ? 'triangle' : 'paper'),
    element(
      'div',
      {},
      element('h1', { tabindex: '-1' }, heading),
      element('p', { role: 'status' }, fill(text, { host })),
      steps,
    ),
  );
}

/** The same once more, and back to what it came from, where there is either. */
function nextSteps(
  { action }: Dictionary,
  again: (() => void) | undefined,
  back: (() => void) | undefined,
): HTMLElement | false {
  if (!again && !back) return false;
  return element(
    'div',
    { class: 'actions' },
    again &&
      element(
        'button',
        { type: 'button', class: 'button button-main', 'data-action': 'retry', on: { click: again } },
        icon('again'),
        action.retry,
      ),
    back &&
      element('button', { type: 'button', class: 'button', 'data-action': 'back', on: { click: back } }, action.back),
  );
}

function waysIn(words: Dictionary, ways: Ways): HTMLElement {
  const { home } = words;
  return element(
    'div',
    { class: 'ways' },
    scanWay(home, ways),
    fileWay(home, ways),
    referenceWay(words, ways.lookUp),
    textWay(home, ways),
  );
}

function scanWay(home: Dictionary['home'], { scan }: Ways): HTMLElement {
  return element(
    'section',
    { class: 'sheet way way-scan' },
    element(
      'button',
      {
        type: 'button',
        class: 'button button-main button-large',
        'data-way': 'scan',
        'aria-describedby': 'scan-hint',
        on: { click: scan },
      },
      icon('camera'),
      home.scan,
    ),
    element('p', { class: 'hint', id: 'scan-hint' }, home.scanHint),
  );
}

export function fileWay(
  home: Dictionary['home'],
  { files, many }: Pick<Ways, 'files'> & Partial<Pick<Ways, 'many'>>,
): HTMLElement {
  const input = element('input', {
    type: 'file',
    hidden: true,
    multiple: !!many,
    accept: '.pdf,.png,.jpg,.jpeg,.webp,.json,.zip,.csv,application/pdf,image/*,application/json',
    on: { change: () => input.files && input.files.length > 0 && files([...input.files]) },
  });
  return element(
    'section',
    { class: 'sheet way' },
    input,
    element(
      'button',
      {
        type: 'button',
        class: 'button button-large',
        'data-way': 'file',
        'aria-describedby': 'file-hint',
        on: { click: () => input.click() },
      },
      icon('file'),
      home.file,
    ),
    element('p', { class: 'hint', id: 'file-hint' }, home.fileHint),
    many && element('button', { type: 'button', class: 'button', 'data-way': 'many', on: { click: many } }, home.many),
  );
}

export function textWay(home: Dictionary['home'], { text }: Pick<Ways, 'text'>): HTMLElement {
  const area = element('textarea', {
    id: 'text',
    rows: '2',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    'aria-describedby': 'text-hint',
  });
  const submit = (event: Event) => {
    event.preventDefault();
    if (area.value.trim() === '') area.focus();
    else text(area.value);
  };
  return element(
    'section',
    { class: 'sheet way' },
    element(
      'form',
      { on: { submit } },
      element('div', { class: 'field' }, element('label', { for: 'text' }, home.paste), area),
      element('p', { class: 'hint', id: 'text-hint' }, home.pasteHint),
      element('button', { type: 'submit', class: 'button', 'data-way': 'text' }, icon('paste'), home.check),
    ),
  );
}
