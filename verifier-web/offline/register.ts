import { clear, createStore, get, set } from 'idb-keyval';
import type { ReadingFailureCode } from '../../proof/nodes.ts';
import { decodeSnapshot, encodeSnapshot, type SnapshotPage } from '../../proof/snapshot.ts';
import type { Sources } from '../../proof/verification.ts';
import { readWholeRegister } from '../../proof/whole-register.ts';

/** What this device keeps of the register: pages of batches, all of them alike, and nothing of a document that was checked. */
export interface KeptRegister {
  /** A snapshot (FORMAT.md section 9.12). */
  text: string;
  /** Its oldest block, in which all of it was so; null where nothing has been issued yet. */
  block: { number: number; time: number } | null;
  /** Seconds since 1970 UTC. */
  readAt: number;
  /** How long it says what is so, as the list of trust had it. */
  maxAgeSeconds: number;
}

/** Why there is nothing newer: the nodes' failure; an older state; no list of trust; more than a device should load; or no place for it. */
export type RenewalFailure = ReadingFailureCode | 'OLDER' | 'NO_TRUST' | 'TOO_LARGE' | 'NOT_STORED';

const store = createStore('eproof-register', 'register');
const NAME = 'snapshot';
/** 16 million credentials: 47 MB to keep, and as much to load from each node. Known from the first pages, before the others are read. */
const MOST_PAGES = 1_000;
/** How far a block may be ahead of this device's clock before it is not believed. */
const MOST_CLOCK_SECONDS = 900;

/** A browser that keeps nothing has nothing. */
export async function findRegister(): Promise<KeptRegister | null> {
  return (await get<KeptRegister>(NAME, store).catch(() => undefined)) ?? null;
}

export function forgetRegister(): Promise<void> {
  return clear(store).catch(() => {});
}

/** The pages of what is kept; none where it is not what was written. */
export function pagesOf({ text }: KeptRegister): readonly SnapshotPage[] {
  try {
    return decodeSnapshot(text).pages;
  } catch {
    return [];
  }
}

/** When what is kept was so: the seconds from which its age is told. */
export function timeOf({ block, readAt }: KeptRegister): number {
  return block?.time ?? readAt;
}

/** Reads the whole register anew and keeps it; what was kept before stays where that fails. */
export async function renewRegister(
  { trust, post, now }: Sources,
  before: KeptRegister | null,
  told: (pages: number) => void,
): Promise<KeptRegister | RenewalFailure> {
  if (trust.registries.length === 0) return 'NO_TRUST';
  const pages: SnapshotPage[] = [];
  const pageCounts = new Map<string, number>();
  let count = 0;
  for (const [i, registry] of trust.registries.entries()) {
    const hear = ({ issuer }: SnapshotPage, pageCount: number) => {
      pageCounts.set(`${i}/${issuer}`, pageCount);
      if ([...pageCounts.values()].reduce((sum, each) => sum + each, 0) > MOST_PAGES) throw new TooLarge();
      told(++count);
    };
    try {
      const read = await readWholeRegister(registry, post, hear);
      if ('failure' in read) return read.failure;
      pages.push(...read);
    } catch (error) {
      if (error instanceof TooLarge) return 'TOO_LARGE';
      throw error;
    }
  }
  const block = oldestBlock(pages);
  const register = {
    text: encodeSnapshot({ pages }),
    block,
    readAt: now(),
    maxAgeSeconds: trust.maxSnapshotAgeSeconds,
  };
  // nodes that fell behind, or lie, must not take back what is known already
  if (before && timeOf(before) <= now() + MOST_CLOCK_SECONDS && timeOf(register) < timeOf(before)) return 'OLDER';
  try {
    await set(NAME, register, store);
  } catch {
    return 'NOT_STORED';
  }
  return register;
}

class TooLarge extends Error {}

function oldestBlock(pages: readonly SnapshotPage[]): KeptRegister['block'] {
  const [first, ...others] = pages.map(({ block: { number, time } }) => ({ number, time }));
  return first ? others.reduce((oldest, block) => (block.time < oldest.time ? block : oldest), first) : null;
}
