import { type Child, element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import type { Address, Screen as SharedScreen } from '../ui/signed-in/shell.ts';
import { findOwnCopy } from './device-copies.ts';
import { bannerView, saysView } from './document-screen.ts';
import { listView } from './documents-screen.ts';
import { type Live, liveCodeView, toLive } from './live-code.ts';
import { findSaved, listSaved, type SavedDocument, typeOf } from './saved.ts';
import { drawnFor, type Reader, type Screen } from './screen.ts';
import { codeView, fillScreen, today } from './show-screen.ts';
import { createWhose, readPath } from './whose.ts';
import type { Dictionary } from './words/dictionary.ts';

/** What is shown while the service cannot be reached: what was kept on this device, and how old it is. Null where that is nothing. */
export async function openOffline({ path, signal }: Address): Promise<SharedScreen<Dictionary> | null> {
  const { company: id, place } = readPath(path);
  const company = id === null ? null : { id };
  if (place === '') {
    const saved = await listSaved(company);
    return saved[0] ? drawn(savedScreen(saved), saved[0]) : null;
  }
  const [, document = '', isCode] = /^([^/]+)(\/show)?$/.exec(place) ?? [];
  const found = await findSaved(company, decodeURIComponent(document));
  if (!found || !isCode) return found && drawn(documentScreen(found), found);
  const live = toLive(await findOwnCopy(company, found.credential.id), today());
  return drawn(codeScreen(found, live, signal), found);
}

function drawn(screen: Screen, { company }: SavedDocument): SharedScreen<Dictionary> {
  return drawnFor(createWhose(company ?? null), screen);
}

function savedScreen(saved: readonly SavedDocument[]): Screen {
  const oldest = Math.min(...saved.map(({ savedAt }) => savedAt));
  return {
    title: ({ words }) => words.saved.heading,
    draw: (reader) => [
      element('h1', { tabindex: '-1' }, reader.words.saved.heading),
      reader.company && element('p', { class: 'lead' }, reader.company.name),
      ageView(oldest, reader),
      listView(
        saved.map(({ credential }) => credential),
        reader,
      ),
    ],
  };
}

function documentScreen(found: SavedDocument): Screen {
  const { credential, savedAt, pdf } = found;
  const type = typeOf(found);
  const address = URL.createObjectURL(pdf);
  return {
    title: ({ language }) => type.title[language],
    draw: (reader) => [
      element('h1', { tabindex: '-1' }, type.title[reader.language]),
      ageView(savedAt, reader),
      bannerView(credential, reader),
      element(
        'section',
        { class: 'sheet part' },
        element(
          'div',
          { class: 'actions' },
          element(
            'a',
            { class: 'button button-main', href: reader.hrefOf(`${credential.id}/show`), 'data-act': 'show' },
            reader.words.own.show,
          ),
          element(
            'a',
            { class: 'button', href: address, download: `${credential.reference}.pdf` },
            icon('file'),
            reader.words.own.pdf.en,
          ),
        ),
      ),
      ...saysView({ credential, type }, reader),
    ],
  };
}

/** A code of this device's key is made without a network too. */
function codeScreen({ credential, code, savedAt }: SavedDocument, live: Live | null, signal: AbortSignal): Screen {
  const address = URL.createObjectURL(code);
  return {
    title: ({ language }) => credential.typeTitle[language],
    draw: (reader) => [
      element('h1', { tabindex: '-1' }, credential.typeTitle[reader.language]),
      live ? liveCodeView(live, credential.reference, reader, signal) : codeView(address, credential.reference, reader),
      ageView(savedAt, reader),
      element(
        'div',
        { class: 'actions' },
        fillScreen(reader),
        element('a', { class: 'button', href: reader.hrefOf(credential.id) }, reader.words.show.back),
      ),
    ],
  };
}

/** Nobody can say offline what has become of a document since. */
function ageView(savedAt: number, { words, calendar }: Reader): Child {
  return element(
    'section',
    { class: 'sheet standing-banner tone-care', 'data-offline': String(savedAt) },
    icon('question'),
    element(
      'div',
      {},
      element('p', { class: 'standing' }, words.saved.offline),
      element('p', {}, fill(words.saved.asOf, { time: calendar.time(savedAt / 1000) })),
    ),
  );
}
