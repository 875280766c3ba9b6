import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium } from 'playwright-core';
import { darkRuns, type QrSymbol, qrSymbol } from '../server/render/qr.ts';
import { withEproof } from './demo.ts';
import type { Table } from './table.ts';

const CHROMIUM = '/usr/bin/chromium';
/** Of each row; the table has the middle and the slowest. */
const SCANS = 5;
/** A phone's processor, as Lighthouse takes it: a quarter as fast as this one. */
const SLOWER = 4;
const PERIOD_MS = 20;

/** Milliseconds from the first picture that has the code in it. */
interface Scan {
  read: number;
  verdict: number;
}

/** From a code that comes into the camera's view to the verdict, with the chain's answers, in the built page. */
export function measureScanning(): Promise<Table> {
  return withEproof(async ({ verifier, samples }) => {
    const symbols = samples
      .filter(({ standing }) => standing === 'in-force')
      .map(({ text }) => qrSymbol(text))
      .sort((a, b) => a.version - b.version);
    const [smallest, densest] = [symbols.at(0), symbols.at(-1)];
    if (!smallest || !densest) throw new Error('npm start has no sample that is in force');
    const rows: (string | number)[][] = [];
    for (const symbol of [smallest, densest]) {
      const name = `code of version ${symbol.version}`;
      rows.push([name, ...(await scans(verifier, symbol, { page: 1, browser: 1 }))]);
      rows.push([`${name}, page ÷ ${SLOWER}`, ...(await scans(verifier, symbol, { page: SLOWER, browser: 1 }))]);
      rows.push([
        `${name}, whole browser ÷ ${SLOWER}`,
        ...(await scans(verifier, symbol, { page: 1, browser: SLOWER })),
      ]);
    }
    return {
      title: 'A code in view, and its verdict',
      columns: ['', 'read ms', 'verdict ms', 'slowest ms'],
      rows,
      notes: [
        `from the first picture with the code, in a film of 1920 × 1080, to the verdict with what the chain's nodes answer; the middle and the slowest of ${SCANS}, each in a page of its own`,
        `page ÷ ${SLOWER}: the page's thread by the browser's own brake, as developers and Lighthouse use it; the QR reader's worker is not braked`,
        `whole browser ÷ ${SLOWER}: every process of it, the QR reader's worker among them, stands still ${100 - 100 / SLOWER} % of the time; this rounds up to ${PERIOD_MS} ms at each step`,
        'the chain, the service and the film share the machine',
      ],
    };
  });
}

async function scans(address: string, symbol: QrSymbol, slower: { page: number; browser: number }): Promise<number[]> {
  const server = await chromium.launchServer({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-background-networking', '--use-fake-ui-for-media-stream'],
  });
  const browser = await chromium.connect(server.wsEndpoint());
  try {
    const all: Scan[] = [];
    for (let i = 0; i < SCANS; i++) {
      const release = brake(server.process().pid as number, slower.browser);
      try {
        all.push(await scanOnce(browser, address, { symbol, slower: slower.page }));
      } finally {
        release();
      }
    }
    const sorted = (name: keyof Scan) => all.map((one) => one[name]).sort((a, b) => a - b);
    const middle = Math.floor(SCANS / 2);
    return [sorted('read')[middle] as number, sorted('verdict')[middle] as number, sorted('verdict').at(-1) as number];
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Lets a browser and all its processes run for a part of each period only. Returns what lets them go. */
function brake(pid: number, slower: number): () => void {
  if (slower === 1) return () => {};
  let isOver = false;
  const turn = (async () => {
    while (!isOver) {
      process.kill(-pid, 'SIGSTOP');
      await sleep(PERIOD_MS - PERIOD_MS / slower);
      process.kill(-pid, 'SIGCONT');
      await sleep(PERIOD_MS / slower);
    }
  })();
  turn.catch(() => {});
  return () => {
    isOver = true;
  };
}

async function scanOnce(
  browser: Browser,
  address: string,
  { symbol, slower }: { symbol: QrSymbol; slower: number },
): Promise<Scan> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(putCanvasBeforeCamera);
    await page.goto(address);
    const debuggerOf = await context.newCDPSession(page);
    await debuggerOf.send('Emulation.setCPUThrottlingRate', { rate: slower });
    await page.locator('[data-way=scan]').click();
    await page.locator('video').waitFor();
    // the reader of codes is there when it has looked at pictures without one
    await page.waitForTimeout(4_000);
    return await page.evaluate(holdCode, { size: symbol.size, runs: [...darkRuns(symbol)] });
  } finally {
    await context.close();
  }
}

interface Held {
  size: number;
  runs: { row: number; column: number; length: number }[];
}

/** In the page: a desk of grey is what its camera sees, ten pictures a second. */
function putCanvasBeforeCamera(): void {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1920, height: 1080 });
  const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
  const film = { pen, code: null as (() => void) | null };
  Object.assign(window, { film });
  setInterval(() => {
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = '#777';
    pen.fillRect(0, 0, 1920, 1080);
    film.code?.();
  }, 100);
  navigator.mediaDevices.getUserMedia = () => Promise.resolve(canvas.captureStream());
}

/** In the page: holds a code a little turned before the camera, and waits for what the page makes of it. */
function holdCode({ size, runs }: Held): Promise<Scan> {
  const { film } = window as unknown as { film: { pen: CanvasRenderingContext2D; code: (() => void) | null } };
  const module = 900 / (size + 8);
  return new Promise((resolve) => {
    let [start, read] = [0, 0];
    film.code = () => {
      const { pen } = film;
      start ||= performance.now();
      pen.setTransform(1, 0, 0, 1, 960, 540);
      pen.rotate((5 * Math.PI) / 180);
      pen.fillStyle = '#eee';
      pen.fillRect(-450, -450, 900, 900);
      pen.fillStyle = '#222';
      for (const { row, column, length } of runs)
        pen.fillRect((column + 4) * module - 450, (row + 4) * module - 450, length * module, module);
    };
    const look = () => {
      if (!read && !document.querySelector('video')) read = performance.now();
      if (!document.querySelector('.verdict[data-genuine=genuine]')) return;
      seen.disconnect();
      // what is in the document is seen with the next picture
      requestAnimationFrame(() =>
        setTimeout(() => resolve({ read: read - start, verdict: performance.now() - start })),
      );
    };
    const seen = new MutationObserver(look);
    seen.observe(document, { childList: true, subtree: true });
  });
}
