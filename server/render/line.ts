import { RenderError } from './render-error.ts';
import { HONG_KONG_FIRST, SIMPLIFIED_FIRST, type Typeface, typefaceFor, type Weight } from './typeface.ts';

/** Sizes in points; grey from 0 (black) to 1 (white). */
export interface Style {
  readonly size: number;
  readonly weight: Weight;
  readonly grey: number;
}

/** A stretch of one typeface; x from the start of its line. */
export interface Piece {
  readonly typeface: Typeface;
  readonly text: string;
  readonly x: number;
}

export interface Line {
  readonly pieces: readonly Piece[];
  readonly width: number;
}

export type Language = 'en' | 'zh-Hant' | 'zh-Hans';

export interface Setting {
  readonly text: string;
  /** Undefined for what is the same in all. */
  readonly language?: Language | undefined;
  readonly style: Style;
  /** What the text belongs to, for messages. */
  readonly field: string;
}

interface Letter {
  readonly codePoint: number;
  readonly text: string;
  readonly typeface: Typeface;
  readonly kind: LetterKind;
}

/** The lines of a text, none wider than `width` unless a single character is. @throws RenderError CHARACTER_NOT_AVAILABLE */
export function setLines(setting: Setting, width: number): Line[] {
  const letters = toLetters(setting);
  const lines: Line[] = [];
  for (let start = 0; start < letters.length; ) {
    const end = lineEnd(letters.slice(start), width / setting.style.size) + start;
    lines.push(toLine(letters.slice(start, end), setting.style.size));
    start = end;
  }
  return lines;
}

/** How wide a text is in one line. @throws RenderError CHARACTER_NOT_AVAILABLE */
export function measure(setting: Setting): number {
  return toLine(toLetters(setting), setting.style.size).width;
}

function toLetters({ text, style, field, language }: Setting): Letter[] {
  return Array.from(text, (character) => {
    const codePoint = character.codePointAt(0) ?? 0;
    const typeface = typefaceFor(codePoint, style.weight, language === 'zh-Hans' ? SIMPLIFIED_FIRST : HONG_KONG_FIRST);
    if (typeface === undefined) throw notAvailable(codePoint, character, field);
    return { codePoint, text: character, typeface, kind: letterKind(codePoint) };
  });
}

function notAvailable(codePoint: number, character: string, field: string): RenderError {
  const number = codePoint.toString(16).toUpperCase().padStart(4, '0');
  return new RenderError(
    'CHARACTER_NOT_AVAILABLE',
    `"${field}" has the character U+${number} "${character}", which no font here can draw`,
  );
}

/** Where the first line ends: after the last break that fits, else within a word, after at least one character. */
function lineEnd(letters: readonly Letter[], width: number): number {
  let used = 0;
  let lastBreak = 0;
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i]!;
    const previous = letters[i - 1];
    if (previous !== undefined && mayBreak(previous.kind, letter.kind)) lastBreak = i;
    used += letter.typeface.advance(letter.codePoint) + kerningBetween(previous, letter);
    // Spaces hang over the end.
    const isOver = used > width + 1e-9 && !letter.kind.isSpace;
    if (isOver && lastBreak > 0) return lastBreak;
    if (isOver && i > 0 && letter.kind !== MARK) return i;
  }
  return letters.length;
}

function kerningBetween(left: Letter | undefined, right: Letter): number {
  return left !== undefined && left.typeface === right.typeface
    ? left.typeface.kerning(left.codePoint, right.codePoint)
    : 0;
}

function toLine(letters: readonly Letter[], size: number): Line {
  const last = letters.findLastIndex((letter) => !letter.kind.isSpace);
  const pieces: { typeface: Typeface; text: string; x: number }[] = [];
  let width = 0;
  for (const [i, letter] of letters.slice(0, last + 1).entries()) {
    width += kerningBetween(letters[i - 1], letter) * size;
    const piece = pieces.at(-1);
    if (piece?.typeface === letter.typeface) piece.text += letter.text;
    else pieces.push({ typeface: letter.typeface, text: letter.text, x: width });
    width += letter.typeface.advance(letter.codePoint) * size;
  }
  return { pieces, width };
}

/** What line breaking wants to know of a character: a small part of UAX #14, for Chinese and Latin. */
interface LetterKind {
  readonly isSpace: boolean;
  readonly isHan: boolean;
  readonly isDigit: boolean;
  readonly isLetter: boolean;
  /** Chinese writing, in which lines break between any two characters. */
  readonly isWide: boolean;
  /** A hyphen or a slash: a word may break after it. */
  readonly isHyphen: boolean;
  /** Never starts a line: closing punctuation, spaces, what sticks to the character before it. */
  readonly staysBehind: boolean;
  /** Never ends a line: opening punctuation, no-break spaces. */
  readonly staysBefore: boolean;
}

const GLUE = /[\u00a0\u2007\u2011\u202f\u2060]/u;
const CLOSING = /[\p{Pe}\p{Pf}、。，．・：；！？,.:;!?%％‰°℃…‥ー々〻]/u;
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\u3000-\u303f\uff00-\uffef]/u;

const MARK: LetterKind = {
  isSpace: false,
  isHan: false,
  isDigit: false,
  isLetter: false,
  isWide: false,
  isHyphen: false,
  staysBehind: true,
  staysBefore: false,
};

const kinds = new Map<number, LetterKind>();

function letterKind(codePoint: number): LetterKind {
  const kind = kinds.get(codePoint) ?? toLetterKind(String.fromCodePoint(codePoint));
  kinds.set(codePoint, kind);
  return kind;
}

function toLetterKind(character: string): LetterKind {
  if (/\p{M}/u.test(character)) return MARK;
  const isGlue = GLUE.test(character);
  const isSpace = character === ' ';
  return {
    isSpace,
    isHan: /\p{Script=Han}/u.test(character),
    isDigit: /\p{Nd}/u.test(character),
    isLetter: /\p{L}/u.test(character),
    isWide: WIDE.test(character),
    isHyphen: /[-\u2010\u2013/]/u.test(character),
    staysBehind: isSpace || isGlue || CLOSING.test(character),
    staysBefore: isGlue || /[\p{Ps}\p{Pi}]/u.test(character),
  };
}

function mayBreak(before: LetterKind, after: LetterKind): boolean {
  if (after.staysBehind) return false;
  if (before.isSpace) return true;
  if (before.staysBefore) return false;
  // "2026年" and "第12條" stay whole.
  if ((before.isDigit && after.isHan) || (before.isHan && after.isDigit)) return false;
  if (before.isWide || after.isWide) return true;
  return before.isHyphen && after.isLetter;
}
