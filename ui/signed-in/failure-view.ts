import { element } from '../element.ts';
import { icon } from '../icon.ts';
import { fill } from '../phrase.ts';
import type { Failure } from './failure.ts';
import type { SignedInWords } from './words/dictionary.ts';

interface Ways {
  level: 'h1' | 'h2';
  /** The next step of a refusal that is known. */
  known?: string | null;
  again?: (() => void) | undefined;
  /** The page's first place. */
  home: string;
  /** Where a sign-in begins. */
  signIn: string;
}

/** A failure with the next step; `level` is that of its heading. */
export function failureView(
  failure: Failure,
  { words }: { words: SignedInWords },
  { level, known, again, home, signIn }: Ways,
): HTMLElement {
  const texts = words.failure;
  const { heading, text } = texts[failure.kind];
  return element(
    'section',
    { class: 'sheet failure tone-bad', 'data-failure': failure.kind, 'data-code': failure.code },
    icon('octagon'),
    element(
      'div',
      {},
      element(level, { tabindex: '-1' }, heading),
      element('p', {}, known ?? text),
      element(
        'p',
        { class: 'hint code' },
        fill(texts.number, { code: failure.code, requestId: failure.requestId ?? '' }),
      ),
      element(
        'div',
        { class: 'actions' },
        again && element('button', { type: 'button', class: 'button button-main', on: { click: again } }, texts.again),
        failure.kind === 'signed-out' &&
          element('a', { class: 'button', href: signIn, target: '_blank' }, texts.signInHere),
        level === 'h1' && element('a', { class: 'button', href: home }, texts.home),
      ),
    ),
  );
}
