import type { Session } from '../client/api.ts';
import type { Client } from '../client/client.ts';
import type { Child } from '../ui/element.ts';
import type { Reader } from './reader.ts';

export type Officer = NonNullable<Session['officer']>;

/** What every screen works with. */
export interface Desk {
  client: Client;
  officer: Officer;
  /** Names of those who acted, by the ids that stand beside their acts. */
  people: ReadonlyMap<string, string>;
  /** To another place of the console: a path below it, with a query where it has one. */
  go(path: string): void;
  /** The address of what is on the page, which had none of its own before. */
  settle(path: string): void;
  /** Draws the screen again, of what it knows now. */
  redraw(): void;
  /** Asks for the screen's data again. */
  reload(): void;
}

/** Drawing is a function of what was loaded and of the reader, so that the language can change at any time without a request. */
export interface Screen {
  title(reader: Reader): string;
  draw(reader: Reader): Child[];
}

export interface Visit {
  desk: Desk;
  /** The part of the path that names one thing; "" where there is none. */
  id: string;
  query: URLSearchParams;
  signal: AbortSignal;
}

export type Open = (visit: Visit) => Promise<Screen>;

/** Whether the officer's roles allow it. What they do not allow is not offered; the service refuses it all the same. */
export function may({ officer }: Pick<Desk, 'officer'>, act: Officer['may'][number]): boolean {
  return officer.may.includes(act);
}

/** The address of a place below the console. */
export function hrefOf(path: string): string {
  return `/console/${path}`;
}
