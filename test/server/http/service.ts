import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCatalogue } from '../../../catalogue/catalogue.ts';
import { sampleClaims } from '../../../catalogue/samples.ts';
import { type AppParts, createApp } from '../../../server/app.ts';
import { createReadLog, type ReadLog } from '../../../server/audit/reads.ts';
import { createApiKey } from '../../../server/auth/api-key.ts';
import { hashCompanyNumber, hashHolderSubject } from '../../../server/auth/holder-index.ts';
import { type Act, actsOf, type Role } from '../../../server/auth/policy.ts';
import { type Checker, createChecker } from '../../../server/imports/checker.ts';
import { receiveImport } from '../../../server/imports/receive.ts';
import { registerDepartment } from '../../../server/issuance/department.ts';
import { openErasureJournal } from '../../../server/issuance/erasure-journal.ts';
import type { IssuanceDeps } from '../../../server/issuance/use-cases.ts';
import { createCipher } from '../../../server/keys/cipher.ts';
import { createLog } from '../../../server/log.ts';
import { trustText } from '../../../server/publication/trust.ts';
import type { Db, IssuerRow } from '../../../server/store/schema.ts';
import { openStore } from '../../../server/store/store.ts';
import { createDatabase } from '../database.ts';
import { createKeysRegistry } from '../keys-registry.ts';

export const TODAY = '2026-03-02';
const REGISTRY = { chainId: 31_337, address: `0x${'5f'.repeat(20)}` };
const CODE_HASH = `0x${'11'.repeat(32)}`;
const HOLDER_INDEX_KEY = randomBytes(32);
/** Small, so that a few rows are several pieces; too few to fill a batch. */
const IMPORT_SIZES = { pieceBytes: 4_096, sealing: { maxSize: 256, maxWaitMs: 0 } };
/** No test but that of limits meets one. */
const MANY = 1_000_000;
const NODE = 'http://127.0.0.1:8545';

export interface TestService {
  url: string;
  db: Db;
  deps: IssuanceDeps;
  reads: ReadLog;
  /** What checks the pieces of imports. */
  checker: Checker;
  fehd: Department;
  td: Department;
  /** Another department of the catalogue, with its types open. */
  admit(code: string, number: number): Promise<Department>;
  /** The lines that were logged since the start. */
  logged: string[];
  stop(): Promise<void>;
}

export interface Department {
  issuer: IssuerRow;
  apiKey: string;
}

/** An API key that may do what officers with these roles may. */
export function createRoleKey(db: Db, issuer: IssuerRow, ...roles: Role[]): Promise<string> {
  return createApiKey(db, { issuer, name: roles.join(' and '), isTest: true, scopes: [...actsOf(roles)] });
}

/** An API key that may do this alone. */
export function keyFor(
  service: TestService,
  scopes: readonly Act[],
  department: 'fehd' | 'td' = 'fehd',
): Promise<string> {
  return createApiKey(service.db, { issuer: service[department].issuer, name: 'test', isTest: true, scopes });
}

