import type { CborValue } from './cbor.ts';
import {
  createGroupHasher,
  type DisclosedItem,
  type Disclosure,
  deriveSalt,
  type GroupHasher,
  type GroupNumber,
  hashDisclosure,
  REST,
  SHOWN,
} from './commitment.ts';
import { type ClaimDefinition, type CredentialType, claimsOf } from './credential-type.ts';
import { ProofError } from './errors.ts';
import type { Proof } from './proof.ts';

/** What of a credential a proof discloses. */
export type Disclosed = Pick<Proof, 'shown' | 'rest'>;

/**
 * The proof that discloses the claims of these names, of either group, and no others (FORMAT.md section 4). It is made from the full
 * proof or from one that already hides some; the result is the one encoding of that choice. A claim that the credential does not have
 * may be chosen too: it is then disclosed as absent, and not chosen it looks like every hidden one.
 * @throws ProofError CLAIMS_INVALID for a name that the type does not have, or a proof that is not of the type; CLAIM_HIDDEN where the
 * proof hides a chosen claim, or the choice one that is always shown
 */
export function discloseClaims(proof: Proof, type: CredentialType, names: readonly string[]): Proof {
  const chosen = new Set(names);
  for (const { name } of type.claims) chosen.delete(name);
  if (chosen.size > 0) throw new ProofError('CLAIMS_INVALID', `a chosen name is not of a claim of ${type.code}`);
  const isChosen = ({ name }: ClaimDefinition) => names.includes(name);
  const narrowed = {
    ...proof,
    shown: narrow(SHOWN, proof.shown, claimsOf(type, 'shown'), isChosen),
    rest: narrow(REST, proof.rest, claimsOf(type, 'rest'), isChosen),
  };
  checkDisclosure(type, narrowed);
  return narrowed;
}

/** What of a proof may stand on paper that others read: what a public type's QR carries, and of any other type no claim. */
export function publicPart(proof: Proof, type: CredentialType | null): Proof {
  const hasher = createGroupHasher();
  const hide = (group: GroupNumber, disclosure: Disclosure): Disclosure => ({
    kind: 'hidden',
    hash: hashDisclosure(group, disclosure, hasher),
  });
  const shown = type?.disclosure === 'public' ? proof.shown : hide(SHOWN, proof.shown);
  return { ...proof, shown, rest: hide(REST, proof.rest) };
}

/** The names of the claims that a proof discloses, those that the credential does not have among them. */
export function disclosedNames(type: CredentialType, { shown, rest }: Disclosed): string[] {
  const disclosed = [
    ...claimsOf(type, 'shown').filter((_, i) => isDisclosed(shown, i)),
    ...claimsOf(type, 'rest').filter((_, i) => isDisclosed(rest, i)),
  ];
  return disclosed.map(({ name }) => name);
}

/**
 * Whoever discloses a claim discloses what the type always shows; of a public type so does everybody (FORMAT.md section 4).
 * @throws ProofError CLAIM_HIDDEN
 */
export function checkDisclosure(type: CredentialType, disclosed: Disclosed): void {
  const names = disclosedNames(type, disclosed);
  if (type.disclosure !== 'public' && names.length === 0) return;
  const hidden = type.claims.find(({ name, always }) => always && !names.includes(name));
  if (hidden) throw new ProofError('CLAIM_HIDDEN', `"${hidden.name}" is always shown in ${type.code}`);
}

function isDisclosed(disclosure: Disclosure, index: number): boolean {
  if (disclosure.kind === 'hidden') return false;
  if (disclosure.kind === 'full') return index < disclosure.values.length;
  return 'value' in (disclosure.items[index] ?? {});
}

function narrow(
  group: GroupNumber,
  disclosure: Disclosure,
  claims: readonly ClaimDefinition[],
  isChosen: (claim: ClaimDefinition) => boolean,
): Disclosure {
  const hidden = claims.find((claim, i) => isChosen(claim) && !isDisclosed(disclosure, i));
  if (hidden) throw new ProofError('CLAIM_HIDDEN', `"${hidden.name}" is not disclosed in what was handed in`);
  const hasher = createGroupHasher();
  // the seed and the salts of a group of which nothing is told stay with the holder
  if (!claims.some(isChosen)) return { kind: 'hidden', hash: hashDisclosure(group, disclosure, hasher) };
  const items = toItems(disclosure);
  if (items.length !== claims.length)
    throw new ProofError(
      'CLAIMS_INVALID',
      `the type has ${claims.length} claims in this group, the proof ${items.length}`,
    );
  // all of a group has one encoding, its seed; a proof that was narrowed before cannot have all
  if (claims.every(isChosen)) return disclosure;
  return {
    kind: 'selective',
    items: items.map((item, i) => (isChosen(claims[i] as ClaimDefinition) ? item : hide(group, i, item, hasher))),
  };
}

function toItems(disclosure: Disclosure): readonly DisclosedItem[] {
  if (disclosure.kind === 'hidden') return [];
  if (disclosure.kind === 'selective') return disclosure.items;
  const { seed, values } = disclosure;
  return values.map((value: CborValue, i) => ({ salt: deriveSalt(seed, i), value }));
}

function hide(group: GroupNumber, index: number, item: DisclosedItem, hasher: GroupHasher): DisclosedItem {
  return 'commitment' in item ? item : { commitment: hasher.commitment(group, index, item) };
}
