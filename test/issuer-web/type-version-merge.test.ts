import { expect } from 'chai';
import { loadCatalogue } from '../../catalogue/catalogue.ts';
import type { TypedRecord } from '../../issuer-web/claim-shape.ts';
import {
  blankClaim,
  type TypedDefinition,
  toDefinitionJson,
  toTypedDefinition,
} from '../../issuer-web/type-version-fields.ts';
import { differencesOf, merge } from '../../issuer-web/type-version-merge.ts';
import type { JsonObject } from '../../proof/json.ts';

describe('two who edit one definition', () => {
  const type = loadCatalogue().types.find(({ code }) => code === 'FEHD-FF');
  const begin = () => toTypedDefinition(structuredClone(type?.definition) as unknown as JsonObject);
  const name = ({ claims }: TypedDefinition, at: number) => String(claims[at]?.name);
  const names = ({ claims }: TypedDefinition) => claims.map((claim) => claim.name);
  const keptOf = (mine: TypedDefinition, theirs: TypedDefinition) =>
    Object.fromEntries(differencesOf(begin(), mine, theirs).map(({ key, keep, isByBoth }) => [key, [keep, isByBoth]]));
  const merged = (mine: TypedDefinition, theirs: TypedDefinition) =>
    merge(mine, theirs, differencesOf(begin(), mine, theirs));

  it('are asked of nothing that they agree on', () => {
    expect(differencesOf(begin(), begin(), begin())).to.deep.equal([]);
    const [mine, theirs] = [begin(), begin()];
    mine.title = theirs.title = { en: 'A', 'zh-Hant': 'B', 'zh-Hans': 'C' };
    expect(keptOf(mine, theirs)).to.deep.equal({});
  });

  it('each keep at first what they alone have changed', () => {
    const [mine, theirs] = [begin(), begin()];
    mine.disclosure = 'holder-consent';
    theirs.validity = { kind: 'openEnded' };
    const label = { en: 'A', 'zh-Hant': 'B', 'zh-Hans': 'C' };
    (theirs.claims[0] as TypedRecord).label = label;
    expect(keptOf(mine, theirs)).to.deep.equal({
      '/disclosure': ['mine', false],
      '/validity': ['theirs', false],
      [`/claims/${name(mine, 0)}/label`]: ['theirs', false],
    });
    const both = merged(mine, theirs);
    expect([both.disclosure, both.validity]).to.deep.equal(['holder-consent', { kind: 'openEnded' }]);
    expect(both.claims[0]?.label).to.deep.equal(label);
    expect(toDefinitionJson(merged(theirs, mine))).to.deep.equal(toDefinitionJson(both));
  });

  it('keep their own of what both have changed, until they choose', () => {
    const [mine, theirs] = [begin(), begin()];
    mine.disclosure = 'holder-consent';
    theirs.disclosure = 'authorised-only';
    const differences = differencesOf(begin(), mine, theirs);
    expect(differences).to.deep.equal([{ key: '/disclosure', keep: 'mine', isByBoth: true }]);
    expect(merge(mine, theirs, differences).disclosure).to.equal('holder-consent');
    expect(merge(mine, theirs, [{ key: '/disclosure', keep: 'theirs', isByBoth: true }]).disclosure).to.equal(
      'authorised-only',
    );
  });

  it('have the claims that either added, without those that either removed, in the order of whoever moved them', () => {
    const [mine, theirs] = [begin(), begin()];
    const added = { ...blankClaim(), name: 'added' };
    mine.claims.push(added, blankClaim());
    const removed = name(theirs, 1);
    theirs.claims.splice(1, 1);
    theirs.claims.push({ ...blankClaim(), name: 'theirs' });
    const kept = keptOf(mine, theirs);
    expect(kept).to.deep.equal({
      '/claims/added': ['mine', false],
      [`/claims/#${mine.claims.length}`]: ['mine', false],
      [`/claims/${removed}`]: ['theirs', false],
      '/claims/theirs': ['theirs', false],
    });
    expect(names(merged(mine, theirs)).filter((one) => one === removed)).to.deep.equal([]);
    expect(names(merged(mine, theirs))).to.include.members(['added', 'theirs', '']);

    const moved = begin();
    moved.claims = [moved.claims[1], moved.claims[0], ...moved.claims.slice(2)] as TypedRecord[];
    expect(keptOf(begin(), moved)).to.deep.equal({ '/claims': ['theirs', false] });
    expect(names(merged(begin(), moved))).to.deep.equal(names(moved));
    expect(names(merged(moved, begin()))).to.deep.equal(names(moved));
  });
});