/** The real application on a database of its own, with two departments and without a chain: what waits for one stays pending. */
export async function startService(more: Partial<AppParts> = {}, port = 0): Promise<TestService> {
  const catalogue = loadCatalogue();
  const store = await openStore(await createDatabase());
  const logged: string[] = [];
  const masterKey = new Uint8Array(randomBytes(32));
  const erasures = mkdtempSync(join(tmpdir(), 'eproof-erasures-'));
  const deps: IssuanceDeps = {
    now: () => Date.now(),
    randomBytes,
    cipher: createCipher(masterKey),
    hashHolderSubject: (subject) => hashHolderSubject(HOLDER_INDEX_KEY, subject),
    hashCompanyNumber: (number) => hashCompanyNumber(HOLDER_INDEX_KEY, number),
    findType: (code) => catalogue.types.findLast((type) => type.code === code),
    findDefinition: (sha256) => catalogue.types.find((type) => type.sha256 === sha256),
    findDepartment: (code) => catalogue.departments.find((department) => department.code === code),
    registry: REGISTRY,
    registryIndex: 0,
    verifier: 'http://127.0.0.1:3000/',
    erasures: openErasureJournal(erasures),
  };
  const settings = {
    isTest: true,
    verifiers: [deps.verifier],
    maxBlockAgeSeconds: 300,
    maxSnapshotAgeSeconds: 86_400,
    registry: { ...REGISTRY, codeHash: CODE_HASH, nodes: [NODE], agree: 1 },
  };
  const keys = new Map<number, { anchor: string; status: string }>();
  const checker = createChecker({ ...deps, masterKey, holderIndexKey: HOLDER_INDEX_KEY });
  const reads = createReadLog(store.db, { now: () => deps.now(), onFault: () => {} });
  const app = createApp({
    db: store.db,
    departmentDb: store.departmentDb,
    deps,
    catalogue,
    log: createLog('info', { write: (line) => void logged.push(line) }),
    checks: {},
    trust: () => trustText(store.db, settings),
    page: null,
    placePages: {},
    signIn: null,
    receiveImport: (request) =>
      receiveImport({ ...store, db: store.departmentDb, deps, checker, ...IMPORT_SIZES }, request),
    isTest: true,
    finality: { sealWaitMs: 0, confirmations: 0 },
    signingKeys: { now: deps.now, openRegistry: async () => createKeysRegistry(keys), hasKey: () => true },
    webhooks: { allowPrivate: false },
    measureRequests: null,
    limits: {
      caller: MANY,
      refused: MANY,
      token: MANY,
      signIn: MANY,
      signInOfAll: MANY,
      lookUp: MANY,
      facts: MANY,
      factsOfAll: MANY,
    },
    trustedProxies: [],
    recordRead: reads.record,
    ...more,
  });
  const server = app.listen(port, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const admit = async (code: string, number: number): Promise<Department> => {
    const profile = deps.findDepartment(code)!;
    const own = { anchor: `0x${`a${number}`.repeat(20)}`, status: `0x${`b${number}`.repeat(20)}` };
    keys.set(number, own);
    const { id } = await registerDepartment(store.db, profile);
    const issuer = await store.db
      .updateTable('issuers')
      .set({
        number,
        state: 'active',
        anchor_key: own.anchor,
        status_key: own.status,
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await openTypes(
      store.db,
      issuer,
      catalogue.types.filter((type) => type.definition.department === code),
    );
    return {
      issuer,
      apiKey: await createApiKey(store.db, { issuer, name: `${code} test`, isTest: more.isTest ?? true }),
    };
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    db: store.db,
    deps,
    checker,
    fehd: await admit('FEHD', 1),
    td: await admit('TD', 2),
    admit,
    reads,
    logged,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await reads.close();
      await checker.close();
      await store.close();
      rmSync(erasures, { recursive: true, force: true });
    },
  };
}

async function openTypes(db: Db, issuer: IssuerRow, types: ReturnType<typeof loadCatalogue>['types']): Promise<void> {
  const rows = types.map(({ code, version, sha256 }, i) => ({
    issuer_id: issuer.id,
    number: i + 1,
    code,
    version,
    definition: sha256,
  }));
  await db.insertInto('credential_types').values(rows).execute();
}

/** A body for POST /v1/credentials that is right in everything. */
export function newCredential(code = 'FEHD-GRL', seed = 0) {
  const { claims, validity } = sampleClaims(code, TODAY, seed);
  return { type: code, claims, validity };
}

export interface Exchange {
  method?: string;
  /** A department's API key, or the whole header; none where it is null. */
  key?: string | null;
  body?: unknown;
  headers?: Record<string, string>;
}

let lastKey = 0;

/** What a department's system would send; a body that is not text is sent as JSON, a POST with an Idempotency-Key of its own. */
export async function call({ url }: Pick<TestService, 'url'>, path: string, exchange: Exchange = {}) {
  const { method = exchange.body === undefined ? 'GET' : 'POST', key = null, body, headers = {} } = exchange;
  const response = await fetch(url + path, {
    method,
    redirect: 'manual',
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': `test-${++lastKey}` }),
      ...headers,
    },
    ...(body === undefined
      ? {}
      : { body: typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body) }),
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const text = new TextDecoder().decode(bytes);
  const isJson = text !== '' && /[/+]json\b|application\/vc/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    text,
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers whose shape they assert
    json: (isJson ? JSON.parse(text) : undefined) as any,
  };
}
