import { decodeBase64Url, toBase64Url } from '../proof/bytes.ts';

/*
 * What a link that ends shows: the bytes of a proof, locked by AES-256-GCM under a key that stands in the link's fragment alone. Before the
 * ciphertext stand the 12 bytes of its nonce.
 */

const NONCE_BYTES = 12;

export interface Locked {
  /** What the service keeps; base64url. */
  sealed: string;
  /** 32 bytes, base64url: for the link alone. */
  key: string;
}

export async function lock(bytes: Uint8Array): Promise<Locked> {
  const key = crypto.getRandomValues(new Uint8Array(32));
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const secret = await importKey(key, 'encrypt');
  const ciphertext = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, secret, Uint8Array.from(bytes));
  const sealed = new Uint8Array([...nonce, ...new Uint8Array(ciphertext)]);
  return { sealed: toBase64Url(sealed), key: toBase64Url(key) };
}

/** @throws Error where the key is another one, or something was changed */
export async function unlock({ sealed, key }: Locked): Promise<Uint8Array> {
  const bytes = Uint8Array.from(decodeBase64Url(sealed, 'sealed'));
  const secret = await importKey(Uint8Array.from(decodeBase64Url(key, 'key')), 'decrypt');
  const iv = bytes.subarray(0, NONCE_BYTES);
  return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, secret, bytes.subarray(NONCE_BYTES)));
}

function importKey(key: Uint8Array<ArrayBuffer>, use: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', key, 'AES-GCM', false, [use]);
}

/** Below the page: all that names the link stands behind "#", which no server is told. */
export const SHARED_PATH = 'shared/';

/** `base` is the page's address. */
export function toShareLink(base: string, { id, key }: { id: string; key: string }): string {
  return `${base}${SHARED_PATH}#${id}.${key}`;
}

/** Null for what is no link of ours, or not all of it. */
export function readShareLink(fragment: string): { id: string; key: string } | null {
  const [, id, key] = /^#?([0-9a-f]{32})\.([A-Za-z0-9_-]{43})$/.exec(fragment) ?? [];
  return id === undefined || key === undefined ? null : { id, key };
}
