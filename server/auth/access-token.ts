import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import type { ApiKeyRow, Db } from '../store/schema.ts';
import { type Caller, type Circumstances, findCaller } from './api-key.ts';
import type { KeyRows } from './key-rows.ts';
import type { Act, Origin } from './policy.ts';

/*
 * An access token stands for an API key, for ten minutes, with all of its rights or fewer. It is a row and no signed text, so that it ends
 * at once with the key and with the secret that it was given for.
 */

const PREFIX = 'ept_';
const FORM = /^ept_[\w-]{43}$/;
export const TOKEN_LIFE_SECONDS = 600;

export interface AccessToken {
  token: string;
  scopes: readonly string[];
}

export interface TokenRequest {
  /** Of the key that is exchanged. */
  caller: Caller & { apiKey: ApiKeyRow };
  /** The key itself. */
  secret: string;
  /** All of the key's where it is left out. */
  scopes?: readonly string[] | undefined;
  origin: Origin;
}

/** @throws AppError SCOPES_EXCEEDED */
export async function issueAccessToken(
  db: Db,
  { caller: { actor, apiKey }, secret, scopes = apiKey.scopes, origin }: TokenRequest,
  now: Date,
): Promise<AccessToken> {
  if (!scopes.every((scope) => actor.may.has(scope as Act)))
    throw new AppError('SCOPES_EXCEEDED', 'the client does not have all of these rights');
  const token = PREFIX + randomBytes(32).toString('base64url');
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto('access_tokens')
      .values({
        token_sha256: sha256(token),
        issuer_id: actor.issuer.id,
        api_key_id: apiKey.id,
        secret_sha256: sha256(secret),
        scopes: [...new Set(scopes)].sort(),
        created_at: now,
        expires_at: new Date(now.getTime() + TOKEN_LIFE_SECONDS * 1_000),
      })
      .execute();
    const after = { scopes: [...new Set(scopes)].sort().join(' ') };
    await recordAudit(tx, { ...actor, origin }, { act: 'token.issue', object: `key_${apiKey.id}`, after });
  });
  return { token, scopes: [...new Set(scopes)].sort() };
}

/** Who calls, by a key or by a token that stands for one; null for what is unknown. @throws as findCaller, ACCESS_TOKEN_INVALID */
export function findBearer(keys: KeyRows, text: string, when: Circumstances): Promise<Caller | null> {
  return text.startsWith(PREFIX) ? findTokenCaller(keys, text, when) : findCaller(keys, text, when);
}

async function findTokenCaller(keys: KeyRows, token: string, { now }: Circumstances): Promise<Caller> {
  const found = FORM.test(token) ? await keys.byToken(sha256(token).toString('hex')) : undefined;
  if (!found || found.expiresAt <= now) throw invalid('it is unknown, or its ten minutes are over');
  const { apiKey, issuer, secretSha256, scopes } = found;
  if (!isLive(apiKey, secretSha256, now)) throw invalid('the key that it was given for works no more');
  const may = new Set(scopes.filter((scope) => apiKey.scopes.includes(scope)) as Act[]);
  return { actor: { issuer, id: `key:${apiKey.id}`, name: apiKey.name, may, isToken: true }, apiKey };
}

/** A token that a stolen secret was exchanged for ends with that secret. */
function isLive(key: ApiKeyRow, secretSha256: Buffer, now: Date): boolean {
  if (key.revoked_at !== null || (key.expires_at !== null && key.expires_at <= now)) return false;
  if (key.key_sha256.equals(secretSha256)) return true;
  return key.previous_sha256?.equals(secretSha256) === true && (key.previous_until as Date) > now;
}

function invalid(why: string): AppError {
  return new AppError('ACCESS_TOKEN_INVALID', `the access token is not valid: ${why}`);
}

/** Tokens whose time is over. */
export async function forgetAccessTokens(db: Db, now: Date): Promise<void> {
  await db.deleteFrom('access_tokens').where('expires_at', '<=', now).execute();
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
