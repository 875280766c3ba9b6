import type { DeviceCopy } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { fill } from '../ui/phrase.ts';
import { failureView } from '../ui/signed-in/failure-view.ts';
import type { Shell } from '../ui/signed-in/shell.ts';
import { signInAddress } from '../ui/signed-in/sign-in.ts';
import { taskButton } from '../ui/signed-in/task-button.ts';
import { keepOwnCopy } from './device-copies.ts';
import type { Live } from './live-code.ts';
import type { Reader } from './screen.ts';
import type { Showing } from './showing.ts';

/** The same in every language. */
const NAMES: Partial<Record<DeviceCopy['device'], string>> = {
  android: 'Android',
  iphone: 'iPhone',
  ipad: 'iPad',
  windows: 'Windows',
  mac: 'Mac',
  linux: 'Linux',
};

/** How this device shows a document by a key of its own, or comes to it; and which other devices do. */
export function deviceView(
  { showing, live, mayBegin }: { showing: Showing; live: Live | null; mayBegin: boolean },
  reader: Reader,
  shell: Pick<Shell, 'redraw'>,
): HTMLElement {
  const { task, copy } = showing;
  const { words, language, hrefOf } = reader;
  const texts = words.device;
  const state = live ? 'live' : copy ? 'waiting' : 'none';
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'device', 'data-device': state },
    element('h2', {}, texts.heading),
    element('p', { class: 'hint' }, live ? texts.live : texts.hint),
    task.failure &&
      failureView(task.failure, reader, {
        level: 'h2',
        known: texts.refused[task.failure.code as keyof typeof texts.refused] ?? null,
        home: hrefOf(''),
        signIn: signInAddress('holder', language, hrefOf('')),
      }),
    element('p', { role: 'status' }, copy && !live ? texts.waiting : ''),
    element(
      'div',
      { class: 'actions' },
      copy === null &&
        mayBegin &&
        taskButton(task, { action: 'begin', text: texts.begin, isMain: true, click: () => void showing.begin() }),
      live && otherCode(showing, reader, shell),
      live && live.names !== null && usual(showing, live, reader, shell),
    ),
    devicesView(showing, reader),
  );
}

/** The document's own code is for whoever has to keep a copy, or scans later. */
function otherCode(showing: Showing, { words }: Reader, { redraw }: Pick<Shell, 'redraw'>): HTMLElement {
  const click = () => {
    showing.isOrdinary = !showing.isOrdinary;
    redraw();
    document.querySelector<HTMLElement>('[data-action=other]')?.focus();
  };
  const text = showing.isOrdinary ? words.device.toLive : words.device.toOrdinary;
  return element('button', { type: 'button', class: 'button', 'data-action': 'other', on: { click } }, text);
}

function usual(showing: Showing, live: Live, { words }: Reader, { redraw }: Pick<Shell, 'redraw'>): HTMLElement {
  const click = async () => {
    showing.copy = { ...live, names: null };
    await keepOwnCopy(showing.copy);
    redraw();
  };
  return element(
    'button',
    { type: 'button', class: 'button', 'data-action': 'usual', on: { click: () => void click() } },
    words.device.usual,
  );
}

function devicesView(showing: Showing, reader: Reader): Child {
  const { words, calendar } = reader;
  const texts = words.device;
  if (showing.copies.length === 0) return null;
  const line = (one: DeviceCopy) =>
    fill(one.id === showing.copy?.id ? texts.thisOne : texts.another, {
      kind: NAMES[one.device] ?? texts.otherDevice,
      time: calendar.time(Date.parse(one.createdAt) / 1000),
      date: calendar.date(one.validUntil),
    });
  return element(
    'div',
    {},
    element('h3', {}, texts.devices),
    element('p', { class: 'hint' }, texts.devicesHint),
    element(
      'ul',
      { class: 'devices' },
      ...showing.copies.map((one) =>
        element(
          'li',
          { 'data-copy': one.id },
          element('span', {}, line(one)),
          one.mayEnd &&
            taskButton(showing.task, {
              action: `end-${one.id}`,
              text: one.id === showing.copy?.id ? texts.endThis : texts.endAnother,
              click: () => void showing.end(one.id),
            }),
        ),
      ),
    ),
  );
}
