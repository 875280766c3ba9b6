import { expect } from 'chai';
import { loadCatalogue, openVersion } from '../../../catalogue/catalogue.ts';
import { validityProblems } from '../../../catalogue/validity.ts';
import { CLAIM_TYPES } from '../../../proof/claim-value.ts';
import { readClaims } from '../../../proof/claims.ts';
import type { JsonObject } from '../../../proof/json.ts';
import { extractImages } from '../../../server/issuance/image.ts';
import { changesBetween } from '../../../server/type-versions/changes.ts';
import { toBytes, toDefinition } from '../../../server/type-versions/definition-file.ts';
import { faultsOf } from '../../../server/type-versions/faults.ts';
import { sampleOf } from '../../../server/type-versions/sample.ts';

const TODAY = '2026-03-02';

describe('the next version of a type', () => {
  const catalogue = loadCatalogue();
  const text = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as JsonObject;

  it('of each of the catalogue is right as it is, changes nothing, and has a sample', () => {
    for (const type of catalogue.types) {
      const file = toDefinition(text(type.bytes), type);
      expect(faultsOf(file, type.definition, catalogue), type.code).to.deep.equal([]);
      const next = openVersion(catalogue, toBytes(file));
      expect(changesBetween(type.definition, next.definition), type.code).to.deep.equal([]);
      expect(next.definition.drafts, type.code).to.deep.equal(type.definition.drafts);
      expect({ ...next.definition, version: 1 }, type.code).to.deep.equal({ ...type.definition, version: 1 });
      expectSample(next);
    }
  });

  it('may have a claim of every type, of which an invented value is shown', () => {
    const type = catalogue.types.find(({ code }) => code === 'EDB-SCH-REG') as (typeof catalogue.types)[number];
    const label = { en: 'Anything', 'zh-Hant': '任何', 'zh-Hans': '任何' };
    const claims = CLAIM_TYPES.map((kind) => ({
      ...{ name: `of${kind}`, type: kind, group: 'rest', sensitive: false, required: true, label, maxLength: 3 },
      ...(kind === 'enum' ? { options: [{ code: 'one', label }] } : {}),
    }));
    const typed = text(type.bytes);
    const file = toDefinition({ ...typed, claims: [...(typed.claims as JsonObject[]), ...claims] }, type);
    expect(faultsOf(file, type.definition, catalogue)).to.deep.equal([]);
    expectSample(openVersion(catalogue, toBytes(file)));
  });

  it('keeps what the other files say of its code: a parent’s number, a followed date, facts, what is printed first', () => {
    for (const [code, claim] of [
      ['TIA-BP', 'parent'],
      ['EMSD-LUP', 'follows'],
    ] as const) {
      const type = catalogue.types.find((one) => one.code === code) as (typeof catalogue.types)[number];
      const named = type.lifecycle[claim]?.claim;
      const typed = text(type.bytes);
      const without = (typed.claims as JsonObject[]).filter(({ name }) => name !== named);
      const validity = { kind: 'months', max: 12 };
      const faults = faultsOf(toDefinition({ ...typed, validity, claims: without }, type), type.definition, catalogue);
      expect(
        faults.map((fault) => fault.code),
        code,
      ).to.include('TYPE_RULE_BROKEN');
    }
  });

  function expectSample(type: ReturnType<typeof openVersion>): void {
    const { claims, validity } = sampleOf(type, TODAY);
    const extracted = extractImages(type.definition, claims);
    expect(extracted.problems, type.code).to.deep.equal([]);
    expect(readClaims(type.definition, extracted.claims).problems, type.code).to.deep.equal([]);
    expect(validityProblems(type.definition.validity, validity, claims), type.code).to.deep.equal([]);
  }
});
