import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ApiKeyRow, Db, IssuerRow, Tx } from '../store/schema.ts';
import { ACTS, type Act, type Actor } from './policy.ts';

/** Who sent a request. */
export interface Caller {
  actor: Actor;
  /** The key that the request came with; null for people. */
  apiKey: ApiKeyRow | null;
}

const FORM = /^ep_(?:test|live)_[0-9A-Za-z_-]{32,64}$/;
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

/** A key for a department's system. It is told once: what is kept is its hash, and its first characters to be recognised by. */
export async function createApiKey(
  db: Db | Tx,
  { issuer, name, isTest, scopes = ACTS, secret }: NewApiKey,
): Promise<string> {
  const key = secret ?? `ep_${isTest ? 'test' : 'live'}_${randomText()}`;
  await db
    .insertInto('api_keys')
    .values({
      issuer_id: issuer.id,
      name,
      prefix: key.slice(0, SHOWN_CHARACTERS),
      key_sha256: sha256(key),
      scopes: [...scopes],
    })
    .onConflict((conflict) => conflict.column('key_sha256').doNothing())
    .execute();
  return key;
}

/** Whose key it is; null for an unknown or revoked one. Its last use is noted to the minute, so that reading costs no write. */
export async function findCaller(db: Db, key: string, now: Date): Promise<Caller | null> {
  if (!FORM.test(key)) return null;
  const hash = sha256(key);
  const apiKey = await db
    .selectFrom('api_keys')
    .selectAll()
    .where('key_sha256', '=', hash)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  // what the index search takes longer for is a prefix of the hash, from which no key follows
  if (!apiKey || !timingSafeEqual(apiKey.key_sha256, hash)) return null;
  const issuer = await db
    .selectFrom('issuers')
    .selectAll()
    .where('id', '=', apiKey.issuer_id)
    .executeTakeFirstOrThrow();
  if (now.getTime() - (apiKey.last_used_at?.getTime() ?? 0) >= USE_NOTED_EVERY_MS)
    await db.updateTable('api_keys').set({ last_used_at: now }).where('id', '=', apiKey.id).execute();
  return { actor: { issuer, id: `key:${apiKey.id}`, name: apiKey.name, may: new Set(apiKey.scopes as Act[]) }, apiKey };
}

/** 256 random bits: a plain hash tells nothing of them, so none that is slow on purpose is needed. */
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
