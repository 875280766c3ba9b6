/** What the page asks of the worker that draws PDFs, one thing after another; each has one answer. */
export type Ask =
  | { kind: 'open'; bytes: Uint8Array }
  /** Pages count from 1. As many dots per inch as are given, or fewer, so that there are no more pixels than are given. */
  | { kind: 'draw'; page: number; dotsPerInch: number; mostPixels: number };

export type Told =
  | { kind: 'opened'; pages: number; attachments: Uint8Array[] }
  | { kind: 'drawn'; image: ImageBitmap }
  | { kind: 'failed'; why: 'unavailable' | 'encrypted' | 'broken' };
