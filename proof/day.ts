import { ProofError } from './errors.ts';

/** Dates are Hong Kong civil days, counted from 1970-01-01 as day 0. Hong Kong is UTC+8 all year. */
const SECONDS_PER_DAY = 86_400;
const HONG_KONG_OFFSET_SECONDS = 8 * 3600;

/** The last day that the format can name: 9999-12-31. */
export const LAST_DAY = 2_932_896;

/** `YYYY-MM-DD` of a day number. */
export function toDate(day: number): string {
  return new Date(day * SECONDS_PER_DAY * 1000).toISOString().slice(0, 10);
}

/**
 * The day number of `YYYY-MM-DD`.
 * @throws ProofError FIELD_INVALID for a date that the calendar does not have, or one before 1900 (people's birth dates are negative days)
 */
export function decodeDate(date: string): number {
  const isForm = date.length === 10 && date[4] === '-' && date[7] === '-';
  const year = isForm ? digits(date, 0, 4) : Number.NaN;
  const month = digits(date, 5, 7);
  const dayOfMonth = digits(date, 8, 10);
  // with NaN nothing is true
  if (!(year >= 1900 && month >= 1 && month <= 12 && dayOfMonth >= 1 && dayOfMonth <= daysIn(year, month)))
    throw new ProofError('FIELD_INVALID', 'expected a date of the calendar as YYYY-MM-DD');
  return Date.UTC(year, month - 1, dayOfMonth) / 1000 / SECONDS_PER_DAY;
}

/** The number that these characters write; NaN where one of them is no digit. */
function digits(text: string, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN;
  }
  return value;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysIn(year: number, month: number): number {
  const isLeap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (DAYS[month - 1] as number) + (isLeap ? 1 : 0);
}

/** `YYYY-MM-DDThh:mm:ssZ` (RFC 3339) of seconds since 1970 UTC. */
export function toInstant(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

/** The Hong Kong day in which an instant (seconds since 1970 UTC) falls. */
export function toHongKongDay(seconds: number): number {
  return Math.floor((seconds + HONG_KONG_OFFSET_SECONDS) / SECONDS_PER_DAY);
}

/** The last instant of a Hong Kong day: seconds since 1970 UTC. */
export function lastSecondOf(day: number): number {
  return (day + 1) * SECONDS_PER_DAY - HONG_KONG_OFFSET_SECONDS - 1;
}
