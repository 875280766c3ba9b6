import { CborWriter } from '../../proof/cbor.ts';
import type { ClaimGroups } from '../../proof/claims.ts';
import { claimsOf } from '../../proof/credential-type.ts';
import type { OpenType } from './prepare.ts';
import type { Cipher } from './use-cases.ts';

const writer = new CborWriter();

/**
 * 16 bytes by which the same document is known again: its issuer, its type, the claim that has the role of its number, and the first day
 * on which it is valid, so that a renewal under the same number is another one. A type without a number, or a document whose number
 * is left out, is known by all of its claims. A hash under a key of its own: who has the database and not the key cannot try out numbers.
 */
export function identityOf(
  { type: { definition }, issuer }: OpenType,
  { groups, validFrom }: { groups: ClaimGroups; validFrom: number },
  cipher: Cipher,
): Uint8Array {
  const at = definition.claims.findIndex((claim) => claim.role === 'number');
  const number = at < 0 ? null : valueAt(groups, claimsOf(definition, 'shown').length, at);
  const what = number === null ? [groups.shown, groups.rest] : number;
  writer.reset();
  writer.value([issuer.id, definition.code, validFrom, what]);
  return cipher.fingerprint(writer.view(), 'identity');
}

// The shown claims of a type come first.
function valueAt({ shown, rest }: ClaimGroups, shownCount: number, at: number) {
  return (at < shownCount ? shown[at] : rest[at - shownCount]) ?? null;
}
