import { averaged, evened, type Grey, sharpened, toPixels, valueAt } from './grey.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A code that was found and could not be read. */
export interface Seen {
  /** Of the whole symbol: top left, top right, bottom right, bottom left, as its own sides are. */
  readonly corners: readonly [Point, Point, Point, Point];
  /** Modules on a side. */
  readonly size: number;
}

/** Pixels of a module, and modules of the surroundings, in the picture that is worked on. */
const MODULE = 6;
const MARGIN = 4;
/** How much of a module's neighbours a blurred picture has in it, and is taken out again. */
const BLUR = 1;

/**
 * The code as it was before its paper was folded or crushed, drawn anew. A fold moves modules by more than one without moving the corners, and
 * a reader that samples a plane then reads neighbours. But wherever modules have edges these still stand a module apart, so that near every module
 * they tell by how much of a module it is moved; how many whole ones follows from its neighbours, from the finders on, which are where they were found.
 * `reach` is how many pixels around a module are asked: few follow sharp folds, many withstand blur.
 */
export function straighten(grey: Grey, seen: Seen, reach: number): ImageData {
  const flat = evened(flatten(grey, seen), 4 * MODULE);
  const across = follow(phases(flat, 1, seen.size, reach), seen.size);
  const down = follow(phases(flat, flat.width, seen.size, reach), seen.size);
  return draw(sharpened(sample(flat, { across, down }, seen.size), 1, BLUR));
}

/** The square that the corners are the corners of, with a margin: perspective is taken out. */
function flatten(grey: Grey, { corners, size }: Seen): Grey {
  const side = (size + 2 * MARGIN) * MODULE;
  const toPicture = projection(corners);
  const values = new Float32Array(side * side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const at = toPicture(((x + 0.5) / MODULE - MARGIN) / size, ((y + 0.5) / MODULE - MARGIN) / size);
      values[y * side + x] = valueAt(grey, at.x, at.y);
    }
  return { width: side, height: side, values };
}

/** From the unit square to four corners (Heckbert, Fundamentals of Texture Mapping, 1989, section 2.2.3). */
function projection([a, b, c, d]: Seen['corners']): (u: number, v: number) => Point {
  const [x1, x2, x3] = [b.x - c.x, d.x - c.x, a.x - b.x + c.x - d.x];
  const [y1, y2, y3] = [b.y - c.y, d.y - c.y, a.y - b.y + c.y - d.y];
  const area = x1 * y2 - x2 * y1;
  const g = (x3 * y2 - x2 * y3) / area;
  const h = (x1 * y3 - x3 * y1) / area;
  return (u, v) => {
    const depth = g * u + h * v + 1;
    return {
      x: ((b.x - a.x + g * b.x) * u + (d.x - a.x + h * d.x) * v + a.x) / depth,
      y: ((b.y - a.y + g * b.y) * u + (d.y - a.y + h * d.y) * v + a.y) / depth,
    };
  };
}

interface Phases {
  /** By how much of a module, between -0.5 and 0.5, the edges near each module are moved. */
  readonly shifts: Float32Array;
  /** How plainly they say so. */
  readonly strengths: Float32Array;
}

// The edges near a module as a wave whose period is a module: its phase is where they stand.
function phases({ width: side, values }: Grey, step: number, size: number, reach: number): Phases {
  const [cosines, sines] = [new Float32Array(values.length), new Float32Array(values.length)];
  const turns = Array.from({ length: MODULE }, (_, i) => (2 * Math.PI * (i + 0.5)) / MODULE);
  for (let y = 1; y < side - 1; y++)
    for (let x = 1; x < side - 1; x++) {
      const at = y * side + x;
      const edge = Math.abs(values[at + step]! - values[at - step]!);
      const turn = turns[(step === 1 ? x : y) % MODULE]!;
      cosines[at] = edge * Math.cos(turn);
      sines[at] = edge * Math.sin(turn);
    }
  const [near, aside] = [cosines, sines].map((wave) => {
    const grey = { width: side, height: side, values: wave };
    return averaged(averaged(grey, reach), reach).values;
  });
  const middles = Array.from({ length: size * size }, (_, i) => middleOf(i, size, side));
  return {
    shifts: Float32Array.from(middles, (at) => Math.atan2(aside![at]!, near![at]!) / (2 * Math.PI)),
    strengths: Float32Array.from(middles, (at) => Math.hypot(aside![at]!, near![at]!)),
  };
}

