import type { Phrase } from './document.ts';

/** The fixed words of documents, and values in words. */
export const WORDS = {
  yes: { en: 'Yes', 'zh-Hant': '是' },
  no: { en: 'No', 'zh-Hant': '否' },
  notStated: { en: 'Not stated', 'zh-Hant': '沒有註明' },
  item: { en: 'Item', 'zh-Hant': '項目' },
  quantity: { en: 'Quantity', 'zh-Hant': '數量' },
  class: { en: 'Class', 'zh-Hant': '類別' },
  validFrom: { en: 'Valid from', 'zh-Hant': '生效日期' },
  validUntil: { en: 'Valid until', 'zh-Hant': '有效期至' },
  endorsement: { en: 'Endorsement', 'zh-Hant': '批註' },
  date: { en: 'Date', 'zh-Hant': '日期' },
  subject: { en: 'Subject', 'zh-Hant': '科目' },
  grade: { en: 'Grade', 'zh-Hant': '等級' },
} as const satisfies Record<string, Phrase>;

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `2026-06-01` as "1 June 2026" and "2026年6月1日". */
export function dateInWords(date: string): Phrase {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  return { en: `${day} ${MONTHS[month - 1]} ${year}`, 'zh-Hant': `${year}年${month}月${day}日` };
}

export function dateOrNone(date: string | null): Phrase {
  return date === null ? WORDS.notStated : dateInWords(date);
}

export function moneyInWords({ amount, currency }: { amount: string; currency: string }): Phrase {
  const grouped = groupThousands(amount);
  if (currency !== 'HKD') return `${currency} ${grouped}`;
  return { en: `HK$${grouped}`, 'zh-Hant': `港幣${grouped}元` };
}

export function quantityInWords({ amount, unit }: { amount: string; unit: string }): Phrase {
  return `${groupThousands(amount)} ${unit}`;
}

/** Works on the digits themselves: a decimal claim is text and never passes through a floating-point number. */
function groupThousands(decimal: string): string {
  const [whole = '', fraction] = decimal.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
