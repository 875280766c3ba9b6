// The page of the design tokens and of the components that the other pages share: drawn by the same views, with the same styles.
import { type Child, element } from '../element.ts';
import { frameView, testBand } from '../frame-view.ts';
import { type Language, preferredLanguage, rememberedLanguage, rememberLanguage } from '../language.ts';
import { createCalendar } from '../phrase.ts';
import type { Reader } from '../signed-in/shell.ts';
import { askIsTest } from '../test-system.ts';
import { loadDictionary } from './dictionaries.ts';
import { bannersView, emptyView, factsSample, failuresView, iconsView, recordsSample } from './document-views.ts';
import { buttonsView, fieldsView } from './form-views.ts';
import { tokensView } from './token-views.ts';
import { readTokens, TOKEN_KINDS } from './tokens.ts';
import { type Dictionary, PARTS, type Part } from './words/dictionary.ts';

const BASE = '/ui/';

const tokens = readTokens(document.styleSheets);
let reader = await readerOf(preferredLanguage(rememberedLanguage(), navigator.languages));
// who cannot know whether it is a test system is told that it may be one
const isTest = await askIsTest().catch(() => true);

async function readerOf(language: Language): Promise<Reader<Dictionary>> {
  return { language, words: await loadDictionary(language), calendar: createCalendar(language) };
}

function draw(): void {
  const { language, words } = reader;
  const main = element('main', { id: 'main', tabindex: '-1', class: 'desk' }, ...contentView());
  document.documentElement.lang = language;
  document.title = words.page.title;
  document.body.replaceChildren(
    ...frameView({
      ...{ language, words: words.page, version: __VERSION__, href: BASE, navigation: navigationView() },
      ...{ isTest, main, choose: (chosen) => void choose(chosen), home: () => scrollTo(0, 0) },
    }),
  );
}

async function choose(language: Language): Promise<void> {
  rememberLanguage(language);
  reader = await readerOf(language);
  draw();
  document.querySelector<HTMLElement>(`[data-language="${language}"]`)?.focus();
}

function contentView(): Child[] {
  const { words } = reader;
  return [
    element('h1', { tabindex: '-1' }, words.heading),
    element('p', { class: 'lead' }, words.lead),
    ...TOKEN_KINDS.map((kind) => partView(kind, words.tokens[kind], tokensView(tokens, kind, words))),
    ...PARTS.flatMap((part) => sampleOf(part)),
  ];
}

function sampleOf(part: Part): Child[] {
  const { words } = reader;
  const inPart = (...content: readonly Child[]) => [partView(part, words.parts[part], ...content)];
  switch (part) {
    case 'icons':
      return inPart(iconsView());
    case 'buttons':
      return inPart(...buttonsView(words));
    case 'fields':
      return inPart(...fieldsView(words));
    case 'facts':
      return inPart(factsSample(reader));
    case 'records':
      return inPart(recordsSample(reader));
    case 'banners':
      return inPart(...bannersView(reader));
    case 'band':
      return inPart(testBand(words.page, true));
    case 'failures':
      // sheets of their own
      return [...inPart(), ...failuresView(reader)];
    case 'empty':
      return inPart(...emptyView(reader));
    case 'fold':
      return inPart(
        element(
          'details',
          { class: 'fold' },
          element('summary', {}, words.fold.heading, element('span', { class: 'hint' }, words.document.yes)),
          element('p', {}, words.fold.text),
        ),
      );
    case 'frame':
      return inPart();
  }
}

function partView(
  id: string,
  { heading, text }: { heading: string; text: string },
  ...content: readonly Child[]
): HTMLElement {
  return element(
    'section',
    { class: 'sheet part', id },
    element('h2', {}, heading),
    element('p', { class: 'hint' }, text),
    ...content,
  );
}

function navigationView(): HTMLElement {
  const { words } = reader;
  const places = [
    ...TOKEN_KINDS.map((kind) => [kind, words.tokens[kind].heading] as const),
    ...PARTS.map((part) => [part, words.parts[part].heading] as const),
  ];
  return element(
    'nav',
    { class: 'places', 'aria-label': words.page.navigation },
    element('ul', {}, ...places.map(([id, text]) => element('li', {}, element('a', { href: `#${id}` }, text)))),
  );
}

draw();
