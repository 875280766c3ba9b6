import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { sampleClaims } from '../catalogue/samples.ts';
import type { RegistryAddress } from '../proof/signature.ts';
import { openDataFolder } from '../scripts/local/data-folder.ts';
import { startPostgres } from '../scripts/local/postgres.ts';
import { createServiceActor } from '../server/auth/policy.ts';
import { TUPLE_COLUMNS } from '../server/imports/check.ts';
import { createChecker } from '../server/imports/checker.ts';
import { type ImportParts, receiveImport } from '../server/imports/receive.ts';
import { registerDepartment } from '../server/issuance/department.ts';
import { createCipher } from '../server/keys/cipher.ts';
import { openStore, type Store } from '../server/store/store.ts';
import type { Table } from './table.ts';

export const CODE = 'FEHD-GRL';
export const TODAY = '2026-03-02';
const COUNTS = [20_000, 100_000];
/** So many different rows; each has a number of its own. */
const SAMPLES = 500;

/** One file of licences, accepted and durable, beside COPY of the same rows into the same server. */
export async function measureImport(): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), 'eproof-bench-'));
  const dataFolder = openDataFolder(folder);
  const postgres = await startPostgres({ dataFolder: dataFolder.path, log: () => {} });
  const store = await openStore(postgres.url);
  try {
    const rows: Table['rows'][number][] = [];
    for (const count of COUNTS) rows.push(...(await measureCount(store, folder, { count, url: postgres.url })));
    return {
      title: 'Import licences of one type by NDJSON',
      columns: ['', 'rows', 'rows a second', 'of COPY', 'event loop p99 ms', 'peak MB'],
      rows,
      notes: [
        'accepted: sent over HTTP by another process, checked, hashed, encrypted and committed in state "issued"',
        'COPY has the rows ready-made in memory, sent from this process: into a table without an index, and into one with those of credentials',
        `${CODE}: ${claimCount()} claims; peak is of the whole process, threads included`,
      ],
    };
  } finally {
    await store.close();
    await postgres.stop();
    dataFolder.release();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Size {
  count: number;
  url: string;
}

export function claimCount(): number {
  return loadCatalogue().types.find(({ code }) => code === CODE)?.definition.claims.length ?? 0;
}

async function measureCount(store: Store, folder: string, { count, url }: Size): Promise<Table['rows'][number][]> {
  const file = join(folder, `${count}.ndjson`);
  await writeRows(file, count);
  const registry = { chainId: 31_337, address: `0x${'5f'.repeat(20)}` };
  const masterKey = randomBytes(32);
  const checker = createChecker({
    masterKey,
    holderIndexKey: randomBytes(32),
    registry,
    registryIndex: 0,
    verifier: 'https://verify.example.hk/',
  });
  const imported = await importFile({ ...store, ...importParts(registry, createCipher(masterKey)), checker }, file);
  await checker.close();
  const perSecond = imported.ready / imported.seconds;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const bytes = await exportRows(client, imported.seq);
    const bare = count / (await copyInto(client, bytes, 'like credentials including defaults'));
    const indexed =
      count /
      (await copyInto(client, bytes, 'like credentials including defaults including indexes including identity'));
    const row = (name: string, rate: number): (string | number)[] => [
      name,
      count,
      rate,
      (perSecond / rate).toFixed(2),
      '',
      '',
    ];
    return [
      ['accepted', imported.ready, perSecond, '', imported.p99Ms, imported.peakMb],
      row('COPY, no index', bare),
      row('COPY, with its indexes', indexed),
    ];
  } finally {
    await client.end();
  }
}

/** All but database and threads. */
export function importParts(
  registry: RegistryAddress,
  cipher: ImportParts['deps']['cipher'],
): Pick<ImportParts, 'deps' | 'sealing'> {
  const { types } = loadCatalogue();
  return {
    deps: {
      findType: (code) => types.findLast((type) => type.code === code),
      findDefinition: (sha256) => types.find((type) => type.sha256 === sha256),
      cipher,
      now: Date.now,
      randomBytes: (sizeBytes) => new Uint8Array(randomBytes(sizeBytes)),
      registry,
    },
    sealing: { maxSize: 256, maxWaitMs: 0 },
  };
}

