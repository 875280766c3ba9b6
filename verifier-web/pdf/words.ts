import type { Language } from '../../ui/language.ts';
import type { PdfRefusalCode } from '../refusal.ts';

export interface PdfPassage {
  heading: string;
  text: string;
}

/** `{name}` stands for a value; `textWithout` is said where nothing else was found in the file. */
export type PdfWords = Record<PdfRefusalCode, PdfPassage & { textWithout?: string }>;

const en: PdfWords = {
  PDF_WITHOUT_PROOF: {
    heading: 'No e-Proof was found in this PDF',
    text: 'Nothing is attached to it, and none of its pages shows a QR code that can be read. If it is a scan, scan the paper again at 300 dots per inch, flat and whole. Or take a photo of the QR code and choose that, or scan the code with the camera.',
  },
  PDF_ENCRYPTED: {
    heading: 'This PDF is locked with a password',
    text: 'It cannot be read without it, and this page asks for no passwords. Open it with the password, take a screenshot of its QR code and choose that. Or use the PDF that the department sent, which has no password.',
  },
  PDF_BROKEN: {
    heading: 'This PDF is damaged',
    text: 'It breaks off, or a page of it cannot be drawn. Get the file once more from where it came from, or take a photo of the QR code on the paper and choose that.',
  },
  PDF_PAGES_LEFT: {
    heading: 'Pages {first} to {last} were not looked at',
    text: 'The first {count} pages of a PDF are looked at, and this one has more. Save the other pages as a PDF of their own and choose that.',
    textWithout:
      'No e-Proof was found on the first {count} pages of this PDF, and no more are looked at. Save the page with the QR code as a PDF of its own and choose that, or take a photo of the code.',
  },
  PDF_SLOW: {
    heading: 'Not every page was looked at',
    text: 'After {seconds} seconds this page stopped, at page {page} of the PDF. What stands on it and after it is not known. Save those pages as a PDF of their own and choose that.',
    textWithout:
      'After {seconds} seconds this page stopped, at page {page} of the PDF, and had found no e-Proof. Save the page with the QR code as a PDF of its own and choose that, or take a photo of the code.',
  },
  PDF_SEVERAL: {
    heading: 'This PDF holds several e-Proofs',
    text: 'Here one is shown at a time. Open the verifier itself: it lists all of them, each with its own answer.',
  },
};

const zhHant: PdfWords = {
  PDF_WITHOUT_PROOF: {
    heading: '這個 PDF 內找不到 e-Proof',
    text: '檔案沒有附件，各頁亦沒有可讀取的二維碼。如屬掃描檔，請將文件平放，以 300 dpi 完整地重新掃描；或為二維碼拍照後選擇該圖片，或以鏡頭掃描。',
  },
  PDF_ENCRYPTED: {
    heading: '這個 PDF 設有密碼',
    text: '沒有密碼便無法讀取，而本頁不會要求您輸入密碼。請以密碼開啟檔案，為二維碼截圖後選擇該圖片；或使用部門發出的 PDF，該檔案不設密碼。',
  },
  PDF_BROKEN: {
    heading: '這個 PDF 已損毀',
    text: '檔案不完整，或其中一頁無法顯示。請從原來的來源再次取得檔案，或為文件上的二維碼拍照後選擇該圖片。',
  },
  PDF_PAGES_LEFT: {
    heading: '第 {first} 至 {last} 頁未有查看',
    text: '本頁只查看 PDF 的首 {count} 頁，而這個檔案頁數較多。請將其餘各頁另存為一個 PDF，再選擇該檔案。',
    textWithout:
      '這個 PDF 的首 {count} 頁內找不到 e-Proof，其後各頁不會查看。請將載有二維碼的一頁另存為 PDF 後選擇該檔案，或為二維碼拍照。',
  },
  PDF_SLOW: {
    heading: '未能查看全部頁面',
    text: '本頁在 {seconds} 秒後停止，當時正查看 PDF 的第 {page} 頁；該頁及其後的內容不詳。請將這些頁面另存為一個 PDF，再選擇該檔案。',
    textWithout:
      '本頁在 {seconds} 秒後停止，當時正查看 PDF 的第 {page} 頁，仍未找到 e-Proof。請將載有二維碼的一頁另存為 PDF 後選擇該檔案，或為二維碼拍照。',
  },
  PDF_SEVERAL: {
    heading: '這個 PDF 載有多個 e-Proof',
    text: '這裡每次只顯示一個。請開啟核實網頁本身，該處會逐一列出並分別給予結果。',
  },
};

const zhHans: PdfWords = {
  PDF_WITHOUT_PROOF: {
    heading: '这个 PDF 里找不到 e-Proof',
    text: '文件没有附件，各页上也没有可以读取的二维码。如果是扫描件，请把纸张放平，以 300 dpi 完整地重新扫描；或者给二维码拍照后选择该图片，或用摄像头扫描。',
  },
  PDF_ENCRYPTED: {
    heading: '这个 PDF 设有密码',
    text: '没有密码就无法读取，而本页不会要求您输入密码。请用密码打开文件，给二维码截图后选择该图片；或者使用部门发出的 PDF，该文件没有密码。',
  },
  PDF_BROKEN: {
    heading: '这个 PDF 已损坏',
    text: '文件不完整，或者其中一页无法显示。请从原来的来源重新获取文件，或者给纸上的二维码拍照后选择该图片。',
  },
  PDF_PAGES_LEFT: {
    heading: '第 {first} 至 {last} 页没有查看',
    text: '本页只查看 PDF 的前 {count} 页，而这个文件页数更多。请把其余各页另存为一个 PDF，再选择该文件。',
    textWithout:
      '这个 PDF 的前 {count} 页里找不到 e-Proof，之后的各页不会查看。请把带有二维码的一页另存为 PDF 后选择该文件，或者给二维码拍照。',
  },
  PDF_SLOW: {
    heading: '没有查看全部页面',
    text: '本页在 {seconds} 秒后停止，当时正在查看 PDF 的第 {page} 页；该页及之后的内容不明。请把这些页面另存为一个 PDF，再选择该文件。',
    textWithout:
      '本页在 {seconds} 秒后停止，当时正在查看 PDF 的第 {page} 页，仍未找到 e-Proof。请把带有二维码的一页另存为 PDF 后选择该文件，或者给二维码拍照。',
  },
  PDF_SEVERAL: {
    heading: '这个 PDF 载有多个 e-Proof',
    text: '这里每次只显示一个。请打开核验网页本身，那里会逐一列出，并分别给出结果。',
  },
};

export const PDF_WORDS: Record<Language, PdfWords> = { en, 'zh-Hant': zhHant, 'zh-Hans': zhHans };
