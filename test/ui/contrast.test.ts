import { readFileSync } from 'node:fs';
import { expect } from 'chai';

type Scheme = Map<string, string>;

const css = readFileSync(new URL('../../ui/tokens.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');

function colours(text: string): Scheme {
  return new Map(
    [...text.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, value]) => [name as string, value as string]),
  );
}

// WCAG 2.2, "relative luminance" and "contrast ratio".
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const TONES = ['good', 'care', 'over', 'bad', 'open'];
const TEXT: [string, string][] = [
  ...['paper', 'sheet'].flatMap((ground): [string, string][] =>
    ['ink', 'ink-soft', 'accent', 'accent-strong'].map((ink) => [ink, ground]),
  ),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-strong'],
  ['ink', 'accent-wash'],
  ['accent-strong', 'accent-wash'],
  ...TONES.flatMap((tone): [string, string][] => [
    [`${tone}-ink`, `${tone}-wash`],
    ['ink', `${tone}-wash`],
    ['on-tone', tone],
  ]),
];
const SHAPES: [string, string][] = [
  ['line-strong', 'sheet'],
  ['line-strong', 'paper'],
  ['focus', 'paper'],
  ['focus', 'sheet'],
  ...TONES.flatMap((tone): [string, string][] => [
    [tone, 'sheet'],
    [tone, `${tone}-wash`],
  ]),
];

describe('the colours of the pages', () => {
  for (const [scheme, text] of [
    ['light', light],
    ['dark', dark],
  ] as const) {
    const palette = colours(text);
    const ratio = ([a, b]: [string, string]) => contrast(palette.get(a) ?? '#000000', palette.get(b) ?? '#000000');

    it(`let every text be read in the ${scheme} scheme (4.5:1)`, () => {
      for (const pair of TEXT) expect(ratio(pair), pair.join(' on ')).to.be.at.least(4.5);
    });

    it(`let every shape and edge of a control be seen in the ${scheme} scheme (3:1)`, () => {
      for (const pair of SHAPES) expect(ratio(pair), pair.join(' on ')).to.be.at.least(3);
    });
  }
});
