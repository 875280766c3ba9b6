import { encodeProof } from '../../proof/proof.ts';
import { toQrText } from '../../proof/qr-text.ts';
import { decryptPayload } from '../issuance/payload.ts';
import { qrProof } from '../issuance/proof-of.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import type { Db } from '../store/schema.ts';
import { findFinal, frameOf, noMatch } from './final.ts';

/**
 * What the QR code beside a printed reference holds, for whoever cannot scan it: of a public type its shown claims, of the others none.
 * Types that are shown for facts are not found by a reference alone: who guesses facts would else know which references there are.
 * @throws AppError LOOK_UP_NO_MATCH
 */
export async function lookUpReference(db: Db, deps: IssuanceDeps, id: Buffer): Promise<string> {
  const found = await findFinal(db, deps, id);
  const disclosure = found?.type.definition.disclosure;
  if (!found || !disclosure || disclosure === 'knowledge-check') throw noMatch();
  const { header, place } = await frameOf(db, deps, found);
  const proof = qrProof(header, decryptPayload(found.row, deps.cipher), { place, disclosure });
  return toQrText(deps.verifier, encodeProof(proof));
}
