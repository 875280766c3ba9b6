import * as oidc from 'openid-client';
import { z } from 'zod';
import { AppError } from '../app-error.ts';
import { COMPANY_NUMBER } from '../companies/company.ts';
import type { CompanyClaim } from '../companies/settle.ts';

/** An OpenID provider as this service is registered there. */
export interface ProviderSettings {
  /** Its issuer address, below which its description is found. */
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** The claim of its ID tokens that says for which companies somebody acts; it says nothing of companies where it is left out. */
  companiesClaim?: string | null;
}

/** Who the provider says that somebody is. */
export interface Identity {
  issuer: string;
  subject: string;
  /** Null where the provider tells none. */
  name: string | null;
  /** To be shown to the provider at the sign-out. */
  idToken: string;
  /** Null where it says nothing of companies at all. */
  companies: readonly CompanyClaim[] | null;
}

/** What binds the two requests of a sign-in to each other. */
export interface SignInChecks {
  state: string;
  nonce: string;
  codeVerifier: string;
}

export interface IdentityProvider {
  issuer: string;
  /** Where the browser is sent. @throws AppError SIGN_IN_UNAVAILABLE */
  toSignInUrl(redirectUri: string, checks: SignInChecks, language: string | undefined): Promise<URL>;
  /** @throws AppError SIGN_IN_UNAVAILABLE, SIGN_IN_INVALID */
  identify(callback: URL, checks: SignInChecks): Promise<Identity>;
  /** Where the browser is sent to sign out there too; null where the provider has no such place, or does not answer. */
  toSignOutUrl(idToken: string, returnTo: string): Promise<URL | null>;
}

const SCOPE = 'openid profile';
const TIMEOUT_SECONDS = 5;
const DESCRIPTION_KEPT_MS = 3_600_000;
/** Of one person. */
const MOST_COMPANIES = 50;

export function createIdentityProvider(settings: ProviderSettings): IdentityProvider {
  const describe = createDescription(settings);
  return {
    issuer: settings.issuer,
    async toSignInUrl(redirectUri, { state, nonce, codeVerifier }, language) {
      return oidc.buildAuthorizationUrl(await describe(), {
        redirect_uri: redirectUri,
        scope: SCOPE,
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
        ...(language === undefined ? {} : { ui_locales: language }),
      });
    },
    async identify(callback, { state, nonce, codeVerifier }) {
      const configuration = await describe();
      const tokens = await oidc
        .authorizationCodeGrant(configuration, callback, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        })
        .catch(refuse);
      const claims = tokens.claims() as oidc.IDToken;
      const { sub, name } = claims;
      return {
        // as it is configured: the claim was compared with it, and may differ in a last slash
        issuer: settings.issuer,
        subject: sub,
        name: typeof name === 'string' ? name : null,
        idToken: tokens.id_token as string,
        companies: readCompanies(settings, claims),
      };
    },
    async toSignOutUrl(idToken, returnTo) {
      const configuration = await describe().catch(() => null);
      if (!configuration?.serverMetadata().end_session_endpoint) return null;
      return oidc.buildEndSessionUrl(configuration, { id_token_hint: idToken, post_logout_redirect_uri: returnTo });
    },
  };
}

const companyClaims = z
  .array(
    z.object({
      number: z.string().regex(COMPANY_NUMBER),
      name: z.string().min(1).max(200),
      role: z.enum(['admin', 'delegate']),
    }),
  )
  .max(MOST_COMPANIES);

/** A token without the claim is of somebody who acts for none. @throws AppError SIGN_IN_INVALID where it has another form */
function readCompanies({ companiesClaim }: ProviderSettings, claims: oidc.IDToken): readonly CompanyClaim[] | null {
  if (!companiesClaim) return null;
  const parsed = companyClaims.safeParse(claims[companiesClaim] ?? []);
  if (parsed.success) return parsed.data;
  throw new AppError(
    'SIGN_IN_INVALID',
    `the claim "${companiesClaim}" of the sign-in service is not a list of companies`,
  );
}

/** The provider's description, asked for when it is first needed and again after a while; a failure is not kept. */
function createDescription(settings: ProviderSettings): () => Promise<oidc.Configuration> {
  let known: { configuration: oidc.Configuration; until: number } | null = null;
  let asking: Promise<oidc.Configuration> | null = null;
  const ask = async (): Promise<oidc.Configuration> => {
    try {
      const configuration = await discover(settings);
      known = { configuration, until: performance.now() + DESCRIPTION_KEPT_MS };
      return configuration;
    } catch (error) {
      // what was true an hour ago serves better than nothing
      if (known) return known.configuration;
      throw error;
    } finally {
      asking = null;
    }
  };
  return async () => {
    if (known && performance.now() < known.until) return known.configuration;
    asking ??= ask();
    return asking;
  };
}

async function discover({ issuer, clientId, clientSecret }: ProviderSettings): Promise<oidc.Configuration> {
  const url = new URL(issuer);
  // config.ts lets plain http pass for this machine alone
  const isPlain = url.protocol === 'http:';
  const execute = [oidc.enableNonRepudiationChecks, ...(isPlain ? [oidc.allowInsecureRequests] : [])];
  return oidc
    .discovery(url, clientId, clientSecret, undefined, { execute, timeout: TIMEOUT_SECONDS })
    .catch((cause: unknown) => {
      throw unavailable(cause);
    });
}

/** A refusal of the provider and a provider that cannot be reached are different things to the person. */
function refuse(cause: unknown): never {
  if (cause instanceof oidc.AuthorizationResponseError && cause.error === 'access_denied')
    throw new AppError('SIGN_IN_INVALID', 'the sign-in was cancelled', { cause });
  throw isOutage(cause)
    ? unavailable(cause)
    : new AppError('SIGN_IN_INVALID', 'the sign-in was not accepted', { cause });
}

function isOutage(error: unknown): boolean {
  if (error instanceof oidc.ResponseBodyError) return error.status >= 500;
  // what fetch says of the network
  if (error instanceof TypeError) return error.cause !== undefined;
  if (!(error instanceof oidc.ClientError)) return false;
  // an answer that is no JSON is a proxy's error page
  return ['OAUTH_TIMEOUT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON'].includes(error.code ?? '');
}

function unavailable(cause: unknown): AppError {
  return new AppError('SIGN_IN_UNAVAILABLE', 'the sign-in service does not answer', { cause });
}
