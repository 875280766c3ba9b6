import { element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import type { Camera, Light, Zoom } from './camera.ts';
import type { Dictionary } from './words/dictionary.ts';

export interface CameraScreen {
  view: HTMLElement;
  say(state: 'starting' | 'looking' | 'help'): void;
  /** Shows the switch of the light and the range of the zoom, where the camera has them. */
  offer(controls: Pick<Camera, 'light' | 'zoom'>): void;
}

/** The viewfinder around a video that lives longer than one drawing of the page. */
export function cameraScreen(video: HTMLVideoElement, { camera }: Dictionary, stop: () => void): CameraScreen {
  const status = element('p', { class: 'camera-status', role: 'status' });
  const controls = element('div', { class: 'camera-controls' });
  video.setAttribute('aria-label', camera.picture);
  const view = element(
    'div',
    { class: 'camera' },
    element('h1', { tabindex: '-1' }, camera.heading),
    element('div', { class: 'viewfinder' }, video, element('div', { class: 'viewfinder-frame' })),
    status,
    controls,
    element(
      'div',
      { class: 'actions' },
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
    offer({ light, zoom }) {
      controls.replaceChildren();
      if (zoom) controls.append(zoomRange(zoom, camera.zoom));
      if (light) controls.append(lightSwitch(light, camera));
    },
  };
}

function lightSwitch(light: Light, words: Dictionary['camera']): HTMLElement {
  const button = element('button', { type: 'button', class: 'button', 'data-control': 'light' });
  const show = () => {
    button.replaceChildren(icon('light'), light.isOn() ? words.lightOff : words.lightOn);
    button.setAttribute('aria-pressed', String(light.isOn()));
  };
  button.addEventListener('click', () => {
    light.turn(!light.isOn()).then(show, () => button.remove());
  });
  show();
  return button;
}

/** A finger that slides asks for more than a camera can follow: it is given the newest, one at a time. */
function zoomRange(zoom: Zoom, label: string): HTMLElement {
  const { min, max, step } = zoom;
  const limits = { min: `${min}`, max: `${max}`, step: `${step}` };
  const range = element('input', { id: 'zoom', type: 'range', ...limits, value: `${zoom.value()}` });
  const field = element('div', { class: 'field zoom' }, element('label', { for: 'zoom' }, label), range);
  let isMoving = false;
  const follow = async () => {
    if (isMoving) return;
    isMoving = true;
    while (Number(range.value) !== zoom.value()) await zoom.set(Number(range.value));
    isMoving = false;
  };
  range.addEventListener('input', () => {
    follow().catch(() => field.remove());
  });
  return field;
}
