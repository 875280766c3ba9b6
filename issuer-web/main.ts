import type { Session } from '../client/api.ts';
import type { Client } from '../client/client.ts';
import { startShell } from '../ui/signed-in/shell.ts';
import { accountLines, navigationView, welcomeView } from './account-view.ts';
import { loadDictionary } from './dictionaries.ts';
import { keepReference } from './look-up-screen.ts';
import { findPlace } from './places.ts';
import { problemText } from './problems.ts';
import type { Desk } from './screen.ts';
import type { Dictionary } from './words/dictionary.ts';

type Person = Pick<Desk, 'officer' | 'people'>;

/** An officer, with the names of those who act beside them. */
async function begin({ officer }: Session, client: Client, signal: AbortSignal): Promise<Person | null> {
  if (officer === null) return null;
  const named: [string, string][] = [];
  if (officer.may.includes('credentials.read') || officer.may.includes('companies.admit'))
    for await (const { id, name } of client.list('listPeople', { query: { limit: 1_000 }, signal }))
      named.push([id, name]);
  return { officer, people: new Map(named) };
}

keepReference();
await startShell<Dictionary, Person>({
  base: '/console/',
  version: __VERSION__,
  signInAs: 'officer',
  loadDictionary,
  begin,
  open(person, { path, query, signal }, shell) {
    const place = findPlace(path);
    return place ? place.open({ desk: { ...shell, ...person }, id: place.id, query, signal }) : null;
  },
  account: accountLines,
  navigation: ({ officer }, reader, pathname) => navigationView(officer, reader, pathname),
  welcome: welcomeView,
  explain: problemText,
});
