import type { Language } from '../language.ts';
import type { Dictionary } from './words/dictionary.ts';

const DICTIONARIES: Record<Language, () => Promise<Dictionary>> = {
  en: async () => (await import('./words/en.ts')).en,
  'zh-Hant': async () => (await import('./words/zh-hant.ts')).zhHant,
  'zh-Hans': async () => (await import('./words/zh-hans.ts')).zhHans,
};

export function loadDictionary(language: Language): Promise<Dictionary> {
  return DICTIONARIES[language]();
}
