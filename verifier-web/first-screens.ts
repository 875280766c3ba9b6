// Run by the build (scripts/first-screens.ts): the screens that stand in the page before its script is there, drawn by what draws them later.
import { element } from '../ui/element.ts';
import type { Language } from '../ui/language.ts';
import { checkingView } from './checking-view.ts';
import { homeView, refusalNotice, type Ways } from './home-view.ts';
import { pageView } from './page-view.ts';
import { Refusal } from './refusal.ts';
import type { Dictionary } from './words/dictionary.ts';
import { en } from './words/en.ts';
import { zhHans } from './words/zh-hans.ts';
import { zhHant } from './words/zh-hant.ts';

const DICTIONARIES: Record<Language, Dictionary> = { en, 'zh-Hant': zhHant, 'zh-Hans': zhHans };

/** What nobody can press yet does nothing. */
const nothing = (): void => {};
const WAYS: Ways = { scan: nothing, files: nothing, many: nothing, text: nothing, lookUp: nothing, keep: nothing };

const SCREENS: Record<string, (words: Dictionary) => HTMLElement> = {
  home: (words) => homeView(words, WAYS, true),
  checking: checkingView,
  failed: (words) =>
    element(
      'div',
      { class: 'home refusal' },
      refusalNotice(new Refusal('SCRIPT_UNAVAILABLE'), words.refusal.SCRIPT_UNAVAILABLE),
    ),
};

for (const [language, words] of Object.entries(DICTIONARIES) as [Language, Dictionary][])
  for (const [screen, view] of Object.entries(SCREENS)) {
    const page = pageView(view(words), { language, words }, false, { choose: nothing, home: nothing });
    document.body.append(element('template', { lang: language, 'data-screen': screen }, ...page));
  }
