import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { sampleClaims } from '../../catalogue/samples.ts';
import { toHongKongDay } from '../../proof/day.ts';
import { verifyJson } from '../../proof/verification.ts';
import { createApiKey } from '../../server/auth/api-key.ts';
import type { Act } from '../../server/auth/policy.ts';
import type { Failpoint } from '../../server/failpoint.ts';
import { isReleased } from '../../server/issuance/held.ts';
import { backUp, restore } from '../../server/store/backup.ts';
import { openStore, type Store } from '../../server/store/store.ts';
import { EVENT_TYPES } from '../../server/webhooks/event.ts';
import { createWebhook } from '../../server/webhooks/webhook.ts';
import { createEmptyDatabase } from '../server/database.ts';
import { actorOf, createWorld, eventually, TODAY, type World } from '../server/harness.ts';
import { startMailServer } from '../server/mail/mail-server.ts';
import { sourcesOf } from '../server/sources.ts';
import { createDepartment, type Department, type Json } from './department.ts';
import { ALWAYS, findBreaches, type Scene, SETTLED } from './guarantees.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { type RunningService, startServiceProcess } from './running-service.ts';
import type { Death, ServiceStart } from './service-process.ts';

export type StartOptions = Omit<ServiceStart, 'settings' | 'folder' | 'dieAt'>;

interface DeathOptions extends StartOptions {
  /** Which passing of the place. */
  times?: number;
  /** Whether a service is started that dies there, instead of one that runs. */
  atStart?: boolean;
}

/** A second instance. */
export interface OtherInstance {
  /** That it dies somewhere. */
  tell(death: Death): Promise<void>;
  isDead(): boolean;
  kill(): Promise<void>;
}

/** A world with a service in a process of its own, and two departments that use it over HTTP. */
export interface Stage {
  world: World;
  receiver: Receiver;
  /** Issues at once; has a webhook. */
  fehd: Department;
  /** Has TD-DL approved by a second key. */
  td: Department;
  approverKey: string;
  /** Another sample of a type that nobody was issued yet. */
  sample(code: string): { type: string; claims: object; validity: object };
  /** Issues one, and waits until it is final. */
  issueFinal(code?: string): Promise<string>;
  /** Starts a service where none runs. */
  start(options?: StartOptions): Promise<void>;
  kill(): Promise<void>;
  /** Starts a second instance beside it; departments ask both by turns. */
  startOther(options?: StartOptions): Promise<OtherInstance>;
  /** Of the service that runs. */
  setClock(aheadMs: number): Promise<void>;
  /** What the service that runs has logged lately. */
  log(): string;
  /** Does something until the service dies at the place, and looks at what is left. @throws Error where it does not die there */
  dieAt(place: Failpoint, act: () => Promise<unknown>, options?: DeathOptions): Promise<void>;
  /** Starts a service where none runs, has departments ask again, waits until all is done, and demands every guarantee. */
  recover(options?: StartOptions): Promise<void>;
  /** Of the database as it is, for `restore`: its file. */
  backUp(): Promise<string>;
  /** Puts another database that has what the backup has in the place of this one. */
  restore(file: string): Promise<void>;
  /** Whatever holds at any moment. */
  demandAlways(): Promise<void>;
  close(): Promise<void>;
}

/** Where a stage is, other than on what all share. */
export interface Place {
  /** An empty database. */
  databaseUrl?: string;
  /** By which the service reaches it. */
  serviceDatabaseUrl?: string;
  /** The service's data folder. */
  folder?: string;
}

const createFolder = () => mkdtempSync(join(tmpdir(), 'eproof-faults-'));
const LONGEST_LIFE_MS = 30_000;
const NEVER = Symbol('never');

