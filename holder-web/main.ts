import { element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { startShell } from '../ui/signed-in/shell.ts';
import { loadDictionary } from './dictionaries.ts';
import { openOffline } from './offline-screen.ts';
import { findPlace } from './places.ts';
import { forgetAll } from './saved.ts';
import { hrefOf, type Reader } from './screen.ts';
import { SHARED_PATH } from './share-link.ts';
import { startShared } from './shared-page.ts';
import type { Dictionary } from './words/dictionary.ts';

const startDocuments = () =>
  startShell<Dictionary, 'holder'>({
    base: '/my/',
    version: __VERSION__,
    signInAs: 'holder',
    loadDictionary,
    begin: async ({ officer }) => (officer === null ? 'holder' : null),
    open(_, { path, query, signal }, shell) {
      const place = findPlace(path);
      return place ? place.open({ shell, id: place.id, query, signal }) : null;
    },
    account: ({ name }) => [element('strong', {}, name ?? '')],
    navigation: (_, { words }: Reader, pathname) =>
      element(
        'nav',
        { class: 'places', 'aria-label': words.page.navigation },
        element(
          'ul',
          {},
          element(
            'li',
            {},
            element(
              'a',
              { href: hrefOf(''), 'aria-current': pathname === hrefOf('') ? 'page' : 'true' },
              words.documents.heading,
            ),
          ),
        ),
      ),
    welcome: ({ words }, isOfficer, address) =>
      element(
        'section',
        { class: 'sheet welcome' },
        element('h1', { tabindex: '-1' }, isOfficer ? words.account.officer.heading : words.page.brand),
        element('p', { class: 'lead' }, isOfficer ? words.account.officer.text : words.account.lead),
        !isOfficer &&
          element(
            'a',
            { class: 'button button-main button-large', href: address, 'data-action': 'sign-in' },
            icon('lock'),
            words.account.signIn,
          ),
      ),
    offline: openOffline,
    leave: forgetAll,
    explain: (code, { words }) => (code === 'NOT_FINAL' ? words.own.later : null),
  });

await (location.pathname === hrefOf(SHARED_PATH) ? startShared() : startDocuments());
