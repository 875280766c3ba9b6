import { expect } from 'chai';
import fc from 'fast-check';
import { CLAIM_TYPES } from '../../proof/claim-value.ts';
import { type Disclosure, type GroupNumber, REST, SHOWN } from '../../proof/commitment.ts';
import { toDate } from '../../proof/day.ts';
import { isEqualJson, type Json, type JsonObject } from '../../proof/json.ts';
import { encodeProof, type Proof } from '../../proof/proof.ts';
import { toQrText } from '../../proof/qr-text.ts';
import { toVerifiableCredential } from '../../proof/verifiable-credential.ts';
import { type Sources, verifyJson, verifyQrText } from '../../proof/verification.ts';
import { hide, issueBatch, select } from '../../scripts/vectors/issuing.ts';
import { createWorld, VERIFIER } from '../../scripts/vectors/world.ts';
import { VALUES } from './arbitrary-claims.ts';

const world = createWorld({ batches: 0 });
const { every } = world.kinds;
const parties = { registry: world.registry, place: 0, issuer: 1, kind: every, number: 2, key: world.keys.anchor };
const claims: fc.Arbitrary<JsonObject> = fc.record(VALUES, { requiredKeys: [] }) as fc.Arbitrary<JsonObject>;
const chosen = fc.oneof(
  fc.constant('all' as const),
  fc.constant('none' as const),
  fc.subarray([0, 1, 2, 3, 4, 5, 6, 7, 8], { minLength: 1, maxLength: 8 }),
);

function narrowed(group: GroupNumber, disclosure: Disclosure, wanted: 'all' | 'none' | number[]): Disclosure {
  if (wanted === 'all') return disclosure;
  return wanted === 'none' ? hide(group, disclosure) : select(group, disclosure, wanted);
}

/** The claims that are shown, of those that there are. */
function disclosed(all: JsonObject, shown: 'all' | 'none' | number[], rest: 'all' | 'none' | number[]): JsonObject {
  const groups = { shown, rest };
  const places = { shown: 0, rest: 0 };
  const names = every.value.claims
    .filter(({ group }) => {
      const wanted = groups[group];
      const place = places[group]++;
      return wanted === 'all' || (wanted !== 'none' && wanted.includes(place));
    })
    .map(({ name }) => name);
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

describe('a credential, from its claims to the verdict', () => {
  it('is of every type of claim', () => {
    expect(every.value.claims.map(({ type }) => type).sort()).to.deep.equal([...CLAIM_TYPES].sort());
  });

  it('says what was issued, whatever was issued and however much of it is disclosed, in both carriers', async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(claims, chosen, chosen, fc.nat(5), async (all, shown, rest, neighbours) => {
        const drafts = Array.from({ length: neighbours + 1 }, (_, i) => ({
          name: `round trip ${number++}`,
          claims: i === 0 ? all : {},
          validUntil: i === 0 ? toDate(20_779 + neighbours) : null,
        }));
        const issued = issueBatch(parties, drafts)[0] as Proof;
        world.registry.mine();
        const proof: Proof = {
          ...issued,
          shown: narrowed(SHOWN, issued.shown, shown),
          rest: narrowed(REST, issued.rest, rest),
        };
        const document = toVerifiableCredential({
          proof,
          type: every.value,
          definition: every.definition,
          registry: world.registry.address,
        });
        const sources: Sources = { ...world, now: () => world.registry.blocks.at(-1)!.time };
        const verdicts = [await verifyJson(JSON.stringify(document), sources)];
        const bytes = encodeProof(proof);
        if (bytes.length < 2_900) verdicts.push(await verifyQrText(toQrText(VERIFIER, bytes), sources));
        for (const verdict of verdicts) {
          expect(verdict.checks.filter(({ outcome }) => outcome !== 'pass')).to.deep.equal([]);
          expect(verdict.standing).to.deep.equal({ code: 'in-force', until: 20_779 + neighbours });
          expect(isEqualJson(verdict.credential?.claims as Json, disclosed(all, shown, rest))).to.equal(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});
