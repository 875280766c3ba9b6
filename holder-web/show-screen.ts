import type { HolderCredentialDetail } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import type { Open, Reader } from './screen.ts';
import { standingLines, standingToday } from './standing-view.ts';

/** The code as large as the screen, for somebody else's camera. */
export const openShow: Open = async ({ shell, id, signal }) => {
  const credential = await shell.client.call('getHolderCredential', { id, signal });
  keepAwake(signal);
  return {
    title: ({ language }) => credential.typeTitle[language],
    draw: (reader) => draw(credential, reader),
  };
};

function draw(credential: HolderCredentialDetail, reader: Reader): Child[] {
  const { id, reference, typeTitle, state } = credential;
  const { words, language, hrefOf, fileOf } = reader;
  const isThere = state === 'final';
  return [
    element('h1', { tabindex: '-1' }, typeTitle[language]),
    isThere ? codeView(fileOf(id, 'qr.svg'), reference, reader) : element('p', { class: 'sheet' }, words.own.later),
    element(
      'section',
      { class: `sheet part tone-${standingToday(credential).tone}` },
      ...standingLines(credential, reader),
      element('p', { class: 'hint' }, words.show.hint),
      element(
        'div',
        { class: 'actions' },
        isThere && fillScreen(reader),
        element('a', { class: 'button', href: hrefOf(id) }, words.show.back),
      ),
    ),
  ];
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
  await document
    .querySelector('.show-code')
    ?.requestFullscreen?.()
    .catch(() => {});
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
