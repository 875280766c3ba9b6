import { decodeDate } from '../proof/day.ts';
import type { Language } from './language.ts';

/** Puts values into a text of the dictionary. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

const LOCALES: Record<Language, string> = { en: 'en-GB', 'zh-Hant': 'zh-Hant-HK', 'zh-Hans': 'zh-Hans-CN' };

export interface Calendar {
  /** A Hong Kong day number, as headers have it. */
  day(day: number): string;
  /** `YYYY-MM-DD`, as claims have it. */
  date(date: string): string;
  /** The Hong Kong day of an instant. */
  dayOf(seconds: number): string;
  /** Day and time of an instant in Hong Kong, with the zone named. */
  time(seconds: number): string;
}

/** Dates in the reader's language. Days have no time zone; instants are shown as Hong Kong sees them, wherever the reader is. */
export function createCalendar(language: Language): Calendar {
  const day = { day: 'numeric', month: 'long', year: 'numeric' } as const;
  const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
  const civil = lazyFormat(language, { ...day, timeZone: 'UTC' });
  const hongKong = lazyFormat(language, { ...day, timeZone: 'Asia/Hong_Kong' });
  const instant = lazyFormat(language, { ...day, ...clock, timeZone: 'Asia/Hong_Kong' });
  // A date that breaks over two lines is read twice.
  const unbroken = (date: string): string => date.replaceAll(' ', '\u00a0');
  const ofDay = (value: number): string => unbroken(civil(value * 86_400_000));
  return {
    day: ofDay,
    date: (date) => ofDay(decodeDate(date)),
    dayOf: (seconds) => unbroken(hongKong(seconds * 1000)),
    time: (seconds) => `${instant(seconds * 1000)} (HKT)`,
  };
}

/** A browser takes longer to make one than to draw a page, and the first screen has no date. */
function lazyFormat(language: Language, options: Intl.DateTimeFormatOptions): (ms: number) => string {
  let format: Intl.DateTimeFormat | undefined;
  return (ms) => {
    format ??= new Intl.DateTimeFormat(LOCALES[language], options);
    return format.format(ms);
  };
}

/** Works on the digits themselves: a decimal claim is text and never passes through a floating-point number. */
export function groupThousands(decimal: string): string {
  const [whole = '', fraction] = decimal.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
