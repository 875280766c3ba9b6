import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { loadCatalogue } from '../../../catalogue/catalogue.ts';
import { CLAIM_TYPES, type ClaimType } from '../../../proof/claim-value.ts';
import type { ClaimDefinition, CredentialType } from '../../../proof/credential-type.ts';
import type { Json } from '../../../proof/json.ts';
import type { DocumentValue } from '../../../server/render/document.ts';
import { toDocumentDates, toDocumentRows, toMovedEnd } from '../../../server/render/document-rows.ts';
import { WORDS } from '../../../server/render/phrase.ts';
import { RenderError } from '../../../server/render/render-error.ts';

const label = (en: string) => ({ en, 'zh-Hant': `${en}之中文`, 'zh-Hans': `${en}之中文` });

function definitionOf(...claims: (Partial<ClaimDefinition> & { name: string; type: ClaimType })[]): CredentialType {
  const [base] = loadCatalogue().types;
  if (base === undefined) throw new Error('expected a type');
  return {
    ...base.definition,
    claims: claims.map((claim) => ({
      group: 'shown',
      sensitive: false,
      required: false,
      always: false,
      label: label(claim.name),
      ...claim,
    })),
  };
}

const PICTURE = new TextEncoder().encode('a picture');
const PICTURE_HASH = createHash('sha256').update(PICTURE).digest('hex');

const texts = (...values: readonly unknown[]): DocumentValue => ({ kind: 'texts', texts: values }) as DocumentValue;
const both = (en: string, hant: string) => ({ en, 'zh-Hant': hant });
const all = (en: string, hant: string, hans = hant) => ({ en, 'zh-Hant': hant, 'zh-Hans': hans });

const CASES: Record<ClaimType, { json: Json; value: DocumentValue; options?: ClaimDefinition['options'] }> = {
  identifier: { json: '2126801234', value: texts('2126801234') },
  text: { json: 'Gate 3', value: texts('Gate 3') },
  bilingualText: { json: both('Harvest', '豐收'), value: texts(both('Harvest', '豐收')) },
  bilingualAddress: { json: { 'zh-Hant': '九龍' }, value: texts({ 'zh-Hant': '九龍' }) },
  date: { json: '2026-02-09', value: texts(all('9 February 2026', '2026年2月9日')) },
  integer: { json: 2026, value: texts('2026') },
  boolean: { json: false, value: texts(all('No', '否')) },
  enum: {
    json: 'b',
    options: [
      { code: 'a', label: label('Alpha') },
      { code: 'b', label: label('Beta') },
    ],
    value: texts(label('Beta')),
  },
  list: { json: ['A', 'B'], value: texts('A', 'B') },
  bilingualList: {
    json: [both('One', '一'), { en: 'Two' }],
    value: { kind: 'list', items: [both('One', '一'), { en: 'Two' }] },
  },
  addressList: { json: [both('Kowloon', '九龍')], value: { kind: 'list', items: [both('Kowloon', '九龍')] } },
  quantity: { json: { amount: '1234567.50', unit: 'm²' }, value: texts('1,234,567.50 m²') },
  money: {
    json: { amount: '2150.00', currency: 'HKD' },
    value: texts(all('HK$2,150.00', '港幣2,150.00元', '港币2,150.00元')),
  },
  quantityList: {
    json: [{ item: 'Acetone', amount: '1000', unit: 'L' }],
    value: {
      kind: 'table',
      head: [all('Item', '項目', '项目'), all('Quantity', '數量', '数量')],
      rows: [['Acetone', '1,000 L']],
    },
  },
  classList: {
    json: [{ class: '1', validFrom: '2026-01-02', validUntil: null }],
    value: {
      kind: 'table',
      head: [all('Class', '類別', '类别'), all('Valid from', '生效日期'), all('Valid until', '有效期至')],
      rows: [['1', all('2 January 2026', '2026年1月2日'), all('Not stated', '沒有註明', '没有注明')]],
    },
  },
  endorsementList: {
    json: [{ text: both('Surveyed', '已檢驗'), date: '2026-12-31' }],
    value: {
      kind: 'table',
      head: [all('Endorsement', '批註', '批注'), all('Date', '日期')],
      rows: [[both('Surveyed', '已檢驗'), all('31 December 2026', '2026年12月31日')]],
    },
  },
  table: {
    json: [
      ['Limit', 'Unit'],
      ['6', 'mg/L'],
    ],
    value: { kind: 'table', head: ['Limit', 'Unit'], rows: [['6', 'mg/L']] },
  },
  gradeList: {
    json: [{ subject: both('Chinese', '中國語文'), grade: '5**' }],
    value: {
      kind: 'table',
      head: [all('Subject', '科目'), all('Grade', '等級', '等级')],
      rows: [[both('Chinese', '中國語文'), '5**']],
    },
  },
  image: {
    json: { mediaType: 'image/png', sha256: PICTURE_HASH },
    value: { kind: 'image', mediaType: 'image/png', bytes: PICTURE },
  },
};

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof RenderError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no error';
};

