import type { Language } from '../ui/language.ts';
import type { Calendar } from '../ui/phrase.ts';
import type { Dictionary } from './words/dictionary.ts';

/** For whom a screen is drawn. */
export interface Reader {
  language: Language;
  words: Dictionary;
  calendar: Calendar;
}
