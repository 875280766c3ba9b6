import { ClaimValueError, encodeClaimValue } from '../proof/claim-value.ts';
import type { ValidityRule } from '../proof/credential-type.ts';
import { decodeDate, LAST_DAY, toDate } from '../proof/day.ts';
import { ProofError } from '../proof/errors.ts';
import type { JsonObject } from '../proof/json.ts';
import type { FollowedDate } from './lifecycle.ts';

/** The dates of a credential's header as `YYYY-MM-DD`. `validUntil` is the last valid day; null where there is no end. */
export interface ValidityDates {
  issued: string;
  validFrom: string;
  validUntil: string | null;
}

export type ValidityProblemCode =
  | 'DATE_INVALID'
  | 'END_BEFORE_START'
  | 'END_MISSING'
  | 'END_NOT_ALLOWED'
  | 'PERIOD_TOO_LONG'
  | 'PERIOD_TOO_SHORT'
  | 'NOT_YEAR_END'
  | 'NOT_POINT_IN_TIME'
  | 'AFTER_FOLLOWED_DATE'
  | 'FOLLOWED_DATE_TO_COME'
  | 'NOT_END_OF_ITEMS'
  | 'ITEM_ENDED';

export interface ValidityProblem {
  /** A name of {@link ValidityDates}, or the claim that the rule follows. */
  field: string;
  code: ValidityProblemCode;
  message: string;
}

/** The same dates as Hong Kong day numbers. */
interface Period {
  issued: number;
  validFrom: number;
  validUntil: number | null;
}

interface Item {
  validFrom: number;
  validUntil: number | null;
}

/**
 * Everything in which the dates break their type's rule; empty where they obey it. The rule `perItem` reads the claim that it
 * names from `claims`; a claim that is missing or malformed is the business of whoever checks the claims.
 */
export function validityProblems(rule: ValidityRule, dates: ValidityDates, claims: JsonObject = {}): ValidityProblem[] {
  const invalid = Object.entries(dates).filter(([, date]) => date !== null && !isHeaderDate(date));
  if (invalid.length > 0) {
    return invalid.map(([field]) => problem(field, 'DATE_INVALID', 'must be a date of the calendar from 1970-01-01'));
  }
  const period: Period = {
    issued: decodeDate(dates.issued),
    validFrom: decodeDate(dates.validFrom),
    validUntil: dates.validUntil === null ? null : decodeDate(dates.validUntil),
  };
  if (period.validUntil !== null && period.validUntil < period.validFrom) {
    return [problem('validUntil', 'END_BEFORE_START', 'must not be before "validFrom"')];
  }
  if (rule.kind === 'openEnded' || rule.kind === 'pointInTime') return endlessProblems(rule, period);
  if (rule.kind === 'perItem') return itemProblems(rule.claim, period, readItems(claims, rule.claim));
  if (period.validUntil === null) return [problem('validUntil', 'END_MISSING', 'is required')];
  return lengthProblems(rule, period.validFrom, period.validUntil);
}

/**
 * The longest end that the rule allows, or the usual one where the document's print decides; null where there is no end; undefined
 * where the end does not follow from the start (each item has its own, or the parent document has it).
 */
export function proposedValidUntil(rule: ValidityRule, validFrom: string): string | null | undefined {
  const start = decodeDate(validFrom);
  switch (rule.kind) {
    case 'months':
      return toDate(toLastDay(start, rule.max));
    case 'printedDate':
      return toDate(toLastDay(start, rule.typicalMonths));
    case 'calendarYearEnd':
      return toDate(toYearEnd(start, rule.years));
    case 'openEnded':
    case 'pointInTime':
      return null;
    case 'perItem':
    case 'followsParent':
      return undefined;
  }
}

/** The last day on which something that runs for `months` from `validFrom` is valid: 12 months from 2026-01-01 end on 2026-12-31. */
export function lastDayOf(validFrom: string, months: number): string {
  return toDate(toLastDay(decodeDate(validFrom), months));
}

/**
 * The last day that a followed date allows: 12 months from an examination on 2026-03-01 end on 2027-02-28. Undefined where the claim is
 * missing or malformed, which is the business of whoever checks the claims.
 */
export function followedEnd({ claim, months }: FollowedDate, claims: JsonObject): string | undefined {
  const date = claims[claim];
  return typeof date === 'string' && isHeaderDate(date) ? lastDayOf(date, months) : undefined;
}

/** In which the dates break the rule that they follow a claim's date; of dates that obey their type's own rule. */
export function followedProblems(
  follows: FollowedDate,
  { issued, validUntil }: ValidityDates,
  claims: JsonObject,
): ValidityProblem[] {
  const { claim, months } = follows;
  const latest = followedEnd(follows, claims);
  if (latest === undefined) return [];
  const date = claims[claim] as string;
  if (date > issued) return [problem(claim, 'FOLLOWED_DATE_TO_COME', 'must not be after "issued"')];
  if (validUntil !== null && validUntil <= latest) return [];
  return [
    problem('validUntil', 'AFTER_FOLLOWED_DATE', `must be ${latest} or earlier (${months} months from "${claim}")`),
  ];
}

