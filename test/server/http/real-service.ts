import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiKey } from '../../../server/auth/api-key.ts';
import { readConfig } from '../../../server/config.ts';
import { createLog } from '../../../server/log.ts';
import { type Service, type ServiceConfig, type ServiceParts, startService } from '../../../server/main.ts';
import { createWorld, type World } from '../harness.ts';
import { type DepartmentCode, toKeystore } from '../instance.ts';
import { call } from './service.ts';

export interface RealService {
  world: World;
  folder: string;
  logged: string[];
  apiKeys: Record<DepartmentCode, string>;
  /** How this service is started; with it another one can be. */
  parts(change?: Partial<ServiceConfig>): ServiceParts;
  current: Service;
  /** Ends the service and starts another one on the same database and folder. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** The whole service as `main.ts` starts it, on a real database and a real chain with departments on it. */
export async function startRealService(
  more: Partial<ServiceParts> = {},
  departments?: readonly DepartmentCode[],
): Promise<RealService> {
  const world = await createWorld(departments);
  const folder = mkdtempSync(join(tmpdir(), 'eproof-service-'));
  const verifierFolder = await buildPage(join(folder, 'page'));
  const logged: string[] = [];
  const { config } = readConfig({
    PORT: '0',
    EPROOF_DATA_DIR: folder,
    EPROOF_SEAL_WAIT_MS: '50',
    EPROOF_CONFIRMATIONS: '0',
  });
  const { databaseUrl, rpcUrl, trusted } = world.settings;
  const chain = { rpcUrls: [rpcUrl], registry: trusted.address };
  const parts = (change: Partial<ServiceConfig> = {}): ServiceParts => ({
    config: { ...config, maxBlockAgeSeconds: 100_000, databaseUrl, chain, ...change },
    log: createLog('info', { write: (line) => void logged.push(line) }),
    keystore: toKeystore(world.settings),
    signer: null,
    verifierFolder,
    pollMs: 20,
    ...more,
  });
  const entries = Object.entries(world.issuers).map(
    async ([code, issuer]) =>
      [code, await createApiKey(world.db, { issuer, name: 'licensing system', isTest: true })] as const,
  );
  const real: RealService = {
    world,
    folder,
    logged,
    apiKeys: Object.fromEntries(await Promise.all(entries)) as RealService['apiKeys'],
    parts,
    current: await startService(parts()).catch(async (error: unknown) => {
      await world.close();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }),
    async restart() {
      await real.current.close();
      real.current = await startService(parts());
    },
    async close() {
      await real.current.close();
      await world.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return real;
}

async function buildPage(folder: string): Promise<string> {
  await mkdir(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>verifier</title>');
  writeFileSync(join(folder, 'assets', 'main-3F2A9C1B.js'), 'export {};');
  writeFileSync(join(folder, 'assets', 'zxing_reader-0a1b2c3d.wasm'), 'x');
  return folder;
}

/** Waits until the credential is final, as a department's system does. */
export async function untilFinal({ current }: RealService, apiKey: string, id: string) {
  for (let attempt = 0; attempt < 1_000; attempt++) {
    const { json } = await call(current, `/v1/credentials/${id}`, { key: apiKey });
    if (json.state === 'final' && json.pendingChange === null) return json;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error(`${id} does not become final`);
}
