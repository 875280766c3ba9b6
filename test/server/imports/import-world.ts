import { randomBytes } from 'node:crypto';
import { loadCatalogue } from '../../../catalogue/catalogue.ts';
import { createServiceActor } from '../../../server/auth/policy.ts';
import type { CheckedPiece } from '../../../server/imports/check.ts';
import { type Checker, createChecker } from '../../../server/imports/checker.ts';
import { receiveImport } from '../../../server/imports/receive.ts';
import { registerDepartment } from '../../../server/issuance/department.ts';
import { createCipher } from '../../../server/keys/cipher.ts';
import type { Db, ImportMode, IssuerRow } from '../../../server/store/schema.ts';
import type { Store } from '../../../server/store/store.ts';

export const CODE = 'FEHD-GRL';

/** All that another process needs to take part in the same import. */
export interface ImportSettings {
  databaseUrl: string;
  /** In hex; of the test alone. */
  key: string;
  mode: ImportMode;
}

interface Received {
  /** Its Idempotency-Key. */
  name?: string;
  body: AsyncIterable<Buffer>;
  offset: number;
  /** Changes what a thread answers. */
  spoil?: (checked: CheckedPiece) => void;
}

const { types, departments } = loadCatalogue();
const findType = (code: string) => types.findLast((type) => type.code === code);
const PIECE_BYTES = 4_096;
/** A piece has about five rows. */
export const SEALED_BY = 2;
/** On no chain. */
export const REGISTRY = { chainId: 31_337, address: `0x${'5f'.repeat(20)}` };

/** What the service does with a file, without HTTP around it. */
export async function receiveOn(
  store: Store,
  settings: ImportSettings,
  { body, offset, spoil, name = 'one' }: Received,
) {
  const key = new Uint8Array(Buffer.from(settings.key, 'hex'));
  const checker = createChecker({
    masterKey: key,
    holderIndexKey: key,
    registry: REGISTRY,
    registryIndex: 0,
    verifier: 'http://127.0.0.1:3000/',
  });
  const spoilt: Checker['check'] = async (...asked) => {
    const checked = await checker.check(...asked);
    spoil?.(checked);
    return checked;
  };
  const parts = {
    ...store,
    deps: {
      findType,
      findDefinition: (sha256: string) => types.find((type) => type.sha256 === sha256),
      cipher: createCipher(key),
      now: Date.now,
      randomBytes: (sizeBytes: number) => new Uint8Array(randomBytes(sizeBytes)),
      registry: REGISTRY,
    },
    sealing: { maxSize: SEALED_BY, maxWaitMs: 0 },
    checker: spoil ? { ...checker, check: spoilt } : checker,
    pieceBytes: PIECE_BYTES,
  };
  const request = {
    code: CODE,
    mode: settings.mode,
    dryRun: false,
    forApproval: false,
    format: 'ndjson',
    isComplete: true,
  } as const;
  const actor = createServiceActor(await openDepartment(store.db), 'test');
  try {
    return (await receiveImport(parts, { ...request, actor, idempotencyKey: name, offset, body })).row;
  } finally {
    await checker.close();
  }
}

/** A department with the type open, as if it were on a chain. */
async function openDepartment(db: Db): Promise<IssuerRow> {
  const profile = departments.find(({ code }) => code === 'FEHD')!;
  const type = findType(CODE)!;
  const { id } = await registerDepartment(db, profile);
  await db
    .insertInto('credential_types')
    .values({ issuer_id: id, number: 1, code: CODE, version: type.version, definition: type.sha256 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return db
    .updateTable('issuers')
    .set({ number: 1, state: 'active' })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}
