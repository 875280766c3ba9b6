import { expect } from 'chai';
import { loadCatalogue } from '../../catalogue/catalogue.ts';
import type { RenewalWindow } from '../../catalogue/lifecycle.ts';
import { renewalDays, renewedTerm } from '../../catalogue/renewal.ts';
import type { ValidityRule } from '../../proof/credential-type.ts';
import { decodeDate, toDate } from '../../proof/day.ts';

describe('renewalDays', () => {
  const cases: [object, object, string, string, string][] = [
    [{ months: 6 }, { months: 3 }, '2026-08-31', '2026-02-28', '2026-05-31'],
    [{ months: 2 }, { months: 1 }, '2028-04-30', '2028-02-29', '2028-03-30'],
    [{ months: 4 }, { days: 0 }, '2026-12-31', '2026-08-31', '2026-12-31'],
    [{ days: 90 }, { days: 45 }, '2026-12-31', '2026-10-02', '2026-11-16'],
    [{ months: 3 }, { months: 1 }, '2026-01-15', '2025-10-15', '2025-12-15'],
  ];
  for (const [earliest, latest, lastDay, opens, closes] of cases)
    it(`of what ends on ${lastDay} go from ${opens} to ${closes}`, () =>
      expect(renewalDays({ earliest, latest } as Parameters<typeof renewalDays>[0], lastDay)).to.deep.equal({
        opens,
        closes,
      }));
});

describe('renewedTerm', () => {
  const cases: [string, ValidityRule, [string, string], [string, string]][] = [
    ['fixed length', { kind: 'months', max: 12 }, ['2025-03-01', '2026-02-28'], ['2026-03-01', '2027-02-28']],
    [
      'range, as long as before',
      { kind: 'months', min: 12, max: 84 },
      ['2024-03-01', '2026-02-28'],
      ['2026-03-01', '2028-02-29'],
    ],
    [
      'range, of no whole months',
      { kind: 'months', max: 12 },
      ['2026-01-10', '2026-02-28'],
      ['2026-03-01', '2027-02-28'],
    ],
    [
      'one calendar year',
      { kind: 'calendarYearEnd', years: 1 },
      ['2026-07-14', '2026-12-31'],
      ['2027-01-01', '2027-12-31'],
    ],
    [
      'three calendar years',
      { kind: 'calendarYearEnd', years: 3 },
      ['2024-02-01', '2026-12-31'],
      ['2027-01-01', '2029-12-31'],
    ],
    [
      'a printed date',
      { kind: 'printedDate', typicalMonths: 36 },
      ['2023-05-01', '2026-04-30'],
      ['2026-05-01', '2029-04-30'],
    ],
  ];
  for (const [what, rule, [validFrom, validUntil], [start, end]] of cases)
    it(`of ${what} begins on the day after and ends on ${end}`, () =>
      expect(renewedTerm(rule, { validFrom, validUntil })).to.deep.equal({ validFrom: start, validUntil: end }));

  it('is none where the end does not follow from the start', () => {
    const old = { validFrom: '2026-01-01', validUntil: '2026-12-31' };
    for (const rule of [{ kind: 'openEnded' }, { kind: 'perItem', claim: 'c' }, { kind: 'followsParent', claim: 'c' }])
      expect(renewedTerm(rule as ValidityRule, old)).to.equal(null);
  });
});

describe('reminders', () => {
  const { types } = loadCatalogue();
  for (const { code, lifecycle } of types.filter((type) => type.lifecycle.reminders.length > 0))
    it(`of ${code} come while its renewal can be applied for, whenever it ends`, () => {
      for (let lastDay = decodeDate('2026-12-01'); lastDay < decodeDate('2028-12-01'); lastDay++) {
        const { opens, closes } = renewalDays(lifecycle.renewal as RenewalWindow, toDate(lastDay));
        for (const { days } of lifecycle.reminders)
          expect(toDate(lastDay - days) >= opens && toDate(lastDay - days) <= closes, `${days} before`).to.equal(true);
      }
    });
});
