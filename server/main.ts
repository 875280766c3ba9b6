import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Catalogue, loadCatalogue } from '../catalogue/catalogue.ts';
import { createApp } from './app.ts';
import { AppError } from './app-error.ts';
import { createReadLog, type ReadLog } from './audit/reads.ts';
import { hashCompanyNumber, hashHolderSubject } from './auth/holder-index.ts';
import { openProviders } from './auth/providers.ts';
import type { SignInSettings } from './auth/sign-in.ts';
import { createRegistry, type Registry } from './chain/registry.ts';
import { openRegistryState } from './chain/registry-state.ts';
import { createRpc, postWithFetch, type Rpc } from './chain/rpc.ts';
import { type Config, ConfigError, describeConfig, readConfig } from './config.ts';
import { type Checker, createChecker } from './imports/checker.ts';
import { receiveImport } from './imports/receive.ts';
import { replayErasures } from './issuance/erase.ts';
import { openErasureJournal } from './issuance/erasure-journal.ts';
import { openManifestFolder } from './issuance/manifest.ts';
import type { IssuanceDeps } from './issuance/use-cases.ts';
import { startJobs } from './jobs/jobs.ts';
import { toJobDeps } from './jobs/parts.ts';
import { createCipher } from './keys/cipher.ts';
import { createDepartmentSigners, type DepartmentSigners, openKeys } from './keys/department-signers.ts';
import { type KeyPlaces, keyPlacesOf } from './keys/key-places.ts';
import { openKeystoreOf } from './keys/key-source.ts';
import type { Keystore } from './keys/keystore.ts';
import { openSharedSecrets, type SharedSecrets } from './keys/shared-secrets.ts';
import { startSignerProcess } from './keys/signer-client.ts';
import type { SignerStart } from './keys/signer-message.ts';
import { choosePort, listen, serviceUrl } from './listener.ts';
import { createLog, type Log } from './log.ts';
import { createFileTransport, createSmtpTransport, type SendMail } from './mail/transport.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { createMetricsApp } from './metrics/metrics-app.ts';
import { PLACE_PAGES, type PlacePageFolders } from './publication/place-page.ts';
import { trustText } from './publication/trust.ts';
import { readinessChecks } from './readiness.ts';
import { openRegistryFacts, type RegistryFacts } from './registry-facts.ts';
import { noteFaults } from './signing-keys/watch.ts';
import type { Db, IssuerRow } from './store/schema.ts';
import { openStore, type Store } from './store/store.ts';
import { createLiveCatalogue, type LiveCatalogue } from './type-versions/live-catalogue.ts';

/** A configuration that names its database and its chain: in production all of them; else the start command completes it. */
export type ServiceConfig = Config & { databaseUrl: string; chain: NonNullable<Config['chain']> };

export interface ServiceParts {
  config: ServiceConfig;
  log: Log;
  /** Holds "master" and "holder-index" (secrets), "relayer" and for each department "CODE-anchor" and "CODE-status". */
  keystore: Keystore;
  /** Where the signer's process finds the departments' keys; null where they sign in this process, as in tests. */
  signer: KeyPlaces | null;
  /** The folder of the built page; null where it is served elsewhere. */
  verifierFolder: string | null;
  /** The built pages of officers and holders, which need the sign-in of this service; none is served where this is left out. */
  placePages?: PlacePageFolders;
  /** Where e-mails are written as files, in place of a mail server; nowhere where it is left out. */
  mailFolder?: string;
  /** Sample documents and their list, which a test system shows to everybody; none where it is left out. */
  samplesFolder?: string;
  /** False as long as the caller still prepares something: /readyz then says 503. True where it is left out. */
  isPrepared?: () => boolean;
  /** How long an idle job waits before it looks again. */
  pollMs?: number;
}

export interface Service {
  /** `http://host:port`, without "/" at its end. */
  url: string;
  /** How browsers reach it: the same, or what the configuration says. */
  publicUrl: string;
  /** The address that QR codes lead to; ends in "/". */
  verifier: string;
  db: Db;
  deps: IssuanceDeps;
  registry: Registry;
  catalogue: Catalogue;
  close(): Promise<void>;
}

const POLL_MS = 200;

/**
 * Starts the service: the database and what the chain says of the registry, then reconciliation and the jobs, and the listener last, so
 * that nothing is accepted before it is known what is true.
 * @throws ConfigError, ListenError, AppError whose message is one line for the operator
 */
