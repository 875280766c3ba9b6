import type { Language } from '../../ui/language.ts';

/** What is said where a reference alone shows nothing. `{name}` stands for a value. */
export interface FactsWords {
  nothingAlone: string;
  nothingAloneHint: string;
  /** Of a code that tells no entries. */
  scanned: string;
  scannedHint: string;
  noMatch: string;
  noMatchHint: string;
  asTyped: string;
  lastCharacters: string;
}

const en: FactsWords = {
  nothingAlone: 'Nothing can be shown for this reference alone',
  nothingAloneHint:
    'Either there is no such document, or it is of a kind that is shown only to people who know what the paper says. Choose the kind and type what the paper says.',
  scanned: 'Type what the paper says',
  scannedHint:
    'The departments’ service compares it with what was issued, and learns the reference that is looked up. If all of it is right, the entries are shown here.',
  noMatch: 'Nothing matches',
  noMatchHint:
    'Compare every character with the paper: the reference, and what you typed. Nothing tells which one is wrong. After several attempts a reference is closed for a while.',
  asTyped: 'Reference: {reference}',
  lastCharacters: 'the last {count} characters',
};

const zhHant: FactsWords = {
  nothingAlone: '單憑這個參考編號未能顯示內容',
  nothingAloneHint: '可能沒有這份文件，或此類文件只向知道文件內容的人顯示。請選擇文件種類，並輸入文件上所載的資料。',
  scanned: '輸入文件上所載的資料',
  scannedHint: '各部門的服務會把資料與所簽發的文件核對，並會得知所查的參考編號。如全部相符，本頁會顯示文件內容。',
  noMatch: '沒有相符的文件',
  noMatchHint: '請逐字核對參考編號及所輸入的資料。系統不會指出哪一項有誤。多次嘗試後，該參考編號會暫停查詢。',
  asTyped: '參考編號：{reference}',
  lastCharacters: '最後 {count} 個字元',
};

const zhHans: FactsWords = {
  nothingAlone: '仅凭这个参考编号无法显示内容',
  nothingAloneHint: '可能没有这份文件，或者此类文件只向知道文件内容的人显示。请选择文件种类，并输入文件上的资料。',
  scanned: '输入文件上的资料',
  scannedHint: '各部门的服务会把资料与所签发的文件核对，并会知道所查的参考编号。如果全部相符，本页会显示文件内容。',
  noMatch: '没有相符的文件',
  noMatchHint: '请逐字核对参考编号和所输入的资料。系统不会指出哪一项有误。多次尝试后，该参考编号会暂停查询。',
  asTyped: '参考编号：{reference}',
  lastCharacters: '最后 {count} 个字符',
};

export const FACTS_WORDS: Record<Language, FactsWords> = { en, 'zh-Hant': zhHant, 'zh-Hans': zhHans };
