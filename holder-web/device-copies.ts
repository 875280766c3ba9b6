import { clear, createStore, del, entries, get, set } from 'idb-keyval';
import type { DeviceCopy } from '../client/api.ts';
import type { Company } from './whose.ts';

/** A copy of a document that this device shows: its key can be used by this page alone, and be read by nobody. */
export interface OwnCopy {
  /** Of the company whose document it is; left out for one's own. */
  company?: string;
  /** "crd_…" */
  credential: string;
  /** "cpy_…" */
  id: string;
  /** Its last day in Hong Kong, YYYY-MM-DD. */
  validUntil: string;
  privateKey: CryptoKey;
  /** 33 bytes, compressed. */
  publicKey: Uint8Array;
  /** The bytes of its full proof; null while it is on its way to the chain. */
  proof: Uint8Array | null;
  /** The definition file of its kind. */
  typeFile: Uint8Array;
  /** For whom its codes are, and where they lead: the verifier's address. */
  verifier: string;
  /** By how much the service's clock is ahead of this device's, in milliseconds. */
  clockAheadMs: number;
  /** What its holder chose to show; null for what everybody may see of such a document. */
  names: readonly string[] | null;
}

export type Whom = Pick<Company, 'id'> | null;

const store = createStore('eproof-my-copies', 'copies');

function keyOf(company: Whom, credential: string): string {
  return company === null ? credential : `${company.id} ${credential}`;
}

/** A browser that keeps nothing has nothing. */
export async function findOwnCopy(company: Whom, credential: string): Promise<OwnCopy | null> {
  return (await get<OwnCopy>(keyOf(company, credential), store).catch(() => undefined)) ?? null;
}

/** @throws DOMException where the browser keeps nothing */
export function keepOwnCopy(copy: OwnCopy): Promise<void> {
  return set(keyOf(copy.company === undefined ? null : { id: copy.company }, copy.credential), copy, store);
}

/** Its key goes with it. */
export function forgetOwnCopy(company: Whom, credential: string): Promise<void> {
  return del(keyOf(company, credential), store);
}

export async function listOwnCopies(): Promise<OwnCopy[]> {
  const all = await entries<string, OwnCopy>(store).catch(() => []);
  return all.map(([, copy]) => copy);
}

/** Those of companies of which `isOver` says so. */
export async function forgetOwnCopiesOf(isOver: (company: string) => boolean): Promise<void> {
  for (const { company, credential } of await listOwnCopies())
    if (company !== undefined && isOver(company)) await forgetOwnCopy({ id: company }, credential);
}

export function forgetAllOwnCopies(): Promise<void> {
  return clear(store).catch(() => {});
}

const KINDS: readonly [RegExp, DeviceCopy['device']][] = [
  [/android/i, 'android'],
  [/iphone/i, 'iphone'],
  [/ipad/i, 'ipad'],
  [/windows/i, 'windows'],
  [/mac/i, 'mac'],
  [/linux|cros/i, 'linux'],
];

/** As the browser says: so that a holder tells their devices apart. */
export function kindOfDevice(userAgent: string): DeviceCopy['device'] {
  return KINDS.find(([pattern]) => pattern.test(userAgent))?.[1] ?? 'other';
}
