import { expect } from 'chai';
import fc from 'fast-check';
import { toHex } from '../../proof/bytes.ts';
import { type CborValue, encodeCbor } from '../../proof/cbor.ts';
import { CLAIM_TYPES } from '../../proof/claim-value.ts';
import { decodeClaims } from '../../proof/claims.ts';
import { type Disclosure, deriveSalt } from '../../proof/commitment.ts';
import { claimsOf, DISCLOSURES } from '../../proof/credential-type.ts';
import { discloseClaims, disclosedNames } from '../../proof/disclosure.ts';
import { isEqualJson, type JsonObject } from '../../proof/json.ts';
import { decodeProof, encodeProof, type Proof, rootOf } from '../../proof/proof.ts';
import { issueBatch, type Kind, toKind } from '../../scripts/vectors/issuing.ts';
import { createWorld } from '../../scripts/vectors/world.ts';
import { VALUES } from './arbitrary-claims.ts';

const { registry, keys } = createWorld({ batches: 0 });
const label = { en: 'x', 'zh-Hant': 'x', 'zh-Hans': 'x' };
const options = ['first', 'second', 'third'].map((code) => ({ code, label }));

/** A claim of any type and group, with its value or without one, and whether it is chosen. */
const claim = fc.constantFrom(...CLAIM_TYPES).chain((type) =>
  fc.record({
    type: fc.constant(type),
    group: fc.constantFrom('shown' as const, 'rest' as const),
    isAlways: fc.nat(9).map((number) => number === 0),
    json: fc.option(VALUES[type]),
    isChosen: fc.boolean(),
    isChosenAgain: fc.boolean(),
  }),
);

interface Case {
  kind: Kind;
  proof: Proof;
  claims: JsonObject;
  chosen: string[];
  /** Fewer of those. */
  fewer: string[];
}

let count = 0;

const cases: fc.Arbitrary<Case> = fc
  .tuple(fc.array(claim, { minLength: 1, maxLength: 14 }), fc.constantFrom(...DISCLOSURES))
  .map(([drawn, disclosure]) => {
    const list = drawn
      .toSorted((a, b) => Number(a.group === 'rest') - Number(b.group === 'rest'))
      .map(({ isAlways, ...rest }, i) => ({ ...rest, always: isAlways && rest.group === 'shown', name: `claim${i}` }));
    const kind = toKind(
      JSON.stringify({
        format: 'eproof-credential-type/1',
        code: 'EX-ANY',
        version: 1,
        department: 'EX',
        title: label,
        holder: 'person',
        disclosure,
        validity: { kind: 'openEnded' },
        dates: {},
        claims: list.map(({ name, type, group, always }) => ({
          ...{ name, type, group, always, sensitive: false, required: false, label },
          ...(type === 'enum' ? { options } : {}),
        })),
        drafts: [],
      }),
    );
    const claims = Object.fromEntries(list.flatMap(({ name, json }) => (json === null ? [] : [[name, json]])));
    const [proof] = issueBatch(
      { registry, place: 0, issuer: 1, kind, number: 9, key: keys.anchor },
      [{ name: `any ${count++}`, claims }, ...Array.from({ length: count % 4 }, () => ({ name: 'other', claims: {} }))],
      false,
    );
    return {
      kind,
      proof: proof as Proof,
      claims,
      chosen: list.filter(({ always, isChosen }) => always || isChosen).map(({ name }) => name),
      fewer: list
        .filter(({ always, isChosen, isChosenAgain }) => always || (isChosen && isChosenAgain))
        .map(({ name }) => name),
    };
  });

function hiddenOf({ kind, proof, chosen }: Case, group: 'shown' | 'rest') {
  const disclosure = proof[group];
  if (disclosure.kind !== 'full') return { values: [] as CborValue[], salts: [] as Uint8Array[] };
  const places = claimsOf(kind.value, group).flatMap(({ name }, i) => (chosen.includes(name) ? [] : [i]));
  return {
    values: places.map((i) => disclosure.values[i] as CborValue),
    salts: places.map((i) => deriveSalt(disclosure.seed, i)),
  };
}

describe('what is disclosed of any credential of any type', () => {
  it('comes back from its bytes, leads to the same root, and is what was chosen', () => {
    fc.assert(
      fc.property(cases, ({ kind, proof, claims, chosen }) => {
        const bytes = encodeProof(discloseClaims(proof, kind.value, chosen));
        const decoded = decodeProof(bytes);
        expect(toHex(encodeProof(decoded))).to.equal(toHex(bytes));
        expect(toHex(rootOf(decoded))).to.equal(toHex(rootOf(proof)));
        expect(disclosedNames(kind.value, decoded)).to.have.members(chosen);
        const expected = Object.fromEntries(Object.entries(claims).filter(([name]) => chosen.includes(name)));
        expect(isEqualJson(decodeClaims(kind.value, decoded.shown, decoded.rest), expected)).to.equal(true);
      }),
      { numRuns: 300 },
    );
  });

  it('can be narrowed in one step or in two, with the same bytes', () => {
    fc.assert(
      fc.property(cases, ({ kind, proof, chosen, fewer }) => {
        const [once, twice] = [proof, discloseClaims(proof, kind.value, chosen)].map((from) =>
          toHex(encodeProof(discloseClaims(from, kind.value, fewer))),
        );
        expect(once).to.equal(twice);
      }),
      { numRuns: 200 },
    );
  });

  it('has neither seed, salt nor value of what it hides in its bytes', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const { kind, proof, chosen } = given;
        const bytes = toHex(encodeProof(discloseClaims(proof, kind.value, chosen)));
        const shownAnyway = toHex(encodeCbor(valuesOf(given)));
        for (const group of ['shown', 'rest'] as const) {
          const { values, salts } = hiddenOf(given, group);
          const disclosure = proof[group];
          if (salts.length > 0 && disclosure.kind === 'full') expect(bytes).not.to.contain(toHex(disclosure.seed));
          for (const salt of salts) expect(bytes).not.to.contain(toHex(salt));
          // a few bytes stand anywhere by chance, and what is chosen may say the same
          for (const value of values.map((value) => toHex(encodeCbor(value))))
            if (value.length >= 16 && !shownAnyway.includes(value)) expect(bytes).not.to.contain(value);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leads to another root with any two claims of a group swapped, hidden or not', () => {
    fc.assert(
      fc.property(cases, ({ kind, proof, chosen }) => {
        const narrowed = discloseClaims(proof, kind.value, chosen);
        const root = toHex(rootOf(narrowed));
        for (const group of ['shown', 'rest'] as const)
          for (const swapped of swaps(narrowed[group]))
            expect(toHex(rootOf({ ...narrowed, [group]: swapped }))).not.to.equal(root);
      }),
      { numRuns: 60 },
    );
  });
});

function valuesOf({ kind, proof, chosen }: Case): CborValue[] {
  return (['shown', 'rest'] as const).flatMap((group) => {
    const disclosure = proof[group];
    const values = disclosure.kind === 'full' ? disclosure.values : [];
    return claimsOf(kind.value, group).flatMap(({ name }, i) =>
      chosen.includes(name) ? [values[i] as CborValue] : [],
    );
  });
}

function* swaps(disclosure: Disclosure): Generator<Disclosure> {
  if (disclosure.kind !== 'selective') return;
  const { items } = disclosure;
  for (let i = 0; i < items.length; i++)
    for (let j = 0; j < i; j++) yield { kind: 'selective', items: items.with(i, items[j]!).with(j, items[i]!) };
}
