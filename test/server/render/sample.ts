import type { DocumentContent, DocumentRow, DocumentValue, Phrase } from '../../../server/render/document.ts';

export const VERIFIER = 'https://verify.example.hk/';

const label = (en: string, hant: string) => ({ en, 'zh-Hant': hant, 'zh-Hans': hant });

export function textRow(field: string, ...texts: Phrase[]): DocumentRow {
  return { field, label: label('Name of licensee', '持牌人姓名'), value: { kind: 'texts', texts }, prominent: false };
}

export function row(field: string, value: DocumentValue): DocumentRow {
  return { field, label: label(`Row of ${field}`, '項目'), value, prominent: false };
}

/** As many digits as asked; 1,000 give a symbol of version 17. */
export function qrTextOf(digits: number): string {
  return `${VERIFIER}#${'2718281828459045'.repeat(digits / 16 + 1).slice(0, digits)}`;
}

export function documentContent(changes: Partial<DocumentContent> = {}): DocumentContent {
  return {
    chinese: 'zh-Hant',
    title: label('General Restaurant Licence', '普通食肆牌照'),
    department: label('Food and Environmental Hygiene Department', '食物環境衞生署'),
    reference: 'K7QX-3MWA-P9RT',
    look: { logo: null, accent: null },
    dates: [
      { label: label('Valid from', '生效日期'), date: '2026-06-01' },
      { label: label('Valid until', '有效期至'), date: '2027-05-31' },
    ],
    rows: [
      { ...textRow('licenceNumber', '2126801234'), prominent: true },
      textRow('licenseeName', { en: 'Golden Harvest Catering Company Limited', 'zh-Hant': '金豐餐飲有限公司' }),
      textRow('premisesAddress', {
        en: 'Shop 12–14, G/F, Kwun Tong Plaza, 68 Hoi Yuen Road, Kwun Tong, Kowloon',
        'zh-Hant': '九龍觀塘開源道68號觀塘廣場地下12–14號舖',
      }),
    ],
    qrText: qrTextOf(1_000),
    verifierUrl: VERIFIER,
    json: '{"name":"金豐餐飲有限公司"}',
    issuedAt: '2026-06-01T02:03:04Z',
    isTest: false,
    isDraft: false,
    ...changes,
  };
}

export function conditions(count: number): Phrase[] {
  return Array.from({ length: count }, (_, i) => ({
    en: `Condition ${i + 1}: no alteration which would result in a material deviation from the approved plan shall be made to the premises without the permission in writing of the Director.`,
    'zh-Hant': `條件${i + 1}：未經署長書面准許，不得對處所作出任何會與經批准圖則有重大偏離的更改或增建，違者可被檢控。`,
  }));
}
