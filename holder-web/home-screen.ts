/** A browser's own offer to put the page on the home screen (Chromium's; others have none). It can be taken up once. */
interface InstallOffer extends Event {
  prompt(): Promise<unknown>;
}

/** "ask": the browser does it when asked; "words": only its reader can (iPhone, iPad). Null where neither can, or it is there, or is not wanted. */
export type Way = 'ask' | 'words' | null;

const KEY = 'eproof.home-screen';

let offer: InstallOffer | null = null;
let redraw: (() => void) | null = null;
/** Also where the browser keeps nothing. */
let isPutAway = false;

/** From the beginning on: a browser makes its offer once, when it likes. */
export function watchOffers(): void {
  addEventListener('beforeinstallprompt', (event) => {
    // the browser's own bar would lie over the page: the page asks where somebody reads it
    event.preventDefault();
    offer = event as InstallOffer;
    redraw?.();
  });
  addEventListener('appinstalled', () => {
    offer = null;
    redraw?.();
  });
}

/** Draws a screen again when an offer comes or goes, while the screen is there. */
export function followOffers(draw: () => void, signal: AbortSignal): void {
  redraw = draw;
  signal.addEventListener('abort', () => {
    if (redraw === draw) redraw = null;
  });
}

export function findWay(): Way {
  if (isInstalled() || isPutAway || remembered() !== null) return null;
  if (offer) return 'ask';
  // Safari alone says whether it was opened from the home screen, which a Mac does not have
  return 'standalone' in navigator && navigator.maxTouchPoints > 1 ? 'words' : null;
}

/** Asks the reader once more, as the browser does; whatever they say, the offer is over. */
export async function takeOffer(): Promise<void> {
  const taken = offer;
  offer = null;
  await taken?.prompt().catch(() => {});
}

export function putAway(): void {
  isPutAway = true;
  try {
    localStorage.setItem(KEY, 'put-away');
  } catch {
    // a browser that keeps nothing is obeyed: it is said again at the next visit
  }
}

function isInstalled(): boolean {
  const isOpenedThere = (navigator as { standalone?: boolean }).standalone === true;
  return isOpenedThere || matchMedia('(display-mode: standalone)').matches;
}

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
