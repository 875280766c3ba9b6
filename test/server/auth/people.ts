import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCatalogue } from '../../../catalogue/catalogue.ts';
import { departmentsOf } from '../../../scripts/demo/departments.ts';
import { COMPANIES_CLAIM, type DemoPerson, demoPeople, settleOfficers } from '../../../scripts/demo/people.ts';
import { type LocalIdentityProvider, startIdentityProvider } from '../../../scripts/local/identity-provider.ts';
import { freePort } from '../../../scripts/local/ports.ts';
import { openProviders } from '../../../server/auth/providers.ts';
import type { SignInSettings } from '../../../server/auth/sign-in.ts';
import { startService, type TestService } from '../http/service.ts';
import { type Browser, createBrowser, type Received, type Sending, targetOf } from './browser.ts';

export interface PeopleWorld {
  service: TestService;
  provider: LocalIdentityProvider;
  settings: SignInSettings;
  people: readonly DemoPerson[];
  /** Ends the provider, and starts it again at the same address. */
  stopProvider(): Promise<void>;
  restartProvider(): Promise<void>;
  stop(): Promise<void>;
}

const MINUTE_MS = 60_000;

/** The real application and the real provider, whose people are officers of the two departments, or holders. */
export async function startPeople(departmentsFile: string | null = null, port?: number): Promise<PeopleWorld> {
  const catalogue = loadCatalogue();
  const dataFolder = mkdtempSync(join(tmpdir(), 'eproof-people-'));
  const people = demoPeople(catalogue);
  const [servicePort, providerPort] = [port ?? (await freePort(0)), await freePort(0)];
  const publicUrl = `http://127.0.0.1:${servicePort}`;
  const departments = departmentsOf(catalogue);
  const start = () => startIdentityProvider({ dataFolder, port: providerPort, publicUrl, people, departments });
  let provider = await start();
  const { config } = provider;
  const settings: SignInSettings = {
    publicUrl,
    providers: await openProviders({
      officers: config,
      holders: config,
      companiesClaim: COMPANIES_CLAIM,
      departmentsFile,
    }),
    limits: { idleMs: 30 * MINUTE_MS, absoluteMs: 600 * MINUTE_MS },
  };
  // a page of our own, from which a browser may call us
  writeFileSync(join(dataFolder, 'index.html'), '<!doctype html><html lang="en"><title>page</title></html>');
  const page = { folder: dataFolder, nodes: [], embedders: [] };
  const service = await startService({ signIn: settings, page }, servicePort);
  const issuers = [service.fehd.issuer, service.td.issuer];
  await settleOfficers(service.db, { people, issuers, provider: config.issuer });
  return {
    service,
    provider,
    settings,
    people,
    stopProvider: () => provider.stop(),
    async restartProvider() {
      provider = await start();
    },
    async stop() {
      await service.stop();
      await provider.stop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

/** All that a browser needs of a service. */
export interface Reached {
  service: Pick<TestService, 'url'>;
}

export interface SignIn {
  account: string;
  as?: 'officer' | 'holder';
  query?: Record<string, string>;
  browser?: Browser;
}

export interface SignedIn {
  browser: Browser;
  /** What the callback answered, before its redirection is followed. */
  answer: Received;
}

/** From our sign-in over the provider's page to the callback. */
export async function signIn(world: Reached, { account, ...how }: SignIn): Promise<SignedIn> {
  const browser = how.browser ?? createBrowser();
  const callback = await reachCallback(world, browser, { account, ...how });
  return { browser, answer: await browser.send(callback) };
}

/** Up to the address that the provider sends the browser back to, without opening it. */
export async function reachCallback(
  { service }: Reached,
  browser: Browser,
  { account, as = 'officer', query = {} }: SignIn,
): Promise<string> {
  const search = new URLSearchParams({ as, ...query });
  let received = await browser.send(`${service.url}/auth/login?${search}`);
  for (let steps = 0; steps < 10; steps++) {
    if (received.status >= 400) throw new Error(`${received.url} answers ${received.status}: ${received.text}`);
    if (received.status === 200) {
      received = await browser.send(received.url, { method: 'POST', body: new URLSearchParams({ account }) });
      continue;
    }
    const target = targetOf(received);
    if (target.startsWith(`${service.url}/auth/callback`)) return target;
    received = await browser.send(target);
  }
  throw new Error('the provider does not send the browser back');
}

/** What the console would send: a write with the token of the session, from our own page. */
export async function write(
  world: PeopleWorld,
  browser: Browser,
  { path, body = {}, headers = {} }: { path: string; body?: unknown; headers?: Record<string, string> },
): Promise<Received> {
  const { csrfToken } = (await browser.send(`${world.service.url}/v1/session`)).json;
  const sending: Sending = {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': randomBytes(8).toString('hex'),
      origin: world.settings.publicUrl,
      'sec-fetch-site': 'same-origin',
      'x-csrf-token': csrfToken,
      ...headers,
    },
    body: JSON.stringify(body),
  };
  return browser.send(world.service.url + path, sending);
}

export function read({ service }: Reached, browser: Browser, path: string): Promise<Received> {
  return browser.send(service.url + path);
}
