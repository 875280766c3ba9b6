import { type Child, element } from './element.ts';
import { LANGUAGE_NAMES, LANGUAGES, type Language } from './language.ts';
import { fill } from './phrase.ts';

export interface FrameWords {
  brand: string;
  skip: string;
  language: string;
  test: string;
  version: string;
}

export interface Frame {
  language: Language;
  words: FrameWords;
  /** Of the page, as the build names it. */
  version: string;
  /** What the brand leads to. */
  href: string;
  /** Beside the languages. */
  account?: Child;
  /** Below them. */
  navigation?: Child;
  isTest: boolean;
  /** At the end of every screen. */
  footer?: Child;
  main: HTMLElement;
  choose(language: Language): void;
  home(): void;
}

/** What surrounds every screen. */
export function frameView(frame: Frame): HTMLElement[] {
  const { language, words, isTest, main, choose, home } = frame;
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
    element('a', { class: 'skip', href: '#main', on: { click: skip } }, words.skip),
    element(
      'header',
      { class: 'top' },
      element(
        'div',
        { class: 'top-inner' },
        element(
          'a',
          { class: 'brand', href: frame.href, on: { click: goHome } },
          element('strong', { lang: 'en' }, 'e-Proof'),
          ' ',
          element('span', {}, words.brand),
        ),
        element(
          'div',
          { class: 'choice', role: 'group', 'aria-label': words.language },
          ...LANGUAGES.map((each) => languageButton(each, each === language, choose)),
        ),
        frame.account,
      ),
      frame.navigation,
      testBand(words, isTest),
    ),
    main,
    element(
      'footer',
      { class: 'bottom' },
      frame.footer,
      element('p', {}, fill(words.version, { version: frame.version })),
    ),
  ];
}

/** Says of a test system that it is one. */
export function testBand({ test }: Pick<FrameWords, 'test'>, isTest: boolean): HTMLElement {
  return element(
    'p',
    { class: 'test-band', role: 'note', hidden: !isTest },
    element('strong', { lang: 'en' }, 'TEST'),
    ' ',
    test,
  );
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
