import { concatBytes } from '../../proof/bytes.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../proof/cbor.ts';
import { type Presentation, presentationMessage } from '../../proof/presentation.ts';
import type { Proof } from '../../proof/proof.ts';
import { type Holder, namedBytes, signAsHolder } from './seed.ts';
import { HOLDER, NOW, VERIFIER } from './world.ts';

const TAG = new TextEncoder().encode('eProof1P');

/** What its holder shows the verifier of the vectors for an hour, unless the facts say otherwise. */
export function present(
  proof: Proof,
  facts: Partial<Omit<Presentation, 'proof' | 'signature'>> = {},
  holder: Holder = HOLDER,
): Presentation {
  const unsigned = {
    proof,
    holderKey: HOLDER.key,
    audience: VERIFIER,
    nonce: namedBytes('nonce', 16),
    issuedAt: NOW - 60,
    expiresAt: NOW + 3_540,
    ...facts,
  };
  return { ...unsigned, signature: signAsHolder(presentationMessage(unsigned), holder) };
}

/** The bytes of a presentation of any items but the signature, which the holder signs whatever they are. */
export function signItems(items: readonly CborValue[], holder: Holder = HOLDER): Uint8Array {
  return encodeCbor([...items, signAsHolder(concatBytes(TAG, encodeCbor(items)), holder)]);
}

/** The items of a presentation without its signature. */
export function unsignedItems(bytes: Uint8Array): CborValue[] {
  return (decodeCbor(bytes) as CborValue[]).slice(0, -1);
}
