import { labelText } from '../ui/claim-view.ts';
import { element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import { addressReminder } from './address-view.ts';
import { type FactType, readReference } from './look-up.ts';
import type { Reader } from './reader.ts';
import type { Dictionary } from './words/dictionary.ts';

/** For whoever has no camera, or does not see: the equal way, not a footnote. Says first that it asks the service. */
export function referenceWay({ lookUp }: Dictionary, ask: (reference: string) => void): HTMLElement {
  const fault = element('p', { class: 'fault', id: 'reference-fault', role: 'alert' });
  const input = element('input', {
    id: 'reference',
    type: 'text',
    required: true,
    maxlength: '40',
    autocomplete: 'off',
    autocapitalize: 'characters',
    spellcheck: 'false',
    placeholder: 'K7QX-3MWA-P9RT',
    'aria-describedby': 'reference-hint reference-fault',
  });
  const submit = (event: Event) => {
    event.preventDefault();
    const reference = readReference(input.value);
    input.setAttribute('aria-invalid', String(reference === null));
    fault.textContent = reference === null ? lookUp.wrongCharacter : '';
    if (reference === null) input.focus();
    else ask(reference);
  };
  return element(
    'section',
    { class: 'sheet way' },
    element(
      'form',
      { novalidate: true, on: { submit } },
      element('div', { class: 'field' }, element('label', { for: 'reference' }, lookUp.reference), input, fault),
      element('p', { class: 'hint', id: 'reference-hint' }, lookUp.referenceHint),
      element('button', { type: 'submit', class: 'button', 'data-way': 'reference' }, icon('next'), lookUp.ask),
    ),
  );
}

export interface FactsAsked {
  reference: string;
  types: readonly FactType[];
  /** What was typed before, where it did not match. */
  typed: { type: string; facts: Record<string, string> } | null;
}

export interface FactsActions {
  ask(type: string, facts: Record<string, string>): void;
  back(): void;
}

/** Where a reference alone shows nothing: which kind of paper it is, and what it says. */
export function factsView(asked: FactsAsked, reader: Reader, actions: FactsActions): HTMLElement {
  const { lookUp, action } = reader.words;
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
        element('h1', { tabindex: '-1' }, asked.typed ? lookUp.noMatch : lookUp.nothingAlone),
        element('p', {}, fill(lookUp.asTyped, { reference: asked.reference })),
        element('p', { role: 'status' }, asked.typed ? lookUp.noMatchHint : lookUp.nothingAloneHint),
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
        last !== null && ` (${fill(words.lookUp.lastCharacters, { count: last })})`,
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
