import { element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { readReference } from './look-up.ts';
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
