import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { JsonRpcProvider, keccak256, Wallet } from 'ethers';
import hre from 'hardhat';
import { sampleClaims } from '../../catalogue/samples.ts';
import { type Actor, createServiceActor } from '../../server/auth/policy.ts';
import { deployRegistry } from '../../server/chain/deploy-registry.ts';
import { provisionIssuer } from '../../server/chain/provision.ts';
import { createRegistry } from '../../server/chain/registry.ts';
import { createRpc } from '../../server/chain/rpc.ts';
import {
  countTransactions,
  estimateGas,
  type Fees,
  readFees,
  sendRaw,
  signTransaction,
} from '../../server/chain/transaction.ts';
import { registerDepartment } from '../../server/issuance/department.ts';
import { issueCredential } from '../../server/issuance/issue.ts';
import { getCredential } from '../../server/issuance/query.ts';
import type { CredentialView, IssuanceDeps, NewCredential } from '../../server/issuance/use-cases.ts';
import type { Jobs } from '../../server/jobs/jobs.ts';
import type { Db, IssuerRow } from '../../server/store/schema.ts';
import { openStore } from '../../server/store/store.ts';
import { type ChainNode, startChainNode } from './chain-node.ts';
import { createDatabase } from './database.ts';
import {
  catalogue,
  DEPARTMENTS,
  type DepartmentCode,
  type JobOptions,
  keyOf,
  privateKeyOf,
  startJobsOn,
  toIssuanceDeps,
  USUAL,
  type WorldSettings,
} from './instance.ts';

await hre.tasks.getTask('build').run({ quiet: true });

export const TODAY = '2026-03-02';

export interface World {
  settings: WorldSettings;
  db: Db;
  chain: ChainNode;
  deps: IssuanceDeps;
  issuers: Record<DepartmentCode, IssuerRow>;
  /** What jobs reported so far. */
  faults: string[];
  startJobs(options?: JobOptions): Promise<Jobs>;
  issue(code: string, seed?: number, change?: Partial<NewCredential>): Promise<CredentialView>;
  issueMany(code: string, count: number): Promise<string[]>;
  batchCount(department: DepartmentCode): Promise<number>;
  close(): Promise<void>;
}

