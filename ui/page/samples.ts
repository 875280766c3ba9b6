import type { ClaimDefinition } from '../../proof/credential-type.ts';
import type { StandingName } from '../signed-in/standing.ts';

/** One claim of each sort that looks different, as a type would define it. */
export const CLAIM_DEFINITIONS: readonly ClaimDefinition[] = [
  define('licensee', 'bilingualText', { en: 'Licensee', 'zh-Hant': '持牌人', 'zh-Hans': '持牌人' }),
  define('number', 'identifier', { en: 'Licence number', 'zh-Hant': '牌照號碼', 'zh-Hans': '牌照号码' }),
  define('fee', 'money', { en: 'Fee', 'zh-Hant': '費用', 'zh-Hans': '费用' }),
  define('conditions', 'bilingualList', { en: 'Conditions', 'zh-Hant': '條件', 'zh-Hans': '条件' }),
  define('classes', 'classList', { en: 'Classes', 'zh-Hant': '類別', 'zh-Hans': '类别' }),
];

export const CLAIMS = {
  licensee: { en: 'Example Restaurant Limited', 'zh-Hant': '示例餐廳有限公司' },
  number: '2962800001',
  fee: { amount: '12500.50', currency: 'HKD' },
  conditions: [
    { en: 'No live music after 11 pm', 'zh-Hant': '晚上十一時後不得有現場音樂' },
    { en: 'At most 80 seats', 'zh-Hant': '座位不得多於80個' },
  ],
  classes: [
    { class: 'A', validFrom: '2025-01-01', validUntil: '2027-12-31' },
    { class: 'B', validFrom: '2025-06-01' },
  ],
};

/** In the sentences that have a day. */
export const DAY = '2026-12-31';

/** One standing of each tone. */
export const BANNERS: readonly StandingName[] = ['inForceUntil', 'suspendedUntil', 'expired', 'failed', 'coming'];

function define(name: string, type: ClaimDefinition['type'], label: ClaimDefinition['label']): ClaimDefinition {
  return { name, type, group: 'shown', sensitive: false, required: true, always: false, label };
}