describe('toDocumentRows', () => {
  for (const type of CLAIM_TYPES) {
    it(`puts a claim of type ${type} in words`, () => {
      const { json, value, options } = CASES[type];
      const definition = definitionOf({ name: 'claim', type, ...(options === undefined ? {} : { options }) });
      expect(toDocumentRows(definition, { claim: json }, new Map([[PICTURE_HASH, PICTURE]]))).to.deep.equal([
        { field: 'claim', label: label('claim'), value, prominent: false },
      ]);
    });
  }

  it('follows the order of the definition and leaves out what is absent', () => {
    const definition = definitionOf(
      { name: 'a', type: 'text' },
      { name: 'b', type: 'text' },
      { name: 'c', type: 'text' },
      { name: 'd', type: 'text' },
    );
    expect(
      toDocumentRows(definition, { d: 'last', c: null, a: 'first' }, new Map()).map((row) => row.field),
    ).to.deep.equal(['a', 'd']);
  });

  it('makes the number and the holder prominent', () => {
    const definition = definitionOf(
      { name: 'a', type: 'text', role: 'number' },
      { name: 'b', type: 'text', role: 'holder' },
      { name: 'c', type: 'text', role: 'place' },
    );
    expect(toDocumentRows(definition, { a: '1', b: '2', c: '3' }, new Map()).map((row) => row.prominent)).to.deep.equal(
      [true, true, false],
    );
  });

  it('takes a table of one row for a table without a head', () => {
    const [row] = toDocumentRows(definitionOf({ name: 'a', type: 'table' }), { a: [['6', 'mg/L']] }, new Map());
    expect(row?.value).to.deep.equal({ kind: 'table', rows: [['6', 'mg/L']] });
  });

  it('writes money of other countries, large and negative amounts as they are', () => {
    const definition = definitionOf({ name: 'a', type: 'money' });
    const inWords = (amount: string, currency: string) =>
      toDocumentRows(definition, { a: { amount, currency } }, new Map())[0]?.value;
    expect(inWords('123', 'USD')).to.deep.equal(texts('USD 123'));
    expect(inWords('-1234.5', 'EUR')).to.deep.equal(texts('EUR -1,234.5'));
    expect(inWords('999999999999999.123456', 'CNY')).to.deep.equal(texts('CNY 999,999,999,999,999.123456'));
  });

  it('refuses an image that was not supplied, or is another', () => {
    const definition = definitionOf({ name: 'photo', type: 'image' });
    const claims = { photo: { mediaType: 'image/png', sha256: PICTURE_HASH } };
    expect(codeOf(() => toDocumentRows(definition, claims, new Map()))).to.equal(
      `IMAGE_NOT_SUPPLIED: "photo" needs the image ${PICTURE_HASH}`,
    );
    const other = new Map([[PICTURE_HASH, new TextEncoder().encode('another')]]);
    expect(codeOf(() => toDocumentRows(definition, claims, other))).to.equal(
      `IMAGE_NOT_THE_SAME: "photo" is not the image ${PICTURE_HASH}`,
    );
  });
});

describe('toDocumentDates', () => {
  it('gives the dates that the type has labels for', () => {
    const header = { issued: '2026-06-01', validFrom: '2026-06-02', validUntil: null };
    expect(toDocumentDates({ dates: { validUntil: label('Until'), issued: label('Issued') } }, header)).to.deep.equal([
      { label: label('Issued'), date: '2026-06-01' },
      { label: label('Until'), date: null },
    ]);
  });
});

describe('toMovedEnd', () => {
  const extension = { validUntil: '2026-09-30' };
  const until = { en: '1 December 2022', 'zh-Hant': '2022年12月1日', 'zh-Hans': '2022年12月1日' };
  const saidOf = (moved: Parameters<typeof toMovedEnd>[0]) => toMovedEnd(moved).map(({ value }) => value);

  it('has no row where nothing moved the last valid day', () => {
    expect(toMovedEnd({ extension: null, notice: null })).to.deep.equal([]);
  });

  it('says where a notice moved it and by which law, also where an extension did before', () => {
    const notice = { validUntil: '2022-12-01', law: 'L.N. 95 of 2022' };
    expect(saidOf({ extension, notice })).to.deep.equal([texts(until, 'L.N. 95 of 2022')]);
    expect(saidOf({ extension: null, notice: { ...notice, law: null } })).to.deep.equal([texts(until)]);
  });

  it('says where an extension moved it, and that a renewal is being decided', () => {
    expect(saidOf({ extension, notice: null })).to.deep.equal([
      texts({ en: '30 September 2026', 'zh-Hant': '2026年9月30日', 'zh-Hans': '2026年9月30日' }),
    ]);
    const [open] = saidOf({ extension: { validUntil: null }, notice: null });
    expect(open).to.deep.equal(texts(WORDS.untilFurtherNotice));
  });
});
