import type { Session } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import type { Reader } from './reader.ts';
import { hrefOf, may, type Officer } from './screen.ts';
import type { Dictionary } from './words/dictionary.ts';

/** Who is signed in, for which department and in which roles. */
export function accountLines({ name, officer }: Session, { words, language }: Reader): Child[] {
  const { account } = words;
  return [
    element('strong', {}, name ?? ''),
    officer && element('span', { 'data-department': officer.department.code }, officer.department.name[language]),
    officer &&
      element(
        'span',
        { class: 'hint' },
        fill(account.roles, { roles: officer.roles.map((role) => account.role[role]).join(', ') }),
      ),
  ];
}

/** Each with the right without which it is of no use. */
const PLACES = [
  ['home', '', null],
  ['new', 'new', 'credentials.prepare'],
  ['credentials', 'credentials', 'credentials.read'],
  ['drafts', 'drafts', 'credentials.read'],
  ['imports', 'imports', 'credentials.read'],
  ['reports', 'reports', 'credentials.read'],
  ['requests', 'requests', 'holders.ask'],
  ['lookUp', 'look-up', 'restricted.look-up'],
  ['companies', 'companies', 'companies.admit'],
  ['types', 'types', 'credentials.read'],
  ['statistics', 'statistics', 'credentials.read'],
  ['team', 'team', 'officers.manage'],
  ['keys', 'api-keys', 'keys.manage'],
  ['webhooks', 'webhooks', 'webhooks.manage'],
  ['signingKeys', 'signing-keys', 'signing-keys.read'],
  ['audit', 'audit', 'audit.read'],
] as const satisfies readonly [keyof Dictionary['place'], string, Officer['may'][number] | null][];

export function navigationView(officer: Officer, { words }: Reader, pathname: string): HTMLElement {
  return element(
    'nav',
    { class: 'places', 'aria-label': words.page.navigation },
    element(
      'ul',
      {},
      ...PLACES.filter(([, , right]) => right === null || may({ officer }, right)).map(([name, path]) =>
        element(
          'li',
          {},
          element('a', { href: hrefOf(path), 'aria-current': currency(path, pathname) }, words.place[name]),
        ),
      ),
    ),
  );
}

function currency(path: string, pathname: string): string | undefined {
  const href = hrefOf(path);
  if (pathname === href) return 'page';
  return path !== '' && pathname.startsWith(`${href}/`) ? 'true' : undefined;
}

/** For whoever is not signed in, or as somebody else. */
export function welcomeView({ words }: Reader, isHolder: boolean, address: string): HTMLElement {
  const { account, page } = words;
  const lines: Child[] = isHolder
    ? [element('h1', { tabindex: '-1' }, account.holder.heading), element('p', {}, account.holder.text)]
    : [element('h1', { tabindex: '-1' }, page.brand), element('p', { class: 'lead' }, account.lead)];
  return element(
    'section',
    { class: 'sheet welcome' },
    ...lines,
    !isHolder &&
      element(
        'a',
        { class: 'button button-main button-large', href: address, 'data-action': 'sign-in' },
        icon('lock'),
        account.signIn,
      ),
  );
}
