import type { Label } from '../../proof/credential-type.ts';
import type { DocumentContent, Phrase } from './document.ts';
import { codePlace } from './draft.ts';
import { inChinese, oneLineOf } from './language.ts';
import { measure } from './line.ts';
import { addElement, type Content, type Element, GAP, LEFT, mm, PAGE, rule, TEXT_WIDTH } from './page.ts';
import { WORDS } from './phrase.ts';
import { type QrSymbol, QUIET_ZONE } from './qr.ts';
import { contentsOf, linesOf, type Slab, stack, styleOf } from './slab.ts';

/** Where the QR symbol stands on the first page: its right and lower edges, without the quiet zone, from the page's edges. */
export const QR_RIGHT_MM = 20;
export const QR_BOTTOM_MM = 46;

/** One dot of a 300 dpi printer, in points. Modules are whole dots wide, so that a printer draws all of them alike. */
const DOT = 72 / 300;
/** 0.423 mm. */
const LEAST_DOTS = 5;
/** 52.8 mm for symbol and quiet zone: symbols of 41 to 48 mm up to version 24. Larger versions grow beyond it, at the least module. */
const SYMBOL_DOTS = 624;

interface Panel {
  /** Where the panel begins; text ends above. */
  readonly top: number;
  readonly contents: readonly Content[];
}

interface Square {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  readonly module: number;
}

/** The lower part of the first page: the QR symbol, and how to check the document. */
export function checkPanel(content: DocumentContent, symbol: QrSymbol, root: Element): Panel {
  const parent = addElement(root, 'Sect');
  const square = symbolSquare(symbol);
  const { x, y, side, module } = square;
  const quiet = QUIET_ZONE * module;
  const top = y - quiet - 2;
  const contents = [
    rule(LEFT, top, { width: TEXT_WIDTH }),
    ...contentsOf(instructionSlabs(content, x - quiet - GAP - LEFT, parent), top + 8),
    ...(content.isDraft ? codePlace(square, parent) : symbolContents(symbol, square, parent)),
    ...contentsOf(captionSlabs(content, square, parent), y + side + quiet + 1),
  ];
  return { top, contents };
}

function symbolContents(symbol: QrSymbol, { x, y, module }: Square, parent: Element): Content[] {
  const element = addElement(parent, 'Figure', { lang: 'en-HK', alt: 'QR code with the proof of this document' });
  return [{ element, marks: [{ kind: 'symbol', x, y, module, symbol }] }];
}

function symbolSquare({ size }: QrSymbol): Square {
  const module = Math.max(LEAST_DOTS, Math.floor(SYMBOL_DOTS / (size + 2 * QUIET_ZONE))) * DOT;
  const side = size * module;
  return {
    x: onDots(PAGE.width - mm(QR_RIGHT_MM)) - side,
    y: onDots(PAGE.height - mm(QR_BOTTOM_MM)) - side,
    side,
    module,
  };
}

const onDots = (length: number): number => Math.floor(length / DOT) * DOT;

/** Under the symbol, for people: what to type, and the warning that keeps them off a forged code's own page. */
function captionSlabs(
  { reference, verifierUrl, chinese }: DocumentContent,
  { x, side }: Square,
  parent: Element,
): Slab[] {
  const set = (
    phrase: Phrase,
    { size, field, weight }: { size: number; field: string; weight: 'regular' | 'bold' },
  ): Slab[] => {
    const lines = linesOf({ phrase, style: styleOf(size, weight), width: side, field, parent });
    return stack({ columns: [{ x, lines }], leading: size + 3 });
  };
  const address = verifierUrl.replace(/\/$/, '');
  return [
    ...set(reference, { size: 11, field: 'reference', weight: 'bold' }),
    ...set(address, { size: sizeToFit(address, side), field: 'verifierUrl', weight: 'bold' }),
    ...set(inChinese(OPEN_YOURSELF, chinese), { size: 7, field: 'instruction', weight: 'regular' }),
  ];
}

/** From 8 points down to 6; a longer address takes a second line. */
function sizeToFit(text: string, width: number): number {
  const em = measure({ text, style: styleOf(1, 'bold'), field: 'verifierUrl' });
  return Math.min(8, Math.max(6, Math.floor((width / em) * 10) / 10));
}

// The no-break space keeps the last word from standing alone.
const OPEN_YOURSELF: Label = {
  en: 'Open the address yourself, then\u00a0scan.',
  'zh-Hant': '請自行開啟網址，然後掃描。',
  'zh-Hans': '请自行打开网址，然后扫描。',
};

const STEPS: readonly Label[] = [
  {
    en: 'Type the address under the code into a browser yourself. Do not use a link that somebody sent you.',
    'zh-Hant': '請自行在瀏覽器輸入二維碼下方的網址，切勿使用他人傳來的連結。',
    'zh-Hans': '请自行在浏览器输入二维码下方的网址，切勿使用他人传来的链接。',
  },
  {
    en: 'On that page, scan the code or choose this file.',
    'zh-Hant': '在該網頁掃描二維碼，或選取本檔案。',
    'zh-Hans': '在该网页扫描二维码，或选取本电子文件。',
  },
  {
    en: 'Compare the answer with this document. Only the answer tells whether the document is in force today.',
    'zh-Hant': '將查核結果與本文件核對。本文件現時是否有效，以查核結果為準。',
    'zh-Hans': '将查核结果与本文件核对。本文件现时是否有效，以查核结果为准。',
  },
];

const STEP = styleOf(8.5);
const STEP_INDENT = mm(5);

function instructionSlabs({ chinese }: DocumentContent, width: number, parent: Element): Slab[] {
  const box = { width, field: 'instruction', style: STEP };
  const title = linesOf({
    ...box,
    phrase: oneLineOf(inChinese(WORDS.howToCheck, chinese)),
    forms: chinese,
    style: styleOf(10, 'bold'),
    parent,
    tag: 'H2',
  });
  const list = addElement(parent, 'L');
  const steps = STEPS.flatMap((step, i) => {
    const phrase = inChinese(step, chinese);
    const item = addElement(list, 'LI');
    const number = linesOf({ ...box, phrase: `${i + 1}.`, parent: item, tag: 'Lbl' });
    const lines = linesOf({ ...box, phrase, width: width - STEP_INDENT, parent: addElement(item, 'LBody') });
    const columns = [
      { x: LEFT, lines: number },
      { x: LEFT + STEP_INDENT, lines },
    ];
    return stack({ columns, leading: 12.5, after: 5 });
  });
  return [...stack({ columns: [{ x: LEFT, lines: title }], leading: 16, after: 4 }), ...steps];
}
