import type { Language } from '../../ui/language.ts';
import type { Dictionary } from '../../verifier-web/words/dictionary.ts';
import { en } from '../../verifier-web/words/en.ts';
import { zhHans } from '../../verifier-web/words/zh-hans.ts';
import { zhHant } from '../../verifier-web/words/zh-hant.ts';

/** What the page says, to compare with what it shows. */
export const DICTIONARIES: Record<Language, Dictionary> = { en, 'zh-Hant': zhHant, 'zh-Hans': zhHans };
