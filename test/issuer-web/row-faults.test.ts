import { expect } from 'chai';
import { loadCatalogue } from '../../catalogue/catalogue.ts';
import type { CredentialTypeDetail, ImportError } from '../../client/api.ts';
import { loadDictionary } from '../../issuer-web/dictionaries.ts';
import { ROW_FAULTS, rowFault } from '../../issuer-web/row-faults.ts';
import { LANGUAGES, type Language } from '../../ui/language.ts';
import { createCalendar } from '../../ui/phrase.ts';

describe('what is wrong with a row', () => {
  const definition = loadCatalogue().types.find(({ code }) => code === 'FEHD-GRL')?.definition;
  const type = { ...definition } as unknown as CredentialTypeDetail;

  const readerOf = async (language: Language) => ({
    ...{ language, calendar: createCalendar(language) },
    words: await loadDictionary(language),
  });
  const errorOf = (of: Partial<ImportError>): ImportError => ({
    ...{
      row: 2,
      kind: 'malformed',
      pointer: '/claims/licenceNumber',
      column: null,
      code: 'CLAIM_INVALID',
      detail: 'x',
    },
    ...of,
  });
  const told = async (of: Partial<ImportError>, language: Language = 'en') =>
    rowFault(errorOf(of), type, await readerOf(language));

  for (const language of LANGUAGES)
    it(`is told with what to do, of every rule, in ${language}`, async () => {
      const reader = await readerOf(language);
      for (const code of ROW_FAULTS) {
        const kind =
          code === 'DUPLICATE_IN_FILE' ? 'duplicate' : code === 'ALREADY_ISSUED' ? 'already-issued' : 'malformed';
        const { what, remedy } = rowFault(errorOf({ code, kind }), type, reader);
        expect(what, code).to.equal(reader.words.imports.fault[code]);
        expect(remedy, code).not.to.be.oneOf([
          '',
          what,
          reader.words.fault.other,
          reader.words.imports.remedies.malformed,
        ]);
      }
    });

  it('names the choices of a field that has some', async () => {
    const { remedy } = await told({ pointer: '/claims/licenceType' }, 'zh-Hant');
    expect(remedy).to.contain('正式牌照').and.contain('暫准牌照');
  });

  it('names the field as the file does, else by its label, else by its place', async () => {
    expect((await told({ column: '牌照編號' })).field).to.equal('牌照編號');
    expect((await told({}, 'zh-Hans')).field).to.equal('牌照编号');
    expect((await told({ pointer: '/holder/email', code: 'FIELD_INVALID' })).field).to.equal('/holder/email');
    expect((await told({ pointer: '', code: 'JSON_INVALID' })).field).to.equal('The whole row');
  });

  it('is told by its kind where a newer service has a rule that the page does not know, with the sentence of the service', async () => {
    const { what, remedy, detail } = await told({ code: 'RULE_OF_TOMORROW', detail: 'it must be so' });
    const { kind, remedies } = (await loadDictionary('en')).imports;
    expect([what, remedy, detail]).to.deep.equal([kind.malformed, remedies.malformed, 'it must be so']);
  });
});
