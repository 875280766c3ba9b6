import { labelText } from '../../ui/claim-view.ts';
import { element } from '../../ui/element.ts';
import { icon } from '../../ui/icon.ts';
import { fill } from '../../ui/phrase.ts';
import { addressReminder } from '../address-view.ts';
import type { FactType } from '../look-up.ts';
import type { Reader } from '../reader.ts';
import { FACTS_WORDS, type FactsWords } from './words.ts';

export interface FactsAsked {
  reference: string;
  types: readonly FactType[];
  /** Of a code that was scanned its kind is known; of a reference that was typed not even whether there is such a document. */
  isScanned: boolean;
  /** What was typed before. */
  typed: { type: string; facts: Record<string, string> } | null;
  /** False where that did not match; null where nothing was answered yet. */
  fits: false | null;
}

export interface FactsActions {
  ask(type: string, facts: Record<string, string>): void;
  back(): void;
}

/** Where neither a reference nor its code shows anything: which kind of paper it is, and what it says. */
export function factsView(asked: FactsAsked, reader: Reader, actions: FactsActions): HTMLElement {
  const { action } = reader.words;
  const words = FACTS_WORDS[reader.language];
  const { heading, hint } = introduction(asked, words);
  return element(
    'div',
    { class: 'home facts-screen' },
    element(
      'section',
      { class: 'notice' },
      icon('paper'),
      element(
        'div',
        {},
        element('h1', { tabindex: '-1' }, heading),
        element('p', {}, fill(words.asTyped, { reference: asked.reference })),
        element('p', { role: 'status' }, hint),
      ),
    ),
    ...asked.types.map((type) => factsForm(type, asked, { reader, actions })),
    element(
      'div',
      { class: 'actions' },
      element(
        'button',
        { type: 'button', class: 'button', 'data-action': 'back', on: { click: actions.back } },
        action.back,
      ),
    ),
    addressReminder(reader.words),
  );
}

function introduction({ isScanned, fits }: FactsAsked, words: FactsWords): { heading: string; hint: string } {
  if (fits === false) return { heading: words.noMatch, hint: words.noMatchHint };
  return isScanned
    ? { heading: words.scanned, hint: words.scannedHint }
    : { heading: words.nothingAlone, hint: words.nothingAloneHint };
}

function factsForm(
  type: FactType,
  { typed }: FactsAsked,
  { reader, actions }: { reader: Reader; actions: FactsActions },
): HTMLElement {
  const { words, language } = reader;
  const inputs = type.facts.map(({ name, kind }) => {
    const value = typed?.type === type.type ? typed.facts[name] : undefined;
    const attributes = { id: `fact-${type.type}-${name}`, type: kind, required: true, maxlength: '300', value };
    return element('input', { ...attributes, autocomplete: 'off', spellcheck: 'false' });
  });
  const submit = (event: Event) => {
    event.preventDefault();
    const facts = type.facts.map(({ name }, i) => [name, inputs[i]?.value ?? ''] as const);
    actions.ask(type.type, Object.fromEntries(facts));
  };
  const fields = type.facts.map(({ label, last }, i) =>
    element(
      'div',
      { class: 'field' },
      element(
        'label',
        { for: inputs[i]?.id },
        labelText(label, language),
        last !== null && ` (${fill(FACTS_WORDS[language].lastCharacters, { count: last })})`,
      ),
      inputs[i],
    ),
  );
  return element(
    'section',
    { class: 'sheet way', 'data-type': type.type },
    element('h2', {}, labelText(type.title, language)),
    element(
      'form',
      { on: { submit } },
      ...fields,
      element('button', { type: 'submit', class: 'button button-main' }, icon('next'), words.lookUp.ask),
    ),
  );
}
