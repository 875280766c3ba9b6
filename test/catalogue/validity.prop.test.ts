import { expect } from 'chai';
import fc from 'fast-check';
import { lastDayOf, proposedValidUntil, validityProblems } from '../../catalogue/validity.ts';
import type { ValidityRule } from '../../proof/credential-type.ts';
import { decodeDate, toDate } from '../../proof/day.ts';

const day = fc.integer({ min: 0, max: decodeDate('2150-12-31') });
const months = fc.integer({ min: 1, max: 240 });
const rule: fc.Arbitrary<ValidityRule> = fc.oneof(
  months.map((max): ValidityRule => ({ kind: 'months', max })),
  fc
    .tuple(months, months)
    .map(([a, b]): ValidityRule => ({ kind: 'months', min: Math.min(a, b), max: Math.max(a, b) })),
  months.map((typicalMonths): ValidityRule => ({ kind: 'printedDate', typicalMonths })),
  fc.integer({ min: 1, max: 5 }).map((years): ValidityRule => ({ kind: 'calendarYearEnd', years })),
  fc.constantFrom<ValidityRule>({ kind: 'openEnded' }, { kind: 'pointInTime' }),
);

const lastDay = (start: number, length: number) => decodeDate(lastDayOf(toDate(start), length));
const codes = (kind: ValidityRule, start: number, end: number) =>
  validityProblems(kind, { issued: toDate(start), validFrom: toDate(start), validUntil: toDate(end) }).map(
    (p) => p.code,
  );

describe('validity, for all dates', () => {
  it('ends n months later, in the nth month after or on the last day of the one before it', () => {
    fc.assert(
      fc.property(day, months, (start, length) => {
        const [from, to] = [toDate(start), lastDayOf(toDate(start), length)];
        const monthsBetween =
          (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 + Number(to.slice(5, 7)) - Number(from.slice(5, 7));
        expect(monthsBetween).to.equal(from.endsWith('-01') ? length - 1 : length);
        expect(lastDay(start, length) - start + 1).to.be.within(28 * length, 31 * length);
      }),
    );
  });

  it('never ends earlier for a later start, and always later for one month more', () => {
    fc.assert(
      fc.property(day, months, (start, length) => {
        expect(lastDay(start + 1, length)).to.be.at.least(lastDay(start, length));
        expect(lastDay(start, length + 1)).to.be.greaterThan(lastDay(start, length) + 27);
      }),
    );
  });

  it('joins without gap or overlap: a and then b months are a + b months, for starts that every month has', () => {
    const start = day.filter((number) => Number(toDate(number).slice(8)) <= 28);
    fc.assert(
      fc.property(start, months, months, (from, a, b) => {
        expect(lastDay(lastDay(from, a) + 1, b)).to.equal(lastDay(from, a + b));
      }),
    );
  });

  it('finds nothing wrong with the end that it proposes', () => {
    fc.assert(
      fc.property(rule, day, (kind, start) => {
        const validFrom = toDate(start);
        const validUntil = proposedValidUntil(kind, validFrom) ?? null;
        expect(validityProblems(kind, { issued: validFrom, validFrom, validUntil })).to.deep.equal([]);
      }),
    );
  });

  it('accepts exactly the ends from the shortest to the longest period', () => {
    fc.assert(
      fc.property(day, months, months, fc.nat(8_000), (start, a, b, length) => {
        const [min, max] = [Math.min(a, b), Math.max(a, b)];
        const end = start + length;
        const expected =
          end > lastDay(start, max) ? ['PERIOD_TOO_LONG'] : end < lastDay(start, min) ? ['PERIOD_TOO_SHORT'] : [];
        expect(codes({ kind: 'months', min, max }, start, end)).to.deep.equal(expected);
      }),
    );
  });

  it('answers for whatever text stands where a date should', () => {
    fc.assert(
      fc.property(rule, fc.string(), fc.string(), fc.option(fc.string()), (kind, issued, validFrom, validUntil) => {
        expect(validityProblems(kind, { issued, validFrom, validUntil })).to.be.an('array');
      }),
    );
  });
});
