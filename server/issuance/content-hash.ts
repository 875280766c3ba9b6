import { hashContent } from '../../proof/batch.ts';
import { splitCborArray } from '../../proof/cbor.ts';
import { createGroupHasher, REST, SEED_BYTES, SHOWN } from '../../proof/commitment.ts';
import { ProofError } from '../../proof/errors.ts';
import { hashIntoWithOpenssl } from './openssl-hash.ts';

const hasher = createGroupHasher(hashIntoWithOpenssl);
/** A byte string of 16 bytes. */
const SEED_HEAD = 0x40 | SEED_BYTES;

/**
 * 32 bytes: what an approval is about, of a header and a payload as they are stored (payload.ts). The payload holds each claim in the one encoding
 * that commitments are made of, so that it is hashed as it stands: to decode a text and encode it again costs more than its hash. Whatever was
 * encoded otherwise has another hash than what was approved.
 * @throws ProofError for what is no payload
 */
export function hashStoredContent(header: Uint8Array, payload: Uint8Array): Uint8Array {
  const { items, end } = splitCborArray(payload, 0);
  const [shownSeed, shown, restSeed, rest] = items;
  if (items.length !== 5 || end !== payload.length || !shownSeed || !shown || !restSeed || !rest)
    throw new ProofError('CBOR_MALFORMED', 'a payload has 5 items');
  return hashContent(
    header,
    {
      shown: hasher.hashEncoded(SHOWN, toSeed(shownSeed), splitCborArray(shown, 0).items),
      rest: hasher.hashEncoded(REST, toSeed(restSeed), splitCborArray(rest, 0).items),
    },
    hashIntoWithOpenssl,
  );
}

function toSeed(item: Uint8Array): Uint8Array {
  if (item[0] !== SEED_HEAD) throw new ProofError('CBOR_MALFORMED', `a seed has ${SEED_BYTES} bytes`);
  return item.subarray(1);
}
