import type { CatalogueType } from '../../catalogue/catalogue.ts';
import type { ClaimDefinition, Label } from '../../proof/credential-type.ts';
import type { Json } from '../../proof/json.ts';
import type { Column } from './columns.ts';

/** What a column is for, for whoever fills in a template. */
export interface ColumnMeaning {
  /** What it is called and how it is written. */
  text: Label;
  isRequired: boolean;
  /** The codes that it may have, each with its labels; empty where it may have any value. */
  codes: readonly { code: string; label: Label | null }[];
  /** A cell in the right form, of nobody. */
  example: string;
}

type Type = Pick<CatalogueType, 'definition'>;

export function meaningOf({ path, claim }: Column, { definition }: Type): ColumnMeaning {
  if (claim) return meaningOfClaim(claim, path[2]);
  const [group = '', name = ''] = path;
  if (group === 'validity') {
    const { label, form } = DATES[name as keyof typeof DATES];
    const isRequired = name === 'validFrom';
    return { text: join(definition.dates[name as keyof typeof DATES] ?? label, form), isRequired, ...NO_CODES(DAY) };
  }
  const { codes = [], example, ...text } = OTHERS[path.join('.')] as Other;
  return { text, isRequired: false, codes: codes.map((code) => ({ code, label: null })), example };
}

const DAY = '2026-03-31';
const NO_CODES = (example: string) => ({ codes: [], example });

function label(en: string, zhHant: string, zhHans: string): Label {
  return { en, 'zh-Hant': zhHant, 'zh-Hans': zhHans };
}

function join(name: Label, form: Label): Label {
  return label(
    `${name.en}. ${form.en}`,
    `${name['zh-Hant']}。${form['zh-Hant']}`,
    `${name['zh-Hans']}。${form['zh-Hans']}`,
  );
}

const FORM_OF_DAY = label('A day as 2026-03-31.', '日期，如 2026-03-31。', '日期，如 2026-03-31。');

const DATES = {
  issued: {
    label: label('Date of issue', '簽發日期', '签发日期'),
    form: label(
      'A day as 2026-03-31; empty for today.',
      '日期，如 2026-03-31；留空即今日。',
      '日期，如 2026-03-31；留空即今日。',
    ),
  },
  validFrom: { label: label('First valid day', '首個有效日', '首个有效日'), form: FORM_OF_DAY },
  validUntil: {
    label: label('Last valid day', '最後有效日', '最后有效日'),
    form: label(
      'A day as 2026-03-31; empty for the one that follows from the rule of this kind of document, or for none.',
      '日期，如 2026-03-31；留空即按此類文件的規則計算，或沒有最後有效日。',
      '日期，如 2026-03-31；留空即按此类文件的规则计算，或没有最后有效日。',
    ),
  },
};

interface Other extends Label {
  codes?: readonly string[];
  example: string;
}

/** By the names of their columns. */
const OTHERS: Readonly<Record<string, Other>> = {
  'holder.email': {
    ...label(
      'The holder’s e-mail address, to which the document is sent. It is no part of the document.',
      '持有人的電郵地址，文件會送往該處；不屬於文件內容。',
      '持有人的电邮地址，文件会送往该处；不属于文件内容。',
    ),
    example: 'holder@example.hk',
  },
  'holder.subject': {
    ...label(
      'The holder’s identifier at the sign-in service, by which they find the document. Not beside a company.',
      '持有人在登入服務的識別碼，憑此可找到文件；不可與公司並用。',
      '持有人在登录服务的标识，凭此可找到文件；不可与公司并用。',
    ),
    example: 'person-0001',
  },
  'holder.company': {
    ...label(
      'The number of the company that holds it, as it stands in the register. Not beside a subject.',
      '持有公司在登記冊的編號；不可與個人識別碼並用。',
      '持有公司在登记册的编号；不可与个人标识并用。',
    ),
    example: '0012345',
  },
  'holder.language': {
    ...label('The language in which the holder is written to.', '與持有人通訊所用的語言。', '与持有人通信所用的语言。'),
    codes: ['en', 'zh-Hant', 'zh-Hans'],
    example: 'zh-Hant',
  },
  holderKey: {
    ...label(
      'The holder’s public key, where the document is bound to one: 44 letters, digits, “-” and “_”.',
      '持有人的公開密鑰（如文件與密鑰綁定）：44 個字母、數字、「-」及「_」。',
      '持有人的公开密钥（如文件与密钥绑定）：44 个字母、数字、“-”及“_”。',
    ),
    example: 'AmsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKW',
  },
  parent: {
    ...label(
      'The identifier of the document that it belongs to, which begins with crd_.',
      '所從屬文件的識別碼，以 crd_ 開首。',
      '所从属文件的标识，以 crd_ 开头。',
    ),
    example: 'crd_…',
  },
};