export async function writeRows(file: string, count: number): Promise<void> {
  const samples = Array.from({ length: SAMPLES }, (_, seed) => sampleClaims(CODE, TODAY, seed));
  await pipeline(function* () {
    for (let i = 0; i < count; i++) {
      const { claims, validity } = samples[i % SAMPLES] as (typeof samples)[number];
      const licenceNumber = `3${count.toString().slice(0, 2)}${String(i).padStart(7, '0')}`;
      yield `${JSON.stringify({ claims: { ...claims, licenceNumber }, validity })}\n`;
    }
  }, createWriteStream(file));
}

interface Imported {
  seq: number;
  ready: number;
  seconds: number;
  p99Ms: number;
  peakMb: number;
}

async function importFile(parts: ImportParts, file: string): Promise<Imported> {
  const actor = createServiceActor(await openDepartment(parts), 'bench');
  let seq = 0;
  let ready = 0;
  let startedAt = 0;
  let endedAt = 0;
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const server = createServer(async (body, response) => {
    startedAt = performance.now();
    delay.enable();
    const common = { actor, code: CODE, mode: 'good', dryRun: false, forApproval: false, format: 'ndjson' } as const;
    const { row } = await receiveImport(parts, { ...common, idempotencyKey: file, offset: 0, isComplete: true, body });
    endedAt = performance.now();
    delay.disable();
    ({ seq, ready } = row);
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const sender = spawn(process.execPath, ['--input-type=module', '-e', SENDER, address, file], { stdio: 'inherit' });
  const [code] = await once(sender, 'exit');
  server.close();
  if (code !== 0) throw new Error('the file was not sent');
  const peakMb = process.resourceUsage().maxRSS / 1024;
  return { seq, ready, seconds: (endedAt - startedAt) / 1000, p99Ms: delay.percentile(99) / 1e6, peakMb };
}

/** Sends a file and fails unless it was taken; its arguments are address, file and headers. */
export const SENDER = `
import { createReadStream } from 'node:fs';
import { request } from 'node:http';
import { pipeline } from 'node:stream/promises';
const [address, file, headers = '{}'] = process.argv.slice(1);
const sent = request(address, { method: 'POST', headers: JSON.parse(headers) });
sent.on('response', (response) => {
  if (response.statusCode > 299) process.exitCode = 1;
  response.resume();
});
await pipeline(createReadStream(file, { highWaterMark: 262144 }), sent);
`;

async function openDepartment({ db, deps }: ImportParts) {
  const profile = loadCatalogue().departments.find(({ code }) => code === 'FEHD');
  const type = deps.findType(CODE);
  if (!profile || !type) throw new Error(`no ${CODE}`);
  const { id } = await registerDepartment(db, profile);
  await db
    .insertInto('credential_types')
    .values({ issuer_id: id, number: 1, code: CODE, version: type.version, definition: type.sha256 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return db
    .updateTable('issuers')
    .set({ number: 1, state: 'active' })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function exportRows(client: pg.Client, seq: number): Promise<Buffer> {
  const stream = client.query(
    copyTo(`copy (select ${TUPLE_COLUMNS} from credentials where import_seq = ${seq}) to stdout with (format binary)`),
  );
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Seconds. */
export async function copyInto(client: pg.Client, bytes: Buffer, like: string): Promise<number> {
  await client.query(`create table bare (${like})`);
  if (!like.includes('identity')) await client.query('alter table bare alter column seq drop not null');
  await client.query('checkpoint').catch(() => {});
  const startedAt = performance.now();
  const copy = client.query(copyFrom(`copy bare (${TUPLE_COLUMNS}) from stdin with (format binary)`));
  await pipeline(function* () {
    for (let at = 0; at < bytes.length; at += 262_144) yield bytes.subarray(at, at + 262_144);
  }, copy);
  const seconds = (performance.now() - startedAt) / 1000;
  await client.query('drop table bare');
  return seconds;
}
