import { toHex } from '../../../proof/bytes.ts';
import { REST, SHOWN } from '../../../proof/commitment.ts';
import { discloseClaims } from '../../../proof/disclosure.ts';
import type { JsonObject } from '../../../proof/json.ts';
import { encodeProof, type Proof, rootOf } from '../../../proof/proof.ts';
import { CONSENT, EVERY, PLAIN, TINY } from '../definitions.ts';
import { hide, type Kind, select } from '../issuing.ts';
import type { VectorFile } from '../vectors.ts';
import { createWorld } from '../world.ts';

const DEFINITIONS = { tiny: TINY, every: EVERY, plain: PLAIN, consent: CONSENT };

export function disclosures(): VectorFile {
  const { proofs, kinds } = createWorld({ batches: 0 });
  const nameOf = (kind: Kind) => Object.entries(kinds).find(([, candidate]) => candidate === kind)![0];
  const chosen = (name: string, kind: Kind, from: Proof, names: string[]) => ({
    name,
    definition: nameOf(kind),
    from: toHex(encodeProof(from)),
    names,
  });
  const valid = (name: string, kind: Kind, from: Proof, names: string[]): JsonObject => {
    const proof = discloseClaims(from, kind.value, names);
    return { ...chosen(name, kind, from, names), cbor: toHex(encodeProof(proof)), root: toHex(rootOf(proof)) };
  };
  const invalid = (name: string, kind: Kind, from: Proof, names: string[], code = 'CLAIM_HIDDEN') => ({
    ...chosen(name, kind, from, names),
    code,
  });
  const hiding = (name: string, kind: Kind, proof: Proof) => ({
    name,
    definition: nameOf(kind),
    cbor: toHex(encodeProof(proof)),
    code: 'CLAIM_HIDDEN',
  });
  const file = (name: string, from: string, to: string) => ({
    name,
    text: TINY.replace(from, to),
    code: 'TYPE_INVALID',
  });
  const [tiny, every, plain, consent] = [proofs.standings[0]!, proofs.every[0]!, proofs.plain[0]!, proofs.consent[0]!];
  const names = kinds.every.value.claims.map((claim) => claim.name);
  const narrowed = discloseClaims(every, kinds.every.value, ['identifier', 'bilingualText', 'money', 'image']);
  const told = discloseClaims(consent, kinds.consent.value, ['number', 'birthDate']);
  return {
    about:
      'Sections 4.6 to 4.13 and 7.2. Valid: a proof, the names of the claims that are chosen, the proof of those, and its root. Invalid: choices that cannot be made of a proof (from and names), proofs that hide what their type always shows (cbor), and type definitions (text).',
    definitions: DEFINITIONS,
    valid: [
      valid('everything', kinds.tiny, tiny, ['number', 'holder', 'conditions']),
      valid('all of the first group', kinds.tiny, tiny, ['number', 'holder']),
      valid('some of the first group', kinds.tiny, tiny, ['number']),
      valid('some of the first group and all of the rest', kinds.tiny, tiny, ['conditions', 'number']),
      valid('the only claim', kinds.plain, plain, ['number']),
      valid('one claim of nineteen', kinds.every, every, ['boolean']),
      valid('all claims but one', kinds.every, every, names.slice(1)),
      valid('the first and the last of each group', kinds.every, every, [names[0]!, names[9]!, names[10]!, names[18]!]),
      valid('every claim', kinds.every, every, names),
      valid('no claim, where none is always shown', kinds.every, every, []),
      valid('absent claims', kinds.every, proofs.every[1]!, ['identifier', 'money']),
      valid('no claim of a type that is not public', kinds.consent, consent, []),
      valid('what is always shown, and one of the rest', kinds.consent, consent, ['number', 'birthDate']),
      valid('an absent claim of the rest', kinds.consent, consent, ['number', 'remarks']),
      valid('fewer of a proof that hides some', kinds.every, narrowed, ['money']),
      valid('the same of a proof that hides some', kinds.consent, told, ['birthDate', 'number']),
      valid('nothing of a proof that hides some', kinds.consent, told, []),
      valid('of a bound credential', kinds.tiny, proofs.bound[0]!, ['number']),
    ],
    invalid: [
      invalid('a name that the type does not have', kinds.tiny, tiny, ['number', 'colour'], 'CLAIMS_INVALID'),
      invalid('a name of every object', kinds.tiny, tiny, ['number', 'toString'], 'CLAIMS_INVALID'),
      invalid('a proof of another type', kinds.tiny, every, ['number'], 'CLAIMS_INVALID'),
      invalid('no claim of a public type', kinds.tiny, tiny, []),
      invalid('the rest without what is always shown', kinds.tiny, tiny, ['conditions']),
      invalid('the holder without what is always shown', kinds.tiny, tiny, ['holder']),
      invalid('the rest of a type that is not public without what is always shown', kinds.consent, consent, [
        'remarks',
      ]),
      invalid('a claim that the proof hides', kinds.every, narrowed, ['money', 'date']),
      invalid(
        'a claim of a group that the proof hides',
        kinds.consent,
        { ...consent, rest: hide(REST, consent.rest) },
        ['number', 'birthDate'],
      ),
      invalid('everything of a proof that hides some', kinds.consent, told, [
        'number',
        'holder',
        'result',
        'birthDate',
      ]),
      hiding('a public type of which nothing is shown', kinds.tiny, {
        ...tiny,
        shown: hide(SHOWN, tiny.shown),
        rest: hide(REST, tiny.rest),
      }),
      hiding('a public type of which the rest is shown', kinds.tiny, { ...tiny, shown: hide(SHOWN, tiny.shown) }),
      hiding('a public type that hides its number', kinds.tiny, { ...tiny, shown: select(SHOWN, tiny.shown, [1]) }),
      hiding('a type that is not public, all of whose rest is shown', kinds.consent, {
        ...consent,
        shown: hide(SHOWN, consent.shown),
      }),
      hiding('a type that is not public, of which the rest is shown', kinds.consent, {
        ...consent,
        shown: hide(SHOWN, consent.shown),
        rest: select(REST, consent.rest, [1]),
      }),
      hiding('a type that is not public and hides its number', kinds.consent, {
        ...consent,
        shown: select(SHOWN, consent.shown, [1, 2]),
        rest: hide(REST, consent.rest),
      }),
      file('a claim of the rest that is always shown', '"group":"rest"', '"always":true,"group":"rest"'),
      file('a claim that is always shown by a number', '"always":true', '"always":1'),
      file('a claim that is always shown by null', '"always":true', '"always":null'),
    ],
  };
}
