import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { AppError } from '../app-error.ts';
import type { ApiKeyRow, Db, IssuerRow, Tx } from '../store/schema.ts';
import type { KeyRows } from './key-rows.ts';
import { ACTS, type Act, type Actor } from './policy.ts';

/** Who sent a request. */
export interface Caller {
  actor: Actor;
  /** The key that the request came with; null for people. */
  apiKey: ApiKeyRow | null;
}

const FORM = /^ep_(test|live)_[0-9A-Za-z_-]{32,64}$/;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_CHARACTERS = 43;
/** "ep_test_" and enough to tell a department's keys apart. */
const SHOWN_CHARACTERS = 16;
const USE_NOTED_EVERY_MS = 60_000;

export interface NewApiKey {
  issuer: IssuerRow;
  /** By which people know it, and which stands beside what is done with it. */
  name: string;
  isTest: boolean;
  /** What it may do; everything where it is left out. */
  scopes?: readonly Act[];
  /** A key that is known already, for a start that goes on where another ended. */
  secret?: string;
}

/** A key that no person of the department made. It is told once: what is kept is its hash, and its first characters to be recognised by. */
export async function createApiKey(
  db: Db | Tx,
  { issuer, name, isTest, scopes = ACTS, secret = createApiKeySecret(isTest) }: NewApiKey,
): Promise<string> {
  await db
    .insertInto('api_keys')
    .values({ issuer_id: issuer.id, name, ...keptOf(secret), scopes: [...scopes] })
    .onConflict((conflict) => conflict.column('key_sha256').doNothing())
    .execute();
  return secret;
}

/** 256 random bits: a plain hash tells nothing of them, so none that is slow on purpose is needed. */
export function createApiKeySecret(isTest: boolean): string {
  return `ep_${isTest ? 'test' : 'live'}_${randomText()}`;
}

/** What the database knows of a secret. */
export function keptOf(secret: string): Pick<ApiKeyRow, 'prefix' | 'key_sha256'> {
  return { prefix: secret.slice(0, SHOWN_CHARACTERS), key_sha256: sha256(secret) };
}

/** When it is, and whether this service is a test: a key of the other kind opens nothing. */
export interface Circumstances {
  now: Date;
  isTest: boolean;
}

/**
 * Whose key it is; null for an unknown or deactivated one. Its last use is noted to the minute, so that reading costs no write.
 * @throws AppError API_KEY_MODE, API_KEY_EXPIRED: told to whoever has the key, and to nobody who guesses
 */
export async function findCaller(keys: KeyRows, key: string, when: Circumstances): Promise<Caller | null> {
  const mode = FORM.exec(key)?.[1];
  if (mode === undefined) return null;
  const hash = sha256(key);
  const found = await keys.bySecret(hash.toString('hex'));
  if (!found) return null;
  const { apiKey, issuer } = found;
  // what the index search takes longer for is a prefix of the hash, from which no key follows
  const isNewest = timingSafeEqual(apiKey.key_sha256, hash);
  if (!isNewest && !(apiKey.previous_sha256 && timingSafeEqual(apiKey.previous_sha256, hash))) return null;
  requireMode(mode, when);
  requireTime(apiKey, { isNewest, now: when.now });
  await noteUse(keys, apiKey, { isNewest, now: when.now });
  return { actor: toKeyActor(apiKey, issuer), apiKey };
}

function toKeyActor({ id, name, scopes }: ApiKeyRow, issuer: IssuerRow): Actor {
  return { issuer, id: toKeyActorId(id), name, may: new Set(scopes as Act[]) };
}

/** As it stands beside what is done with the key. */
export function toKeyActorId(id: number): string {
  return `key:${id}`;
}

function requireMode(mode: string, { isTest }: Circumstances): void {
  if ((mode === 'test') === isTest) return;
  throw new AppError('API_KEY_MODE', `this service takes keys that begin with ep_${isTest ? 'test' : 'live'}_`);
}

interface Used {
  /** Or else the one before a rotation. */
  isNewest: boolean;
  now: Date;
}

function requireTime({ expires_at, previous_until }: ApiKeyRow, { isNewest, now }: Used): void {
  if (expires_at !== null && expires_at <= now)
    throw new AppError('API_KEY_EXPIRED', `the API key ended at ${expires_at.toISOString()}: have another one made`);
  if (!isNewest && (previous_until as Date) <= now)
    throw new AppError(
      'API_KEY_EXPIRED',
      `the API key was rotated, and this one ended at ${(previous_until as Date).toISOString()}: use the new one`,
    );
}

async function noteUse(keys: KeyRows, { id, ...row }: ApiKeyRow, { isNewest, now }: Used): Promise<void> {
  const column = isNewest ? 'last_used_at' : 'previous_used_at';
  if (now.getTime() - (row[column]?.getTime() ?? 0) < USE_NOTED_EVERY_MS) return;
  await keys.noteUse(id, column, now);
}

function randomText(): string {
  let text = '';
  while (text.length < SECRET_CHARACTERS)
    // from 248, the last multiple of 62 in a byte, the first letters would come more often
    for (const byte of randomBytes(SECRET_CHARACTERS)) if (byte < 248) text += ALPHABET[byte % ALPHABET.length];
  return text.slice(0, SECRET_CHARACTERS);
}

function sha256(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
