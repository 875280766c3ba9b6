import type { Snapshot } from '../../proof/snapshot.ts';
import type { Sources } from '../../proof/verification.ts';
import type { Reader } from '../reader.ts';
import { type KeepingState, keepingView } from './keeping-view.ts';
import { findKnownIssuers } from './known-issuers.ts';
import { forgetPage, keepPage } from './page-files.ts';
import { findRegister, forgetRegister, type KeptRegister, pagesOf, renewRegister, timeOf } from './register.ts';

export interface KeepingHost {
  base: URL;
  sources(): Promise<Sources>;
  /** Lets a worker's address through. */
  scriptUrl(url: string): string;
  /** When it is all gone, or there at last. */
  redraw(): void;
}

/** The page and the register on this device, for places without a network. */
export interface Keeping {
  /** What stands in for the nodes where none can be reached; undefined where there is none. */
  snapshot(): Snapshot | undefined;
  /** From now on. How it went is told in the view. */
  keep(): void;
  isOn(): boolean;
  /** How old it is; null where nothing is kept any more. */
  view(reader: Reader): HTMLElement | null;
}

/** Of less than this, and of less than a quarter of its time, nothing is renewed unasked. */
const RENEW_SECONDS = 3_600;
const TICK_MS = 60_000;

/** Resolves when what is kept, and the style of its view, are there; nothing is fetched from elsewhere before. */
export async function createKeeping({ base, sources, scriptUrl, redraw }: KeepingHost): Promise<Keeping> {
  const [register] = await Promise.all([findRegister(), loadStyle(base)]);
  const state: KeepingState = {
    register,
    reading: null,
    failure: null,
    isPageKept: null,
    isUnfolded: false,
    known: null,
  };
  let snapshot = register && toSnapshot(register);
  let isOn = true;
  let reader: Reader | null = null;
  let root: HTMLElement | null = null;

  const nowSeconds = (): number => Math.floor(Date.now() / 1000);

  async function refresh(): Promise<void> {
    if (state.reading !== null) return;
    state.reading = 0;
    state.failure = null;
    draw();
    const told = (count: number) => {
      state.reading = count;
      draw();
    };
    const [renewed, isPageKept] = await Promise.all([
      renewRegister(await sources(), state.register, told).catch(() => 'NODE_ANSWER_INVALID' as const),
      keepPage(base, scriptUrl),
    ]);
    if (!isOn) return forget();
    state.reading = null;
    state.isPageKept = isPageKept;
    if (state.isUnfolded) void readKnown();
    if (typeof renewed === 'string') state.failure = renewed;
    else {
      state.register = renewed;
      snapshot = toSnapshot(renewed);
    }
    draw();
  }

  /** What is known may have changed with every list of trust: it is read when somebody looks. */
  async function readKnown(): Promise<void> {
    state.known = await findKnownIssuers(base).catch(() => []);
    draw();
  }

  function unfold(isOpen: boolean): void {
    if (isOpen === state.isUnfolded) return;
    state.isUnfolded = isOpen;
    if (isOpen) void readKnown();
  }

  /** Unasked: when it is worth it, somebody looks at the page, and has not asked for little to be loaded. */
  function renew(): void {
    const { register: kept } = state;
    // one from the future was kept with a wrong clock, or from nodes that lied
    const ageSeconds = kept ? Math.abs(nowSeconds() - timeOf(kept)) : Number.POSITIVE_INFINITY;
    const isDue = ageSeconds > Math.min(RENEW_SECONDS, (kept?.maxAgeSeconds ?? 0) / 4);
    const isWelcome = navigator.onLine && !navigator.connection?.saveData && document.visibilityState === 'visible';
    if (isOn && isDue && isWelcome) void refresh();
  }

  async function remove(): Promise<void> {
    isOn = false;
    snapshot = null;
    await forget();
    redraw();
  }

  async function forget(): Promise<void> {
    await Promise.all([forgetRegister(), forgetPage(base)]);
  }

  /** In place: what is typed elsewhere on the page, and the focus, stay. */
  function draw(): void {
    if (!root || !reader) return;
    const focused = root.contains(document.activeElement) ? document.activeElement : null;
    const action = (focused as HTMLElement | null)?.dataset.action;
    const next = viewFor(reader);
    root.replaceWith(next);
    root = next;
    if (focused) (action ? next.querySelector<HTMLElement>(`[data-action=${action}]`) : next)?.focus();
  }

  function viewFor(to: Reader): HTMLElement {
    const actions = { refresh: () => void refresh(), remove: () => void remove(), unfold };
    return keepingView(state, to, { ...actions, nowSeconds: nowSeconds() });
  }

  setInterval(() => {
    if (state.reading === null) draw();
    renew();
  }, TICK_MS);
  for (const [target, event] of [
    [window, 'online'],
    [document, 'visibilitychange'],
  ] as const)
    target.addEventListener(event, renew);
  // not before the page has this in its hands: what it reads with waits for it
  setTimeout(renew);

  return {
    snapshot: () => snapshot ?? undefined,
    keep() {
      isOn = true;
      void navigator.storage?.persist?.();
      void refresh();
    },
    isOn: () => isOn,
    view(to) {
      reader = to;
      root = isOn ? viewFor(to) : null;
      return root;
    },
  };
}

/** Megabytes are read only where they are needed. */
function toSnapshot(register: KeptRegister): Snapshot {
  let pages: Snapshot['pages'] | null = null;
  return {
    get pages() {
      pages ??= pagesOf(register);
      return pages;
    },
  };
}

let style: Promise<void> | null = null;

/** Without it the same is said, less well: it must not keep anything from opening. */
function loadStyle(base: URL): Promise<void> {
  style ??= new Promise((resolve) => {
    const { name, integrity } = __KEEPING_STYLE__;
    const href = new URL(name, base).href;
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', integrity, href });
    for (const event of ['load', 'error']) link.addEventListener(event, () => resolve());
    document.head.append(link);
  });
  return style;
}
