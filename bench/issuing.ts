import { spawn } from 'node:child_process';
import { createCipheriv, hash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import pg from 'pg';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { sampleClaims } from '../catalogue/samples.ts';
import { readClaims } from '../proof/claims.ts';
import { createGroupHasher, REST, SHOWN } from '../proof/commitment.ts';
import { createServiceActor } from '../server/auth/policy.ts';
import { settleTransactions } from '../server/chain/relayer.ts';
import { createRpc, postWithFetch } from '../server/chain/rpc.ts';
import { createChecker } from '../server/imports/checker.ts';
import { receiveImport } from '../server/imports/receive.ts';
import { carryBatches, settleBatches } from '../server/issuance/anchor.ts';
import { confirmBatches } from '../server/issuance/confirm-batches.ts';
import { openErasureJournal } from '../server/issuance/erasure-journal.ts';
import { openManifestFolder } from '../server/issuance/manifest.ts';
import { hashIntoWithOpenssl } from '../server/issuance/openssl-hash.ts';
import { sealDue } from '../server/issuance/seal.ts';
import { signDue } from '../server/issuance/sign.ts';
import type { JobDeps } from '../server/jobs/jobs.ts';
import { toJobDeps } from '../server/jobs/parts.ts';
import { createCipher } from '../server/keys/cipher.ts';
import { keyPlacesOf } from '../server/keys/key-places.ts';
import { startSignerProcess } from '../server/keys/signer-client.ts';
import { createLog } from '../server/log.ts';
import { type Service, startService } from '../server/main.ts';
import { openRegistryFacts } from '../server/registry-facts.ts';
import type { BatchState } from '../server/store/schema.ts';
import type { Store } from '../server/store/store.ts';
import { type Ground, onGround, untilFinal } from './ground.ts';
import { CODE, claimCount, copyInto, exportRows, importParts, SENDER, TODAY, writeRows } from './import.ts';
import { type ProcessorTime, processorTime, since } from './processor-time.ts';
import type { Table } from './table.ts';

const WHOLE = 100_000;
const STEPS = 20_000;
const WARM_UP = 3_000;
const VERIFIER = 'https://verify.example.hk/';

/** The whole way at once, by the service as it runs: from a file to documents that may be handed out. */
export async function measureIssuing({ rows: count = WHOLE }: { rows?: number } = {}): Promise<Table> {
  return onGround(async (ground) => {
    const whole = await measureWhole(ground, count);
    const copies = await copyRows(ground.config.databaseUrl, whole.importSeq);
    const ofCopy = (rate: number) => (rate / copies.indexed).toFixed(2);
    const empty = ['', '', '', '', '', '', ''];
    return {
      title: 'Issue licences by one NDJSON import, until every one is final',
      columns: ['', 'licences', 'a second', 'of COPY', ...PARTS, 'p99 ms', 'max ms', 'peak MB'],
      rows: [
        ['accepted and durable', count, whole.accepted, ofCopy(whole.accepted), ...empty],
        [
          'final',
          count,
          whole.final,
          ofCopy(whole.final),
          ...toEach(whole.used, count),
          whole.p99Ms,
          whole.maxMs,
          whole.peakMb,
        ],
        ['COPY of the same rows, with their indexes', count, copies.indexed, '', ...empty],
        ['COPY, no index', count, copies.bare, '', ...empty],
        ['hashes and encryption of one licence, once, one core', '', limitPerSecond(), '', ...empty],
      ],
      notes: [
        `${CODE}: ${claimCount()} claims; sealed by 256, anchored by 32 batches, 0 confirmations`,
        'the whole service in one process, sent over HTTP by another; PostgreSQL, the chain and the signer in theirs, on the same machine',
        MICROSECONDS,
        'p99, max: delay of the event loop; peak: memory of the service, threads included',
      ],
    };
  });
}

/** One step after the other, each with all licences. */
export async function measureSteps({ rows: count = STEPS }: { rows?: number } = {}): Promise<Table> {
  return onGround(async (ground) => {
    const { rows, seq } = await timeSteps(ground, count);
    const { indexed } = await copyRows(ground.config.databaseUrl, seq);
    return {
      title: 'Issue licences by one NDJSON import, one step after the other',
      columns: ['', 'licences', 'a second', 'of COPY', ...PARTS, 'p99 ms'],
      rows: rows.map(({ name, rate, p99Ms, used }) => [
        name,
        count,
        rate,
        (rate / indexed).toFixed(2),
        ...toEach(used, count),
        p99Ms,
      ]),
      notes: [MICROSECONDS, 'p99: delay of the event loop'],
    };
  });
}

const PARTS = ['service µs', 'signer µs', 'database µs', 'chain µs'];
const MICROSECONDS =
  'µs: processor time for one licence, which others on the machine do not change; the largest is what to improve next';

function toEach({ service, signer, database, chain }: ProcessorTime, count: number): number[] {
  return [service, signer, database, chain].map((us) => us / count);
}

interface Whole {
  importSeq: number;
  used: ProcessorTime;
  accepted: number;
  final: number;
  p99Ms: number;
  maxMs: number;
  peakMb: number;
}

async function measureWhole(ground: Ground, count: number): Promise<Whole> {
  const { config, keystore, department, store } = ground;
  const file = join(config.dataFolder, 'whole.ndjson');
  await writeRows(file, count);
  const service = await startService({
    config,
    keystore,
    log: createLog('warn'),
    signer: keyPlacesOf(config),
    verifierFolder: null,
  });
  const delay = monitorEventLoopDelay({ resolution: 5 });
  try {
    delay.enable();
    const before = processorTime();
    const startedAt = performance.now();
    const accepted = send(service, department.apiKey, file).then(() => performance.now() - startedAt);
    await untilFinal(store, count);
    const finalMs = performance.now() - startedAt;
    delay.disable();
    const used = since(before);
    return {
      importSeq: await findImport(store),
      used,
      accepted: (1000 * count) / (await accepted),
      final: (1000 * count) / finalMs,
      p99Ms: delay.percentile(99) / 1e6,
      maxMs: delay.max / 1e6,
      peakMb: process.resourceUsage().maxRSS / 1024,
    };
  } finally {
    await service.close();
  }
}

async function findImport({ db }: Store): Promise<number> {
  return (await db.selectFrom('imports').select('seq').executeTakeFirstOrThrow()).seq;
}

async function send({ url }: Service, apiKey: string, file: string): Promise<void> {
  const address = `${url}/v1/imports?type=${CODE}&mode=good`;
  const headers = JSON.stringify({
    authorization: `Bearer ${apiKey}`,
    'content-type': 'application/x-ndjson',
    'idempotency-key': 'whole',
  });
  const sender = spawn(process.execPath, ['--input-type=module', '-e', SENDER, address, file, headers], {
    stdio: 'inherit',
  });
  const [code] = await once(sender, 'exit');
  if (code !== 0) throw new Error('the file was not taken');
}

interface Step {
  name: string;
  rate: number;
  p99Ms: number | '';
  used: ProcessorTime;
}

async function timeSteps(ground: Ground, count: number): Promise<{ rows: Step[]; seq: number }> {
  const { config } = ground;
  const file = join(config.dataFolder, 'steps.ndjson');
  await writeRows(file, count);
  const jobs = await createJobDeps(ground);
  const accepting = await openAccepting(ground);
  ground.stops.push(accepting.close);
  await accepting.warmUp();
  const rows: Step[] = [];
  const step = async (name: string, work: () => Promise<unknown>) => {
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const before = processorTime();
    const startedAt = performance.now();
    await work();
    const seconds = (performance.now() - startedAt) / 1000;
    delay.disable();
    rows.push({ name, rate: count / seconds, p99Ms: delay.percentile(99) / 1e6, used: since(before) });
  };
  const before = processorTime();
  const startedAt = performance.now();
  let seq = 0;
  await step('accept', async () => {
    seq = await accepting.accept(file, count);
  });
  await step('seal the rest', () => sealDue({ ...jobs.sealing, sealing: { maxSize: 256, maxWaitMs: 0 } }));
  await step('sign', () => signDue(jobs.sealing));
  await step('anchor', () => anchorAll(jobs));
  await step('confirm', () => confirmAll(jobs));
  rows.push({
    name: 'together',
    rate: count / ((performance.now() - startedAt) / 1000),
    p99Ms: '',
    used: since(before),
  });
  return { rows, seq };
}

async function createJobDeps({ config, keystore, store, department, stops }: Ground): Promise<JobDeps> {
  const rpc = createRpc(config.chain.rpcUrls);
  const facts = await openRegistryFacts(config.dataFolder, config.chain.registry, rpc);
  const address = department.issuer.anchor_key ?? '';
  const signers = await startSignerProcess({
    start: {
      ...keyPlacesOf(config),
      registry: facts,
      keys: [{ name: `${department.issuer.code}-anchor`, purpose: 'anchor', address }],
    },
    onEnd: (error) => process.stderr.write(`${error.message}\n`),
  });
  stops.push(signers.close);
  const masterKey = await keystore.openSecret('master');
  const { departments, types } = loadCatalogue();
  return toJobDeps({
    db: store.db,
    issuance: {
      now: Date.now,
      randomBytes: (sizeBytes) => new Uint8Array(randomBytes(sizeBytes)),
      cipher: createCipher(masterKey),
      hashHolderSubject: () => Buffer.alloc(32),
      hashCompanyNumber: () => Buffer.alloc(32),
      findType: (code) => types.findLast((type) => type.code === code),
      findDefinition: (sha256) => types.find((type) => type.sha256 === sha256),
      findDepartment: (code) => departments.find((one) => one.code === code),
      registry: facts,
      registryIndex: 0,
      verifier: VERIFIER,
      erasures: openErasureJournal(join(config.dataFolder, 'erasures')),
    },
    rpc,
    post: postWithFetch,
    trusted: { ...facts, nodes: config.chain.rpcUrls, agree: 1 },
    relayerKey: await keystore.openKey('relayer'),
    signers,
    manifests: await openManifestFolder(join(config.dataFolder, 'manifests')),
    sealing: { maxSize: 256, maxWaitMs: 0 },
    webhooks: { allowPrivate: false },
    confirmations: 0,
    maxBlockAgeSeconds: 100_000,
    pollMs: 20,
    onFault: (what, error) => process.stderr.write(`${what}: ${(error as Error).message}\n`),
    mail: { isTest: true, send: null, holderPage: null },
    onReadBack: () => {},
    onUnknown: () => {},
  });
}

interface Accepting {
  /** Threads read fonts and compile for a second before they are fast. */
  warmUp(): Promise<unknown>;
  /** The seq of the import. */
  accept(file: string, count: number): Promise<number>;
  close(): Promise<void>;
}

async function openAccepting({ config, keystore, store, department }: Ground): Promise<Accepting> {
  const registry = await openRegistryFacts(config.dataFolder, config.chain.registry, createRpc(config.chain.rpcUrls));
  const masterKey = await keystore.openSecret('master');
  const checker = createChecker({
    masterKey,
    holderIndexKey: await keystore.openSecret('holder-index'),
    registry,
    registryIndex: 0,
    verifier: VERIFIER,
  });
  const parts = { ...store, ...importParts(registry, createCipher(masterKey)), checker };
  const request = {
    code: CODE,
    mode: 'good',
    forApproval: false,
    format: 'ndjson',
    isComplete: true,
    offset: 0,
  } as const;
  const actor = createServiceActor(department.issuer, 'bench');
  const receive = async (file: string, dryRun: boolean) => {
    const body = createReadStream(file, { highWaterMark: 262_144 });
    const idempotencyKey = `${file} ${dryRun}`;
    return (await receiveImport(parts, { ...request, actor, idempotencyKey, dryRun, body })).row;
  };
  return {
    close: checker.close,
    async warmUp() {
      const file = join(config.dataFolder, 'warm-up.ndjson');
      await writeRows(file, WARM_UP);
      await receive(file, true);
    },
    async accept(file, count) {
      const { seq, ready } = await receive(file, false);
      if (ready !== count) throw new Error(`${count - ready} rows were not accepted`);
      return seq;
    },
  };
}

/** As the service's job does, without its pauses. */
async function anchorAll({ relaying }: JobDeps): Promise<void> {
  do {
    await carryBatches(relaying);
    await settleTransactions(relaying);
    await settleBatches(relaying);
  } while (await isLeft(relaying.db, ['signed', 'sent']));
}

async function confirmAll({ confirming }: JobDeps): Promise<void> {
  do await confirmBatches(confirming);
  while (await isLeft(confirming.db, ['anchored']));
}

async function isLeft(db: Store['db'], states: BatchState[]): Promise<boolean> {
  const left = await db.selectFrom('batches').select('seq').where('state', 'in', states).limit(1).executeTakeFirst();
  return left !== undefined;
}

async function copyRows(url: string, seq: number): Promise<{ bare: number; indexed: number }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const bytes = await exportRows(client, seq);
    const { n: count } = (
      await client.query<{ n: number }>('select count(*)::int as n from credentials where import_seq = $1', [seq])
    ).rows[0] as { n: number };
    const bare = await copyInto(client, bytes, 'like credentials including defaults');
    const likeAll = 'like credentials including defaults including indexes including identity';
    return { bare: count / bare, indexed: count / (await copyInto(client, bytes, likeAll)) };
  } finally {
    await client.end();
  }
}

