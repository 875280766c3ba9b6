import type { Language } from '../ui/language.ts';
import { loadChecked } from './checked-script.ts';
import type { Dictionary } from './words/dictionary.ts';

const EXPORTS = { en: 'en', 'zh-Hant': 'zhHant', 'zh-Hans': 'zhHans' } as const satisfies Record<Language, string>;

/** @throws Refusal SCRIPT_UNAVAILABLE */
export async function loadDictionary(language: Language, base: URL): Promise<Dictionary> {
  const words = await loadChecked<Record<string, Dictionary>>(__DICTIONARIES__[language], base);
  return words[EXPORTS[language]] as Dictionary;
}
