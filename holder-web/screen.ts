import type { Child } from '../ui/element.ts';
import type { Screen as SharedScreen, Shell, Reader as SignedInReader } from '../ui/signed-in/shell.ts';
import type { Company, Whose } from './whose.ts';
import type { Dictionary } from './words/dictionary.ts';

export type PageReader = SignedInReader<Dictionary>;

/** For whom a screen is drawn, and whose documents are on it. */
export type Reader = PageReader & Whose;

export interface Screen {
  title(reader: PageReader): string;
  draw(reader: Reader): Child[];
}

export interface Visit {
  shell: Shell;
  /** The part of the path that names one document; "" where there is none. */
  id: string;
  query: URLSearchParams;
  signal: AbortSignal;
  /** Null where the documents are one's own. */
  company: Company | null;
}

export type Open = (visit: Visit) => Promise<Screen>;

/** Drawn with whose it was when it was opened, wherever the address leads meanwhile. */
export function drawnFor(whose: Whose, { title, draw }: Screen): SharedScreen<Dictionary> {
  return { title, draw: (reader) => draw({ ...reader, ...whose }) };
}
