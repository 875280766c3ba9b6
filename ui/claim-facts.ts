import type { ClaimDefinition } from '../proof/credential-type.ts';
import { type ClaimReader, claimValue } from './claim-view.ts';
import type { Fact } from './facts-view.ts';

/** What a document says, in the order of its type; what its type does not know stays as it is. */
export function claimFacts(definitions: readonly ClaimDefinition[], claims: object, reader: ClaimReader): Fact[] {
  const values = new Map(Object.entries(claims));
  const known = definitions.flatMap((claim): Fact[] => {
    const value = values.get(claim.name);
    values.delete(claim.name);
    if (value === undefined || value === null) return [];
    return [[claim.label[reader.language], ...claimValue(claim, value, reader)]];
  });
  return [...known, ...[...values].map(([name, value]): Fact => [name, JSON.stringify(value)])];
}
