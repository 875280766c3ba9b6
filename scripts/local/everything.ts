import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadCatalogue } from '../../catalogue/catalogue.ts';
import { AppError } from '../../server/app-error.ts';
import { createRegistry } from '../../server/chain/registry.ts';
import { createRpc } from '../../server/chain/rpc.ts';
import { type Config, describeConfig, readConfig, type SignInConfig } from '../../server/config.ts';
import type { Keystore } from '../../server/keys/keystore.ts';
import { openSharedSecrets, type SharedSecrets } from '../../server/keys/shared-secrets.ts';
import { listen, serviceUrl } from '../../server/listener.ts';
import { createIssuanceDeps, type ServiceConfig } from '../../server/main.ts';
import { PLACE_PAGES } from '../../server/publication/place-page.ts';
import { openRegistryFacts } from '../../server/registry-facts.ts';
import type { Db } from '../../server/store/schema.ts';
import { openStore } from '../../server/store/store.ts';
import { createLiveCatalogue } from '../../server/type-versions/live-catalogue.ts';
import { buildPlaces } from '../build-places.ts';
import { buildVerifier } from '../build-verifier.ts';
import { type DemoDepartment, departmentsOf, provisionDepartments } from '../demo/departments.ts';
import { type DemoSample, fetchDocuments } from '../demo/documents.ts';
import { COMPANIES_CLAIM, type DemoPerson, demoPeople, settleOfficers } from '../demo/people.ts';
import { issueSamples } from '../demo/samples.ts';
import { writeWhole } from '../write-whole.ts';
import { announce } from './announce.ts';
import { startChain } from './chain.ts';
import { openDataFolder } from './data-folder.ts';
import { startIdentityProvider } from './identity-provider.ts';
import type { Pages } from './instance.ts';
import { type Instances, startInstances } from './instances.ts';
import { openKeys } from './keys.ts';
import { LocalError, reasonOf } from './local-error.ts';
import { freePort, rememberedPort, rememberPort } from './ports.ts';
import { startPostgres } from './postgres.ts';
import { keepPublication } from './publication.ts';
import { openRegistry } from './registry.ts';

/** What was started and has to be stopped, in the order in which it was started. */
type Stops = (() => Promise<void> | void)[];

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const SAME_KEY_MS = 500;
/** Longer than any step of a start takes on a machine that works. */
const PATIENCE_MS = 15_000;

export interface EverythingOptions {
  /** Processes that are the service. */
  instances: number;
}

/** Starts everything, and stops it again when the person or the system asks, or when a part fails. */
export async function startEverything({ instances }: EverythingOptions): Promise<void> {
  const { config, warnings } = readConfig(process.env);
  for (const warning of warnings) say(warning);
  const stops: Stops = [];
  const asked = new AbortController();
  const stopper = createStopper(asked);
  for (const signal of STOP_SIGNALS) process.on(signal, stopper);
  try {
    await Promise.race([runUntil(config, { instances, stops, signal: asked.signal }), patience(asked.signal)]);
  } catch (error) {
    if (!asked.signal.aborted) throw error;
  } finally {
    asked.abort();
    for (const stop of stops.toReversed()) await stop();
  }
  say('stopped');
}

/** Asks for an end; a second Ctrl-C does not wait for it. */
function createStopper(asked: AbortController): () => void {
  let askedAt = Number.POSITIVE_INFINITY;
  return () => {
    // npm passes Ctrl-C on to a process that the terminal has already told
    if (performance.now() - askedAt > SAME_KEY_MS) process.exit(130);
    askedAt = Math.min(askedAt, performance.now());
    asked.abort();
  };
}

interface Life extends EverythingOptions {
  stops: Stops;
  /** Aborts when there is to be an end: no further step begins. */
  signal: AbortSignal;
}

/** Runs until a part that the rest cannot do without has ended, or the process is asked to stop. */
async function runUntil(given: Config, life: Life): Promise<never> {
  const folder = openDataFolder(given.dataFolder);
  life.stops.push(folder.release);
  const config = { ...given, dataFolder: folder.path, port: await choosePort(given, folder.path) };
  if (config.databaseUrl !== null) await checkDatabase(config.databaseUrl);
  const ground = await layGround(config, life);
  life.signal.throwIfAborted();
  const house = await openHouse(ground, life);
  await showAround(house, life);
  return untilBroken(ground.ended, life.signal);
}

/** PORT=0 lets the system choose, once for a data folder: the QR codes that were printed name the port. */
async function choosePort({ host, port }: Config, dataFolder: string): Promise<number> {
  if (port !== 0) {
    // whether it can be had is told before anything is made, not after
    await (await listen(() => {}, { host, port })).close();
    return port;
  }
  const chosen = await freePort(rememberedPort(dataFolder, 'service'));
  rememberPort(dataFolder, 'service', chosen);
  return chosen;
}

