import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const START = fileURLToPath(new URL('../scripts/start.ts', import.meta.url));
const READY_MS = 180_000;

/** What `npm start` leaves for scripts. */
export interface Demo {
  service: string;
  verifier: string;
  samples: { text: string; standing: string }[];
}

/** The whole e-Proof as the README's command starts it, with a folder of its own, for as long as the work takes. */
export async function withEproof<T>(work: (demo: Demo) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'eproof-pages-'));
  const child = spawn(process.execPath, [START], {
    env: { ...process.env, EPROOF_DATA_DIR: folder, PORT: '0' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    return await work(await untilReady(join(folder, 'demo.json'), ended));
  } finally {
    child.kill('SIGINT');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function untilReady(file: string, ended: Promise<unknown>): Promise<Demo> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  for (const until = Date.now() + READY_MS; Date.now() < until && !isOver; await sleep(500)) {
    if (!existsSync(file)) continue;
    const demo = JSON.parse(readFileSync(file, 'utf8')) as Demo;
    if ((await fetch(`${demo.service}/readyz`)).ok) return demo;
  }
  throw new Error('e-Proof did not start: see above');
}
