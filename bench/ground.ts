import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { type DemoDepartment, provisionDepartments } from '../scripts/demo/departments.ts';
import { startChain } from '../scripts/local/chain.ts';
import { openDataFolder } from '../scripts/local/data-folder.ts';
import { startPostgres } from '../scripts/local/postgres.ts';
import { openRegistry } from '../scripts/local/registry.ts';
import { createRegistry } from '../server/chain/registry.ts';
import { createRpc } from '../server/chain/rpc.ts';
import { readConfig } from '../server/config.ts';
import { type Keystore, openKeystore, openPasswordFile } from '../server/keys/keystore.ts';
import type { ServiceConfig } from '../server/main.ts';
import { openStore, type Store } from '../server/store/store.ts';
import { CODE } from './import.ts';

export interface Ground {
  config: ServiceConfig;
  keystore: Keystore;
  store: Store;
  department: DemoDepartment;
  /** What ends with it; the last comes first. */
  stops: (() => Promise<unknown>)[];
}

async function layGround(): Promise<Ground> {
  const stops: Ground['stops'] = [];
  const folder = mkdtempSync(join(tmpdir(), 'eproof-bench-'));
  stops.push(async () => rmSync(folder, { recursive: true, force: true }));
  const { path: dataFolder, release } = openDataFolder(folder);
  stops.push(async () => release());
  const log = () => {};
  const postgres = await startPostgres({ dataFolder, log });
  stops.push(() => postgres.stop());
  const chain = await startChain({ dataFolder, log, hasFollower: false });
  stops.push(() => chain.stop());
  const { config } = readConfig({ PORT: '0', EPROOF_DATA_DIR: dataFolder, EPROOF_CONFIRMATIONS: '0' });
  const keyFolder = join(dataFolder, 'keys');
  const keystore = await openKeystore(keyFolder, await openPasswordFile(join(keyFolder, 'password')));
  const governance = (await keystore.openKey('governance')).address;
  const registry = await openRegistry({ dataFolder, chainUrl: chain.url, keystore, governance });
  const store = await openStore(postgres.url);
  stops.push(store.close);
  const catalogue = loadCatalogue();
  const departments = catalogue.departments.filter(({ code }) => CODE.startsWith(`${code}-`));
  const [department] = await provisionDepartments({
    db: store.db,
    registry: createRegistry({ chainId: chain.chainId, address: registry }, createRpc([chain.url])),
    keystore,
    catalogue: { ...catalogue, departments },
    onFirst: log,
  });
  return {
    config: { ...config, databaseUrl: postgres.url, chain: { rpcUrls: [chain.url], registry } },
    keystore,
    store,
    department: department as DemoDepartment,
    stops,
  };
}

/** A service's whole surroundings in a folder of their own, for as long as `measure` takes. */
export async function onGround<T>(measure: (ground: Ground) => Promise<T>): Promise<T> {
  const ground = await layGround();
  try {
    return await measure(ground);
  } finally {
    for (const stop of ground.stops.toReversed()) await stop();
  }
}

/** Until so many credentials are final. */
export async function untilFinal({ db }: Store, count: number): Promise<void> {
  for (;;) {
    const { size } = await db
      .selectFrom('batches')
      .select((from) => from.fn.sum<number | null>('size').as('size'))
      .where('state', '=', 'final')
      .executeTakeFirstOrThrow();
    if (Number(size) >= count) return;
    await sleep(50);
  }
}