/** The header's ends that follow from a list of items with an end each; undefined where the claim is missing or malformed. */
export function itemEnds(
  claims: JsonObject,
  claim: string,
): { validUntil: string | null; partlyUntil: string | null } | undefined {
  const items = readItems(claims, claim);
  if (items === undefined) return undefined;
  const { latest, earliest } = toEnds(items);
  return {
    validUntil: latest === null ? null : toDate(latest),
    partlyUntil: earliest === null || earliest === latest ? null : toDate(earliest),
  };
}

function problem(field: string, code: ValidityProblemCode, rule: string): ValidityProblem {
  return { field, code, message: `"${field}" ${rule}` };
}

function isHeaderDate(date: string): boolean {
  try {
    return decodeDate(date) >= 0;
  } catch (error) {
    if (error instanceof ProofError) return false;
    throw error;
  }
}

function endlessProblems(rule: ValidityRule, { issued, validFrom, validUntil }: Period): ValidityProblem[] {
  const problems: ValidityProblem[] = [];
  if (validUntil !== null)
    problems.push(problem('validUntil', 'END_NOT_ALLOWED', 'must be null: this type has no end'));
  if (rule.kind === 'pointInTime' && validFrom !== issued) {
    problems.push(problem('validFrom', 'NOT_POINT_IN_TIME', 'must be the same day as "issued"'));
  }
  return problems;
}

function itemProblems(claim: string, { validFrom, validUntil }: Period, items: Item[] | undefined): ValidityProblem[] {
  if (items === undefined) return [];
  if (items.some((item) => item.validUntil !== null && item.validUntil < item.validFrom)) {
    return [problem(claim, 'END_BEFORE_START', 'has an item that ends before it starts')];
  }
  const problems: ValidityProblem[] = [];
  const { latest, earliest } = toEnds(items);
  if (validUntil !== latest) {
    problems.push(
      problem('validUntil', 'NOT_END_OF_ITEMS', `must be the last end in "${claim}", or null if one has none`),
    );
  }
  if (earliest !== null && earliest < validFrom) {
    problems.push(problem(claim, 'ITEM_ENDED', 'has an item that ends before "validFrom"'));
  }
  return problems;
}

function lengthProblems(rule: ValidityRule, validFrom: number, validUntil: number): ValidityProblem[] {
  if (rule.kind === 'calendarYearEnd') return yearEndProblems(validUntil, toYearEnd(validFrom, rule.years));
  if (rule.kind !== 'months') return [];
  const { min, max } = rule;
  const latest = toLastDay(validFrom, max);
  if (validUntil > latest) return [tooLong(latest, `${max} months`)];
  if (min === undefined || validUntil >= toLastDay(validFrom, min)) return [];
  const earliest = toDate(toLastDay(validFrom, min));
  return [problem('validUntil', 'PERIOD_TOO_SHORT', `must be ${earliest} or later (${min} months)`)];
}

function yearEndProblems(validUntil: number, latest: number): ValidityProblem[] {
  if (!toDate(validUntil).endsWith('-12-31')) return [problem('validUntil', 'NOT_YEAR_END', 'must be a 31 December')];
  return validUntil > latest ? [tooLong(latest, 'calendar years')] : [];
}

function tooLong(latest: number, limit: string): ValidityProblem {
  return problem('validUntil', 'PERIOD_TOO_LONG', `must be ${toDate(latest)} or earlier (${limit})`);
}

/**
 * The day before the one with the same number `months` later. Where that month is too short to have the number, its last day: a
 * month from 31 January ends on 28 February, as does a month from 29 January, and nothing reaches into March.
 */
function toLastDay(start: number, months: number): number {
  const [year, month, day] = splitDate(start);
  const daysInMonth = toDay(year, month + months + 1, 0) - toDay(year, month + months, 0);
  return Math.min(toDay(year, month + months, Math.min(day, daysInMonth + 1) - 1), LAST_DAY);
}

function toYearEnd(start: number, years: number): number {
  const [year] = splitDate(start);
  return Math.min(toDay(year + years - 1, 12, 31), LAST_DAY);
}

function splitDate(day: number): [year: number, month: number, day: number] {
  return toDate(day).split('-').map(Number) as [number, number, number];
}

/** Months and days may run over, as in `Date.UTC`; day 0 is the last one of the month before. */
function toDay(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / 86_400_000;
}

function toEnds(items: readonly Item[]): { latest: number | null; earliest: number | null } {
  const ends = items.map((item) => item.validUntil ?? Number.POSITIVE_INFINITY);
  const [latest, earliest] = [Math.max(...ends), Math.min(...ends)];
  return { latest: Number.isFinite(latest) ? latest : null, earliest: Number.isFinite(earliest) ? earliest : null };
}

function readItems(claims: JsonObject, claim: string): Item[] | undefined {
  try {
    const items = encodeClaimValue({ type: 'classList' }, claims[claim] ?? null);
    return (items as [string, number, number | null][]).map(([, validFrom, validUntil]) => ({ validFrom, validUntil }));
  } catch (error) {
    if (error instanceof ClaimValueError) return undefined;
    throw error;
  }
}
