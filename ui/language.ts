export const LANGUAGES = ['en', 'zh-Hant', 'zh-Hans'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Each language by its own name, the same on every page. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', 'zh-Hant': '繁體', 'zh-Hans': '简体' };

const KEY = 'eproof.language';

/** The first language that the reader prefers and that we have: what was chosen here before, else what the browser says. */
export function preferredLanguage(remembered: string | null, preferred: readonly string[]): Language {
  const chosen = LANGUAGES.find((language) => language === remembered);
  return chosen ?? preferred.map(toLanguage).find((language) => language !== null) ?? 'en';
}

function toLanguage(tag: string): Language | null {
  if (/^en\b/i.test(tag)) return 'en';
  if (/^zh-(hans|cn|sg|my)\b/i.test(tag)) return 'zh-Hans';
  return /^(zh|yue)\b/i.test(tag) ? 'zh-Hant' : null;
}

/** The only thing that the page keeps. A browser that keeps nothing is obeyed. */
export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // private windows may refuse; the choice then holds until the page is closed
  }
}

export function rememberedLanguage(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
