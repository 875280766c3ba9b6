import type { Language } from './language.ts';
import type { Calendar } from './phrase.ts';
import type { Dictionary } from './words/dictionary.ts';

/** For whom a view is drawn. */
export interface Reader {
  language: Language;
  words: Dictionary;
  calendar: Calendar;
}
