import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import express from 'express';
import pg from 'pg';
import { keyPlacesOf } from '../server/keys/key-places.ts';
import { createLog } from '../server/log.ts';
import { type Service, startService } from '../server/main.ts';
import { type Ground, onGround, untilFinal } from './ground.ts';
import { CODE, writeRows } from './import.ts';
import type { Load, Loaded } from './load.ts';
import { type ProcessorTime, processorTime, since } from './processor-time.ts';
import { startSlowChain } from './slow-chain.ts';
import type { Table } from './table.ts';

const CONNECTIONS = 50;
const ISSUE_SECONDS = 20;
const READ_SECONDS = 8;
const BLOCK_MS = 2_000;
const BODIES = 20_000;
const PROGRAM = fileURLToPath(new URL('./load.ts', import.meta.url));

/** One credential a call, and what is read, each beside what the same framework and database do without a service. */
export async function measureHttp(): Promise<Table[]> {
  return onGround(async (ground) => {
    const slow = await startSlowChain(ground.config.chain.rpcUrls[0] as string, BLOCK_MS);
    ground.stops.push(slow.close);
    const { config, keystore } = ground;
    const service = await startService({
      config: { ...config, chain: { ...config.chain, rpcUrls: [slow.url] } },
      keystore,
      log: createLog('warn'),
      signer: keyPlacesOf(config),
      verifierFolder: null,
    });
    try {
      const headers = { authorization: `Bearer ${ground.department.apiKey}`, 'content-type': 'application/json' };
      return [await measureIssue(ground, service, headers), await measureReads(ground, service, headers)];
    } finally {
      await service.close();
    }
  });
}

type Headers = Record<string, string>;

