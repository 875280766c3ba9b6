import { type ClaimDefinition, type ClaimRole, type CredentialType, claimsOf } from '../../proof/credential-type.ts';
import type { Group } from './payload.ts';
import type { Cipher } from './use-cases.ts';

/*
 * By which a credential is found by a name or a number, though its claims are encrypted: hashes of what these become when it does not matter
 * how they are written. Whoever reads the database without the master key cannot try out names; they see which credentials of one department
 * have a name in common, and nothing of two departments.
 */

/** Enough that one search among ten million terms finds a stranger once in a hundred thousand million times. */
export const SEARCH_TERM_BYTES = 8;

const ROLES: readonly (ClaimRole | undefined)[] = ['number', 'holder', 'subject'];
const TYPES: readonly ClaimDefinition['type'][] = ['identifier', 'text', 'bilingualText'];

interface Hashing {
  issuer: { id: number };
  cipher: Cipher;
}

/** Of what a type's credential is known by: its number, its holder, its subject, and every other number that is not sensitive. */
export function isSearchable({ role, type, sensitive }: ClaimDefinition): boolean {
  return (ROLES.includes(role) && TYPES.includes(type)) || (type === 'identifier' && !sensitive);
}

/** The hashes that a credential is found by, each once. */
export function searchTermsOf(
  definition: CredentialType,
  groups: Record<'shown' | 'rest', Group['values']>,
  hashing: Hashing,
): Uint8Array[] {
  const words = (['shown', 'rest'] as const).flatMap((group) =>
    claimsOf(definition, group).flatMap((claim, i) =>
      isSearchable(claim) ? textsOf(groups[group][i]).map(claim.type === 'identifier' ? toNumber : toName) : [],
    ),
  );
  return hashAll(words, hashing);
}

/** What to look for: whoever searches does not say whether it is a name or a number. Empty where there is neither letter nor digit. */
export function searchTermsFor(text: string, hashing: Hashing): Uint8Array[] {
  return hashAll([toName(text), toNumber(text)], hashing);
}

/** A text, or one in each language, of which one may be missing. */
function textsOf(value: Group['values'][number] | undefined): string[] {
  const texts = Array.isArray(value) ? value : [value];
  return texts.filter((text) => typeof text === 'string');
}

/**
 * The words of a name in the order of the alphabet, so that "Chan Tai Man" is "CHAN, Tai-man". Han characters are one word in their own order, wherever
 * they stand: nobody can say where there should be a space between them.
 */
export function toName(text: string): string {
  const words = fold(text).match(/\p{Script=Han}+|[[\p{L}\p{N}]--\p{Script=Han}]+/gv) ?? [];
  const han = words.filter((word) => HAN.test(word)).join('');
  return [...words.filter((word) => !HAN.test(word)).sort(), han].join(' ').trim();
}

const HAN = /^\p{Script=Han}/u;

/** A number without what is only written to make it readable. */
export function toNumber(text: string): string {
  return fold(text).replace(/[^\p{L}\p{N}]/gu, '');
}

/** Wide and compatible characters, capitals, accents, apostrophes and full stops make no difference. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\p{M}'’‘`.]/gu, '');
}

function hashAll(words: readonly string[], { issuer, cipher }: Hashing): Uint8Array[] {
  const purpose = `search ${issuer.id}`;
  const different = new Set(words.filter((word) => word !== ''));
  return [...different].map((word) => cipher.fingerprint(Buffer.from(word), purpose).subarray(0, SEARCH_TERM_BYTES));
}
