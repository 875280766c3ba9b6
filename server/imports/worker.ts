import { parentPort, workerData } from 'node:worker_threads';
import { loadCatalogue } from '../../catalogue/catalogue.ts';
import { hashHolderSubject } from '../auth/holder-index.ts';
import type { PrepareDeps } from '../issuance/prepare.ts';
import { createCipher } from '../keys/cipher.ts';
import { randomFromPool } from '../keys/random-pool.ts';
import { checkPiece } from './check.ts';
import type { CheckerSettings, Task } from './checker.ts';

/* A thread that checks pieces of imports: all that costs processor time happens here, so that requests are answered meanwhile. */

const { masterKey, holderIndexKey, registry, registryIndex, verifier } = workerData as CheckerSettings;
const deps: PrepareDeps = {
  now: Date.now,
  randomBytes: randomFromPool,
  cipher: createCipher(masterKey),
  hashHolderSubject: (subject) => hashHolderSubject(holderIndexKey, subject),
  registry,
  registryIndex,
  verifier,
};
const types = new Map(loadCatalogue().types.map((type) => [type.sha256, type]));
const port = parentPort as NonNullable<typeof parentPort>;

port.on('message', async ({ id, piece, definition, settings }: Task) => {
  try {
    const type = types.get(definition);
    if (!type) throw new Error(`the catalogue has no credential type with the hash ${definition}`);
    const checked = await checkPiece(piece, { ...settings, open: { ...settings.open, type } }, deps);
    const { tuples, ends, lines, identities, contents } = checked;
    const buffers = [tuples, ends, lines, identities, contents].map(({ buffer }) => buffer as ArrayBuffer);
    port.postMessage({ id, checked }, buffers);
  } catch (error) {
    port.postMessage({ id, error });
  }
});
