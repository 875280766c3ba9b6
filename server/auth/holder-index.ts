import { createHmac } from 'node:crypto';

const HOLDER_INDEX_KEY_BYTES = 32;

/**
 * By which the credentials of a holder are found. A plain hash would not do: subjects are short and can be tried one after another by
 * whoever reads the database, so that it takes the key, which is not in it.
 */
export function hashHolderSubject(key: Uint8Array, subject: string): Buffer {
  return hash(key, `holder-subject:${subject.normalize('NFC')}`);
}

/** Of a company's number. No account has this of its subject, whatever a provider calls its people. */
export function hashCompanyNumber(key: Uint8Array, number: string): Buffer {
  return hash(key, `holder-company:${number}`);
}

function hash(key: Uint8Array, text: string): Buffer {
  if (key.length !== HOLDER_INDEX_KEY_BYTES)
    throw new TypeError(`a holder index key has ${HOLDER_INDEX_KEY_BYTES} bytes`);
  return createHmac('sha256', key).update(text).digest();
}
