import { randomNonce, randomPKCECodeVerifier, randomState } from 'openid-client';
import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import type { CompanyDeps } from '../companies/company.ts';
import { settleDelegations } from '../companies/settle.ts';
import type { Db, OfficerRow, SignInRow, Tx } from '../store/schema.ts';
import type { Identity, IdentityProvider } from './identity-provider.ts';
import type { Origin } from './policy.ts';
import {
  createSecret,
  createSession,
  endSession,
  hashSecret,
  type SessionLimits,
  type SessionSecret,
  signInsSince,
  toActor,
} from './session.ts';

/** As whom somebody signs in: one person may be an officer at work and a holder at home. */
export type People = SignInRow['people'];

export interface Providers {
  officers: IdentityProvider;
  holders: IdentityProvider;
  /** Of departments with a directory of their own, by the department's code. */
  departments: ReadonlyMap<string, IdentityProvider>;
}

export interface SignInSettings {
  /** How browsers reach this service; without "/" at its end. */
  publicUrl: string;
  providers: Providers;
  limits: SessionLimits;
}

export interface SignInDeps extends SignInSettings, CompanyDeps {
  db: Db;
  now(): number;
  hashHolderSubject(subject: string): Buffer;
}

export const CALLBACK_PATH = '/auth/callback';

export interface SignInRequest {
  people: People;
  /** Null where the person named none. */
  department: string | null;
  /** A path of this service. */
  returnTo: string;
  language: string | undefined;
}

/** Keeps what the second request must fit, and says where the browser goes. The secret is for a cookie. */
export async function beginSignIn(
  { db, now, publicUrl, providers }: SignInDeps,
  { people, department, returnTo, language }: SignInRequest,
): Promise<{ secret: string; url: URL }> {
  const checks = { state: randomState(), nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier() };
  const provider = providerOf(providers, { people, department });
  const url = await provider.toSignInUrl(publicUrl + CALLBACK_PATH, checks, language);
  const secret = createSecret();
  await db
    .insertInto('sign_ins')
    .values({
      secret_sha256: hashSecret(secret),
      people,
      department,
      state: checks.state,
      nonce: checks.nonce,
      code_verifier: checks.codeVerifier,
      return_to: returnTo,
      created_at: new Date(now()),
    })
    .execute();
  return { secret, url };
}

export interface SignInAnswer {
  /** Of the cookie that the first request set. */
  secret: string | undefined;
  /** Of a session that the browser has already: it ends. */
  sessionSecret: string | undefined;
  callback: URL;
  origin: Origin;
}

/**
 *   1. the row of the first request is deleted: whatever follows, it cannot be used again
 *   2. the provider says who it is; state, nonce, PKCE and signature are checked
 *   3. an officer must be known to a department
 *   4. the browser's old session ends and a new one begins, under a new secret; for which companies a holder acts is settled with it
 * @throws AppError SIGN_IN_INVALID, SIGN_IN_UNAVAILABLE, OFFICER_UNKNOWN, DEPARTMENT_AMBIGUOUS
 */
export async function finishSignIn(
  deps: SignInDeps,
  { secret, sessionSecret, callback, origin }: SignInAnswer,
): Promise<{ secret: string; returnTo: string }> {
  const begun = await takeSignIn(deps, secret);
  const { state, nonce, code_verifier: codeVerifier } = begun;
  const identity = await providerOf(deps.providers, begun).identify(callback, { state, nonce, codeVerifier });
  const person =
    begun.people === 'holders'
      ? ({ kind: 'holder', subjectHmac: deps.hashHolderSubject(identity.subject) } as const)
      : ({ kind: 'officer', officer: await requireOfficer(deps, begun, identity) } as const);
  const { name, issuer, idToken } = identity;
  const when = { now: new Date(deps.now()), limits: deps.limits };
  const fresh = await deps.db.transaction().execute(async (tx) => {
    if (sessionSecret !== undefined) await endOwn(tx, sessionSecret, origin);
    if (person.kind === 'officer') await record(tx, person.officer, { act: 'session.begin', origin });
    else
      await settleDelegations(
        tx,
        deps,
        { personHmac: person.subjectHmac, name, companies: identity.companies },
        when.now,
      );
    return createSession(tx, { person, name, issuer, idToken }, when);
  });
  return { secret: fresh, returnTo: begun.return_to };
}

