import type { Json, JsonObject } from '../proof/json.ts';
import type { TypedRecord } from './claim-shape.ts';
import { sortClaims, type TypedDefinition, toDefinitionJson } from './type-version-fields.ts';

/*
 * Two who edited one definition at the same time, from the same one. What both say is no question; of the rest each field is one, answered at first by whoever has changed it,
 * and by oneself where both have.
 */

export type Side = 'mine' | 'theirs';

export interface Difference {
  /** "/title", "/claims/name/label" with the claim's name, "/claims/name" of a claim that one side alone has, "/claims" of the order. */
  key: string;
  /** Whether the definition that both began with says something else than either. */
  isByBoth: boolean;
  keep: Side;
}

const CLAIM_FIELDS = ['label', 'type', 'options', 'group', 'role', 'maxLength', 'required', 'sensitive'] as const;

type Fields = ReadonlyMap<string, Json>;

/** `base`: what both began with. */
export function differencesOf(base: TypedDefinition, mine: TypedDefinition, theirs: TypedDefinition): Difference[] {
  const [before, own, other] = [fieldsOf(base), fieldsOf(mine), fieldsOf(theirs)];
  const keys = [...new Set([...own.keys(), ...other.keys()])];
  return keys.flatMap((key): Difference[] => {
    const [a, b] = [say(own, key), say(other, key)];
    // of a claim that one side alone has its fields are no questions of their own
    const claim = /^\/claims\/[^/]+(?=\/)/.exec(key)?.[0];
    if (a === b || (claim !== undefined && own.has(claim) !== other.has(claim))) return [];
    if (key === '/claims' && orderOf(own, other) === orderOf(other, own)) return [];
    const was = say(before, key);
    const isByBoth = a !== was && b !== was;
    return [{ key, isByBoth, keep: a === was ? 'theirs' : 'mine' }];
  });
}

/** Mine, with what was chosen of theirs. */
export function merge(
  mine: TypedDefinition,
  theirs: TypedDefinition,
  differences: readonly Difference[],
): TypedDefinition {
  const taken = new Set(differences.filter(({ keep }) => keep === 'theirs').map(({ key }) => key));
  const merged = structuredClone(mine);
  for (const name of ['title', 'disclosure', 'validity', 'dates'])
    if (taken.has(`/${name}`)) merged[name] = structuredClone(theirs[name] ?? '');
  const [own, other] = [byKey(merged), byKey(theirs)];
  for (const [key, claim] of other) {
    const known = own.get(key);
    if (!known && taken.has(`/claims/${key}`)) own.set(key, structuredClone(claim));
    if (known)
      for (const name of CLAIM_FIELDS)
        if (taken.has(`/claims/${key}/${name}`)) known[name] = structuredClone(claim[name] ?? '');
  }
  for (const key of [...own.keys()]) if (!other.has(key) && taken.has(`/claims/${key}`)) own.delete(key);
  const order = [...(taken.has('/claims') ? other : byKey(mine)).keys()];
  const placeOf = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  merged.claims = [...own].sort(([a], [b]) => placeOf(a) - placeOf(b)).map(([, claim]) => claim);
  sortClaims(merged);
  return merged;
}

function say(fields: Fields, key: string): string {
  return JSON.stringify(fields.get(key) ?? null);
}

/** Of the claims that both have. */
function orderOf(fields: Fields, other: Fields): string {
  const names = fields.get('/claims') as string[];
  return JSON.stringify(names.filter((name) => other.has(`/claims/${name}`)));
}

function fieldsOf(typed: TypedDefinition): Fields {
  const { title, disclosure, validity, dates, claims } = toDefinitionJson(typed);
  const keys = [...byKey(typed).keys()];
  const fields = new Map<string, Json>();
  for (const [name, json] of Object.entries({ title, disclosure, validity, dates }))
    fields.set(`/${name}`, json ?? null);
  for (const [at, claim] of (claims as JsonObject[]).entries()) {
    fields.set(`/claims/${keys[at]}`, true);
    const { always, group } = claim;
    for (const name of CLAIM_FIELDS)
      fields.set(
        `/claims/${keys[at]}/${name}`,
        name === 'group' && always ? 'always' : ((name === 'group' ? group : claim[name]) ?? null),
      );
  }
  fields.set('/claims', keys);
  return fields;
}

/** Claims by their names; those without one, and those of a name that is taken, by their places. */
export function byKey({ claims }: TypedDefinition): Map<string, TypedRecord> {
  const found = new Map<string, TypedRecord>();
  for (const [at, claim] of claims.entries()) {
    const name = String(claim.name ?? '').trim();
    found.set(name === '' || found.has(name) ? `#${at + 1}` : name, claim);
  }
  return found;
}
