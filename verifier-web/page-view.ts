import { element } from '../ui/element.ts';
import { frameView } from '../ui/frame-view.ts';
import type { Language } from '../ui/language.ts';
import type { Reader } from './reader.ts';

export interface PageActions {
  choose(language: Language): void;
  home(): void;
}

/** The whole page around one screen. */
export function pageView(
  screen: HTMLElement,
  { language, words: { page } }: Pick<Reader, 'language' | 'words'>,
  isTest: boolean,
  actions: PageActions,
): HTMLElement[] {
  const link = (name: 'accept' | 'holders') => element('a', { href: `${name}-${language}.html` }, page.help[name]);
  return frameView({
    language,
    words: page,
    version: __VERSION__,
    href: './',
    isTest,
    footer: element('nav', { 'aria-label': page.help.label }, link('accept'), link('holders')),
    main: element('main', { id: 'main', tabindex: '-1' }, screen),
    ...actions,
  });
}