function middleOf(module: number, size: number, side: number): number {
  const [row, column] = [Math.floor(module / size), module % size];
  return ((row + MARGIN + 0.5) * side + column + MARGIN + 0.5) * MODULE;
}

const LEVELS = 256;

// From the three finders outward, always over the module that says most plainly where it stands: so a stain is gone round, and entered last.
function follow({ shifts, strengths }: Phases, size: number): Float32Array {
  const whole = new Float32Array(shifts.length).fill(Number.NaN);
  const nearby = new Float32Array(shifts.length);
  const waiting: number[][] = Array.from({ length: LEVELS }, () => []);
  const most = strengths.reduce((a, b) => Math.max(a, b), 1e-9);
  waiting[LEVELS - 1]!.push(3 * size + 3, 3 * size + size - 4, (size - 4) * size + 3);
  for (let level = LEVELS - 1; level >= 0; ) {
    const at = waiting[level]!.pop();
    if (at === undefined) level--;
    else if (Number.isNaN(whole[at]!)) {
      const apart = shifts[at]! - nearby[at]!;
      whole[at] = nearby[at]! + apart - Math.round(apart);
      for (const next of neighbours(at, size)) {
        if (!Number.isNaN(whole[next]!)) continue;
        nearby[next] = whole[at]!;
        const own = Math.floor(((LEVELS - 1) * strengths[next]!) / most);
        waiting[own]!.push(next);
        level = Math.max(level, own);
      }
    }
  }
  return whole;
}

function neighbours(at: number, size: number): number[] {
  const column = at % size;
  return [
    ...(column > 0 ? [at - 1] : []),
    ...(column < size - 1 ? [at + 1] : []),
    ...(at >= size ? [at - size] : []),
    ...(at < size * (size - 1) ? [at + size] : []),
  ];
}

function sample(flat: Grey, { across, down }: Record<'across' | 'down', Float32Array>, size: number): Grey {
  const values = new Float32Array(size * size);
  for (let i = 0; i < values.length; i++) {
    const x = ((i % size) + MARGIN + 0.5 + across[i]!) * MODULE;
    const y = (Math.floor(i / size) + MARGIN + 0.5 + down[i]!) * MODULE;
    for (const right of [-1, 0, 1])
      for (const below of [-1, 0, 1]) values[i]! += valueAt(flat, x + right, y + below) / 9;
  }
  return { width: size, height: size, values };
}

/** Pixels of a module in what is drawn, and modules of white around it. */
const SCALE = 4;
const QUIET = 4;
/** Modules to each side that one is compared with: stretches of one colour are shorter, shadows longer. */
const AROUND = 6;

function draw(modules: Grey): ImageData {
  const size = modules.width;
  const side = (size + 2 * QUIET) * SCALE;
  const around = averaged(modules, AROUND).values;
  const values = new Float32Array(side * side).fill(255);
  for (let i = 0; i < size * size; i++) {
    const [column, row] = [i % size, Math.floor(i / size)];
    if (!(fixedModule(column, row, size) ?? modules.values[i]! < around[i]!)) continue;
    for (let y = 0; y < SCALE; y++)
      values.fill(0, toStart(column, row, y, side), toStart(column, row, y, side) + SCALE);
  }
  return toPixels({ width: side, height: side, values });
}

function toStart(column: number, row: number, y: number, side: number): number {
  return ((row + QUIET) * SCALE + y) * side + (column + QUIET) * SCALE;
}

// Finders and timing are the same in every code; a reader that misses one of them reads nothing at all.
function fixedModule(column: number, row: number, size: number): boolean | undefined {
  const [x, y] = [fromSide(column, size), fromSide(row, size)];
  const isLastCorner = column >= size - 8 && row >= size - 8;
  if (x < 8 && y < 8 && !isLastCorner) {
    const ring = Math.max(Math.abs(x - 3), Math.abs(y - 3));
    return ring === 3 || ring <= 1;
  }
  if (column === 6) return row % 2 === 0;
  return row === 6 ? column % 2 === 0 : undefined;
}

const fromSide = (at: number, size: number): number => Math.min(at, size - 1 - at);
