import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { loadCatalogue } from '../../catalogue/catalogue.ts';

interface Row {
  rule: string;
  types: string[];
  heldAs: string;
  file: string;
  test: string;
}

const TABLE = /<!-- table of rules -->\n([\s\S]*?)<!-- end of the table of rules -->/;

/** The rows under the two lines of its head. */
function readTable(): Row[] {
  const [, table = ''] = TABLE.exec(readFileSync('catalogue/README.md', 'utf8')) ?? [];
  return table.trim().split('\n').slice(2).map(toRow);
}

function toRow(line: string): Row {
  const [rule, types, heldAs, shown] = line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim()) as [string, string, string, string];
  const [, file, test] = /^`([^`]+)` (.+)$/.exec(shown) ?? [];
  if (file === undefined || test === undefined) throw new Error(`the row of "${rule}" names no test`);
  return { rule, types: types.split(', '), heldAs, file: `test/${file}.test.ts`, test };
}

describe('the validity rules of real documents', () => {
  const { types } = loadCatalogue();
  const typeOf = (code: string) => types.find((type) => type.code === code)!;
  const claimOf = (code: string, name: string) => typeOf(code).definition.claims.find((claim) => claim.name === name);

  it('are these seventeen', () => expect(readTable()).to.have.length(17));

  for (const { rule, types: codes, heldAs, file, test } of readTable())
    it(`${rule} | ${codes.join(', ')} | ${heldAs} | ${file}: ${test}`, () => {
      for (const code of codes) expect(typeOf(code), code).to.be.an('object');
      expect(existsSync(file), file).to.equal(true);
      // the part of a title that a rule is put into says it in the table of that file
      const text = readFileSync(file, 'utf8');
      expect(
        text.includes(test) || text.includes(`'${test.replace(/^of /, '')}'`),
        `${file} has no "${test}"`,
      ).to.equal(true);
    });

  it('have their data where the table says', () => {
    const ruleOf = (code: string) => typeOf(code).definition.validity;
    expect(ruleOf('FEHD-GRL')).to.deep.equal({ kind: 'months', max: 12 });
    expect(ruleOf('HAD-GH')).to.deep.equal({ kind: 'months', min: 12, max: 84 });
    expect(ruleOf('MD-OL')).to.deep.equal({ kind: 'months', min: 1, max: 12 });
    expect(ruleOf('NCHK-PC')).to.deep.equal({ kind: 'calendarYearEnd', years: 3 });
    expect(ruleOf('EDB-SCH-REG')).to.deep.equal({ kind: 'openEnded' });
    expect(ruleOf('TD-DL')).to.deep.equal({ kind: 'perItem', claim: 'classes' });
    expect(ruleOf('FEHD-PFB')).to.deep.equal({ kind: 'months', max: 6 });
    expect(typeOf('FEHD-PFB').lifecycle.becomes).to.deep.equal(['FEHD-FF', 'FEHD-GRL', 'FEHD-LRR']);
    expect(typeOf('EMSD-EUP').lifecycle.follows).to.deep.equal({ claim: 'examDate', months: 6 });
    expect(typeOf('TIA-BP').lifecycle.parent).to.deep.equal({ types: ['TIA-TAL'], claim: 'parentLicence' });
    expect(typeOf('CED-MSO').lifecycle.renewal).to.deep.equal({ earliest: { days: 90 }, latest: { days: 45 } });
  });

  it('that nobody confirmed are drafts', () => {
    for (const code of ['EMSD-LUP', 'EMSD-EUP']) expect(typeOf(code).lifecycle.drafts).to.deep.equal(['follows']);
    expect(typeOf('FEHD-PFB').lifecycle.drafts).to.deep.equal(['becomes']);
    // as the bureau says: "converted to full registration"
    expect(typeOf('EDB-SCH-PROV').lifecycle.drafts).to.deep.equal([]);
  });

  it('leave the conditions of a security permit to be read', () => {
    expect(claimOf('HKPF-SPP', 'conditions')?.role).to.equal('conditions');
    expect(typeOf('HKPF-SPP').definition.claims.some(({ name }) => /birth/i.test(name))).to.equal(false);
  });

  it('show the kind of a companies certificate in every proof', () =>
    expect(claimOf('CR-CI', 'certificateType')).to.include({ group: 'shown', always: true }));

  it('hide the address of a dog breeder, which is a home', () =>
    expect(claimOf('AFCD-DBLA', 'premisesAddress')).to.include({ group: 'rest', sensitive: true }));
});
