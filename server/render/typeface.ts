import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font, type Glyph, type GlyphRun, type Subset } from 'fontkit';

export const WEIGHTS = ['regular', 'bold'] as const;
export type Weight = (typeof WEIGHTS)[number];

/** One font file. Advances and kerning are in ems. */
export interface Typeface {
  readonly name: string;
  has(codePoint: number): boolean;
  advance(codePoint: number): number;
  kerning(left: number, right: number): number;
  /** What pdfkit takes in the place of a fontkit font. */
  readonly pdfFont: Font;
}

const require = createRequire(import.meta.url);

const HONG_KONG = '@expo-google-fonts/noto-sans-hk';
const SIMPLIFIED = '@expo-google-fonts/noto-sans-sc';

const FOLDERS: Record<Weight, (family: string) => string> = {
  regular: (family) => `400Regular/${family}_400Regular.ttf`,
  bold: (family) => `700Bold/${family}_700Bold.ttf`,
};

/** The families in the order in which they are looked through. A file of 7 to 11 MB is read once, when it is first needed. */
export type Families = readonly (readonly [folder: string, family: string])[];
/** Hong Kong's forms, and Simplified Chinese for what they lack. */
export const HONG_KONG_FIRST: Families = [
  [HONG_KONG, 'NotoSansHK'],
  [SIMPLIFIED, 'NotoSansSC'],
];
/** A text in Simplified Chinese has the forms of one family, and not some of Hong Kong's between. */
export const SIMPLIFIED_FIRST: Families = HONG_KONG_FIRST.toReversed();

const typefaces = new Map<string, Typeface>();

/** The first typeface that has the character, if any has. */
export function typefaceFor(codePoint: number, weight: Weight, families: Families): Typeface | undefined {
  for (const [folder, family] of families) {
    const file = `${folder}/${FOLDERS[weight](family)}`;
    const typeface = typefaces.get(file) ?? openTypeface(file);
    if (typeface.has(codePoint)) return typeface;
  }
  return undefined;
}

/** The first character of a text that no font here can draw, so that it is refused before anything is issued. */
export function findUndrawable(text: string): string | undefined {
  for (let i = 0; i < text.length; i++) {
    const codePoint = text.codePointAt(i) as number;
    if (!isDrawable(codePoint)) return String.fromCodePoint(codePoint);
    if (codePoint > 0xffff) i++;
  }
  return undefined;
}

/** By code point: 0 where nobody asked yet. Imports ask for millions of characters, nearly all of them the same few thousand. */
const drawables = new Uint8Array(0x11_0000);
const DRAWABLE = 1;
const UNDRAWABLE = 2;

function isDrawable(codePoint: number): boolean {
  if (drawables[codePoint] === 0)
    drawables[codePoint] = WEIGHTS.every((weight) => typefaceFor(codePoint, weight, HONG_KONG_FIRST))
      ? DRAWABLE
      : UNDRAWABLE;
  return drawables[codePoint] === DRAWABLE;
}

function openTypeface(file: string): Typeface {
  const typeface = toTypeface(create(readFileSync(require.resolve(file))), file);
  typefaces.set(file, typeface);
  return typeface;
}

// Kerning comes from shaping pairs, so that ligatures and fontkit's per-word shaping of Chinese are out of the way; only Latin has any.
const KERNED = { from: 0x21, to: 0x24f };
const NO_LIGATURES = { liga: false, clig: false, dlig: false };

function toTypeface(font: Font, name: string): Typeface {
  const em = font.unitsPerEm;
  const glyph = remember((codePoint) => glyphOf(font, codePoint));
  const advance = remember((codePoint) => glyph(codePoint).advanceWidth / em);
  const pairs = remember((pair) => {
    const [left, right] = [Math.floor(pair / KERNED.to), pair % KERNED.to];
    const run = font.layout(String.fromCodePoint(left, right), NO_LIGATURES);
    return run.glyphs.length === 2 ? (run.positions[0]?.xAdvance ?? 0) / em - advance(left) : 0;
  });
  const isKerned = (codePoint: number): boolean => codePoint >= KERNED.from && codePoint < KERNED.to;
  const kerning = (left: number, right: number): number =>
    isKerned(left) && isKerned(right) ? pairs(left * KERNED.to + right) : 0;
  const has = remember((codePoint) => font.hasGlyphForCodePoint(codePoint));
  return { name, has, advance, kerning, pdfFont: toPdfFont(font, { glyph, advance, kerning }) };
}

/** Quotation marks as wide as Latin ones: the fonts' own are as wide as an ideograph, and Hong Kong's Chinese quotes with 「」. */
const NARROW = ['‘', '’', '“', '”'];

function glyphOf(font: Font, codePoint: number): Glyph {
  const character = String.fromCodePoint(codePoint);
  const narrow = NARROW.includes(character) ? font.layout(character, { pwid: true }).glyphs[0] : undefined;
  return narrow ?? font.glyphForCodePoint(codePoint);
}

function remember<T>(compute: (key: number) => T): (key: number) => T {
  const known = new Map<number, T>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}

interface Metrics extends Pick<Typeface, 'advance' | 'kerning'> {
  glyph(codePoint: number): Glyph;
}

/** A glyph number fits in 16 bits; the code point that it stands for goes above them. */
const GLYPHS = 0x10000;

/**
 * The font as pdfkit uses it, with one change: a glyph that stands for two characters (the space and the no-break space, a radical
 * and its ideograph: 443 in the Hong Kong font) is embedded once for each. fontkit keeps one glyph object with the first character
 * that a process asked for, so the text that a reader copies, and the bytes of the file, would depend on what was drawn before.
 */
function toPdfFont(font: Font, { glyph, advance, kerning }: Metrics): Font {
  const em = font.unitsPerEm;
  const layout = (text: string): GlyphRun => {
    const codePoints = Array.from(text, (character) => character.codePointAt(0) ?? 0);
    const glyphs = codePoints.map((codePoint) => ({
      id: codePoint * GLYPHS + glyph(codePoint).id,
      advanceWidth: advance(codePoint) * em,
      codePoints: [codePoint],
    }));
    const positions = codePoints.map((codePoint, i) => {
      const next = codePoints[i + 1];
      return {
        xAdvance: (advance(codePoint) + (next === undefined ? 0 : kerning(codePoint, next))) * em,
        yAdvance: 0,
        xOffset: 0,
        yOffset: 0,
      };
    });
    return { glyphs, positions, advanceWidth: positions.reduce((sum, position) => sum + position.xAdvance, 0) };
  };
  return Object.assign(Object.create(font) as Font, {
    layout,
    createSubset: () => subsetByCharacter(font.createSubset()),
  });
}

function subsetByCharacter(subset: Subset): Subset {
  const places = new Map([[0, 0]]);
  const includeGlyph = (key: number): number => {
    const place = places.get(key) ?? subset.glyphs.push(key % GLYPHS) - 1;
    places.set(key, place);
    return place;
  };
  return Object.assign(subset, { includeGlyph });
}