async function checkDatabase(url: string): Promise<void> {
  try {
    await (await openStore(url)).close();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new LocalError(`the database of "DATABASE_URL" cannot be used: ${reasonOf(error)}`);
  }
}

interface Ground {
  config: ServiceConfig;
  keystore: Keystore;
  pages: Pages;
  /** Who signs in at the provider of the data folder; empty where the configuration names another one. */
  people: DemoPerson[];
  /** What ends when a part of the ground does. */
  ended: Promise<string>[];
}

/** Database, chain, sign-in, keys, registry and page: what the service stands on. */
async function layGround(config: Config, life: Life): Promise<Ground> {
  const { dataFolder } = config;
  const places = {
    console: join(dataFolder, 'console'),
    holder: join(dataFolder, 'holder'),
    components: join(dataFolder, 'components'),
  };
  const pages = { verifier: join(dataFolder, 'verifier'), places };
  const ended: Promise<string>[] = [];
  const people = config.signIn === null ? demoPeople(loadCatalogue()) : [];
  const [databaseUrl, nodes, signIn, keystore] = await Promise.all([
    config.databaseUrl ?? openDatabase(dataFolder, life, ended),
    config.chain?.rpcUrls ?? openChain(dataFolder, life, ended),
    config.signIn ?? openSignIn(config, people, life),
    openKeys(dataFolder, config.securityModule),
    buildVerifier({ outputFolder: pages.verifier }),
    buildPlaces('console', places.console),
    buildPlaces('holder', places.holder),
    buildPlaces('components', places.components),
  ]);
  life.signal.throwIfAborted();
  const registry = config.chain?.registry ?? (await deploy(dataFolder, nodes, keystore));
  // a block of the folder's own chain is there for good once it can be read: nothing has to lie on top of it
  const confirmations =
    config.chain === null && process.env.EPROOF_CONFIRMATIONS === undefined ? 0 : config.confirmations;
  const chain = { rpcUrls: nodes, registry };
  return {
    config: { ...config, databaseUrl, chain, confirmations, signIn },
    keystore,
    pages,
    people,
    ended,
  };
}

async function openDatabase(dataFolder: string, { stops }: Life, ended: Promise<string>[]): Promise<string> {
  const postgres = await startPostgres({ dataFolder, log: say });
  stops.push(() => postgres.stop());
  ended.push(postgres.ended);
  return postgres.url;
}

async function openChain(dataFolder: string, { stops }: Life, ended: Promise<string>[]): Promise<string[]> {
  const chain = await startChain({ dataFolder, log: say });
  stops.push(() => chain.stop());
  ended.push(chain.ended);
  return [chain.url, ...(chain.follower ? [chain.follower] : [])];
}

/** The development provider, at the port that it had before: officers are known by its address. */
async function openSignIn(config: Config, people: readonly DemoPerson[], { stops }: Life): Promise<SignInConfig> {
  const { dataFolder } = config;
  const provider = await startIdentityProvider({
    dataFolder,
    port: await freePort(rememberedPort(dataFolder, 'identity')),
    publicUrl: config.publicUrl ?? serviceUrl(config),
    people,
    departments: departmentsOf(loadCatalogue()),
  });
  stops.push(() => provider.stop());
  const moved = rememberPort(dataFolder, 'identity', provider.port);
  if (moved) say(moved);
  return {
    officers: provider.config,
    holders: provider.config,
    companiesClaim: COMPANIES_CLAIM,
    departmentsFile: null,
  };
}

async function deploy(dataFolder: string, nodes: readonly string[], keystore: Keystore): Promise<string> {
  const governance = (await keystore.openKey('governance')).address;
  return openRegistry({ dataFolder, chainUrl: nodes[0] as string, keystore, governance });
}

interface House {
  config: ServiceConfig;
  secrets: SharedSecrets;
  db: Db;
  service: Instances;
  departments: DemoDepartment[];
  people: readonly DemoPerson[];
}

/** The departments, then the service: it signs for those that it finds in the database. */
async function openHouse(ground: Ground, { instances, stops, signal }: Life): Promise<House> {
  const { config, keystore, pages, people } = ground;
  for (const line of describeConfig(config)) say(line);
  const { db, close } = await openStore(config.databaseUrl);
  stops.push(close);
  const secrets = await openSharedSecrets(db, keystore);
  const departments = await settleDepartments(db, ground);
  signal.throwIfAborted();
  const service = await startInstances({ count: instances, config, pages, log: say }, signal);
  stops.push(service.stop);
  return { config, secrets, db, service, departments, people };
}

