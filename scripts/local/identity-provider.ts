import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { JWK } from 'jose';
import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import type { CatalogueDepartment } from '../../catalogue/catalogue.ts';
import type { ProviderConfig } from '../../server/config.ts';
import { COMPANIES_CLAIM, type DemoPerson } from '../demo/people.ts';
import { createIdentityMemory } from './identity-memory.ts';
import { PAGE_LANGUAGES, type PageLanguage, toSignInPage, toSignOutPage } from './identity-page.ts';
import { openIdentitySecrets } from './identity-secrets.ts';

export interface LocalIdentityProvider {
  /** What the service has to know, as it would of any provider. */
  config: ProviderConfig;
  port: number;
  stop(): Promise<void>;
}

export interface LocalIdentityOptions {
  dataFolder: string;
  /** On 127.0.0.1. */
  port: number;
  /** Of the service, without "/" at its end: where the provider sends people back to. */
  publicUrl: string;
  people: readonly DemoPerson[];
  departments: readonly CatalogueDepartment[];
}

const CLIENT_ID = 'eproof';
const HOST = '127.0.0.1';
const MOST_FORM_BYTES = 4_096;

/** A real OpenID provider whose people are not real: they sign in without a password, which its page says. */
export async function startIdentityProvider(options: LocalIdentityOptions): Promise<LocalIdentityProvider> {
  const secrets = await openIdentitySecrets(options.dataFolder);
  const issuer = `http://${HOST}:${options.port}`;
  const provider = new Provider(issuer, toConfiguration(options, secrets));
  const answer = provider.callback();
  const server = createServer((request, response) => {
    const uid = /^\/interaction\/([\w-]{1,64})(?:\?|$)/.exec(request.url ?? '')?.[1];
    if (uid === undefined) return void answer(request, response);
    interact({ provider, options, uid }, request, response).catch(() => refuse(response));
  });
  await listen(server, options.port);
  return {
    config: { issuer, clientId: CLIENT_ID, clientSecretFile: secrets.clientSecretFile },
    port: options.port,
    stop: () => stop(server),
  };
}

const HOUR_SECONDS = 3_600;

function toConfiguration(
  { publicUrl, people }: LocalIdentityOptions,
  { signingKey, cookieKey, clientSecret }: { signingKey: JWK; cookieKey: string; clientSecret: string },
): Configuration {
  return {
    adapter: createIdentityMemory(Date.now),
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: clientSecret,
        redirect_uris: [`${publicUrl}/auth/callback`],
        post_logout_redirect_uris: [`${publicUrl}/`],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: 'ES256',
      },
    ],
    jwks: { keys: [signingKey] },
    cookies: { keys: [cookieKey] },
    claims: { openid: ['sub'], profile: ['name', COMPANIES_CLAIM] },
    // the name stands in the ID token, so that nobody has to ask for it once more
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    findAccount: (_context, account) => {
      const person = people.find((one) => one.account === account);
      return person && { accountId: account, claims: () => toClaims(person) };
    },
    loadExistingGrant: grantOwnService,
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => {
          restrict(context.res, publicUrl);
          context.body = toSignOutPage(form, languageOf(context.req));
        },
        postLogoutSuccessSource: (context) => {
          context.redirect(publicUrl);
        },
      },
    },
    renderError: (context, { error, error_description }) => {
      context.type = 'text/plain; charset=utf-8';
      context.body = `${error}: ${error_description ?? ''}\n`;
    },
    ttl: {
      AccessToken: HOUR_SECONDS,
      AuthorizationCode: 60,
      Grant: 12 * HOUR_SECONDS,
      IdToken: HOUR_SECONDS,
      Interaction: HOUR_SECONDS,
      Session: 12 * HOUR_SECONDS,
    },
  };
}

function toClaims({ account, name, companies }: DemoPerson) {
  return { sub: account, name, ...(companies ? { [COMPANIES_CLAIM]: companies } : {}) };
}

/** The one client is the service itself: nobody has to be asked whether it may know them. */
async function grantOwnService({ oidc }: KoaContextWithOIDC) {
  const { client, session, provider } = oidc;
  if (!client || !session?.accountId) return undefined;
  const known = session.grantIdFor(client.clientId);
  const found = known === undefined ? undefined : await provider.Grant.find(known);
  if (found) return found;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid profile');
  await grant.save();
  return grant;
}

interface Interaction {
  provider: Provider;
  options: LocalIdentityOptions;
  uid: string;
}

/** Shows the page, and takes what its forms send. */
async function interact(
  { provider, options, uid }: Interaction,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  const form = request.method === 'POST' ? await readForm(request) : null;
  if (form?.get('cancel') === 'yes')
    return provider.interactionFinished(request, response, {
      error: 'access_denied',
      error_description: 'cancelled by the person',
    });
  const account = form?.get('account')?.trim().toLowerCase() ?? null;
  if (account !== null && options.people.some((person) => person.account === account))
    return provider.interactionFinished(request, response, { login: { accountId: account, remember: false } });
  restrict(response, options.publicUrl);
  response.writeHead(account === null ? 200 : 422, { 'Content-Type': 'text/html; charset=utf-8' });
  response.end(
    toSignInPage({
      action: `/interaction/${uid}`,
      language: languageOf(request, String(params.ui_locales ?? '')),
      people: options.people,
      departments: options.departments,
      isUnknown: account !== null,
    }),
  );
}

/** Browsers hold a form's redirections to `form-action` too, and the last of them goes back to the service. */
function restrict(response: ServerResponse, publicUrl: string): void {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${publicUrl}; frame-ancestors 'none'; base-uri 'none'`;
  response.setHeader('Content-Security-Policy', policy);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Referrer-Policy', 'no-referrer');
}

/** Chosen on the page, else what the service asked for, else what the browser prefers. */
function languageOf(request: IncomingMessage, asked = ''): PageLanguage {
  const chosen = new URL(request.url ?? '/', 'http://localhost').searchParams.get('lang') ?? '';
  const preferred = request.headers['accept-language'] ?? '';
  for (const wish of [chosen, asked]) {
    const known = PAGE_LANGUAGES.find((language) => language === wish);
    if (known) return known;
  }
  if (!/^zh/i.test(preferred)) return 'en';
  return /^zh-(?:cn|sg|hans)/i.test(preferred) ? 'zh-Hans' : 'zh-Hant';
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    if (text.length > MOST_FORM_BYTES) throw new Error('the form is too large');
  }
  return new URLSearchParams(text);
}

// A page that was left open for an hour, or that another browser opens, has no interaction any more.
function refuse(response: ServerResponse): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(400, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end('This sign-in has ended. Go back to where you came from and sign in again.\n');
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: HOST, exclusive: true }, resolve);
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
