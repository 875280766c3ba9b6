import type { Session } from '../client/api.ts';
import type { Screen as SharedScreen, Shell } from '../ui/signed-in/shell.ts';
import type { Dictionary } from './words/dictionary.ts';

export type Officer = NonNullable<Session['officer']>;

/** What every screen works with. */
export interface Desk extends Shell {
  officer: Officer;
  /** Names of those who acted, by the ids that stand beside their acts. */
  people: ReadonlyMap<string, string>;
}

export type Screen = SharedScreen<Dictionary>;

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
