import type { OwnCompany } from '../client/api.ts';
import { element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { startShell } from '../ui/signed-in/shell.ts';
import { loadDictionary } from './dictionaries.ts';
import { watchOffers } from './home-screen.ts';
import { navigationView } from './navigation-view.ts';
import { openOffline } from './offline-screen.ts';
import { findPlace } from './places.ts';
import { forgetAll, keepSavedOf } from './saved.ts';
import { drawnFor } from './screen.ts';
import { SHARED_PATH } from './share-link.ts';
import { startShared } from './shared-page.ts';
import { endOwnCopies } from './showing.ts';
import { type Company, createWhose, readPath, shellOf } from './whose.ts';
import type { Dictionary } from './words/dictionary.ts';

/** Companies that the holder acts for. */
type Holder = readonly OwnCompany[];

const startDocuments = () =>
  startShell<Dictionary, Holder>({
    base: '/my/',
    version: __VERSION__,
    signInAs: 'holder',
    loadDictionary,
    async begin({ officer }, client, signal) {
      if (officer !== null) return null;
      const { items } = await client.call('listOwnCompanies', { signal });
      await keepSavedOf(items.map(({ id }) => id));
      return items;
    },
    open(holder, { path, query, signal }, shell) {
      const { company, place: name } = readPath(path);
      const place = findPlace(name);
      if (!place) return null;
      const whose = createWhose(company === null ? null : companyOf(holder, company));
      const visit = { shell: shellOf(shell, whose), id: place.id, query, signal, company: whose.company };
      return place.open(visit).then((screen) => drawnFor(whose, screen));
    },
    account: ({ name }) => [element('strong', {}, name ?? '')],
    navigation: navigationView,
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
    leaving: endOwnCopies,
    leave: forgetAll,
    explain(code, { words }) {
      if (code === 'DELEGATION_ENDED') return words.company.ended;
      return code === 'NOT_FINAL' ? words.own.later : null;
    },
  });

/** The service says of one that is not among them that it is not theirs. */
function companyOf(holder: Holder, id: string): Company {
  return holder.find((one) => one.id === id) ?? { id, name: id, role: 'delegate' };
}

watchOffers();
await (location.pathname === `/my/${SHARED_PATH}` ? startShared() : startDocuments());
