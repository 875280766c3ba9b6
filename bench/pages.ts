import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { withEproof } from './demo.ts';
import { requirePeer } from './peers/install.ts';
import type { Table } from './table.ts';

const CHROMIUM = '/usr/bin/chromium';
const CHROMIUM_FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];
/** Of each page; the table has the middle of each number. */
const RUNS = 3;
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const;

/** Every page's first view on a phone with slow 4G, by Lighthouse, beside a page with one heading and nothing else. */
export async function measurePages(): Promise<Table> {
  const bare = await serveBare();
  try {
    return await withEproof(async ({ service, verifier, samples }) => {
      const inForce = samples.find(({ standing }) => standing === 'in-force')?.text ?? '';
      const pages = {
        'a page with one heading': bare.address,
        'verifier: ways in': verifier,
        'verifier: a verdict from a link': inForce,
        'verifier: how to accept': `${verifier}accept-en.html`,
        'console: signed out': `${service}/console/`,
        "holders' page: signed out": `${service}/my/`,
      };
      const rows: (string | number)[][] = [];
      for (const [name, address] of Object.entries(pages)) rows.push([name, ...(await auditAgain(address))]);
      return {
        title: 'Pages on a phone with slow 4G (Lighthouse)',
        columns: ['', ...CATEGORIES, 'LCP s', 'TBT ms', 'CLS', 'requests', 'kB'],
        rows,
        notes: [
          'scores of 100; simulated: 150 ms and 1.6 Mbit/s, a processor a quarter as fast as this one; LCP: largest contentful paint; TBT: total blocking time; CLS: layout shift',
          `each number is the middle one of ${RUNS} runs`,
          'kB: what came over the wire. A machine that does something else meanwhile makes every number worse',
        ],
      };
    });
  } finally {
    bare.close();
  }
}

async function serveBare() {
  const page =
    '<!doctype html><html lang="en"><head><title>Bare</title><meta name="description" content="Bare">' +
    '<meta name="viewport" content="width=device-width"></head><body><main><h1>Bare</h1></main></body></html>';
  const server = createServer((_, response) => void response.setHeader('content-type', 'text/html').end(page));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/`, close: () => void server.close() };
}

interface Report {
  lhr: {
    categories: Record<string, { score: number | null }>;
    audits: Record<string, { numericValue?: number; details?: { items: { transferSize: number }[] } }>;
  };
}

async function auditAgain(address: string): Promise<number[]> {
  const runs: number[][] = [];
  for (let i = 0; i < RUNS; i++) runs.push(await audit(address));
  const middle = (column: number): number =>
    runs.map((run) => run[column] as number).sort((a, b) => a - b)[Math.floor(RUNS / 2)] as number;
  return (runs[0] as number[]).map((_, column) => middle(column));
}

async function audit(address: string): Promise<number[]> {
  const [{ launch }, { default: lighthouse }] = await Promise.all([load('chrome-launcher'), load('lighthouse')]);
  const chrome = await launch({ chromePath: CHROMIUM, chromeFlags: CHROMIUM_FLAGS });
  try {
    const { lhr } = (await lighthouse(address, { port: chrome.port, onlyCategories: CATEGORIES })) as Report;
    const value = (name: string) => lhr.audits[name]?.numericValue ?? Number.NaN;
    const requests = lhr.audits['network-requests']?.details?.items ?? [];
    return [
      ...CATEGORIES.map((name) => Math.round(100 * (lhr.categories[name]?.score ?? 0))),
      value('largest-contentful-paint') / 1000,
      value('total-blocking-time'),
      value('cumulative-layout-shift'),
      requests.length,
      requests.reduce((sum, { transferSize }) => sum + transferSize, 0) / 1000,
    ];
  } finally {
    chrome.kill();
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a package of the peers' folder, whose types the product does not have
const load = async (name: string): Promise<any> => import(pathToFileURL(requirePeer.resolve(name)).href);
