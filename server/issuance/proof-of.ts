import { createGroupHasher, type Disclosure, type GroupNumber, REST, SHOWN } from '../../proof/commitment.ts';
import type { DisclosureRule } from '../../proof/credential-type.ts';
import type { Header } from '../../proof/header.ts';
import type { Proof } from '../../proof/proof.ts';
import { hashIntoWithOpenssl } from './openssl-hash.ts';
import type { Group, Payload } from './payload.ts';

/** Where a credential stands: in which registry's batch, and how it leads to the root. */
export type Place = Pick<Proof, 'registry' | 'index' | 'size' | 'path' | 'signature' | 'locator'>;

/** The place that needs the most bytes, for what must be known before there is a batch. */
export function largestPlace(registry: number): Place {
  return {
    registry,
    index: 255,
    size: 256,
    path: new Uint8Array(8 * 32),
    signature: new Uint8Array(65),
    locator: 0xff_ffff,
  };
}

/** The proof that shows everything: for the holder, and for the service's own check. */
export function fullProof(header: Header, payload: Payload, place: Place): Proof {
  return { header, ...place, shown: full(SHOWN, payload.shown), rest: full(REST, payload.rest) };
}

/** The proof that everybody may see: the shown claims of a public type, of any other type none. */
export function qrProof(header: Header, payload: Payload, more: { place: Place; disclosure: DisclosureRule }): Proof {
  const shown = more.disclosure === 'public' ? full(SHOWN, payload.shown) : hidden(SHOWN, payload.shown);
  return { header, ...more.place, shown, rest: hidden(REST, payload.rest) };
}

// The format has one way to say nothing of a group, also where the group has nothing to say.
function full(group: GroupNumber, content: Group): Disclosure {
  return content.values.length === 0 ? hidden(group, content) : { kind: 'full', ...content };
}

function hidden(group: GroupNumber, { seed, values }: Group): Disclosure {
  return { kind: 'hidden', hash: hasher.hashFull(group, seed, values) };
}

const hasher = createGroupHasher(hashIntoWithOpenssl);