export async function startService(parts: ServiceParts): Promise<Service> {
  const { config, log } = parts;
  const running: Closer[] = [];
  try {
    const store = await openDatabase(config, log);
    running.push(store.close);
    const rpc = createRpc(config.chain.rpcUrls);
    const facts = await openRegistryFacts(config.dataFolder, config.chain.registry, rpc);
    const port = await choosePort(config);
    const url = serviceUrl({ host: config.host, port });
    const publicUrl = config.publicUrl ?? url;
    const instance = {
      ...parts,
      db: store.db,
      departmentDb: store.departmentDb,
      rpc,
      facts,
      metrics: config.metrics && createMetrics({ db: store.db, rpc, now: Date.now }),
      catalogue: createLiveCatalogue(loadCatalogue(), store.db),
      verifier: config.verifier.url ?? `${url}/`,
      secrets: await openSharedSecrets(store.db, parts.keystore),
    };
    await instance.catalogue.load();
    const deps = createIssuanceDeps(instance);
    const signIn = await createSignIn(instance, publicUrl);
    const holderPage = signIn && `${publicUrl}${PLACE_PAGES.holder}`;
    await replayErasures(instance.db, deps.erasures);
    const checker = createChecker({
      ...deps,
      masterKey: instance.secrets.master,
      holderIndexKey: instance.secrets.holderIndex,
    });
    running.push(checker.close);
    const registry = createRegistry(facts, rpc);
    await noteFaultsBeforeStart(instance, registry);
    const signers = await openSigners(instance);
    running.push(signers.close);
    const jobs = await startJobs(await createJobDeps({ ...instance, holderPage }, deps, signers));
    running.push(jobs.stop);
    if (instance.metrics && config.metrics)
      running.push((await listen(createMetricsApp(instance.metrics), config.metrics)).close);
    const reads = createReadLog(instance.db, {
      now: Date.now,
      onFault: (error) => log.warn({ err: error }, 'counts of reads were not written: they are tried again'),
    });
    running.push(reads.close);
    const app = createServiceApp({ ...instance, signIn, checker, signers, reads, registry, pool: store.pool }, deps);
    const listener = await listen(app, { host: config.host, port, isShared: true });
    running.push(listener.close);
    const { verifier, catalogue, db } = instance;
    return {
      url,
      publicUrl,
      verifier,
      db,
      deps,
      registry,
      catalogue,
      close: () => closeAll(running),
    };
  } catch (error) {
    await closeAll(running);
    throw error;
  }
}

type OpenSigners = DepartmentSigners & { isRunning(): boolean; close: Closer };
type Closer = () => Promise<void>;

/** What was started last ends first: the listener, then the jobs, then the database. */
async function closeAll(running: Closer[]): Promise<void> {
  for (const close of running.splice(0).reverse()) await close();
}

interface Instance extends ServiceParts {
  metrics: Metrics | null;
  db: Db;
  departmentDb: Db;
  rpc: Rpc;
  facts: RegistryFacts;
  catalogue: LiveCatalogue;
  verifier: string;
  secrets: SharedSecrets;
}

async function openDatabase({ databaseUrl }: ServiceConfig, log: Log): Promise<Store> {
  try {
    return await openStore(databaseUrl, {
      onConnectionError: (error) => log.warn({ err: error }, 'database connection lost'),
    });
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new ConfigError(`the database of "DATABASE_URL" cannot be used: ${reasonOf(cause)}`, { cause });
  }
}

// What a connection to two addresses of one host fails with has no message of its own.
function reasonOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message || code || 'it does not say why';
}

/** What the use cases of issuing need beside a database. */
export function createIssuanceDeps({
  config,
  secrets,
  facts,
  catalogue,
  verifier,
}: Pick<Instance, 'config' | 'secrets' | 'facts' | 'catalogue' | 'verifier'>): IssuanceDeps {
  return {
    now: Date.now,
    randomBytes: (sizeBytes) => new Uint8Array(randomBytes(sizeBytes)),
    cipher: createCipher(secrets.master),
    hashHolderSubject: (subject) => hashHolderSubject(secrets.holderIndex, subject),
    hashCompanyNumber: (number) => hashCompanyNumber(secrets.holderIndex, number),
    findType: catalogue.findType,
    findDefinition: catalogue.findDefinition,
    findDepartment: catalogue.findDepartment,
    registry: { chainId: facts.chainId, address: facts.address },
    registryIndex: 0,
    verifier,
    erasures: openErasureJournal(join(config.dataFolder, 'erasures')),
  };
}

