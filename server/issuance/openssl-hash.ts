import { hash } from 'node:crypto';
import type { HashInto } from '../../proof/hash.ts';

/**
 * SHA-256 by OpenSSL. A digest asked for as a string comes back three times as fast as one asked for as a Buffer, whose creation costs
 * more than hashing a claim; bench/sealing.ts measures it.
 */
export const hashIntoWithOpenssl: HashInto = (message, target, offset) => {
  const digest = hash('sha256', message, 'binary');
  for (let i = 0; i < 32; i++) target[offset + i] = digest.charCodeAt(i);
};
