import { toHex } from '../../proof/bytes.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../proof/cbor.ts';
import { ProofError } from '../../proof/errors.ts';
import { isEqualJson, type Json } from '../../proof/json.ts';
import { decodeProof, type Proof } from '../../proof/proof.ts';
import { decodeQrText } from '../../proof/qr-text.ts';
import { type Genuine, verify } from '../../proof/verdict.ts';
import { decodeDocument, decodeProofValue } from '../../proof/verifiable-credential.ts';
import { evidenceOf } from './evidence.ts';
import type { Forgery, Original } from './mutations.ts';
import { VERIFIER, type World } from './world.ts';

export type Judgement = Genuine | 'refused';

/** What becomes of a forgery. Throws on anything but a refusal or a verdict. */
export function judgeForgery(world: World, forgery: Forgery): Judgement {
  let presented: { proof: Proof; document?: Json };
  try {
    presented = decodeForgery(forgery);
  } catch (error) {
    if (error instanceof ProofError) return 'refused';
    throw error;
  }
  return verify(evidenceOf(world, presented.proof, presented.document)).genuine;
}

function decodeForgery(forgery: Forgery): { proof: Proof; document?: Json } {
  if (forgery.kind === 'proof') return { proof: decodeProof(forgery.bytes) };
  if (forgery.kind === 'text') return { proof: decodeProof(decodeQrText(forgery.text, [VERIFIER])) };
  const { document, proofValue } = decodeDocument(forgery.text);
  return { document, proof: decodeProofValue(proofValue) };
}

/** Whether a forgery says just what one of the originals says: then nothing was forged. The locator is nobody's word. */
export function isUnchanged(forgery: Forgery, originals: readonly Original[]): boolean {
  if (forgery.kind === 'json') {
    const { document } = decodeDocument(forgery.text);
    return originals.some((original) => isEqualJson(original.document, document));
  }
  const bytes = forgery.kind === 'proof' ? forgery.bytes : decodeQrText(forgery.text, [VERIFIER]);
  const withoutLocator = (whole: Uint8Array) => toHex(encodeCbor((decodeCbor(whole) as CborValue[]).slice(0, 8)));
  return originals.some((original) => withoutLocator(original.bytes) === withoutLocator(bytes));
}

/** A forgery in a form that can be handed in again. */
export function describeForgery(forgery: Forgery): string {
  return forgery.kind === 'proof' ? `proof ${toHex(forgery.bytes)}` : `${forgery.kind} ${forgery.text}`;
}