async function createSignIn({ config }: Instance, publicUrl: string): Promise<SignInSettings | null> {
  if (config.signIn === null) return null;
  return {
    publicUrl,
    providers: await openProviders(config.signIn),
    limits: config.session,
  };
}

/** With the chain down, the keys are taken for what they were last seen to be. */
async function noteFaultsBeforeStart({ db, log }: Instance, registry: Registry): Promise<void> {
  try {
    await noteFaults(db, await openRegistryState(registry));
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'CHAIN_UNREACHABLE') throw error;
    log.warn({ err: error }, 'the chain was not asked about the signing keys');
  }
}

async function createJobDeps(
  instance: Instance & { holderPage: string | null },
  issuance: IssuanceDeps,
  signers: DepartmentSigners,
) {
  const { config, db, rpc, facts, keystore, log, holderPage } = instance;
  const nodes = config.chain.rpcUrls;
  return toJobDeps({
    db,
    issuance,
    rpc,
    post: postWithFetch,
    trusted: { ...facts, nodes, agree: majorityOf(nodes) },
    loadTypes: instance.catalogue.load,
    relayerKey: await keystore.openKey('relayer'),
    signers,
    manifests: await openManifestFolder(join(config.dataFolder, 'manifests')),
    sealing: config.sealing,
    webhooks: config.webhooks,
    mail: { isTest: config.isTest, holderPage, send: await openMailTransport(instance) },
    confirmations: config.confirmations,
    maxBlockAgeSeconds: config.maxBlockAgeSeconds,
    pollMs: instance.pollMs ?? POLL_MS,
    onFault: (what, error) => log.warn({ job: what, err: error }, 'job failed, and will be tried again'),
    onReadBack: (what) => log.warn(what, 'batch read back from its manifest; of the lost ones nobody has the claims'),
    onUnknown: (what) =>
      log.error(what, 'the chain has a batch that this service does not know; report the key that signed it'),
  });
}

async function openMailTransport({ config: { mail }, mailFolder }: Instance): Promise<SendMail | null> {
  if (mail === null) return mailFolder === undefined ? null : createFileTransport(mailFolder);
  const { signIn, ...server } = mail;
  if (signIn === null) return createSmtpTransport({ ...server, auth: null });
  const password = await readFile(signIn.passwordFile, 'utf8').catch((cause: unknown) => {
    throw new ConfigError(`"SMTP_PASSWORD_FILE" cannot be read: ${reasonOf(cause)}`, { cause });
  });
  return createSmtpTransport({ ...server, auth: { user: signIn.user, password: password.trim() } });
}

/** The keys of every department that issues here, in a process that this one cannot make sign anything else. */
async function openSigners({ db, facts, keystore, signer, log }: Instance): Promise<OpenSigners> {
  const registry = { chainId: facts.chainId, address: facts.address };
  const keys = (await findActiveIssuers(db)).flatMap((issuer): SignerStart['keys'] => [
    { name: `${issuer.code}-anchor`, purpose: 'anchor', address: issuer.anchor_fault ? null : issuer.anchor_key },
    { name: `${issuer.code}-status`, purpose: 'status', address: issuer.status_fault ? null : issuer.status_key },
  ]);
  if (signer) {
    const running = await startSignerProcess({
      start: { ...signer, registry, keys },
      onEnd: (error) => log.error({ err: error }, 'the signer ended'),
    });
    return { ...running, isRunning: () => running.pid() !== null };
  }
  const opened = await openKeys(keystore, keys);
  return { ...createDepartmentSigners(opened, registry), isRunning: () => true, close: async () => {} };
}

function findActiveIssuers(db: Db): Promise<IssuerRow[]> {
  return db.selectFrom('issuers').selectAll().where('number', 'is not', null).execute();
}

