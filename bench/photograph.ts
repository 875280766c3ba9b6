import type { Page } from 'playwright-core';
import type { CatalogueType } from '../catalogue/catalogue.ts';
import type { Sample } from '../catalogue/samples.ts';
import { isJsonObject, type Json } from '../proof/json.ts';
import { darkRuns, type QrSymbol, QUIET_ZONE, qrSymbol } from '../server/render/qr.ts';

/** What is drawn: a document with its code, as it hangs on a wall or stands on a screen. */
export interface Paper {
  department: string;
  title: string;
  lines: readonly string[];
  symbol: QrSymbol;
}

/** The types with the densest codes of the catalogue: presented from a full batch, versions 24 and 25. */
export const DENSE_TYPES = ['LD-EA', 'HAD-GH', 'FEHD-RFP'];

export function toPaper({ definition }: CatalogueType, { claims }: Sample, qrText: string): Paper {
  const lines = definition.claims.slice(0, 6).map(({ name, label }) => `${label.en}: ${toLine(claims[name] ?? null)}`);
  return { department: definition.department, title: definition.title.en, lines, symbol: qrSymbol(qrText) };
}

function toLine(claim: Json): string {
  const text = isJsonObject(claim) && typeof claim.en === 'string' ? claim.en : JSON.stringify(claim);
  return text.slice(0, 40);
}

/**
 * One way in which a photograph goes wrong. Light and lens are those of a phone: what a filter or a transform adds to the paper is what a hand, a lamp,
 * a fold or a sensor adds. Nothing is random: noise and creases have seeds.
 */
export interface Distortion {
  /** Pixels of the photograph that one module of the code has, before anything is turned. */
  modulePx: number;
  /** How the paper lies before the camera: CSS transforms. */
  pose: string;
  /** What falls on the paper, over it: CSS backgrounds. */
  light?: string;
  /** How light and dark the print is: CSS colours. */
  print?: { ink: string; paper: string };
  /** SVG filter primitives for the paper alone: its folds. */
  creases?: string;
  /** SVG filter primitives for the whole picture: lens and sensor. */
  lens: string;
  /** Of the JPEG. */
  quality: number;
}

const SIDE = { width: 1080, height: 1080 };

const noise = (amount: number): string =>
  `<feTurbulence type="fractalNoise" baseFrequency="0.85" numOctaves="2" seed="7" result="grain"/>
  <feColorMatrix in="grain" type="matrix" values="1 0 0 0 0  .6 .4 0 0 0  .6 0 .4 0 0  0 0 0 0 1" result="opaque"/>
  <feComposite in="seen" in2="opaque" operator="arithmetic" k2="1" k3="${amount}" k4="${-amount / 2}"/>`;

const camera = (blur: string, grain: number): string =>
  `<feGaussianBlur in="SourceGraphic" stdDeviation="${blur}" result="seen"/>${noise(grain)}`;

/** A sheet that was folded twice each way: piecewise linear shifts, as red for across and green for down. */
const folded = (depth: number): string => {
  const stops = (channel: 'r' | 'g') =>
    [0, 0.18, 0.36, 0.55, 0.72, 0.88, 1]
      .map((offset, i) => {
        const level = i % 2 === 0 ? 255 : 0;
        return `<stop offset="${offset}" stop-color="${channel === 'r' ? `rgb(${level},0,0)` : `rgb(0,${level},0)`}"/>`;
      })
      .join('');
  const map = `<svg xmlns="http://www.w3.org/2000/svg" width="1080" height="1080"><defs><linearGradient id="x">${stops('r')}</linearGradient><linearGradient id="y" x2="0" y2="1">${stops('g')}</linearGradient></defs><rect width="1080" height="1080" fill="url(#x)"/><rect width="1080" height="1080" fill="url(#y)" style="mix-blend-mode:screen"/></svg>`;
  return `<feImage href="data:image/svg+xml,${encodeURIComponent(map)}" x="0" y="0" width="1080" height="1080" result="map"/>
  <feDisplacementMap in="SourceGraphic" in2="map" scale="${depth}" xChannelSelector="R" yChannelSelector="G"/>`;
};

