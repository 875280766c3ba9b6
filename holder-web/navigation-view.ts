import type { OwnCompany } from '../client/api.ts';
import { element } from '../ui/element.ts';
import type { PageReader } from './screen.ts';
import { createWhose, readPath } from './whose.ts';

/** Whose documents, where somebody acts for others too; and what there is of theirs. */
export function navigationView(companies: readonly OwnCompany[], { words }: PageReader, pathname: string): HTMLElement {
  const { company: chosen, place } = readPath(pathname.slice('/my/'.length));
  const company = companies.find(({ id }) => id === chosen) ?? null;
  const { hrefOf } = createWhose(company);
  const link = (path: string, text: string) =>
    element(
      'li',
      {},
      element('a', { href: hrefOf(path), 'aria-current': place === path ? 'page' : isWithin(place, path) }, text),
    );
  return element(
    'div',
    {},
    companies.length > 0 &&
      element(
        'nav',
        { class: 'whose', 'aria-label': words.company.whose },
        element('span', { class: 'hint' }, words.company.whose),
        element(
          'ul',
          {},
          whoseLink(null, words.company.oneself, chosen === null),
          ...companies.map((one) => whoseLink(one, one.name, one.id === chosen)),
        ),
      ),
    element(
      'nav',
      { class: 'places', 'aria-label': words.page.navigation },
      element(
        'ul',
        {},
        link('', company ? words.company.documents : words.documents.heading),
        link('requests', words.requests.heading),
        company?.role === 'admin' && link('people', words.people.heading),
      ),
    ),
  );
}

/** What is neither people nor requests is of a document. */
function isWithin(place: string, path: string): 'true' | undefined {
  const [first] = place.split('/');
  return path === (first === 'people' || first === 'requests' ? first : '') ? 'true' : undefined;
}

function whoseLink(company: OwnCompany | null, text: string, isChosen: boolean): HTMLElement {
  return element(
    'li',
    {},
    element(
      'a',
      {
        ...{ href: createWhose(company).hrefOf(''), 'data-whose': company?.id ?? 'oneself' },
        'aria-current': isChosen ? 'true' : undefined,
      },
      text,
    ),
  );
}
