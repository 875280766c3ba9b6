import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { AppError } from '../app-error.ts';
import type { Cipher, DataKey } from '../issuance/use-cases.ts';
import { createMac } from './mac.ts';
import { randomFromPool } from './random-pool.ts';

export const MASTER_KEY_BYTES = 32;
const DATA_KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Version, then the initialisation vector, the tag, and what is encrypted. */
const TAG_AT = 1 + IV_BYTES;
const BODY_AT = TAG_AT + TAG_BYTES;
const ALGORITHM = 'aes-256-gcm';
const FINGERPRINT_BYTES = 16;
/** The first byte of everything encrypted, for the day when another cipher comes. */
const VERSION = 1;

/** AES-256-GCM: each credential has a random key of its own, which the master key wraps. To erase the credential, erase that key. */
export function createCipher(masterKey: Uint8Array): Cipher {
  if (masterKey.length !== MASTER_KEY_BYTES) throw new TypeError(`a master key has ${MASTER_KEY_BYTES} bytes`);
  const mac = createMac(new Uint8Array(hkdfSync('sha256', masterKey, '', 'eproof fingerprint', MASTER_KEY_BYTES)));
  const master = createSecretKey(masterKey);
  return {
    fingerprint: (bytes, purpose) =>
      mac(Buffer.concat([Buffer.from(`${purpose}\0`), bytes])).subarray(0, FINGERPRINT_BYTES),
    createDataKey() {
      const key = randomFromPool(DATA_KEY_BYTES);
      return toDataKey(key, encrypt(master, key, 'data-key'));
    },
    openDataKey: (wrapped) => toDataKey(decrypt(master, wrapped, 'data-key'), wrapped),
  };
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
    throw new AppError('DATA_UNREADABLE', 'stored data cannot be decrypted: another master key, or changed data', {
      cause,
    });
  }
}