/** A sheet that was crushed in a pocket and smoothed: it bends, and each bend has its shadow. */
const crumpled = (depth: number, shade: number): string =>
  `<feTurbulence type="turbulence" baseFrequency="0.006" numOctaves="3" seed="11" result="bends"/>
  <feDisplacementMap in="SourceGraphic" in2="bends" scale="${depth}" xChannelSelector="R" yChannelSelector="G" result="bent"/>
  <feDiffuseLighting in="bends" surfaceScale="${shade}" diffuseConstant="1" lighting-color="#fff" result="shadow"><feDistantLight azimuth="235" elevation="50"/></feDiffuseLighting>
  <feComposite in="bent" in2="shadow" operator="arithmetic" k1="1.1" k2="0.1"/>`;

export const DISTORTIONS: Readonly<Record<string, Distortion>> = {
  turned: {
    modulePx: 3.4,
    pose: 'rotate(-33deg)',
    light: 'linear-gradient(100deg, rgb(0 0 0 / 0.1), rgb(0 0 0 / 0.5))',
    lens: camera('0.7', 0.25),
    quality: 60,
  },
  tilted: {
    modulePx: 5.2,
    pose: 'perspective(1000px) rotateX(50deg) rotateZ(14deg)',
    light: 'linear-gradient(200deg, transparent, rgb(0 0 0 / 0.4))',
    lens: camera('0.8', 0.2),
    quality: 60,
  },
  folded: {
    modulePx: 4.2,
    pose: 'perspective(1400px) rotateY(18deg) rotate(7deg)',
    light:
      'repeating-linear-gradient(90deg, rgb(0 0 0 / 0.05) 0 190px, rgb(0 0 0 / 0.34) 195px 380px), linear-gradient(#0000 49%, rgb(255 255 255 / 0.5) 49.4%, rgb(0 0 0 / 0.5) 50%, #0000 50.6%)',
    creases: folded(12),
    lens: camera('0.8', 0.2),
    quality: 60,
  },
  crumpled: {
    modulePx: 4.2,
    pose: 'rotate(11deg)',
    creases: crumpled(10, 12),
    lens: camera('0.8', 0.2),
    quality: 60,
  },
  dim: {
    modulePx: 3.6,
    pose: 'perspective(1200px) rotateX(14deg) rotate(-9deg)',
    light: 'radial-gradient(circle at 30% 30%, rgb(0 0 0 / 0.72), rgb(0 0 0 / 0.93) 90%)',
    lens: camera('0.8', 0.2),
    quality: 55,
  },
  'out of focus': {
    modulePx: 4,
    pose: 'rotate(5deg)',
    light: 'linear-gradient(20deg, transparent, rgb(0 0 0 / 0.35))',
    lens: camera('2', 0.18),
    quality: 70,
  },
  moved: {
    modulePx: 4,
    pose: 'perspective(1200px) rotateY(-12deg) rotate(24deg)',
    lens: camera('2.2 0.6', 0.15),
    quality: 60,
  },
  glare: {
    modulePx: 4,
    pose: 'perspective(1200px) rotateX(20deg) rotate(-6deg)',
    light:
      'radial-gradient(ellipse 40% 26% at 54% 42%, rgb(255 255 255 / 0.88) 20%, rgb(255 255 255 / 0.6) 55%, transparent), linear-gradient(rgb(0 0 0 / 0.45), rgb(0 0 0 / 0.3))',
    lens: camera('0.9', 0.2),
    quality: 60,
  },
  faded: {
    modulePx: 3.6,
    pose: 'rotate(94deg)',
    print: { ink: '#8d8778', paper: '#b9b19c' },
    light: 'linear-gradient(62deg, rgb(0 0 0 / 0.62) 47%, transparent 50%)',
    lens: camera('0.7', 0.12),
    quality: 60,
  },
  far: {
    modulePx: 1.9,
    pose: 'perspective(1400px) rotateY(10deg) rotate(3deg)',
    light: 'linear-gradient(90deg, transparent, rgb(0 0 0 / 0.4))',
    lens: camera('0.55', 0.16),
    quality: 55,
  },
  screen: {
    modulePx: 3.7,
    pose: 'perspective(1300px) rotateY(14deg) rotate(4deg)',
    light:
      'repeating-linear-gradient(90deg, rgb(255 60 60 / 0.4) 0 1.1px, rgb(60 255 60 / 0.4) 1.1px 2.2px, rgb(60 60 255 / 0.4) 2.2px 3.3px), repeating-linear-gradient(0deg, rgb(0 0 0 / 0.55) 0 0.9px, transparent 0.9px 3.3px)',
    lens: camera('0.6', 0.14),
    quality: 60,
  },
};