function createServiceApp(
  instance: Instance & {
    signIn: SignInSettings | null;
    checker: Checker;
    signers: OpenSigners;
    registry: Registry;
    reads: ReadLog;
    pool: Store['pool'];
  },
  deps: IssuanceDeps,
) {
  const {
    config,
    db,
    departmentDb,
    rpc,
    facts,
    catalogue,
    log,
    verifier,
    verifierFolder,
    signIn,
    checker,
    reads,
    signers,
    registry,
    pool,
    isPrepared = () => true,
  } = instance;
  const nodes = config.verifier.rpcUrls ?? config.chain.rpcUrls;
  const settings = {
    isTest: config.isTest,
    verifiers: [verifier],
    ...(config.verifier.console !== null && { console: config.verifier.console }),
    maxBlockAgeSeconds: config.maxBlockAgeSeconds,
    maxSnapshotAgeSeconds: config.maxSnapshotAgeSeconds,
    registry: { ...facts, nodes, agree: config.verifier.agree ?? majorityOf(nodes) },
  };
  return createApp({
    db,
    departmentDb,
    deps,
    catalogue,
    log,
    checks: readinessChecks({
      db,
      rpc,
      now: Date.now,
      maxBlockAgeSeconds: config.maxBlockAgeSeconds,
      isPrepared,
      isSignerRunning: signers.isRunning,
    }),
    trust: () => trustText(db, settings),
    page: verifierFolder === null ? null : { folder: verifierFolder, nodes, embedders: config.verifier.embedders },
    samplesFolder: (config.isTest && instance.samplesFolder) || null,
    placePages: instance.placePages ?? {},
    signIn,
    receiveImport: (request) =>
      receiveImport({ db: departmentDb, pool, deps, sealing: config.sealing, checker }, request),
    isTest: config.isTest,
    finality: { sealWaitMs: config.sealing.maxWaitMs, confirmations: config.confirmations },
    signingKeys: {
      now: Date.now,
      openRegistry: () => openRegistryState(registry),
      hasKey: (address) => Object.values(signers.addresses).flat().includes(address),
    },
    webhooks: config.webhooks,
    limits: config.limits,
    trustedProxies: config.trustedProxies,
    recordRead: reads.record,
    measureRequests: instance.metrics?.requests ?? null,
  });
}

function majorityOf(nodes: readonly string[]): number {
  return Math.floor(nodes.length / 2) + 1;
}

/** What `npm start` and the builds leave there. */
const PAGES_FOLDER = fileURLToPath(new URL('../.build/', import.meta.url));

/** `node server/main.ts`: one instance in production, by its environment alone. */
async function run(): Promise<void> {
  const { config, warnings } = readConfig(process.env);
  const log = createLog(config.logLevel);
  for (const warning of warnings) log.warn(warning);
  log.info({ config: describeConfig(config) }, 'starting');
  const verifierFolder = findPage('verifier');
  const placePages = findPlacePages();
  if (config.signIn === null) log.warn('"OIDC_ISSUER" is not set: nobody can sign in, only keys of systems are known');
  if (config.mail === null)
    log.warn('"SMTP_URL" is not set: no holder is sent an e-mail, and each that was due is noted as NOT_SET_UP');
  if (!verifierFolder) log.warn('the verifier page is not built, and not served here');
  for (const name of Object.keys(PLACE_PAGES))
    if (!(name in placePages)) log.warn(`the ${name} page is not built, and not served here`);
  const service = await startService({
    config: requireComplete(config),
    log,
    keystore: await openKeystoreOf(keyPlacesOf(config)),
    signer: keyPlacesOf(config),
    verifierFolder,
    placePages,
  });
  log.info({ url: service.url, verifier: service.verifier }, 'ready');
  const stop = (signal: string): void => {
    log.info({ signal }, 'stopping');
    service.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
}

function findPage(name: string): string | null {
  const folder = join(PAGES_FOLDER, name);
  return existsSync(join(folder, 'index.html')) ? folder : null;
}

function findPlacePages(): PlacePageFolders {
  const found = Object.keys(PLACE_PAGES).map((name) => [name, findPage(name)] as const);
  return Object.fromEntries(found.filter(([, folder]) => folder !== null));
}

function requireComplete(config: Config): ServiceConfig {
  const { databaseUrl, chain } = config;
  if (databaseUrl === null)
    throw new ConfigError('"DATABASE_URL" is required: postgres://user:password@host:5432/eproof');
  if (chain === null)
    throw new ConfigError('"CHAIN_RPC_URLS" and "REGISTRY_ADDRESS" are required: the nodes, and where the registry is');
  return { ...config, databaseUrl, chain };
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await run().catch((error: unknown) => {
    const isForOperator = error instanceof Error && ['ConfigError', 'ListenError', 'AppError'].includes(error.name);
    process.stderr.write(
      `e-proof: ${isForOperator ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exit(1);
  });
