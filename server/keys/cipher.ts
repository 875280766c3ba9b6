import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync } from 'node:crypto';
import { AppError } from '../app-error.ts';
import type { Cipher, DataKey } from '../issuance/use-cases.ts';
import { randomFromPool } from './random-pool.ts';

export const MASTER_KEY_BYTES = 32;
const DATA_KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const FINGERPRINT_BYTES = 16;
/** The first byte of everything encrypted, for the day when another cipher comes. */
const VERSION = 1;

/** AES-256-GCM: each credential has a random key of its own, which the master key wraps. To erase the credential, erase that key. */
export function createCipher(masterKey: Uint8Array): Cipher {
  if (masterKey.length !== MASTER_KEY_BYTES) throw new TypeError(`a master key has ${MASTER_KEY_BYTES} bytes`);
  const fingerprintKey = createSecretKey(
    new Uint8Array(hkdfSync('sha256', masterKey, '', 'eproof fingerprint', MASTER_KEY_BYTES)),
  );
  return {
    fingerprint: (bytes, purpose) =>
      createHmac('sha256', fingerprintKey).update(`${purpose}\0`).update(bytes).digest().subarray(0, FINGERPRINT_BYTES),
    createDataKey() {
      const key = randomFromPool(DATA_KEY_BYTES);
      return toDataKey(key, encrypt(masterKey, key, 'data-key'));
    },
    openDataKey: (wrapped) => toDataKey(decrypt(masterKey, wrapped, 'data-key'), wrapped),
  };
}

function toDataKey(key: Uint8Array, wrapped: Uint8Array): DataKey {
  return {
    wrapped,
    encrypt: (plain, context) => encrypt(key, plain, context),
    decrypt: (encrypted, context) => decrypt(key, encrypted, context),
  };
}

/** For what belongs to no credential; `context` says what it is. */
export function encrypt(key: Uint8Array, plain: Uint8Array, context: string): Buffer {
  const iv = randomFromPool(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Uint8Array.of(VERSION), iv, cipher.getAuthTag(), body]);
}

/** @throws AppError DATA_UNREADABLE */
export function decrypt(key: Uint8Array, encrypted: Uint8Array, context: string): Uint8Array {
  try {
    if (encrypted[0] !== VERSION) throw new Error('unknown version');
    const tagAt = 1 + IV_BYTES;
    const decipher = createDecipheriv('aes-256-gcm', key, encrypted.subarray(1, tagAt));
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(encrypted.subarray(tagAt, tagAt + TAG_BYTES));
    const body = Buffer.concat([decipher.update(encrypted.subarray(tagAt + TAG_BYTES)), decipher.final()]);
    return new Uint8Array(body);
  } catch (cause) {
    throw new AppError('DATA_UNREADABLE', 'stored data cannot be decrypted: another master key, or changed data', {
      cause,
    });
  }
}