/** The photograph, as a JPEG of 1080 by 1080: what a phone's film has, cut to the square. */
export async function photograph(page: Page, paper: Paper, distortion: Distortion): Promise<Buffer> {
  await page.setViewportSize(SIDE);
  await page.setContent(toHtml(paper, distortion));
  return page.screenshot({ type: 'jpeg', quality: distortion.quality });
}

function toHtml(paper: Paper, { modulePx, pose, light, print, creases, lens }: Distortion): string {
  const side = paper.symbol.size + 2 * QUIET_ZONE;
  const path = Array.from(
    darkRuns(paper.symbol),
    ({ row, column, length }) => `M${column} ${row}h${length}v1h-${length}z`,
  );
  const lines = paper.lines.map((line) => `<p>${toMarkup(line)}</p>`).join('');
  return `<!doctype html><style>
    body { margin: 0; background: #6d5f4e repeating-linear-gradient(3deg, #0000 0 31px, #0002 33px 40px); overflow: hidden; }
    .picture { width: 1080px; height: 1080px; overflow: hidden; display: grid; place-items: center; filter: url(#lens); background: inherit; }
    .creased { ${creases ? 'filter: url(#creases);' : ''} width: 1080px; height: 1080px; display: grid; place-items: center; }
    .paper { position: relative; background: ${print?.paper ?? '#f4f1ea'}; color: ${print?.ink ?? '#141414'}; padding: ${9 * modulePx}px; width: max-content;
      font: ${4.4 * modulePx}px/1.5 'Noto Sans CJK HK', sans-serif; transform: ${pose}; }
    .paper::after { content: ''; position: absolute; inset: 0; background: ${light ?? 'none'}; }
    p, h1, h2 { margin: 0; max-width: ${side * modulePx}px; }
    h1 { font-size: 1.35em; } h2 { font-size: 1em; }
    .code { display: block; margin: ${4 * modulePx}px 0 }
  </style>
  <svg width="0" height="0" style="position:absolute" color-interpolation-filters="sRGB">
    <filter id="lens" x="0" y="0" width="1" height="1">${lens}</filter>
    <filter id="creases" x="0" y="0" width="1" height="1">${creases ?? ''}</filter>
  </svg>
  <div class="picture"><div class="creased"><div class="paper">
    <h2>${toMarkup(paper.department)}</h2><h1>${toMarkup(paper.title)}</h1>
    <svg class="code" width="${side * modulePx}" height="${side * modulePx}" viewBox="${-QUIET_ZONE} ${-QUIET_ZONE} ${side} ${side}"><path fill="currentColor" d="${path.join('')}"/></svg>
    ${lines}
  </div></div></div>`;
}

const ESCAPES: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };
const toMarkup = (text: string): string => text.replace(/[<>&"]/g, (character) => ESCAPES[character] as string);
