import { CLAIM_TYPES, type ClaimType } from '../../proof/claim-value.ts';
import type { Json, JsonObject } from '../../proof/json.ts';

const label = (en: string, zhHant = en, zhHans = zhHant): JsonObject => ({ en, 'zh-Hant': zhHant, 'zh-Hans': zhHans });

interface Claim {
  name: string;
  type: ClaimType;
  group: 'shown' | 'rest';
  required?: boolean;
  always?: boolean;
  role?: string;
  options?: string[];
  label?: JsonObject;
}

function definition(code: string, title: JsonObject, claims: readonly Claim[], disclosure = 'public'): string {
  return JSON.stringify({
    format: 'eproof-credential-type/1',
    code,
    version: 1,
    department: 'EX',
    title,
    holder: 'person',
    disclosure,
    validity: { kind: 'months', max: 12 },
    dates: { validUntil: label('Valid until', '有效期至', '有效期至') },
    claims: claims.map(({ name, type, group, required = false, always, role, options, ...claim }) => ({
      name,
      type,
      group,
      sensitive: false,
      required,
      ...(always === undefined ? {} : { always }),
      ...(role === undefined ? {} : { role }),
      label: claim.label ?? label(name),
      ...(options === undefined ? {} : { options: options.map((option) => ({ code: option, label: label(option) })) }),
    })),
    drafts: [],
  });
}

/** The type of the worked example in FORMAT.md: two shown claims, one of the rest. */
export const TINY = definition('EX-TINY', label('Tiny licence', '微型牌照', '微型牌照'), [
  {
    name: 'number',
    type: 'identifier',
    group: 'shown',
    required: true,
    always: true,
    role: 'number',
    label: label('Number', '編號', '编号'),
  },
  {
    name: 'holder',
    type: 'bilingualText',
    group: 'shown',
    required: true,
    role: 'holder',
    label: label('Holder', '持牌人', '持牌人'),
  },
  { name: 'conditions', type: 'list', group: 'rest', label: label('Conditions', '條件', '条件') },
]);

/** No claims in the second group. */
export const PLAIN = definition('EX-PLAIN', label('Plain licence'), [
  { name: 'number', type: 'identifier', group: 'shown', required: true },
]);

/** A type that is not public: its QR shows nothing, and whoever shows anything shows its number. */
export const CONSENT = definition(
  'EX-CONSENT',
  label('Certificate of examples'),
  [
    { name: 'number', type: 'identifier', group: 'shown', required: true, always: true, role: 'number' },
    { name: 'holder', type: 'bilingualText', group: 'shown', required: true, role: 'holder' },
    { name: 'result', type: 'enum', group: 'shown', options: ['pass', 'fail'] },
    { name: 'birthDate', type: 'date', group: 'rest' },
    { name: 'remarks', type: 'list', group: 'rest' },
  ],
  'holder-consent',
);

/** One claim of every type, half of them shown. */
export const EVERY = definition('EX-EVERY', label('Every kind of claim'), [
  ...CLAIM_TYPES.map((type, i) => ({
    name: type,
    type,
    group: i % 2 === 0 ? ('shown' as const) : ('rest' as const),
    ...(type === 'enum' ? { options: ['first', 'second', 'third'] } : {}),
  })).sort((a, b) => Number(a.group === 'rest') - Number(b.group === 'rest')),
]);

/** A value of every claim type. */
export const EVERY_CLAIMS: Record<ClaimType, Json> = {
  identifier: 'AB123456(7)',
  text: 'A text with “quotes” and 漢字',
  bilingualText: { en: 'Chan Tai Man', 'zh-Hant': '陳大文' },
  bilingualAddress: { 'zh-Hant': '九龍尖沙咀彌敦道88號' },
  date: '1961-02-28',
  integer: -42,
  boolean: false,
  enum: 'third',
  list: ['cats', 'dogs'],
  bilingualList: [{ en: 'No smoking' }, { en: 'No dogs', 'zh-Hant': '不准攜犬' }],
  addressList: [{ en: '1 Harbour Road' }],
  quantity: { amount: '125.5', unit: 'm²' },
  money: { amount: '2150.00', currency: 'HKD' },
  quantityList: [{ item: 'petrol', amount: '-0.000001', unit: 'L' }],
  classList: [
    { class: '1', validFrom: '2026-01-01', validUntil: '2036-01-01' },
    { class: '2', validFrom: '2026-01-01', validUntil: null },
  ],
  endorsementList: [{ text: { en: 'Moved', 'zh-Hant': '遷址' }, date: '2026-05-01' }],
  table: [
    ['a', 'b'],
    ['c', 'd'],
  ],
  gradeList: [{ subject: { en: 'Physics' }, grade: '5**' }],
  image: { mediaType: 'image/png', sha256: 'ab'.repeat(32) },
};

export const PROFILE = JSON.stringify({
  format: 'eproof-issuer/1',
  code: 'EX',
  name: label('Department of Examples', '示例署', '示例署'),
});

export const OTHER_PROFILE = JSON.stringify({
  format: 'eproof-issuer/1',
  code: 'OT',
  name: label('Department of Others', '其他署', '其他署'),
  website: 'https://others.example/',
});