/** A database (an empty one, where its address is given), a chain with a registry, and departments with their keys and types on it. */
export async function createWorld(
  departments: readonly DepartmentCode[] = USUAL,
  databaseUrl?: string,
): Promise<World> {
  const chain = await startChainNode();
  const settings = await createSettings(chain, databaseUrl ?? (await createDatabase()));
  const { db, close } = await openStore(settings.databaseUrl);
  const deps = toIssuanceDeps(settings);
  const issuers = await provision(db, settings, departments);
  const running: Jobs[] = [];
  const faults: string[] = [];
  const world: World = {
    settings,
    db,
    chain,
    deps,
    issuers,
    faults,
    async startJobs(options = {}) {
      const onFault = (what: string, error: unknown) => faults.push(`${what}: ${(error as Error).message}`);
      const jobs = await startJobsOn(settings, db, { ...options, onFault });
      running.push(jobs);
      return jobs;
    },
    issue: (code, seed = 0, change = {}) =>
      db.transaction().execute((tx) => {
        const issuer = issuers[code.split('-')[0] as DepartmentCode];
        return issueCredential(tx, deps, {
          actor: actorOf(issuer),
          request: { ...sampleRequest(code, seed), ...change },
        });
      }),
    async issueMany(code, count) {
      const issuer = issuers[code.split('-')[0] as DepartmentCode];
      return db.transaction().execute(async (tx) => {
        const ids: string[] = [];
        for (let seed = 0; seed < count; seed++)
          ids.push(
            (await issueCredential(tx, deps, { actor: actorOf(issuer), request: sampleRequest(code, seed) })).id,
          );
        return ids;
      });
    },
    async batchCount(department) {
      const registry = createRegistry(deps.registry, createRpc([settings.rpcUrl]));
      return (await registry.readPage(issuers[department].number as number, 0)).batchCount;
    },
    async close() {
      await Promise.all(running.map((jobs) => jobs.stop()));
      await close();
      await chain.close();
      for (const folder of [settings.manifests, settings.erasures]) rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}

/** Somebody of a department who may do everything. */
export function actorOf(issuer: IssuerRow): Actor {
  return createServiceActor(issuer, 'test');
}

export function sampleRequest(code: string, seed = 0): NewCredential {
  const { claims, validity } = sampleClaims(code, TODAY, seed);
  return { type: code, claims, validity };
}

async function createSettings(chain: ChainNode, databaseUrl: string): Promise<WorldSettings> {
  const provider = new JsonRpcProvider(chain.url, undefined, { cacheTimeout: -1, staticNetwork: true });
  try {
    const deployer = new Wallet(privateKeyOf(0), provider);
    const { address } = await deployRegistry({ signer: deployer, governance: deployer.address });
    const chainId = Number(await chain.request<string>('eth_chainId'));
    const codeHash = keccak256(await chain.request<string>('eth_getCode', [address, 'latest']));
    return {
      databaseUrl,
      rpcUrl: chain.url,
      trusted: { chainId, address: address.toLowerCase(), codeHash, nodes: [chain.url], agree: 1 },
      masterKey: randomBytes(32).toString('hex'),
      manifests: mkdtempSync(join(tmpdir(), 'eproof-manifests-')),
      erasures: mkdtempSync(join(tmpdir(), 'eproof-erasures-')),
    };
  } finally {
    provider.destroy();
  }
}

async function provision(
  db: Db,
  settings: WorldSettings,
  departments: readonly DepartmentCode[],
): Promise<World['issuers']> {
  const registry = createRegistry(settings.trusted, createRpc([settings.rpcUrl]));
  const rows: [string, IssuerRow][] = [];
  for (const [i, code] of Object.keys(DEPARTMENTS).entries()) {
    if (!departments.includes(code as DepartmentCode)) continue;
    const profile = catalogue.departments.find((department) => department.code === code);
    if (!profile) throw new Error(`no ${code}`);
    const codes: readonly string[] = DEPARTMENTS[code as DepartmentCode];
    const issuer = await provisionIssuer({
      db,
      registry,
      issuer: await registerDepartment(db, profile),
      governance: keyOf(0),
      admin: keyOf(2 + i),
      anchorKey: keyOf(10 + 3 * i).address,
      statusKey: keyOf(11 + 3 * i).address,
      types: catalogue.types.filter((type) => codes.includes(type.code)),
    });
    rows.push([code, issuer]);
  }
  return Object.fromEntries(rows) as World['issuers'];
}

const LONGEST_WAIT_MS = 40_000;

/** Waits until a question is answered with something. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined | null | false>): Promise<T> {
  const end = Date.now() + LONGEST_WAIT_MS;
  while (Date.now() < end) {
    const answer = await ask();
    if (answer) return answer;
    await setTimeout(25);
  }
  throw new Error(`waited in vain: ${what}`);
}

export async function untilFinal(world: World, ids: readonly string[]): Promise<void> {
  await eventually(`${ids.length} credentials are final; faults: ${world.faults.slice(-3)}`, async () => {
    const { n } = await world.db
      .selectFrom('credentials')
      .select((from) => from.fn.countAll<string>().as('n'))
      .where('state', '!=', 'final')
      .executeTakeFirstOrThrow();
    return Number(n) === 0;
  });
}

/** That the promise fails with an error of this code. */
export async function expectCode(promise: Promise<unknown>, code: string): Promise<void> {
  const outcome = await promise.then(
    () => 'nothing thrown',
    (error: { code?: string }) => error.code ?? error,
  );
  expect(outcome).to.equal(code);
}

export async function viewOf(world: World, department: DepartmentCode, id: string) {
  const view = await getCredential(world.db, world.deps, { actor: actorOf(world.issuers[department]), id });
  if (!view) throw new Error(`no ${id}`);
  return view;
}

/** Chain and database agree on how many batches each department has: nothing was anchored twice, nothing was forgotten. */
export async function expectSameCounts(world: World): Promise<void> {
  for (const code of Object.keys(world.issuers) as DepartmentCode[]) {
    const { n } = await world.db
      .selectFrom('batches')
      .select((from) => from.fn.countAll<string>().as('n'))
      .where('issuer_id', '=', world.issuers[code].id)
      .executeTakeFirstOrThrow();
    expect(await world.batchCount(code), code).to.equal(Number(n));
  }
}

/** A transaction that the service knows nothing of. */
export async function send(
  world: World,
  account: number,
  data: string,
  to = world.deps.registry.address,
): Promise<void> {
  const rpc = createRpc([world.settings.rpcUrl]);
  await sendFor(world, { account, data, to, fees: await readFees(rpc) });
}

/** The same, for a price. */
export async function sendFor(
  world: World,
  { account, data, to, fees }: { account: number; data: string; to: string; fees: Fees },
): Promise<void> {
  const rpc = createRpc([world.settings.rpcUrl]);
  const key = keyOf(account);
  const signed = signTransaction(key, {
    chainId: world.deps.registry.chainId,
    nonce: await countTransactions(rpc, key.address, 'latest'),
    to,
    data,
    gasLimit: await estimateGas(rpc, { from: key.address, to, data }),
    fees,
  });
  expect(await sendRaw(rpc, signed.raw)).to.include({ outcome: 'accepted' });
}

export async function pendingOf(world: World): Promise<string[]> {
  const block = await world.chain.request<{ transactions: string[] }>('eth_getBlockByNumber', ['pending', false]);
  return block.transactions;
}

export async function dropPending(world: World): Promise<void> {
  for (const hash of await pendingOf(world)) await world.chain.request('hardhat_dropTransaction', [hash]);
}
