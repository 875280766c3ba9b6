import { element } from '../ui/element.ts';
import { fill } from '../ui/phrase.ts';
import type { OwnCopy } from './device-copies.ts';
import type { Reader } from './screen.ts';

/** A copy that is there. */
export type Live = OwnCopy & { proof: Uint8Array };

/** Null for one that is on its way, or has run out on a day in Hong Kong, YYYY-MM-DD. */
export function toLive(copy: OwnCopy | null, today: string): Live | null {
  return copy !== null && copy.proof !== null && copy.validUntil >= today ? (copy as Live) : null;
}

/**
 * A code that is made anew every half minute, with a clock that runs, so that whoever looks at it sees that it is no picture. It stops when it is taken from the page,
 * or the screen is left.
 */
export function liveCodeView(
  live: Live,
  reference: string,
  { words, language }: Reader,
  signal: AbortSignal,
): HTMLElement {
  const place = element('div', { class: 'live-code' });
  const clock = element('p', { class: 'live-clock', role: 'timer' });
  const bar = element('progress', { class: 'live-bar', 'aria-label': words.device.next, max: '1', value: '0' });
  const figure = element(
    'figure',
    { class: 'show-code live', 'data-live': live.id },
    place,
    element('figcaption', {}, clock, bar, element('span', { class: 'code' }, reference)),
  );
  const times = new Intl.DateTimeFormat(language, {
    timeStyle: 'medium',
    timeZone: 'Asia/Hong_Kong',
    hourCycle: 'h23',
  });
  let renewAt = 0;
  let isBusy = false;
  let wasThere = false;

  async function renew(): Promise<number> {
    const [{ present, RENEWED_AFTER_SECONDS }, { drawQr }] = await Promise.all([
      import('./presenting.ts'),
      import('../ui/qr-drawing.ts'),
    ]);
    const now = Date.now();
    const text = await present(live, now);
    place.replaceChildren(drawQr(text, words.show.code));
    figure.dataset.madeAt = String(now);
    return now + RENEWED_AFTER_SECONDS * 1000;
  }

  async function tick(): Promise<void> {
    const now = Date.now();
    if (now >= renewAt && !isBusy) {
      isBusy = true;
      renewAt = await renew().catch(() => {
        place.replaceChildren(element('p', { class: 'hint', role: 'alert' }, words.disclose.noCode));
        return Number.POSITIVE_INFINITY;
      });
      isBusy = false;
    }
    const seconds = Math.max(0, Math.ceil((renewAt - Date.now()) / 1000));
    if (!Number.isFinite(seconds)) return;
    clock.textContent = fill(words.device.clock, {
      time: times.format(now + live.clockAheadMs),
      seconds: String(seconds),
    });
    bar.value = seconds / SECONDS;
  }

  const timer = setInterval(() => {
    if (signal.aborted || (wasThere && !figure.isConnected)) return clearInterval(timer);
    wasThere ||= figure.isConnected;
    // what nobody sees is made when it is seen again
    if (!document.hidden) void tick();
  }, 1000);
  void tick();
  return figure;
}

/** As RENEWED_AFTER_SECONDS, which is loaded later. */
const SECONDS = 30;
