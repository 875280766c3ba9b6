/** A picture without its colours: 0 is dark, 255 light. */
export interface Grey {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

export function toGrey({ width, height, data }: ImageData): Grey {
  const values = new Float32Array(width * height);
  for (let i = 0, at = 0; i < values.length; i++, at += 4)
    values[i] = (77 * data[at]! + 151 * data[at + 1]! + 28 * data[at + 2]!) / 256;
  return { width, height, values };
}

export function toPixels({ width, height, values }: Grey): ImageData {
  const data = new Uint8ClampedArray(4 * values.length);
  for (let i = 0, at = 0; i < values.length; i++, at += 4) {
    data[at] = data[at + 1] = data[at + 2] = values[i]!;
    data[at + 3] = 255;
  }
  return new ImageData(data, width, height);
}

/** Each value becomes the mean of the square around it, which reaches so many pixels to each side. */
export function averaged({ width, height, values }: Grey, reach: number): Grey {
  const across = averageLines(values, { count: height, apart: width, length: width, step: 1 }, reach);
  const both = averageLines(across, { count: width, apart: 1, length: height, step: width }, reach);
  return { width, height, values: both };
}

interface Lines {
  count: number;
  apart: number;
  length: number;
  step: number;
}

// A running sum: a wide square costs no more than a narrow one.
function averageLines(values: Float32Array, { count, apart, length, step }: Lines, reach: number): Float32Array {
  const means = new Float32Array(values.length);
  for (let line = 0, start = 0; line < count; line++, start += apart) {
    let [sum, number] = [0, 0];
    for (let i = -reach; i < length; i++) {
      const [ahead, behind] = [i + reach, i - reach - 1];
      if (ahead < length) {
        sum += values[start + ahead * step]!;
        number++;
      }
      if (behind >= 0) {
        sum -= values[start + behind * step]!;
        number--;
      }
      if (i >= 0) means[start + i * step] = sum / number;
    }
  }
  return means;
}

/** What differs from its surroundings is made to differ more: edges that a lens or a hand has blurred come back. */
export function sharpened(grey: Grey, reach: number, amount: number): Grey {
  const around = averaged(averaged(grey, reach), reach).values;
  return { ...grey, values: grey.values.map((value, i) => value + amount * (value - around[i]!)) };
}

/** Below this contrast there is only the noise of a sensor, which is not to be made larger. */
const NOISE = 6;
const CONTRAST = 90;

/** The same middle and the same contrast everywhere: shadows, lamps and faded ink are taken out. */
export function evened(grey: Grey, reach: number): Grey {
  const mean = averaged(grey, reach).values;
  const squares = grey.values.map((value, i) => (value - mean[i]!) ** 2);
  const variance = averaged({ ...grey, values: squares }, reach).values;
  return {
    ...grey,
    values: grey.values.map((value, i) => 128 + (CONTRAST * (value - mean[i]!)) / (Math.sqrt(variance[i]!) + NOISE)),
  };
}

/** The value between pixels, whose middles are at the halves; outside of the picture that of its edge. */
export function valueAt({ width, height, values }: Grey, x: number, y: number): number {
  const left = Math.min(Math.max(x - 0.5, 0), width - 1.001);
  const top = Math.min(Math.max(y - 0.5, 0), height - 1.001);
  const [column, row] = [Math.floor(left), Math.floor(top)];
  const [right, below] = [left - column, top - row];
  const at = row * width + column;
  const upper = values[at]! * (1 - right) + values[at + 1]! * right;
  const lower = values[at + width]! * (1 - right) + values[at + width + 1]! * right;
  return upper * (1 - below) + lower * below;
}