async function settleDepartments(db: Db, { config, keystore, people }: Ground): Promise<DemoDepartment[]> {
  const { chain, signIn } = config;
  const rpc = createRpc(chain.rpcUrls);
  const chainId = Number(await rpc.call<string>('eth_chainId', []));
  const registry = createRegistry({ chainId, address: chain.registry }, rpc);
  const catalogue = loadCatalogue();
  const departments = await provisionDepartments({ db, registry, keystore, catalogue, onFirst: sayFirst });
  const issuers = departments.map(({ issuer }) => issuer);
  if (signIn !== null) await settleOfficers(db, { people, issuers, provider: signIn.officers.issuer });
  return departments;
}

/** Samples of every standing, and where to look at them. */
async function showAround(house: House, { signal }: Life): Promise<void> {
  const { config, secrets, db, service, departments } = house;
  const catalogue = loadCatalogue();
  await keepPublication(config.dataFolder, { service: service.url, catalogue });
  const issuers = new Map(departments.map(({ issuer }) => [issuer.code, issuer]));
  say('issuing the sample credentials, or finding those of before ...');
  const facts = await openRegistryFacts(config.dataFolder, config.chain.registry, createRpc(config.chain.rpcUrls));
  const deps = createIssuanceDeps({
    ...{ config, secrets, facts, verifier: service.verifier },
    // as it stands in its files: samples are of those versions
    catalogue: createLiveCatalogue(catalogue, db),
  });
  const issued = await issueSamples({ db, deps, issuers, signal });
  const titles = new Map(catalogue.types.map(({ code, definition }) => [code, definition.title]));
  const { dataFolder } = config;
  const documents = await fetchDocuments(service.url, { samples: issued, departments, dataFolder, titles });
  await writeWhole(join(config.dataFolder, 'demo.json'), `${JSON.stringify(toDemo(house, documents), null, 2)}\n`);
  service.setPrepared();
  process.stdout.write(await announce(addressesOf(house), toScan(documents)));
}

/** The contract with scripts that use a running e-Proof. */
function toDemo({ config, service, departments, people }: House, samples: readonly DemoSample[]): object {
  return {
    service: service.url,
    verifier: service.verifier,
    rpc: config.chain.rpcUrls[0],
    registry: config.chain.registry,
    departments: departments.map(({ issuer, name, apiKey }) => ({ id: issuer.code, name, apiKey })),
    signIn: {
      url: `${service.publicUrl}/auth/login`,
      provider: config.signIn?.officers.issuer ?? null,
      people: people.map(({ account, name, office }) => ({
        account,
        name,
        ...(office ?? { department: null, roles: [] }),
      })),
    },
    samples,
  };
}

function addressesOf({ config, service, departments, people }: House): Record<string, string> {
  return {
    verifier: service.verifier,
    console: `${service.publicUrl}${PLACE_PAGES.console}/`,
    holders: `${service.publicUrl}${PLACE_PAGES.holder}/`,
    components: `${service.publicUrl}${PLACE_PAGES.components}/`,
    'HTTP API': `${service.url}/openapi.json`,
    'sign in': `${service.publicUrl}/auth/login${people.length > 0 ? ' (development only, without passwords)' : ''}`,
    'chain nodes': config.chain.rpcUrls.join('  '),
    registry: config.chain.registry,
    ...(config.mail === null
      ? { 'e-mails': `${join(config.dataFolder, 'mail')} (as files; set SMTP_URL to send them)` }
      : {}),
    samples: join(config.dataFolder, 'demo'),
    'API keys': `${join(config.dataFolder, 'demo.json')} (${departments.length} departments)`,
    processes: service.pids().join('  '),
    stop: 'Ctrl-C; npm start goes on where it was',
  };
}

function toScan(documents: readonly DemoSample[]): { title: string; text: string } | undefined {
  const [first] = documents;
  return first && { title: `${first.type}, ${first.standing}`, text: first.text };
}

async function untilBroken(ended: readonly Promise<string>[], signal: AbortSignal): Promise<never> {
  const asked = once(signal, 'abort').then(() => null);
  const reason = await Promise.race([...ended, asked]);
  signal.throwIfAborted();
  throw new LocalError(`${reason}; npm start goes on where it was`);
}

/** Resolves some time after the process was asked to stop: a step that is not done by then is not waited for. */
async function patience(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
  await sleep(PATIENCE_MS, undefined, { ref: false });
}

function sayFirst(count: number): void {
  say(`${count} departments, their keys and their credential types go on the chain ...`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