export async function createStage({
  databaseUrl,
  serviceDatabaseUrl,
  folder = createFolder(),
}: Place = {}): Promise<Stage> {
  const world = await createWorld(undefined, databaseUrl);
  Object.assign(world.settings, { manifests: join(folder, 'manifests'), erasures: join(folder, 'erasures') });
  for (const name of ['manifests', 'erasures']) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
  const [receiver, mailServer] = [await startReceiver(), await startMailServer()];
  world.settings.smtpPort = mailServer.port;
  await addWebhook(world, receiver.url);
  await demandApproval(world, 'TD-DL');
  const keyOf = (code: 'FEHD' | 'TD', scopes?: Act[]) =>
    createApiKey(world.db, {
      issuer: world.issuers[code],
      name: 'system',
      isTest: true,
      ...(scopes ? { scopes } : {}),
    });
  let service: RunningService | null = null;
  let other: RunningService | null = null;
  let turn = 0;
  const url = () => (other && turn++ % 2 === 0 ? other.url : (service?.url ?? 'http://127.0.0.1:1'));
  const where = () => ({
    settings: { ...world.settings, databaseUrl: serviceDatabaseUrl ?? world.settings.databaseUrl },
    folder,
  });
  const [fehd, td] = [createDepartment(url, await keyOf('FEHD')), createDepartment(url, await keyOf('TD'))];
  const scene: Scene = { world, departments: [fehd, td], receiver, mailServer, seenRevoked: new Set() };
  const stores: Store[] = [];
  let seed = 0;

  const stage: Stage = {
    world,
    receiver,
    fehd,
    td,
    approverKey: await keyOf('TD', ['credentials.read', 'credentials.approve']),
    sample(code) {
      const { claims, validity } = sampleClaims(code, TODAY, ++seed);
      return { type: code, claims, validity };
    },
    async issueFinal(code = 'FEHD-GRL') {
      await stage.start();
      const { id } = (await fehd.post('/v1/credentials', stage.sample(code))) as Json;
      await eventually(`${id} is final`, async () => (await fehd.get(`/v1/credentials/${id}`)).json.state === 'final');
      return id;
    },
    async start(options = {}) {
      service ??= await startServiceProcess({ ...where(), ...options });
      if (service === null) throw new Error('the service died before it was ready');
    },
    async kill() {
      await service?.kill();
      service = null;
    },
    async startOther(options = {}) {
      const started = await startServiceProcess({ ...where(), ...options });
      if (started === null) throw new Error('the other instance died before it was ready');
      other = started;
      let isDead = false;
      void started.ended.then(() => {
        isDead = true;
      });
      return {
        tell: started.tell,
        isDead: () => isDead,
        async kill() {
          await started.kill();
          other = null;
        },
      };
    },
    async setClock(clockAheadMs) {
      await service?.tell({ clockAheadMs });
    },
    log: () => service?.log() ?? '',
    async dieAt(failpoint, act, { times = 1, atStart = false, ...options } = {}) {
      const death = { failpoint, times };
      if (atStart) {
        await stage.kill();
        service = await startServiceProcess({ ...where(), dieAt: death, ...options });
      } else {
        await stage.start(options);
        await service?.tell(death);
      }
      if (service !== null) await untilDead(service, death.failpoint, act());
      service = null;
      await stage.demandAlways();
    },
    async recover(options = {}) {
      await stage.start(options);
      await Promise.all([fehd.finish(), td.finish()]);
      await untilSettled(scene).catch((error: Error) => {
        throw new Error(`${error.message}; ${service?.log()}`);
      });
      await demand(scene, SETTLED);
    },
    async backUp() {
      const file = join(folder, `backup-${randomUUID()}.gz`);
      await backUp(world.settings.databaseUrl, file, new Date());
      return file;
    },
    async restore(file) {
      world.settings.databaseUrl = await createEmptyDatabase();
      await restore(world.settings.databaseUrl, file);
      const store = await openStore(world.settings.databaseUrl);
      world.db = store.db;
      stores.push(store);
    },
    demandAlways: () => demand(scene, ALWAYS),
    async close() {
      await other?.kill();
      await stage.kill();
      await receiver.close();
      await mailServer.close();
      for (const store of stores) await store.close();
      await world.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return stage;
}

async function untilDead(service: RunningService, failpoint: Failpoint, act: Promise<unknown>): Promise<void> {
  const late = new AbortController();
  const never = setTimeout(LONGEST_LIFE_MS, NEVER, { signal: late.signal }).catch(() => NEVER);
  const signal = await Promise.race([service.ended, never]);
  late.abort();
  await service.kill();
  await act;
  if (signal !== 'SIGKILL') throw new Error(`"${failpoint}" was never reached: ${service.log()}`);
}

async function demand(scene: Scene, guarantees: Parameters<typeof findBreaches>[1]): Promise<void> {
  const breaches = await findBreaches(scene, guarantees);
  if (breaches.length > 0) throw new Error(`guarantees are broken:\n  ${breaches.slice(0, 20).join('\n  ')}`);
}

/** Until nothing is under way any more. Meanwhile, what is handed out has to verify. */
async function untilSettled(scene: Scene): Promise<void> {
  let open: Record<string, number> = {};
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    await demandGenuine(scene);
    await passLeases(scene.world);
    open = await countOpen(scene.world);
    if (Object.values(open).every((count) => count === 0)) return;
    await setTimeout(50);
  }
  throw new Error(`waited in vain: ${JSON.stringify(open)}`);
}

const WATCHED = 3;

async function demandGenuine({ world, departments }: Scene): Promise<void> {
  const sources = await sourcesOf(world);
  for (const department of departments)
    for (const { answer } of department.told.slice(-WATCHED)) {
      if (!/^crd_/.test(answer.id ?? '')) continue;
      const proof = await department.get(`/v1/credentials/${answer.id}/proof`);
      if (proof.status === 200 && (await verifyJson(proof.text, sources)).genuine !== 'genuine')
        throw new Error(`${answer.id} was handed out, and is not genuine`);
    }
}

/** What a dead instance had taken to deliver becomes due, as it does after some minutes. */
async function passLeases({ db }: World): Promise<void> {
  await sql`update mails set next_at = now() where state = 'waiting' and next_at > now() + interval '5 seconds'`.execute(
    db,
  );
  await sql`update webhook_deliveries set next_at = now() where state = 'waiting' and next_at > now() + interval '5 seconds'`.execute(
    db,
  );
}

async function countOpen({ db }: World): Promise<Record<string, number>> {
  const today = toHongKongDay(Date.now() / 1000);
  const { rows } = await sql<Record<string, number>>`select
    (select count(*)::int from credentials where state in ('issued', 'sealed', 'anchored') and ${isReleased('credentials')}) as credentials,
    (select count(*)::int from credentials where takes_over_on <= ${today} and state = 'final' and not revoked) as successions,
    (select count(*)::int from batches where state in ('open', 'signed', 'sent', 'anchored')) as batches,
    (select count(*)::int from transactions where state = 'stored') as transactions,
    (select count(*)::int from status_changes where state in ('recorded', 'sent', 'anchored')) as changes,
    (select count(*)::int from imports where holds and state <> 'receiving') as imports,
    (select count(*)::int from audit_records where position is null) as records,
    (select count(*)::int from webhook_deliveries where state = 'waiting') as deliveries,
    (select count(*)::int from mails where state = 'waiting') as mails`.execute(db);
  return rows[0] ?? {};
}

function addWebhook(world: World, url: string): Promise<unknown> {
  const deps = { ...world.deps, allowPrivate: true, isTest: true };
  const actor = actorOf(world.issuers.FEHD);
  return world.db.transaction().execute((tx) => createWebhook(tx, deps, { actor, url, events: EVENT_TYPES }));
}

async function demandApproval({ db, issuers }: World, code: string): Promise<void> {
  await db
    .insertInto('issuing_rules')
    .values({
      issuer_id: issuers.TD.id,
      code,
      approvals: 1,
      status_approvals: 0,
      changed_by: 'test',
      changed_at: new Date(),
    })
    .execute();
}
