import { element } from '../ui/element.ts';
import type { Dictionary } from './words/dictionary.ts';

/** While a document is judged. */
export function checkingView({ checking: { heading, text } }: Dictionary): HTMLElement {
  return element(
    'div',
    { class: 'checking', 'aria-busy': 'true' },
    element('div', { class: 'checking-mark' }),
    element('h1', { tabindex: '-1' }, heading),
    element('p', { role: 'status' }, text),
  );
}
