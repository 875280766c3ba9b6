import { element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import { type Failure, PROBLEM_CODES } from './failure.ts';
import type { Reader } from './reader.ts';
import { hrefOf } from './screen.ts';

/** A failure with the next step; `level` is that of its heading. */
export function failureView(
  failure: Failure,
  { words, language }: Reader,
  { level, again }: { level: 'h1' | 'h2'; again?: () => void },
): HTMLElement {
  const texts = words.failure;
  const { heading, text } = texts[failure.kind];
  const known = PROBLEM_CODES.find((code) => code === failure.code);
  return element(
    'section',
    { class: 'sheet failure tone-bad', 'data-failure': failure.kind, 'data-code': failure.code },
    icon('octagon'),
    element(
      'div',
      {},
      element(level, { tabindex: '-1' }, heading),
      element('p', {}, known ? words.problem[known] : text),
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
          element(
            'a',
            { class: 'button', href: signInAddress(language, '/console/'), target: '_blank' },
            texts.signInHere,
          ),
        level === 'h1' && element('a', { class: 'button', href: hrefOf('') }, texts.home),
      ),
    ),
  );
}

export function signInAddress(language: string, returnTo: string): string {
  return `/auth/login?${new URLSearchParams({ return: returnTo, ui_locales: language })}`;
}