/** What no program can do without: the hashes of one licence's claims, and its encryption. */
function limitPerSecond(): number {
  const messages = recordMessages();
  const payload = randomBytes(messages.reduce((sum, message) => sum + message.length, 0));
  const key = randomBytes(32);
  const rounds = 20_000;
  const startedAt = performance.now();
  for (let i = 0; i < rounds; i++) {
    for (const message of messages) hash('sha256', message, 'binary');
    const cipher = createCipheriv('aes-256-gcm', key, key.subarray(0, 12));
    cipher.update(payload);
    cipher.final();
  }
  return (1000 * rounds) / (performance.now() - startedAt);
}

function recordMessages(): Uint8Array[] {
  const messages: Uint8Array[] = [];
  const hasher = createGroupHasher((message, target, offset) => {
    messages.push(message.slice());
    hashIntoWithOpenssl(message, target, offset);
  });
  const type = loadCatalogue().types.findLast(({ code }) => code === CODE);
  if (!type) throw new Error(`no ${CODE}`);
  const { groups } = readClaims(type.definition, sampleClaims(CODE, TODAY, 0).claims);
  hasher.hashFull(SHOWN, randomBytes(16), groups.shown);
  hasher.hashFull(REST, randomBytes(16), groups.rest);
  return messages;
}
