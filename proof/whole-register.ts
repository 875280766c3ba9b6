import { type Post, type ReadingFailure, readRegistry } from './nodes.ts';
import { BATCHES_PER_PAGE } from './reading.ts';
import { type SnapshotPage, toSnapshotPage } from './snapshot.ts';
import type { TrustedRegistry } from './trust.ts';

/** Departments that are read at the same time: a phone's browser holds back more than six requests to a node. */
const AT_ONCE = 4;

/**
 * Every page of every issuer of a registry, each as enough nodes say alike: what a snapshot keeps. All of it, so that nobody learns who is
 * checked; or the failure of the first page that could not be read. `told` hears of each, and how many its issuer has; what it throws ends the
 * reading.
 */
export async function readWholeRegister(
  registry: TrustedRegistry,
  post: Post,
  told: (page: SnapshotPage, pageCount: number) => void = () => {},
): Promise<SnapshotPage[] | ReadingFailure> {
  const pages: SnapshotPage[] = [];
  const waiting = registry.issuers.map(({ issuer }) => issuer).values();
  let failure: ReadingFailure | null = null;

  async function readIssuer(issuer: number): Promise<void> {
    for (let page = 0, count = 1; page * BATCHES_PER_PAGE < count && !failure; page++) {
      const question = { registry, issuer, batch: null, locator: page * BATCHES_PER_PAGE };
      const reading = await readRegistry(question, post);
      if ('failure' in reading) {
        failure ??= reading;
        return;
      }
      count = reading.page.batchCount;
      if (reading.page.batches.length === 0) continue;
      const kept = toSnapshotPage(question, reading);
      pages.push(kept);
      told(kept, Math.ceil(count / BATCHES_PER_PAGE));
    }
  }

  async function work(): Promise<void> {
    for (const issuer of waiting) await readIssuer(issuer);
  }

  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return failure ?? pages.sort((a, b) => a.issuer - b.issuer || a.page - b.page);
}
