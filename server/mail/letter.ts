import type { CatalogueDepartment } from '../../catalogue/catalogue.ts';
import type { Label } from '../../proof/credential-type.ts';
import type { Imprint } from '../issuance/document-content.ts';
import type { CredentialView, DocumentSource } from '../issuance/use-cases.ts';

/*
 * What a mail says. It has no link and no picture: whoever is used to click in mails of a department clicks in forged ones too, so the
 * verifier's address is a text to type, as on the document. It names nobody and repeats no claim: what is personal is in the PDF alone.
 */

export type Language = keyof Label;

export interface Letter {
  subject: string;
  text: string;
  html: string;
}

/** What every letter is about, in every language. */
interface Facts extends Imprint {
  title: Label;
  department: Label;
  reference: string;
}

export interface DocumentFacts extends Facts {
  dates: readonly { label: Label; date: string }[];
}

export interface ReminderFacts extends Facts {
  /** The last valid day, as it was moved. */
  validUntil: string;
  /** When a renewal may be applied for; null for what is not renewed. */
  renewal: { opens: string; closes: string } | null;
}

export function toDocumentFacts({ view, type, department }: DocumentSource, imprint: Imprint): DocumentFacts {
  const { dates } = type.definition;
  return {
    ...toFacts(view, department, imprint),
    dates: (['validFrom', 'validUntil'] as const).flatMap((name) => {
      const [label, date] = [dates[name], view[name]];
      return label && date !== null ? [{ label, date }] : [];
    }),
  };
}

export function toFacts(view: CredentialView, { profile }: CatalogueDepartment, imprint: Imprint): Facts {
  return { ...imprint, title: view.typeTitle, department: profile.name, reference: view.reference };
}

/** Where nobody said which language the holder reads, the letter is in both official ones. */
export const OFFICIAL_LANGUAGES: readonly Language[] = ['zh-Hant', 'en'];

/** What comes with a document. */
export function writeDocumentLetter(facts: DocumentFacts, languages: readonly Language[]): Letter {
  return write(
    languages.map((language) => {
      const words = WORDS[language];
      const said = inLanguage(facts, language);
      const dates = facts.dates.map(
        ({ label, date }) => `${oneLine(label[language])}${words.colon}${dateInWords(date, language)}`,
      );
      const paragraphs = [
        [words.issued(said)],
        [words.reference(said), ...dates],
        [words.attached],
        [words.check, ...words.steps(said)],
        [words.warning],
        [words.ending(said)],
      ];
      return { language, subject: words.subject(said), paragraphs };
    }),
  );
}

/** What comes before a document ends. */
export function writeReminderLetter(facts: ReminderFacts, languages: readonly Language[]): Letter {
  return write(
    languages.map((language) => {
      const words = WORDS[language];
      const said = inLanguage(facts, language);
      const [end, opens, closes] = [facts.validUntil, facts.renewal?.opens, facts.renewal?.closes].map((date) =>
        date === undefined ? '' : dateInWords(date, language),
      ) as [string, string, string];
      const paragraphs = [
        [words.ends(said, end)],
        [words.reference(said)],
        ...(facts.renewal ? [[words.renewal(opens, closes)]] : []),
        [words.warning],
        [words.ending(said)],
      ];
      return { language, subject: words.endsSubject(said, end), paragraphs };
    }),
  );
}

/** One paragraph is one or several lines. */
type Paragraph = readonly string[];

interface Said {
  title: string;
  department: string;
  reference: string;
  address: string;
  test: string;
}

interface Words {
  test: string;
  subject(said: Said): string;
  endsSubject(said: Said, end: string): string;
  issued(said: Said): string;
  ends(said: Said, end: string): string;
  renewal(opens: string, closes: string): string;
  reference(said: Pick<Said, 'reference'>): string;
  attached: string;
  check: string;
  steps(said: Said): readonly string[];
  warning: string;
  ending(said: Pick<Said, 'department'>): string;
  colon: string;
  locale: string;
}