async function measureIssue({ config, store }: Ground, { url }: Service, headers: Headers): Promise<Table> {
  const bodies = join(config.dataFolder, 'bodies.ndjson');
  await writeRows(bodies, BODIES);
  await writeFile(bodies, (await readFile(bodies, 'utf8')).replaceAll(/^\{/gm, `{"type":"${CODE}",`));
  const common = { connections: CONNECTIONS, headers, bodies };
  await load({ ...common, url: `${url}/v1/credentials`, seconds: 3 });
  const issued = await measure(() => load({ ...common, url: `${url}/v1/credentials`, seconds: ISSUE_SECONDS }));
  await untilFinal(store, await countCredentials(config.databaseUrl));
  const ways = await measureWays(config.databaseUrl);
  const bare = await onBareExpress((address) =>
    measure(() => load({ ...common, url: address, seconds: READ_SECONDS })),
  );
  const inserted = await measure(() => insertEach(config.databaseUrl, bodies));
  return {
    title: `Issue one credential a call, at ${CONNECTIONS} connections`,
    columns: COLUMNS,
    rows: [
      toRow('POST /v1/credentials', issued),
      toRow('a bare Express route that reads the same JSON', bare),
      toRow('INSERT of the same JSON, committed one by one', inserted),
      ['accepted to final, seconds', ...EMPTY.slice(2), ways.p50, ways.p99],
    ],
    notes: [
      `${CODE} with an Idempotency-Key each; sent by a process of its own; a block every ${BLOCK_MS / 1000} seconds, 0 confirmations`,
      'µs: processor time for one request, which others on the machine do not change; service: this process, which also runs what is bare',
    ],
  };
}

async function measureReads({ config }: Ground, { url }: Service, headers: Headers): Promise<Table> {
  const { authorization } = headers as { authorization: string };
  const list = await (await fetch(`${url}/v1/credentials?limit=1`, { headers: { authorization } })).json();
  const { id } = (list as { items: { id: string }[] }).items[0] as { id: string };
  const common = { connections: CONNECTIONS, seconds: READ_SECONDS, headers: { authorization } };
  const read = (path: string) => measure(() => load({ ...common, url: `${url}${path}` }));
  /** Of a moment each, before which there is nothing: the same page, by as many questions as there are connections. */
  const moments = Array.from({ length: CONNECTIONS }, (_, second) => new Date(1000 * second).toISOString());
  const readOwn = (path: string) =>
    measure(() => load({ ...common, url, paths: moments.map((moment) => `${path}created_from=${moment}`) }));
  return {
    title: `Read, at ${CONNECTIONS} connections`,
    columns: COLUMNS,
    rows: [
      toRow('one, with its claims', await read(`/v1/credentials/${id}`)),
      toRow('a list of 20, the same for all', await read('/v1/credentials')),
      toRow('a list of 20 that are final', await read('/v1/credentials?state=final')),
      toRow('a list of 20, each its own', await readOwn('/v1/credentials?')),
      toRow(
        'a bare Express route',
        await onBareExpress((address) =>
          measure(() => load({ url: address, connections: CONNECTIONS, seconds: READ_SECONDS, headers: {} })),
        ),
      ),
      toRow('SELECT of one row', await measure(() => selectEach(config.databaseUrl))),
    ],
    notes: ['a request asks who calls, counts it against the limit, and reads as the department; µs as above'],
  };
}

const COLUMNS = ['', 'a second', 'failed', 'service µs', 'database µs', 'p50 ms', 'p99 ms'];
const EMPTY = ['', '', '', '', '', ''];

type Measured = Omit<Loaded, 'p50Ms' | 'p99Ms'> & Partial<Loaded> & { used: ProcessorTime; count: number };

function toRow(name: string, { perSecond, failed, used, count, p50Ms, p99Ms }: Measured): (string | number)[] {
  return [name, perSecond, failed, used.service / count, used.database / count, p50Ms ?? '', p99Ms ?? ''];
}

async function measure(work: () => Promise<Omit<Loaded, 'p50Ms' | 'p99Ms'> & Partial<Loaded>>): Promise<Measured> {
  const before = processorTime();
  const startedAt = performance.now();
  const loaded = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  return { ...loaded, used: since(before), count: loaded.perSecond * seconds };
}

async function load(load: Load): Promise<Loaded> {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(load)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error('the load could not be sent');
  return JSON.parse(output) as Loaded;
}

async function onBareExpress<T>(work: (url: string) => Promise<T>): Promise<T> {
  const app = express();
  app.get('/', (_request, response) => void response.json({ items: [] }));
  app.post('/', express.json(), (request, response) => void response.status(202).json(request.body));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const POOL = 10;

/** As many at a time as the service has connections, for as long as reads are measured. */
async function askEach(
  url: string,
  ask: (pool: pg.Pool, i: number) => Promise<unknown>,
): Promise<Omit<Loaded, 'p50Ms' | 'p99Ms'>> {
  const pool = new pg.Pool({ connectionString: url, max: POOL });
  const endAt = performance.now() + 1000 * READ_SECONDS;
  let count = 0;
  const lanes = Array.from({ length: POOL }, async () => {
    while (performance.now() < endAt) await ask(pool, count++);
  });
  await Promise.all(lanes);
  await pool.end();
  return { perSecond: count / READ_SECONDS, failed: 0 };
}

async function insertEach(url: string, bodies: string) {
  const lines = (await readFile(bodies, 'utf8')).trimEnd().split('\n');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('create table bare (seq bigint generated always as identity primary key, body json not null)');
  try {
    return await askEach(url, (pool, i) =>
      pool.query('insert into bare (body) values ($1)', [lines[i % lines.length]]),
    );
  } finally {
    await client.query('drop table bare');
    await client.end();
  }
}

async function selectEach(url: string) {
  return askEach(url, (pool, i) =>
    pool.query('select id, state, header, created_at from credentials where seq = $1', [1 + (i % 1000)]),
  );
}

async function countCredentials(url: string): Promise<number> {
  return (await askOnce<{ n: number }>(url, 'select count(*)::int as n from credentials')).n;
}

/** Seconds from the moment that is in a credential's row to the one at which its document may be handed out. */
function measureWays(url: string): Promise<{ p50: number; p99: number }> {
  return askOnce(
    url,
    `select percentile_cont(0.5) within group (order by seconds) as p50, percentile_cont(0.99) within group (order by seconds) as p99
     from (select extract(epoch from final_at - created_at)::float8 as seconds from credentials) as ways`,
  );
}

async function askOnce<T extends pg.QueryResultRow>(url: string, query: string): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(query)).rows[0] as T;
  } finally {
    await client.end();
  }
}
