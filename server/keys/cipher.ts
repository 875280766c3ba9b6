import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { AppError } from '../app-error.ts';
import type { Cipher, DataKey } from '../issuance/use-cases.ts';
import { createMac } from './mac.ts';
import { randomFromPool } from './random-pool.ts';

export const MASTER_KEY_BYTES = 32;
const DATA_KEY_BYTES = 32;
const SEED_BYTES = 32;
const CHECK_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Version, then the initialisation vector, the tag, and what is encrypted. */
const TAG_AT = 1 + IV_BYTES;
const BODY_AT = TAG_AT + TAG_BYTES;
const ALGORITHM = 'aes-256-gcm';
const FINGERPRINT_BYTES = 16;
/** The first byte of everything encrypted, for the day when another cipher comes. */
const VERSION = 1;
/** The first byte of the seed of a data key, where a wrapped one has that of what is encrypted. */
const SEED_VERSION = 2;

/**
 * AES-256-GCM: each credential has a key of its own. To erase the credential, erase what its key is made from.
 *
 * What is stored of a data key is a random seed, of which the master key makes the data key (HMAC, a pseudorandom function), and a check, by which
 * another master key or a changed seed is told at once. Who has not both knows as little of the data key as of one that is wrapped; without the
 * seed nobody has it again. It costs a fifth of wrapping a random key, and is done three times on a credential's way. A key that is wrapped is
 * opened too: rows of before have one, and so would all if the master key changed.
 */
export function createCipher(masterKey: Uint8Array): Cipher {
  if (masterKey.length !== MASTER_KEY_BYTES) throw new TypeError(`a master key has ${MASTER_KEY_BYTES} bytes`);
  const subkey = (purpose: string) => new Uint8Array(hkdfSync('sha256', masterKey, '', purpose, MASTER_KEY_BYTES));
  const mac = createMac('sha256', subkey('eproof fingerprint'));
  const derive = createMac('sha512', subkey('eproof data keys'));
  const master = createSecretKey(masterKey);
  return {
    fingerprint: (bytes, purpose) =>
      mac(Buffer.concat([Buffer.from(`${purpose}\0`), bytes])).subarray(0, FINGERPRINT_BYTES),
    createDataKey() {
      const seed = randomFromPool(SEED_BYTES);
      const derived = derive(seed);
      const wrapped = Buffer.concat([Uint8Array.of(SEED_VERSION), seed, checkOf(derived)]);
      return toDataKey(derived.subarray(0, DATA_KEY_BYTES), wrapped);
    },
    openDataKey(wrapped) {
      if (wrapped[0] !== SEED_VERSION) return toDataKey(decrypt(master, wrapped, 'data-key'), wrapped);
      const derived = derive(wrapped.subarray(1, 1 + SEED_BYTES));
      if (!checkOf(derived).equals(wrapped.subarray(1 + SEED_BYTES))) throw unreadable();
      return toDataKey(derived.subarray(0, DATA_KEY_BYTES), wrapped);
    },
  };
}

/** The half of what is made from a seed that is no key; it tells nothing of the other half. */
function checkOf(derived: Buffer): Buffer {
  return derived.subarray(DATA_KEY_BYTES, DATA_KEY_BYTES + CHECK_BYTES);
}

function toDataKey(bytes: Uint8Array, wrapped: Uint8Array): DataKey {
  const key = createSecretKey(bytes);
  return {
    wrapped,
    encrypt: (plain, context) => encrypt(key, plain, context),
    decrypt: (encrypted, context) => decrypt(key, encrypted, context),
  };
}

/**
 * For what belongs to no credential; `context` says what it is. The key is a KeyObject because Node finds out by an exception that bytes
 * are none, which costs twice as much as to encrypt a licence.
 */
export function encrypt(key: KeyObject, plain: Uint8Array, context: string): Buffer {
  const iv = randomFromPool(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(context));
  const body = cipher.update(plain);
  // of this mode nothing comes last
  cipher.final();
  const encrypted = Buffer.allocUnsafe(BODY_AT + body.length);
  encrypted[0] = VERSION;
  encrypted.set(iv, 1);
  encrypted.set(cipher.getAuthTag(), TAG_AT);
  encrypted.set(body, BODY_AT);
  return encrypted;
}

/** @throws AppError DATA_UNREADABLE */
export function decrypt(key: KeyObject, encrypted: Uint8Array, context: string): Uint8Array {
  try {
    if (encrypted[0] !== VERSION) throw new Error('unknown version');
    const iv = encrypted.subarray(1, TAG_AT);
    // a shorter tag would be easier to guess
    const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(encrypted.subarray(TAG_AT, BODY_AT));
    const body = decipher.update(encrypted.subarray(BODY_AT));
    decipher.final();
    return new Uint8Array(body.buffer, body.byteOffset, body.length);
  } catch (cause) {
    throw unreadable(cause);
  }
}

function unreadable(cause?: unknown): AppError {
  return new AppError('DATA_UNREADABLE', 'stored data cannot be decrypted: another master key, or changed data', {
    cause,
  });
}
