import { randomFillSync } from 'node:crypto';

const pool = new Uint8Array(16_384);
let at = pool.length;

/**
 * Random bytes of the operating system, fetched many at a time: a call for sixteen costs more than encrypting a claim. What was handed
 * out is overwritten, so that no key stays behind.
 */
export function randomFromPool(sizeBytes: number): Uint8Array<ArrayBuffer> {
  if (sizeBytes > pool.length) throw new TypeError(`the pool has ${pool.length} bytes`);
  if (at + sizeBytes > pool.length) {
    randomFillSync(pool);
    at = 0;
  }
  const bytes = pool.slice(at, at + sizeBytes);
  pool.fill(0, at, at + sizeBytes);
  at += sizeBytes;
  return bytes;
}
