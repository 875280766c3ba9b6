import { element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import type { Dictionary } from './words/dictionary.ts';

export interface CameraScreen {
  view: HTMLElement;
  say(state: 'starting' | 'looking' | 'help'): void;
  /** Shows the switch of the light. */
  offerLight(turn: (on: boolean) => Promise<void>): void;
}

/** The viewfinder around a video that lives longer than one drawing of the page. */
export function cameraScreen(video: HTMLVideoElement, { camera }: Dictionary, stop: () => void): CameraScreen {
  const status = element('p', { class: 'camera-status', role: 'status' });
  const light = element('button', { type: 'button', class: 'button', hidden: true, 'aria-pressed': 'false' });
  video.setAttribute('aria-label', camera.picture);
  const view = element(
    'div',
    { class: 'camera' },
    element('h1', { tabindex: '-1' }, camera.heading),
    element('div', { class: 'viewfinder' }, video, element('div', { class: 'viewfinder-frame' })),
    status,
    element(
      'div',
      { class: 'actions' },
      light,
      element(
        'button',
        { type: 'button', class: 'button', 'data-action': 'stop', on: { click: stop } },
        icon('no'),
        camera.stop,
      ),
    ),
  );
  return {
    view,
    say(state) {
      status.textContent = camera[state];
    },
    offerLight(turn) {
      const show = (on: boolean) => {
        light.replaceChildren(icon('light'), on ? camera.lightOff : camera.lightOn);
        light.setAttribute('aria-pressed', String(on));
      };
      light.hidden = false;
      show(false);
      light.addEventListener('click', async () => {
        const on = light.getAttribute('aria-pressed') !== 'true';
        await turn(on).then(
          () => show(on),
          () => {
            light.hidden = true;
          },
        );
      });
    },
  };
}
