import type { ValidityRule } from '../proof/credential-type.ts';
import { decodeDate, toDate } from '../proof/day.ts';
import type { RenewalWindow, Span } from './lifecycle.ts';
import { lastDayOf, proposedValidUntil } from './validity.ts';

/** A term as `YYYY-MM-DD`; both days are valid. */
export interface Term {
  validFrom: string;
  validUntil: string;
}

/** The first and the last day on which the renewal of what ends on `lastDay` may be applied for. */
export function renewalDays({ earliest, latest }: RenewalWindow, lastDay: string): { opens: string; closes: string } {
  return { opens: before(lastDay, earliest), closes: before(lastDay, latest) };
}

/** As long as the old term where that was whole months, else as the type's rule proposes; null where no end follows from the rule. */
export function renewedTerm(rule: ValidityRule, old: Term): Term | null {
  const validFrom = toDate(decodeDate(old.validUntil) + 1);
  const months = rule.kind === 'calendarYearEnd' ? null : wholeMonths(old, longestOf(rule));
  const validUntil = months === null ? proposedValidUntil(rule, validFrom) : lastDayOf(validFrom, months);
  return validUntil == null ? null : { validFrom, validUntil };
}

function longestOf(rule: ValidityRule): number {
  if (rule.kind === 'months') return rule.max;
  return rule.kind === 'printedDate' ? rule.typicalMonths : 0;
}

function wholeMonths({ validFrom, validUntil }: Term, most: number): number | null {
  for (let months = 1; months <= most; months++) if (lastDayOf(validFrom, months) === validUntil) return months;
  return null;
}

// Two months before 31 August is 30 June, and before 30 April the last of February: the day of the number, or the month's last one.
function before(date: string, span: Span): string {
  if ('days' in span) return toDate(decodeDate(date) - span.days);
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  const lastOfMonth = new Date(Date.UTC(year, month - span.months, 0)).getUTCDate();
  const start = Date.UTC(year, month - 1 - span.months, Math.min(day, lastOfMonth));
  return toDate(start / 86_400_000);
}
