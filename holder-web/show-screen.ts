import type { HolderCredentialDetail } from '../client/api.ts';
import { toDate, toHongKongDay } from '../proof/day.ts';
import { type Child, element } from '../ui/element.ts';
import type { Shell } from '../ui/signed-in/shell.ts';
import { findOwnCopy } from './device-copies.ts';
import { deviceView } from './device-view.ts';
import { liveCodeView, toLive } from './live-code.ts';
import type { Open, Reader } from './screen.ts';
import { createShowing, type Showing } from './showing.ts';
import { standingLines, standingToday } from './standing-view.ts';

/** The code as large as the screen, for somebody else's camera. */
export const openShow: Open = async ({ shell, id, signal, company }) => {
  const [credential, { items }, copy] = await Promise.all([
    shell.client.call('getHolderCredential', { id, signal }),
    shell.client.call('listCopies', { id, signal }),
    findOwnCopy(company, id),
  ]);
  keepAwake(signal);
  const showing = createShowing({ credential, company, copy, copies: items }, shell, signal);
  void showing.settle();
  return {
    title: ({ language }) => credential.typeTitle[language],
    draw: (reader) => draw({ credential, showing }, reader, shell, signal),
  };
};

interface Shown {
  credential: HolderCredentialDetail;
  showing: Showing;
}

function draw({ credential, showing }: Shown, reader: Reader, shell: Shell, signal: AbortSignal): Child[] {
  const { id, reference, typeTitle, state } = credential;
  const { words, language, hrefOf, fileOf } = reader;
  const isThere = state === 'final';
  const live = toLive(showing.copy, today());
  const isLive = live !== null && !showing.isOrdinary;
  const code = () =>
    isLive ? liveCodeView(live, reference, reader, signal) : codeView(fileOf(id, 'qr.svg'), reference, reader);
  return [
    element('h1', { tabindex: '-1' }, typeTitle[language]),
    isThere ? code() : element('p', { class: 'sheet' }, words.own.later),
    element(
      'section',
      { class: `sheet part tone-${standingToday(credential).tone}` },
      ...standingLines(credential, reader),
      element('p', { class: 'hint' }, isLive ? words.device.lasts : words.show.hint),
      element(
        'div',
        { class: 'actions' },
        isThere && fillScreen(reader),
        element('a', { class: 'button', href: hrefOf(id) }, words.show.back),
      ),
    ),
    isThere && deviceView({ showing, live, mayBegin: mayBegin(credential) }, reader, shell),
  ];
}

/** What is not in force, or bound to a key by its department, is copied for no device. */
function mayBegin({ status, bound }: HolderCredentialDetail): boolean {
  return status === 'in-force' && !bound;
}

/** In Hong Kong. */
export function today(): string {
  return toDate(toHongKongDay(Date.now() / 1000));
}

/** `source` is an image of it. */
export function codeView(source: string, reference: string, { words }: Reader): HTMLElement {
  return element(
    'figure',
    { class: 'show-code' },
    element('img', { src: source, alt: words.show.code }),
    element('figcaption', { class: 'code' }, reference),
  );
}

export function fillScreen({ words }: Reader): HTMLElement {
  return element(
    'button',
    { type: 'button', class: 'button button-main', 'data-action': 'full', on: { click: () => void fill() } },
    words.show.full,
  );
}

/** White to the edges, so that a reader finds the code; a browser that cannot leaves it as large as the page. */
async function fill(): Promise<void> {
  // most browsers hear Escape themselves, before the page does
  document.addEventListener('keydown', leaveByEscape);
  await document
    .querySelector('.show-code')
    ?.requestFullscreen?.()
    .catch(() => {});
}

function leaveByEscape({ key }: KeyboardEvent): void {
  if (key === 'Escape' && document.fullscreenElement) void document.exitFullscreen().catch(() => {});
}

/** A phone that goes dark while it is held out is no use; one that cannot be kept awake still shows the code. */
function keepAwake(signal: AbortSignal): void {
  void navigator.wakeLock
    ?.request('screen')
    .then((lock) => {
      if (signal.aborted) void lock.release();
      else signal.addEventListener('abort', () => void lock.release());
    })
    .catch(() => {});
}
