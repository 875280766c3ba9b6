import { compressHolderKey } from '../../../proof/holder-key.ts';

/** A key as a holder's browser makes it, compressed, in base64url without padding. */
export async function newHolderKey(): Promise<string> {
  const { publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
  return Buffer.from(compressHolderKey(raw)).toString('base64url');
}
