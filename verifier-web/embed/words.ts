import type { Language } from '../../ui/language.ts';

/** What the frame says beyond what the page says. `{name}` stands for a value. */
export interface EmbedWords {
  title: string;
  /** Where it is shown: the one thing that a frame cannot show in the address bar. */
  inside: string;
  open: string;
  /** The button, where the site leaves the beginning to the reader. */
  check: string;
  ready: string;
  another: string;
  /** Opened by itself, which is no way to use it. */
  alone: string;
}

const en: EmbedWords = {
  title: 'e-Proof verifier',
  inside:
    'You see this inside {site}. The check was made by {verifier} on your own device, and that site cannot change it. But only the address bar of your browser tells which page you are really on: if it matters, check again in the verifier itself.',
  open: 'Open in the verifier',
  check: 'Check this document',
  ready: 'This page shows you a document with an e-Proof. Check whether it is genuine and in force.',
  another: 'Check another',
  alone: 'This part of the verifier is made for other sites. Use the verifier itself.',
};

const zhHant: EmbedWords = {
  title: 'e-Proof 核實',
  inside:
    '您正在 {site} 之內看到本頁。核實由 {verifier} 在您的裝置上進行，該網站不能改動結果。但只有瀏覽器的網址列能說明您實際身處哪個網頁：如事關重要，請在核實網頁再核實一次。',
  open: '在核實網頁開啟',
  check: '核實這份文件',
  ready: '這個網頁向您出示一份載有 e-Proof 的文件。請核實文件是否真確及現正有效。',
  another: '核實另一份',
  alone: '核實網頁的這個部分供其他網站使用。請使用核實網頁本身。',
};

const zhHans: EmbedWords = {
  title: 'e-Proof 核验',
  inside:
    '您正在 {site} 之内看到本页。核验由 {verifier} 在您的设备上进行，该网站不能改动结果。但只有浏览器的地址栏能说明您实际在哪个网页：如果事关重要，请在核验网页再核验一次。',
  open: '在核验网页打开',
  check: '核验这份文件',
  ready: '这个网页向您出示一份带有 e-Proof 的文件。请核验文件是否真实、是否有效。',
  another: '核验另一份',
  alone: '核验网页的这个部分供其他网站使用。请使用核验网页本身。',
};

export const EMBED_WORDS: Record<Language, EmbedWords> = { en, 'zh-Hant': zhHant, 'zh-Hans': zhHans };
