import type { Label } from '../../proof/credential-type.ts';
import type { Phrase } from './document.ts';

/** The fixed words of documents, each language written for itself, and values in words. */
export const WORDS = {
  yes: { en: 'Yes', 'zh-Hant': '是', 'zh-Hans': '是' },
  no: { en: 'No', 'zh-Hant': '否', 'zh-Hans': '否' },
  notStated: { en: 'Not stated', 'zh-Hant': '沒有註明', 'zh-Hans': '没有注明' },
  item: { en: 'Item', 'zh-Hant': '項目', 'zh-Hans': '项目' },
  quantity: { en: 'Quantity', 'zh-Hant': '數量', 'zh-Hans': '数量' },
  class: { en: 'Class', 'zh-Hant': '類別', 'zh-Hans': '类别' },
  validFrom: { en: 'Valid from', 'zh-Hant': '生效日期', 'zh-Hans': '生效日期' },
  validUntil: { en: 'Valid until', 'zh-Hant': '有效期至', 'zh-Hans': '有效期至' },
  movedTo: { en: 'Valid until, as moved', 'zh-Hant': '有效期延至', 'zh-Hans': '有效期延至' },
  untilFurtherNotice: {
    en: 'Until further notice, while its renewal is decided',
    'zh-Hant': '直至另行通知（續期申請審理中）',
    'zh-Hans': '直至另行通知（续期申请审理中）',
  },
  endorsement: { en: 'Endorsement', 'zh-Hant': '批註', 'zh-Hans': '批注' },
  date: { en: 'Date', 'zh-Hant': '日期', 'zh-Hans': '日期' },
  subject: { en: 'Subject', 'zh-Hant': '科目', 'zh-Hans': '科目' },
  grade: { en: 'Grade', 'zh-Hant': '等級', 'zh-Hans': '等级' },
  reference: { en: 'Reference', 'zh-Hant': '參考編號', 'zh-Hans': '参考编号' },
  testDocument: { en: 'TEST DOCUMENT', 'zh-Hant': '測試文件', 'zh-Hans': '测试文件' },
  howToCheck: { en: 'How to check this document', 'zh-Hant': '如何查核本文件', 'zh-Hans': '如何查核本文件' },
  continued: { en: ' (continued)', 'zh-Hant': '（續）', 'zh-Hans': '（续）' },
} as const satisfies Record<string, Label>;

export function pageInWords(page: number, pages: number): Label {
  return {
    en: `Page ${page} of ${pages}`,
    'zh-Hant': `第 ${page} 頁，共 ${pages} 頁`,
    'zh-Hans': `第 ${page} 页，共 ${pages} 页`,
  };
}

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
export function dateInWords(date: string): Label {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  const chinese = `${year}年${month}月${day}日`;
  return { en: `${day} ${MONTHS[month - 1]} ${year}`, 'zh-Hant': chinese, 'zh-Hans': chinese };
}

export function dateOrNone(date: string | null): Phrase {
  return date === null ? WORDS.notStated : dateInWords(date);
}

export function moneyInWords({ amount, currency }: { amount: string; currency: string }): Phrase {
  const grouped = groupThousands(amount);
  if (currency !== 'HKD') return `${currency} ${grouped}`;
  return { en: `HK$${grouped}`, 'zh-Hant': `港幣${grouped}元`, 'zh-Hans': `港币${grouped}元` };
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
