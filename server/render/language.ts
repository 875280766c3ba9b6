import type { Chinese, DocumentContent, DocumentValue, Name, Phrase } from './document.ts';

/*
 * Which of a text's languages a document shows: English, and one Chinese. A text that is given in one Chinese alone, as claims are, is
 * shown in that one: nothing is converted.
 */

/** The text without the other Chinese, where it is given in both. */
export function inChinese<P extends Phrase>(phrase: P, chinese: Chinese): P {
  if (typeof phrase === 'string' || phrase['zh-Hant'] === undefined || phrase['zh-Hans'] === undefined) return phrase;
  const { 'zh-Hant': _, 'zh-Hans': __, ...rest } = phrase as Exclude<Phrase, string>;
  return { ...rest, [chinese]: phrase[chinese] } as P;
}

export function contentInChinese(content: DocumentContent): DocumentContent {
  const choose = <P extends Phrase>(phrase: P): P => inChinese(phrase, content.chinese);
  return {
    ...content,
    title: choose(content.title),
    department: choose(content.department),
    dates: content.dates.map((date) => ({ ...date, label: choose(date.label) })),
    rows: content.rows.map((row) => ({ ...row, label: choose(row.label), value: mapPhrases(row.value, choose) })),
  };
}

function mapPhrases(value: DocumentValue, choose: (phrase: Phrase) => Phrase): DocumentValue {
  switch (value.kind) {
    case 'texts':
      return { ...value, texts: value.texts.map(choose) };
    case 'list':
      return { ...value, items: value.items.map(choose) };
    case 'table': {
      const rows = value.rows.map((row) => row.map(choose));
      return { ...value, rows, ...(value.head ? { head: value.head.map(choose) } : {}) };
    }
    case 'image':
      return value;
  }
}

/** In one line, English first; once where both are the same. */
export function oneLineOf({ en, 'zh-Hant': hant, 'zh-Hans': hans }: Name, between = '  '): string {
  const chinese = hant ?? hans;
  return chinese === undefined || chinese === en ? en : `${en}${between}${chinese}`;
}
