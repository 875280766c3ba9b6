import { element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import type { Dictionary } from './words/dictionary.ts';

/** A forged paper's best trick is a forged verifier, and only the address bar tells the two apart. */
export function addressReminder({ page }: Dictionary): HTMLElement {
  return element(
    'section',
    { class: 'address' },
    icon('lock'),
    element(
      'div',
      {},
      element('h2', {}, page.address.heading),
      element('p', {}, page.address.text),
      element('p', { class: 'address-bar code', lang: 'en' }, `${location.protocol}//${location.host}`),
    ),
  );
}
