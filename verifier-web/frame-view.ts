import { element } from '../ui/element.ts';
import { LANGUAGE_NAMES, LANGUAGES, type Language } from './language.ts';
import { fill } from './phrase.ts';
import type { Reader } from './reader.ts';

export interface Frame {
  isTest: boolean;
  main: HTMLElement;
  choose(language: Language): void;
  home(): void;
}

/** What surrounds every screen. */
export function frameView({ words, language }: Reader, { isTest, main, choose, home }: Frame): HTMLElement[] {
  const { page } = words;
  const goHome = (event: Event) => {
    event.preventDefault();
    home();
  };
  // The address's fragment belongs to the proof: the link moves the focus itself.
  const skip = (event: Event) => {
    event.preventDefault();
    main.focus();
  };
  return [
    element('a', { class: 'skip', href: '#main', on: { click: skip } }, page.skip),
    element(
      'header',
      { class: 'top' },
      element(
        'div',
        { class: 'top-inner' },
        element(
          'a',
          { class: 'brand', href: './', on: { click: goHome } },
          element('strong', { lang: 'en' }, 'e-Proof'),
          ' ',
          element('span', {}, page.brand),
        ),
        element(
          'div',
          { class: 'choice', role: 'group', 'aria-label': page.language },
          ...LANGUAGES.map((each) => languageButton(each, each === language, choose)),
        ),
      ),
      element(
        'p',
        { class: 'test-band', role: 'note', hidden: !isTest },
        element('strong', { lang: 'en' }, 'TEST'),
        ' ',
        page.test,
      ),
    ),
    main,
    element('footer', { class: 'bottom' }, element('p', {}, fill(page.version, { version: __VERSION__ }))),
  ];
}

function languageButton(language: Language, isChosen: boolean, choose: Frame['choose']): HTMLElement {
  return element(
    'button',
    {
      type: 'button',
      lang: language,
      'aria-pressed': String(isChosen),
      'data-language': language,
      on: { click: () => choose(language) },
    },
    LANGUAGE_NAMES[language],
  );
}