function meaningOfClaim(claim: ClaimDefinition, part: string | undefined): ColumnMeaning {
  const { type, required, options = [] } = claim;
  return {
    text: join(claim.label, part === undefined ? formOf(claim) : formOfPart(claim, part)),
    isRequired: required,
    codes: type === 'enum' ? options : [],
    example: part === undefined ? exampleOf(claim) : (EXAMPLES_OF_PARTS[part] ?? ''),
  };
}

const EXAMPLES_OF_PARTS: Readonly<Record<string, string>> = {
  en: 'Harbour View',
  'zh-Hant': '海景',
  amount: '125.5',
  unit: 'm²',
  currency: 'HKD',
};

function formOfPart({ maxLength }: ClaimDefinition, part: string): Label {
  switch (part) {
    case 'en':
      return join(label('In English', '英文', '英文'), formOfText(maxLength));
    case 'zh-Hant':
      return join(label('In Traditional Chinese', '繁體中文', '繁体中文'), formOfText(maxLength));
    case 'amount':
      return label(
        'The amount: a number such as 125.5, without commas.',
        '數額：數字，如 125.5，不加逗號。',
        '数额：数字，如 125.5，不加逗号。',
      );
    case 'unit':
      return label('The unit.', '單位。', '单位。');
    default:
      return label('The currency, such as HKD.', '貨幣，如 HKD。', '货币，如 HKD。');
  }
}

function formOfText(maxLength: number | undefined): Label {
  if (maxLength === undefined) return label('Text.', '文字。', '文字。');
  return label(
    `Text of at most ${maxLength} characters.`,
    `文字，最多 ${maxLength} 字。`,
    `文字，最多 ${maxLength} 字。`,
  );
}

function formOf({ type, maxLength }: ClaimDefinition): Label {
  switch (type) {
    case 'identifier':
    case 'text':
      return formOfText(maxLength);
    case 'date':
      return FORM_OF_DAY;
    case 'integer':
      return label('A whole number in digits alone.', '整數，只用數字。', '整数，只用数字。');
    case 'boolean':
      return label('true or false.', 'true（是）或 false（否）。', 'true（是）或 false（否）。');
    case 'enum':
      return label('One of the codes, or its label.', '其中一個代碼，或其名稱。', '其中一个代码，或其名称。');
    case 'image':
      return label(
        'A PNG or JPEG picture of at most 256 kB, as JSON with its bytes in base64.',
        'PNG 或 JPEG 圖片，不超過 256 kB，以 JSON 及 base64 表示。',
        'PNG 或 JPEG 图片，不超过 256 kB，以 JSON 及 base64 表示。',
      );
    default:
      return label('JSON in the form of the example.', 'JSON，格式如例子所示。', 'JSON，格式如例子所示。');
  }
}

const BILINGUAL = { en: 'Harbour View', 'zh-Hant': '海景' };
/** One pixel. */
const PICTURE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=';

function exampleOf({ type, options }: ClaimDefinition): string {
  const json = (value: Json) => JSON.stringify(value);
  switch (type) {
    case 'identifier':
      return 'AB-0123';
    case 'date':
      return DAY;
    case 'integer':
      return '12';
    case 'boolean':
      return 'true';
    case 'enum':
      return options?.[0]?.code ?? '';
    case 'list':
      return json(['Class 1', 'Class 2']);
    case 'bilingualList':
    case 'addressList':
      return json([BILINGUAL]);
    case 'quantityList':
      return json([{ item: 'LPG', amount: '125.5', unit: 'kg' }]);
    case 'classList':
      return json([{ class: '1', validFrom: '2026-01-01', validUntil: '2030-12-31' }]);
    case 'endorsementList':
      return json([{ text: BILINGUAL, date: DAY }]);
    case 'table':
      return json([
        ['Item', 'Limit'],
        ['pH', '6–9'],
      ]);
    case 'gradeList':
      return json([{ subject: { en: 'Mathematics', 'zh-Hant': '數學' }, grade: '5' }]);
    case 'image':
      return json({ mediaType: 'image/png', data: PICTURE });
    default:
      return 'Harbour View';
  }
}
