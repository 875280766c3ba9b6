// Draws the icon of all pages, `ui/icon.svg`, as pictures of pixels for home screens, which take no drawing of lines. It knows the few forms that this drawing
// has (a ground, and strokes of straight lines) and refuses others: a library that draws every SVG weighs megabytes, and is another one on each system.
import { crc32, deflateSync } from 'node:zlib';

interface Point {
  x: number;
  y: number;
}

interface Drawing {
  /** Its width and height. */
  side: number;
  ground: { colour: Colour; corner: number };
  strokes: { colour: Colour; width: number; lines: Point[][] };
}

type Segment = readonly [begin: Point, end: Point];
type Colour = readonly [red: number, green: number, blue: number];

export interface IconPicture {
  sizePx: number;
  /** "cut" has the drawing's own round corners; "whole" is filled to its edges, for systems that cut a form of their own. */
  shape: 'cut' | 'whole';
  /** How large the strokes are on the ground: a system may cut all but the middle four fifths. */
  scale: number;
}

/** A PNG of the icon. @throws Error where the drawing has a form that is not known here */
export function drawIcon(svg: string, { sizePx, shape, scale }: IconPicture): Buffer {
  const drawing = readDrawing(svg);
  const { side, ground, strokes } = drawing;
  const unit = sizePx / side;
  const segments = strokes.lines.flatMap((line) => line.slice(1).map((end, i): Segment => [line[i] as Point, end]));
  const rows = Buffer.alloc(sizePx * (1 + sizePx * 4));
  for (let row = 0; row < sizePx; row++)
    for (let column = 0; column < sizePx; column++) {
      // the middle of the pixel, from the middle of the drawing
      const at = { x: (column + 0.5) / unit - side / 2, y: (row + 0.5) / unit - side / 2 };
      const within = shape === 'whole' ? 1 : coverage(-fromGround(at, drawing) * unit);
      const place = { x: at.x / scale + side / 2, y: at.y / scale + side / 2 };
      const stroke = coverage((strokes.width / 2 - fromNearest(place, segments)) * scale * unit);
      const pixel = row * (1 + sizePx * 4) + 1 + column * 4;
      for (const [i, value] of ground.colour.entries())
        rows[pixel + i] = Math.round(value + ((strokes.colour[i] as number) - value) * stroke);
      rows[pixel + 3] = Math.round(within * 255);
    }
  return toPng(rows, sizePx);
}

/** How much of a pixel lies inside, whose middle is so many pixels from the edge. */
function coverage(inside: number): number {
  return Math.min(1, Math.max(0, inside + 0.5));
}

/** From a square with round corners around the middle; negative inside. */
function fromGround({ x, y }: Point, { side, ground }: Drawing): number {
  const [dx, dy] = [x, y].map((value) => Math.abs(value) - side / 2 + ground.corner) as [number, number];
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - ground.corner;
}

/** It is asked of every pixel and every line: one root of the least square, and nothing that is made anew. */
function fromNearest(at: Point, segments: readonly Segment[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const [begin, end] of segments) {
    const x = end.x - begin.x;
    const y = end.y - begin.y;
    const along = ((at.x - begin.x) * x + (at.y - begin.y) * y) / (x * x + y * y || 1);
    const part = Math.min(1, Math.max(0, along));
    const dx = at.x - begin.x - part * x;
    const dy = at.y - begin.y - part * y;
    least = Math.min(least, dx * dx + dy * dy);
  }
  return Math.sqrt(least);
}

function readDrawing(svg: string): Drawing {
  const forms = [...svg.matchAll(/<(\w+)/g)].map(([, name]) => name as string);
  const unknown = forms.find((name) => !['svg', 'title', 'rect', 'g', 'path'].includes(name));
  if (unknown) throw new Error(`the icon has a <${unknown}>, which is not known here`);
  const [, side] = match(svg, /viewBox="0 0 ([\d.]+) \1"/);
  const [, corner, ground] = match(svg, /<rect width="[\d.]+" height="[\d.]+" rx="([\d.]+)" fill="(#[0-9a-f]{6})"\/>/);
  // a distance from lines has round ends and joins, and no others
  const [, colour, width] = match(
    svg,
    /<g fill="none" stroke="(#[0-9a-f]{6})" stroke-linecap="round" stroke-linejoin="round" stroke-width="([\d.]+)">/,
  );
  const paths = [...svg.matchAll(/<path d="([^"]+)"(?: transform="translate\((\S+) (\S+)\)")?\/>/g)];
  if (paths.length !== forms.filter((name) => name === 'path').length)
    throw new Error('the icon has a path that is not known here');
  return {
    side: Number(side),
    ground: { colour: toColour(ground), corner: Number(corner) },
    strokes: {
      colour: toColour(colour),
      width: Number(width),
      lines: paths.map(([, d = '', x = '0', y = '0']) => readLine(d, { x: Number(x), y: Number(y) })),
    },
  };
}

/** A beginning, lines to a place ("L") or by how far they lead ("l"), and perhaps the way back. */
function readLine(d: string, moved: Point): Point[] {
  const [, begin = '', rest = '', close] = match(d, /^M([-\d. ]+)((?:[lL][-\d. ]+)+)(z?)$/);
  const points: Point[] = pairsOf(begin);
  for (const [, how, numbers = ''] of rest.matchAll(/([lL])([-\d. ]+)/g))
    for (const { x, y } of pairsOf(numbers)) {
      const from = how === 'l' ? (points.at(-1) as Point) : { x: 0, y: 0 };
      points.push({ x: from.x + x, y: from.y + y });
    }
  const line = points.map(({ x, y }) => ({ x: x + moved.x, y: y + moved.y }));
  return close ? [...line, line[0] as Point] : line;
}

/** "3.3-1.2.5 4" are two, as SVG writes them. */
function pairsOf(text: string): Point[] {
  const numbers = [...text.matchAll(/-?(?:\d+\.?\d*|\.\d+)/g)].map(([number]) => Number(number));
  if (numbers.length % 2 !== 0) throw new Error(`the icon has a path that is not known here: ${text}`);
  return numbers.flatMap((x, i) => (i % 2 === 0 ? [{ x, y: numbers[i + 1] as number }] : []));
}

function toColour(hex = ''): Colour {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return [red as number, green as number, blue as number];
}

function match(text: string, pattern: RegExp): RegExpExecArray {
  const found = pattern.exec(text);
  if (!found) throw new Error(`the icon is drawn in a way that is not known here: ${pattern}`);
  return found;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Eight bits a colour, with transparency, not interlaced. */
const FORMAT = [8, 6, 0, 0, 0];

/** Of rows that each begin with the number of their filter, 0 (PNG, third edition, section 11). */
function toPng(rows: Buffer, sizePx: number): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(sizePx, 0);
  head.writeUInt32BE(sizePx, 4);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', Buffer.concat([head, Buffer.from(FORMAT)])),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