interface Told {
  act: 'session.begin' | 'session.end';
  origin: Origin;
}

/** Tells the officer's department; of holders no department is told. */
async function record(tx: Tx, officer: OfficerRow, { act, origin }: Told): Promise<void> {
  const issuer = await tx
    .selectFrom('issuers')
    .selectAll()
    .where('id', '=', officer.issuer_id)
    .executeTakeFirstOrThrow();
  await recordAudit(tx, { ...toActor(officer, issuer), origin }, { act });
}

/** What the officer ends, by signing out or by signing in anew; what ends by itself or by an administrator is told elsewhere. */
async function endOwn(tx: Tx, secret: string, origin: Origin): Promise<SessionSecret | null> {
  const ended = await endSession(tx, secret);
  if (!ended) return null;
  if (ended.officerId !== null) {
    const officer = await tx.selectFrom('officers').selectAll().where('id', '=', ended.officerId).executeTakeFirst();
    if (officer) await record(tx, officer, { act: 'session.end', origin });
  }
  return ended.sealed;
}

async function takeSignIn({ db, now }: SignInDeps, secret: string | undefined): Promise<SignInRow> {
  const begun =
    secret === undefined
      ? undefined
      : await db
          .deleteFrom('sign_ins')
          .where('secret_sha256', '=', hashSecret(secret))
          .where('created_at', '>', signInsSince(new Date(now())))
          .returningAll()
          .executeTakeFirst();
  if (!begun)
    throw new AppError('SIGN_IN_INVALID', 'no sign-in was begun in this browser, or it took too long, or it was used');
  return begun;
}

/** The officer whose account it is. A provider's word counts only for rows that name this provider. */
async function requireOfficer({ db }: SignInDeps, { department }: SignInRow, identity: Identity): Promise<OfficerRow> {
  let query = db
    .selectFrom('officers')
    .innerJoin('issuers', 'issuers.id', 'officers.issuer_id')
    .selectAll('officers')
    .where('officers.provider', '=', identity.issuer)
    .where('officers.subject', '=', identity.subject)
    .where('officers.active', '=', true);
  if (department !== null) query = query.where('issuers.code', '=', department);
  const [officer, other] = await query.limit(2).execute();
  if (!officer)
    throw new AppError(
      'OFFICER_UNKNOWN',
      `this account is not an officer ${department === null ? 'of any department' : 'of this department'}: ask the department's administrator to add it`,
    );
  if (other) throw new AppError('DEPARTMENT_AMBIGUOUS', 'this account is an officer of several departments: name one');
  return officer;
}

/** Ends the session, and says where the browser signs out at the provider too; null where it need not. */
export async function signOut(
  { db, providers, publicUrl }: SignInDeps,
  { secret, origin }: { secret: string; origin: Origin },
): Promise<URL | null> {
  const ended = await db.transaction().execute((tx) => endOwn(tx, secret, origin));
  if (!ended) return null;
  const provider = findProvider(providers, ended.issuer);
  return (await provider?.toSignOutUrl(ended.idToken, `${publicUrl}/`)) ?? null;
}

/** By the address that the ID token came from. */
function findProvider(providers: Providers, issuer: string): IdentityProvider | undefined {
  const all = [providers.officers, providers.holders, ...providers.departments.values()];
  return all.find((provider) => provider.issuer === issuer);
}

/** A department's own directory where it has one. */
export function providerOf(
  { officers, holders, departments }: Providers,
  { people, department }: Pick<SignInRow, 'people' | 'department'>,
): IdentityProvider {
  if (people === 'holders') return holders;
  return (department === null ? undefined : departments.get(department)) ?? officers;
}
