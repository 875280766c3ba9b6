import { isEqualBytes, toHex } from '../../proof/bytes.ts';
import { ProofError } from '../../proof/errors.ts';
import { isEqualJson, type Json } from '../../proof/json.ts';
import { decodeShown, type Shown } from '../../proof/presentation.ts';
import { encodeProof, type Proof } from '../../proof/proof.ts';
import { decodeQrText } from '../../proof/qr-text.ts';
import { type Genuine, verify } from '../../proof/verdict.ts';
import { decodeDocument, decodeShownValue } from '../../proof/verifiable-credential.ts';
import { evidenceOf } from './evidence.ts';
import type { Forgery, Original } from './mutations.ts';
import { namedBytes } from './seed.ts';
import { VERIFIER, type World } from './world.ts';

export type Judgement = Genuine | 'refused';

/**
 * What becomes of a forgery, shown to the verifier that asked for it. Throws on anything but a refusal or a verdict.
 */
export function judgeForgery(world: World, forgery: Forgery): Judgement {
  let given: Given;
  try {
    given = decodeForgery(forgery);
  } catch (error) {
    if (error instanceof ProofError) return 'refused';
    throw error;
  }
  const { proof, presentation, document } = given;
  return verify({ ...evidenceOf(world, proof, document), presentation, occasion: OCCASION }).genuine;
}

type Given = Shown & { document?: Json };

const OCCASION = { audiences: [VERIFIER], nonce: namedBytes('nonce', 16) };

function decodeForgery(forgery: Forgery): Given {
  if (forgery.kind === 'proof') return decodeShown(forgery.bytes);
  if (forgery.kind === 'text') return decodeShown(decodeQrText(forgery.text, [VERIFIER]));
  const { document, proofValue } = decodeDocument(forgery.text);
  return { document, ...decodeShownValue(proofValue) };
}

/**
 * Whether a forgery says just what one of the originals says: then nothing was forged. The locator is nobody's word, unless a holder signed
 * it; and a proof out of a presentation is the proof that it was.
 */
export function isUnchanged(forgery: Forgery, originals: readonly Original[]): boolean {
  if (forgery.kind === 'json') {
    const { document } = decodeDocument(forgery.text);
    return originals.some((original) => documentsOf(original).some((its) => isEqualJson(its, document)));
  }
  const bytes = forgery.kind === 'proof' ? forgery.bytes : decodeQrText(forgery.text, [VERIFIER]);
  const { proof, presentation } = decodeShown(bytes);
  if (presentation) return originals.some((original) => isEqualBytes(original.bytes, bytes));
  const withoutLocator = (given: Proof) => toHex(encodeProof({ ...given, locator: null }));
  return originals.some((original) => withoutLocator(original.proof) === withoutLocator(proof));
}

function documentsOf({ document }: Original): Json[] {
  return [document, ...((document.verifiableCredential ?? []) as Json[])];
}

/** A forgery in a form that can be handed in again. */
export function describeForgery(forgery: Forgery): string {
  return forgery.kind === 'proof' ? `proof ${toHex(forgery.bytes)}` : `${forgery.kind} ${forgery.text}`;
}
