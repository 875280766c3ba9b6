import { type Child, element } from '../ui/element.ts';
import type { Shell } from '../ui/signed-in/shell.ts';
import { findWay, putAway, takeOffer } from './home-screen.ts';
import type { Reader } from './screen.ts';

/** How the page comes onto the home screen; nothing where it is there, cannot come there, or is not wanted. */
export function homeScreenView({ words }: Reader, { redraw }: Shell): Child {
  const way = findWay();
  if (way === null) return null;
  const texts = words.homeScreen;
  // what has the focus is gone with the hint
  const leave = () => {
    redraw();
    document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  };
  const button = (action: string, text: string, look: string, click: () => void) =>
    element('button', { type: 'button', class: look, 'data-action': action, on: { click } }, text);
  return element(
    'section',
    { class: 'sheet part home-screen', 'data-part': 'home-screen', 'data-way': way },
    element('h2', {}, texts.heading),
    element('p', {}, texts.hint),
    way === 'words' && element('ol', {}, ...texts.steps.map((step) => element('li', {}, step))),
    element(
      'div',
      { class: 'actions' },
      way === 'ask' &&
        button('add-to-home-screen', texts.add, 'button button-main', () => void takeOffer().then(leave)),
      button('put-away', texts.putAway, 'button', () => {
        putAway();
        leave();
      }),
    ),
  );
}
