import { renewedTerm } from '../catalogue/renewal.ts';
import type { CredentialDetail, CredentialType, CredentialTypeDetail } from '../client/api.ts';
import type { ValidityRule } from '../proof/credential-type.ts';
import { type Child, element } from '../ui/element.ts';
import { fill } from '../ui/phrase.ts';
import { findUnsaved } from '../ui/signed-in/unsaved.ts';
import { addressOf, createForm, type DraftForm } from './draft-form.ts';
import { draftFormView } from './draft-form-view.ts';
import { emptyView } from './pages-view.ts';
import type { Reader } from './reader.ts';
import { hrefOf, type Open, type Screen, type Visit } from './screen.ts';

/** A new document: of which kind, then its form. The address says both, and of which document it takes the place. */
export const openNew: Open = async (visit) => {
  const code = visit.query.get('type');
  return code === null ? chooseType(visit, newAddress) : openForm(visit, code);
};

const newAddress = (code: string) => `new?type=${encodeURIComponent(code)}`;

/** `addressOf` says where the choice of a kind leads. */
export async function chooseType({ desk, signal }: Visit, addressOf: (code: string) => string): Promise<Screen> {
  const { items } = await desk.client.call('listTypes', { signal });
  return {
    title: ({ words }) => words.form.newHeading,
    draw: (reader) => [
      element('h1', { tabindex: '-1' }, reader.words.form.newHeading),
      items.length === 0 ? emptyView(reader.words.form.noTypes) : typesView(items, addressOf, reader),
    ],
  };
}

function typesView(
  types: readonly CredentialType[],
  addressOf: (code: string) => string,
  { language, words }: Reader,
): HTMLElement {
  const sorted = types.toSorted((a, b) => a.title[language].localeCompare(b.title[language], language));
  return element(
    'section',
    { class: 'sheet part' },
    element('h2', {}, words.form.chooseType),
    element(
      'ul',
      { class: 'links' },
      ...sorted.map(({ code, title }) =>
        element(
          'li',
          {},
          element('a', { href: hrefOf(addressOf(code)), 'data-type': code }, title[language]),
          ' ',
          element('span', { class: 'code hint' }, code),
        ),
      ),
    ),
  );
}

async function openForm({ desk, query, signal }: Visit, code: string): Promise<Screen> {
  const replaced = query.get('replaces');
  const [type, old] = await Promise.all([
    desk.client.call('getType', { id: code, signal }),
    replaced === null ? null : desk.client.call('getCredential', { id: replaced, signal }),
  ]);
  const begun = { type, replaces: old, saved: null };
  const content = { ...contentOf(old), ...(query.has('renew') ? nextTerm(type, old) : sameTerm(type, old)) };
  const form = findUnsaved<DraftForm>(addressOf(begun)) ?? createForm({ ...begun, content }, desk);
  return {
    title: ({ language }) => type.title[language],
    draw: (reader) => [
      element('h1', { tabindex: '-1' }, type.title[reader.language]),
      replacesView(form, reader),
      ...draftFormView(form, reader, desk),
    ],
  };
}

/** What the new one says until somebody changes it. */
function contentOf(old: CredentialDetail | null) {
  if (old?.claims == null) return {};
  return { claims: old.claims, holder: old.holder ?? undefined, parent: old.parent ?? undefined };
}

/** A correction says something better of the term that was given, and gives no days beyond it. */
function sameTerm({ code }: CredentialTypeDetail, old: CredentialDetail | null) {
  if (old?.endsOn == null || old.type !== code) return {};
  return { validity: { validFrom: old.validFrom, validUntil: old.endsOn } };
}

/** From the day after the last one, as long as before: the old one stays in force until then. */
function nextTerm(type: CredentialTypeDetail, old: CredentialDetail | null) {
  if (old?.endsOn == null) return {};
  const rule = type.validity as unknown as ValidityRule;
  const term = renewedTerm(rule, { validFrom: old.validFrom, validUntil: old.endsOn });
  return term ? { validity: term } : {};
}

export function replacesView({ replaces }: DraftForm, { words }: Reader): Child {
  if (replaces === null) return null;
  return element(
    'p',
    { class: 'sheet' },
    element(
      'a',
      { href: hrefOf(`credentials/${replaces.id}`) },
      fill(words.form.replaces, { reference: replaces.reference }),
    ),
  );
}
