import type { Reader as SharedReader, Screen as SharedScreen, Shell } from '../ui/signed-in/shell.ts';
import type { Dictionary } from './words/dictionary.ts';

/** For whom a screen is drawn. */
export type Reader = SharedReader<Dictionary>;
export type Screen = SharedScreen<Dictionary>;

export interface Visit {
  shell: Shell;
  /** The part of the path that names one document; "" where there is none. */
  id: string;
  query: URLSearchParams;
  signal: AbortSignal;
}

export type Open = (visit: Visit) => Promise<Screen>;

/** The address of a place below the page. */
export function hrefOf(path: string): string {
  return `/my/${path}`;
}
