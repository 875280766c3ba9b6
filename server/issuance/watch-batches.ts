import { toHex } from '../../proof/bytes.ts';
import type { Registry } from '../chain/registry.ts';
import { readAllPages } from '../chain/registry-state.ts';
import type { IssuerRow, UnknownBatchRow } from '../store/schema.ts';
import { holdFor, type ReconcileDeps, reconcileIssuer } from './reconcile.ts';
import { type BatchOfKey, batchesOf, findKnown, findWatched, pageOf, takeUnknown } from './unknown-batches.ts';

/*
 * What a start asks of the chain (reconcile.ts), asked while the service runs: does it have batches of a department that nobody here knows?
 *   1. from where the last look ended; where nothing came since, that is one page for each department, and no question to the database
 *   2. the chain is asked first, and the database then: a batch of this service is committed there before it is sent, by whichever instance,
 *      so that what is being carried is known
 *   3. what is unknown is read back or kept (unknown-batches.ts), and holds the department
 *   4. what was kept is judged again, as verifiers do; a department that is held, and for none of them, is asked about as at a start
 */

export interface BatchWatch {
  /** Under the lock "relay". */
  look(): Promise<void>;
}

/** The first look of an instance goes over all batches. */
export function createBatchWatch(deps: ReconcileDeps): BatchWatch {
  const marks = new Map<number, Mark>();
  return {
    async look() {
      const issuers = await deps.db
        .selectFrom('issuers')
        .selectAll()
        .where('number', 'is not', null)
        .orderBy('id')
        .execute();
      for (const issuer of issuers) marks.set(issuer.id, await lookAt(deps, issuer, marks.get(issuer.id) ?? START));
    },
  };
}

/** How many batches were looked at, and which the last one was: the chain could have been rewound. */
interface Mark {
  count: number;
  last: string;
}

const START: Mark = { count: 0, last: '' };

async function lookAt(deps: ReconcileDeps, issuer: IssuerRow, mark: Mark): Promise<Mark> {
  const { fresh, next } = await readSince(deps.registry, issuer, mark);
  const kept = await findWatched(deps.db, issuer);
  const wasHeld = issuer.state === 'held';
  if (fresh.length === 0 && kept.length === 0 && !wasHeld) return next;
  const again = await readAgain(deps.registry, issuer, kept);
  const batches = new Map([...again, ...fresh].map((batch) => [toHex(batch.id), batch]));
  const known = await findKnown(
    deps.db,
    issuer,
    [...batches.values()].map(({ id }) => id),
  );
  const unknown = [...batches].filter(([id]) => !known.has(id)).map(([, batch]) => batch);
  const missing = await takeUnknown(deps, issuer, unknown);
  const isHeld = await holdFor(deps, issuer, missing);
  // what else could hold it is known only when all is asked
  if (!isHeld && wasHeld) await reconcileIssuer(deps, issuer);
  return next;
}

interface Since {
  fresh: BatchOfKey[];
  next: Mark;
}

async function readSince(registry: Registry, issuer: IssuerRow, mark: Mark): Promise<Since> {
  const first = pageOf(Math.max(0, mark.count - 1));
  const batches = batchesOf(await readAllPages(registry, issuer.number as number, first));
  const seen = batches.find(({ number }) => number === mark.count - 1);
  if (mark.count > 0 && (!seen || toHex(seen.id) !== mark.last)) return readSince(registry, issuer, START);
  const last = batches.at(-1);
  return {
    fresh: batches.filter(({ number }) => number >= mark.count),
    next: last ? { count: last.number + 1, last: toHex(last.id) } : START,
  };
}

/** As the chain has them now; without those that it has no more. */
async function readAgain(
  registry: Registry,
  issuer: IssuerRow,
  kept: readonly UnknownBatchRow[],
): Promise<BatchOfKey[]> {
  const ids = new Set(kept.map(({ id }) => toHex(id)));
  const pages = new Set(kept.map(({ number }) => pageOf(number)));
  const readings = [];
  for (const page of pages) readings.push(await registry.readPage(issuer.number as number, page));
  return batchesOf(readings).filter(({ id }) => ids.has(toHex(id)));
}