/** Those of no kind of letter alone are in others too (account-letter.ts). */
export const WORDS: Record<Language, Words> = {
  en: {
    test: 'TEST: ',
    subject: ({ test, title, reference, department }) => `${test}${title} ${reference}, ${department}`,
    issued: ({ test, title, department }) => `${test}The ${department} has issued this document to you: ${title}.`,
    endsSubject: ({ test, title, reference }, end) => `${test}${title} ${reference} is valid until ${end}`,
    ends: ({ test, title, department }, end) =>
      `${test}This document, which the ${department} has issued to you, is valid until ${end}: ${title}.`,
    renewal: (opens, closes) =>
      `A renewal can be applied for from ${opens} until ${closes}, in the way that you know from the department.`,
    reference: ({ reference }) => `Reference: ${reference}`,
    attached:
      'The document is attached as a PDF. Keep the file: it carries its own proof, which a printed QR code shows as well.',
    check: 'How to check the document, and how anybody can to whom you show it:',
    steps: ({ address }) => [
      `1. Type this address into a browser yourself: ${address}`,
      '2. On that page, choose the PDF file or scan its QR code.',
      '3. Compare the answer with the document. Only the answer tells whether it is in force today.',
    ],
    warning:
      'This mail has no link, and asks you for nothing: no password, no identity card number, no payment. A forged mail could name another address. If something seems odd, ask the department at a telephone number that you know from elsewhere.',
    ending: ({ department }) => `e-Proof, for the ${department}. Answers to this mail are not read.`,
    colon: ': ',
    locale: 'en-GB',
  },
  'zh-Hant': {
    test: '測試：',
    subject: ({ test, title, reference, department }) => `${test}${title} ${reference}，${department}`,
    issued: ({ test, title, department }) => `${test}${department}已向你發出以下文件：${title}。`,
    endsSubject: ({ test, title, reference }, end) => `${test}${title} ${reference} 有效期至${end}`,
    ends: ({ test, title, department }, end) => `${test}${department}向你發出的以下文件有效期至${end}：${title}。`,
    renewal: (opens, closes) => `續期申請可於${opens}至${closes}期間提出，請循你所知的部門途徑申請。`,
    reference: ({ reference }) => `參考編號：${reference}`,
    attached: '文件以 PDF 檔案附於本電郵。請妥為保存該檔案：檔案載有其本身的證明，列印本上的二維碼亦同。',
    check: '你本人，以及任何獲你出示文件的人，均可按以下方法查核文件：',
    steps: ({ address }) => [
      `1. 請自行在瀏覽器輸入此網址：${address}`,
      '2. 在該網頁選取 PDF 檔案，或掃描其二維碼。',
      '3. 將查核結果與文件核對。文件現時是否有效，以查核結果為準。',
    ],
    warning:
      '本電郵不含任何連結，亦不會要求你提供密碼、身份證號碼或付款。偽冒電郵可能列出其他網址。如有懷疑，請以你從其他途徑得知的電話號碼向部門查詢。',
    ending: ({ department }) => `e-Proof 代${department}發出。請勿回覆本電郵。`,
    colon: '：',
    locale: 'zh-HK',
  },
  'zh-Hans': {
    test: '测试：',
    subject: ({ test, title, reference, department }) => `${test}${title} ${reference}，${department}`,
    issued: ({ test, title, department }) => `${test}${department}已向你发出以下文件：${title}。`,
    endsSubject: ({ test, title, reference }, end) => `${test}${title} ${reference} 有效期至${end}`,
    ends: ({ test, title, department }, end) => `${test}${department}向你发出的以下文件有效期至${end}：${title}。`,
    renewal: (opens, closes) => `续期申请可于${opens}至${closes}期间提出，请循你所知的部门途径申请。`,
    reference: ({ reference }) => `参考编号：${reference}`,
    attached: '文件以 PDF 文件附于本电邮。请妥善保存该文件：文件载有其本身的证明，打印本上的二维码也一样。',
    check: '你本人，以及任何获你出示文件的人，均可按以下方法查核文件：',
    steps: ({ address }) => [
      `1. 请自行在浏览器输入此网址：${address}`,
      '2. 在该网页选取 PDF 文件，或扫描其二维码。',
      '3. 将查核结果与文件核对。文件现时是否有效，以查核结果为准。',
    ],
    warning:
      '本电邮不含任何链接，也不会要求你提供密码、身份证号码或付款。伪冒电邮可能列出其他网址。如有怀疑，请以你从其他途径得知的电话号码向部门查询。',
    ending: ({ department }) => `e-Proof 代${department}发出。请勿回复本电邮。`,
    colon: '：',
    locale: 'zh-CN',
  },
};

function inLanguage({ title, department, reference, verifierUrl, isTest }: Facts, language: Language): Said {
  return {
    title: oneLine(title[language]),
    department: oneLine(department[language]),
    reference,
    address: verifierUrl.replace(/\/$/, ''),
    test: isTest ? WORDS[language].test : '',
  };
}

/** A name is a part of a line, and of a subject: no line of its own. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function dateInWords(date: string, language: Language): string {
  const style = { dateStyle: 'long', timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat(WORDS[language].locale, style).format(new Date(`${date}T00:00:00Z`));
}

interface Part {
  language: Language;
  subject: string;
  paragraphs: readonly Paragraph[];
}

/** One part after another, for each language. */
export function write(parts: readonly Part[]): Letter {
  return {
    subject: parts.map(({ subject }) => subject).join(' / '),
    text: parts.map(({ paragraphs }) => toText(paragraphs)).join(`\n${'-'.repeat(40)}\n\n`),
    html: toHtml(parts),
  };
}

function toText(paragraphs: readonly Paragraph[]): string {
  return paragraphs.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

function toHtml(parts: readonly Part[]): string {
  const sections = parts.map(({ language, paragraphs }) => {
    const inside = paragraphs.map((lines) => `<p>${lines.map(escapeMarkup).join('<br>\n')}</p>`).join('\n');
    return `<section lang="${language}">\n${inside}\n</section>`;
  });
  const language = parts[0]?.language ?? 'en';
  return `<!doctype html>\n<html lang="${language}">\n<head><meta charset="utf-8"></head>\n<body>\n${sections.join('\n<hr>\n')}\n</body>\n</html>\n`;
}

function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
