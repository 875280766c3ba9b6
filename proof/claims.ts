import type { CborValue } from './cbor.ts';
import { ClaimValueError, decodeClaimValue, encodeClaimValue, pointerTo } from './claim-value.ts';
import type { Disclosure } from './commitment.ts';
import { type ClaimDefinition, type CredentialType, claimsOf } from './credential-type.ts';
import { ProofError } from './errors.ts';
import type { Json, JsonObject } from './json.ts';

/** The values of both groups, in the order that their commitments bind; an absent claim is null. */
export interface ClaimGroups {
  shown: CborValue[];
  rest: CborValue[];
}

/** What is wrong with a claim. `pointer` is a JSON pointer below the claims object; the message never repeats the value. */
export interface ClaimProblem {
  pointer: string;
  code: 'CLAIM_UNKNOWN' | 'CLAIM_MISSING' | 'CLAIM_INVALID';
  message: string;
}

/** The groups of a claims object, and every problem that it has; the groups mean something only where there is none. */
export function readClaims(
  type: CredentialType,
  claims: JsonObject,
): { groups: ClaimGroups; problems: ClaimProblem[] } {
  const problems: ClaimProblem[] = [];
  const known = new Set(type.claims.map((claim) => claim.name));
  for (const name of Object.keys(claims)) {
    if (!known.has(name))
      problems.push({
        pointer: pointerTo(name),
        code: 'CLAIM_UNKNOWN',
        message: `"${name.slice(0, 60)}" is not a claim of ${type.code}`,
      });
  }
  const read = (claim: ClaimDefinition) =>
    readClaim(claim, Object.hasOwn(claims, claim.name) ? claims[claim.name] : null, problems);
  const groups = { shown: claimsOf(type, 'shown').map(read), rest: claimsOf(type, 'rest').map(read) };
  return { groups, problems };
}

function readClaim(claim: ClaimDefinition, json: Json | undefined, problems: ClaimProblem[]): CborValue {
  if (json === null || json === undefined) {
    if (claim.required)
      problems.push({ pointer: pointerTo(claim.name), code: 'CLAIM_MISSING', message: `"${claim.name}" is required` });
    return null;
  }
  try {
    return encodeClaimValue(claim, json);
  } catch (error) {
    if (!(error instanceof ClaimValueError)) throw error;
    problems.push({
      pointer: pointerTo(claim.name) + error.path,
      code: 'CLAIM_INVALID',
      message: `"${claim.name}${error.path}" ${error.message}`,
    });
    return null;
  }
}

/**
 * The claims that a proof discloses, by name; hidden and absent ones are left out.
 * @throws ProofError CLAIMS_INVALID unless count and every value are what the type demands
 */
export function decodeClaims(type: CredentialType, shown: Disclosure, rest: Disclosure): JsonObject {
  return Object.fromEntries([
    ...decodeGroup(claimsOf(type, 'shown'), shown),
    ...decodeGroup(claimsOf(type, 'rest'), rest),
  ]);
}

function decodeGroup(definitions: readonly ClaimDefinition[], disclosure: Disclosure): [string, Json][] {
  if (disclosure.kind === 'hidden') return [];
  const values =
    disclosure.kind === 'full'
      ? disclosure.values
      : disclosure.items.map((item) => ('value' in item ? item.value : undefined));
  if (values.length !== definitions.length)
    throw new ProofError(
      'CLAIMS_INVALID',
      `the type has ${definitions.length} claims in this group, the proof ${values.length}`,
    );
  return definitions.flatMap((claim, i) => {
    const value = values[i];
    if (value === undefined) return [];
    if (value !== null) return [[claim.name, decodeValue(claim, value)]];
    if (claim.required) throw new ProofError('CLAIMS_INVALID', `"${claim.name}" is required`);
    return [];
  });
}

function decodeValue(claim: ClaimDefinition, value: CborValue): Json {
  try {
    return decodeClaimValue(claim, value);
  } catch (error) {
    if (error instanceof ClaimValueError)
      throw new ProofError('CLAIMS_INVALID', `"${claim.name}${error.path}" ${error.message}`);
    throw error;
  }
}
