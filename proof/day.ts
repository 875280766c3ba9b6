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
  const milliseconds = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  const day = milliseconds / 1000 / SECONDS_PER_DAY;
  if (Number.isNaN(day) || toDate(day) !== date || date < '1900')
    throw new ProofError('FIELD_INVALID', 'expected a date of the calendar as YYYY-MM-DD');
  return day;
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
