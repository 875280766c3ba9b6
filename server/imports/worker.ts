import { parentPort, workerData } from 'node:worker_threads';
import type { CatalogueType } from '../../catalogue/catalogue.ts';
import { hashCompanyNumber, hashHolderSubject } from '../auth/holder-index.ts';
import type { PrepareDeps } from '../issuance/prepare.ts';
import { createCipher } from '../keys/cipher.ts';
import { randomFromPool } from '../keys/random-pool.ts';
import { checkPiece, namedParents } from './check.ts';
import type { Answer, CheckerSettings, Task } from './checker.ts';

/* A thread that checks pieces of imports: all that costs processor time happens here, so that requests are answered meanwhile. */

const { masterKey, holderIndexKey, registry, registryIndex, verifier } = workerData as CheckerSettings;
const deps: PrepareDeps = {
  now: Date.now,
  randomBytes: randomFromPool,
  cipher: createCipher(masterKey),
  hashHolderSubject: (subject) => hashHolderSubject(holderIndexKey, subject),
  hashCompanyNumber: (number) => hashCompanyNumber(holderIndexKey, number),
  registry,
  registryIndex,
  verifier,
};
const types = new Map<string, CatalogueType>();
const port = parentPort as NonNullable<typeof parentPort>;

port.on('message', async ({ id, piece, definition, type: told, settings: { open, ...others }, parents }: Task) => {
  try {
    if (told) types.set(definition, told);
    const type = types.get(definition);
    if (!type) throw new Error(`this thread was not told the credential type with the hash ${definition}`);
    const settings = { ...others, open: { ...open, type } };
    if (parents === null) return send({ id, named: namedParents(piece, settings) });
    const checked = await checkPiece(piece, { ...settings, parents }, deps);
    const { tuples, ends, lines, identities, contents, terms, termEnds } = checked;
    const parts = [tuples, ends, lines, identities, contents, terms, termEnds];
    send(
      { id, checked },
      parts.map(({ buffer }) => buffer as ArrayBuffer),
    );
  } catch (error) {
    send({ id, error });
  }
});

function send(answer: Answer, buffers: ArrayBuffer[] = []): void {
  port.postMessage(answer, buffers);
}
