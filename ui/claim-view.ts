import type { ClaimDefinition, Label } from '../proof/credential-type.ts';
import type { Json } from '../proof/json.ts';
import { element } from './element.ts';
import type { Language } from './language.ts';
import { type Calendar, fill, groupThousands } from './phrase.ts';
import type { ClaimWords } from './words/dictionary.ts';

/** For whom claims are drawn. */
export interface ClaimReader {
  language: Language;
  words: { document: ClaimWords };
  calendar: Calendar;
}

type Bilingual = Partial<Record<Language, string>>;
type Cell = Bilingual | string;
interface Row {
  [name: string]: string;
}

/**
 * A text in the reader's language first, then in those that are printed on the paper, each marked with its language for screen
 * readers and for the shape of its characters. Equal texts appear once.
 */
export function bilingualText(text: Bilingual, language: Language): HTMLElement[] {
  const order = new Set<Language>([language, ...(language === 'en' ? [] : (['zh-Hant'] as const)), 'en', 'zh-Hant']);
  const seen = new Set<string>();
  return [...order].flatMap((each) => {
    const value = text[each];
    if (value === undefined || seen.has(value)) return [];
    seen.add(value);
    return [element('span', { lang: each }, value)];
  });
}

/** What is printed of a label: the reader's language alone. */
export function labelText(label: Label, language: Language): string {
  return label[language];
}

/** The value of a claim as `dd` contents. The value has passed its type's decoder, so its shape is certain. */
export function claimValue(claim: ClaimDefinition, json: Json, reader: ClaimReader): Node[] {
  const { language, words, calendar } = reader;
  const { document: texts } = words;
  switch (claim.type) {
    case 'identifier':
    case 'text':
      return [text(json as string)];
    case 'integer':
      return [text(groupThousands(String(json)))];
    case 'date':
      return [text(calendar.date(json as string))];
    case 'boolean':
      return [text(json === true ? texts.yes : texts.no)];
    case 'enum':
      return bilingualText(claim.options?.find((option) => option.code === json)?.label ?? {}, language);
    case 'bilingualText':
    case 'bilingualAddress':
      return bilingualText(json as Bilingual, language);
    case 'list':
      return [list((json as string[]).map((item) => [text(item)]))];
    case 'bilingualList':
    case 'addressList':
      return [list((json as unknown as Bilingual[]).map((item) => bilingualText(item, language)))];
    case 'quantity':
      return [text(quantity(json as unknown as Row))];
    case 'money':
      return [text(money(json as unknown as Row, reader))];
    case 'image':
      return [text(fill(texts.picture, { fingerprint: (json as unknown as Row).sha256?.slice(0, 16) ?? '' }))];
    default:
      return [table(tableOf(claim, json, reader), language)];
  }
}

function text(value: string): Node {
  return document.createTextNode(value);
}

function list(items: Node[][]): HTMLElement {
  return element('ul', {}, ...items.map((item) => element('li', {}, item)));
}

function quantity({ amount = '', unit = '' }: Row): string {
  return `${groupThousands(amount)} ${unit}`;
}

function money({ amount = '', currency = '' }: Row, { words }: ClaimReader): string {
  const grouped = groupThousands(amount);
  return currency === 'HKD' ? fill(words.document.hongKongDollars, { amount: grouped }) : `${currency} ${grouped}`;
}

interface Table {
  head: string[];
  rows: Cell[][];
}

function tableOf({ type }: ClaimDefinition, json: Json, { words, calendar }: ClaimReader): Table {
  const texts = words.document;
  const rows = json as unknown as Row[];
  switch (type) {
    case 'quantityList':
      return { head: [texts.item, texts.quantity], rows: rows.map((row) => [row.item ?? '', quantity(row)]) };
    case 'classList':
      return {
        head: [texts.class, texts.validFrom, texts.validUntil],
        rows: rows.map((row) => [
          row.class ?? '',
          calendar.date(row.validFrom ?? ''),
          row.validUntil ? calendar.date(row.validUntil) : texts.none,
        ]),
      };
    case 'endorsementList':
      return {
        head: [texts.endorsement, texts.date],
        rows: rows.map((row) => [row.text as unknown as Bilingual, calendar.date(row.date ?? '')]),
      };
    case 'gradeList':
      return {
        head: [texts.subject, texts.grade],
        rows: rows.map((row) => [row.subject as unknown as Bilingual, row.grade ?? '']),
      };
    default: {
      // The first row of a table claim names its columns, as on the paper.
      const [head = [], ...rest] = json as unknown as string[][];
      return rest.length === 0 ? { head: [], rows: [head] } : { head, rows: rest };
    }
  }
}

function table({ head, rows }: Table, language: Language): HTMLElement {
  return element(
    'table',
    {},
    head.length > 0 &&
      element('thead', {}, element('tr', {}, ...head.map((name) => element('th', { scope: 'col' }, name)))),
    element('tbody', {}, ...rows.map((row) => element('tr', {}, ...row.map((cell) => tableCell(cell, language))))),
  );
}

function tableCell(cell: Cell, language: Language): HTMLElement {
  return element('td', {}, ...(typeof cell === 'string' ? [cell] : bilingualText(cell, language)));
}
