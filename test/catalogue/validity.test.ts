import { expect } from 'chai';
import {
  itemEnds,
  lastDayOf,
  proposedValidUntil,
  type ValidityDates,
  validityProblems,
} from '../../catalogue/validity.ts';
import type { ValidityRule } from '../../proof/credential-type.ts';

const CLASSES = [
  { class: '1', validFrom: '2020-05-01', validUntil: '2030-04-30' },
  { class: '2', validFrom: '2026-01-10', validUntil: '2027-01-09' },
];

function dates(validFrom: string, validUntil: string | null): ValidityDates {
  return { issued: validFrom, validFrom, validUntil };
}

function codes(rule: ValidityRule, period: ValidityDates, claims = {}): string[] {
  return validityProblems(rule, period, claims).map(({ field, code }) => `${field} ${code}`);
}

describe('lastDayOf', () => {
  const cases: [string, number, string][] = [
    ['2026-01-01', 12, '2026-12-31'],
    ['2026-03-15', 12, '2027-03-14'],
    ['2026-02-01', 1, '2026-02-28'],
    ['2028-02-01', 1, '2028-02-29'],
    ['2026-01-28', 1, '2026-02-27'],
    ['2026-01-29', 1, '2026-02-28'],
    ['2026-01-30', 1, '2026-02-28'],
    ['2026-01-31', 1, '2026-02-28'],
    ['2028-01-31', 1, '2028-02-29'],
    ['2028-01-30', 1, '2028-02-29'],
    ['2028-01-29', 1, '2028-02-28'],
    ['2026-03-31', 1, '2026-04-30'],
    ['2026-02-28', 1, '2026-03-27'],
    ['2028-02-29', 12, '2029-02-28'],
    ['2028-03-01', 12, '2029-02-28'],
    ['2026-12-31', 84, '2033-12-30'],
    ['9999-06-01', 12, '9999-12-31'],
  ];
  for (const [start, months, end] of cases) {
    it(`ends ${months} months from ${start} on ${end}`, () => expect(lastDayOf(start, months)).to.equal(end));
  }
});

describe('validityProblems', () => {
  describe('of a length in months', () => {
    const year: ValidityRule = { kind: 'months', max: 12 };
    const guesthouse: ValidityRule = { kind: 'months', min: 12, max: 84 };

    it('accepts up to the last day of the longest period and refuses the next day', () => {
      expect(codes(year, dates('2026-01-31', '2027-01-30'))).to.deep.equal([]);
      expect(codes(year, dates('2026-01-31', '2027-01-31'))).to.deep.equal(['validUntil PERIOD_TOO_LONG']);
    });

    it('accepts a single day where there is no shortest period', () => {
      expect(codes(year, dates('2026-02-28', '2026-02-28'))).to.deep.equal([]);
    });

    it('refuses what is a day shorter than the shortest period', () => {
      expect(codes(guesthouse, dates('2026-01-01', '2026-12-31'))).to.deep.equal([]);
      expect(codes(guesthouse, dates('2026-01-01', '2026-12-30'))).to.deep.equal(['validUntil PERIOD_TOO_SHORT']);
      expect(codes(guesthouse, dates('2026-01-01', '2033-01-01'))).to.deep.equal(['validUntil PERIOD_TOO_LONG']);
    });

    it('says which day would do', () => {
      const [problem] = validityProblems(year, dates('2026-01-01', '2027-01-01'));
      expect(problem?.message).to.equal('"validUntil" must be 2026-12-31 or earlier (12 months)');
    });

    it('requires an end', () => {
      expect(codes(year, dates('2026-01-01', null))).to.deep.equal(['validUntil END_MISSING']);
    });
  });

  describe('of a calendar year', () => {
    const doctor: ValidityRule = { kind: 'calendarYearEnd', years: 1 };
    const nurse: ValidityRule = { kind: 'calendarYearEnd', years: 3 };

    it('accepts the last day of the year in which it starts, whenever that is', () => {
      for (const start of ['2026-01-01', '2026-07-14', '2026-12-31']) {
        expect(codes(doctor, dates(start, '2026-12-31'))).to.deep.equal([]);
      }
    });

    it('refuses another day than 31 December', () => {
      expect(codes(nurse, dates('2026-07-14', '2028-07-13'))).to.deep.equal(['validUntil NOT_YEAR_END']);
    });

    it('refuses one calendar year too many', () => {
      expect(codes(nurse, dates('2026-07-14', '2028-12-31'))).to.deep.equal([]);
      expect(codes(nurse, dates('2026-07-14', '2029-12-31'))).to.deep.equal(['validUntil PERIOD_TOO_LONG']);
    });
  });

  describe('without an end', () => {
    it('refuses an end', () => {
      expect(codes({ kind: 'openEnded' }, dates('2026-01-01', null))).to.deep.equal([]);
      expect(codes({ kind: 'openEnded' }, dates('2026-01-01', '2026-12-31'))).to.deep.equal([
        'validUntil END_NOT_ALLOWED',
      ]);
    });

    it('gives a point in time one day', () => {
      const period = { issued: '2026-01-02', validFrom: '2026-01-01', validUntil: null };
      expect(codes({ kind: 'pointInTime' }, dates('2026-01-01', null))).to.deep.equal([]);
      expect(codes({ kind: 'pointInTime' }, period)).to.deep.equal(['validFrom NOT_POINT_IN_TIME']);
      expect(codes({ kind: 'openEnded' }, period)).to.deep.equal([]);
    });
  });

  describe('of items that end one by one', () => {
    const rule: ValidityRule = { kind: 'perItem', claim: 'classes' };

    it('accepts the end of the item that ends last, and no other', () => {
      expect(codes(rule, dates('2026-01-10', '2030-04-30'), { classes: CLASSES })).to.deep.equal([]);
      for (const end of ['2027-01-09', null]) {
        expect(codes(rule, dates('2026-01-10', end), { classes: CLASSES })).to.deep.equal([
          'validUntil NOT_END_OF_ITEMS',
        ]);
      }
    });

    it('has no end where one item has none', () => {
      const classes = [...CLASSES, { class: '3', validFrom: '2026-01-10', validUntil: null }];
      expect(codes(rule, dates('2026-01-10', null), { classes })).to.deep.equal([]);
    });

    it('refuses an item that is over before the document starts', () => {
      expect(codes(rule, dates('2027-01-10', '2030-04-30'), { classes: CLASSES })).to.deep.equal([
        'classes ITEM_ENDED',
      ]);
    });

    it('accepts an item whose last day is the first of the document', () => {
      expect(codes(rule, dates('2027-01-09', '2030-04-30'), { classes: CLASSES })).to.deep.equal([]);
    });

    it('refuses an item that ends before it starts', () => {
      const classes = [{ class: '1', validFrom: '2026-02-01', validUntil: '2026-01-31' }];
      expect(codes(rule, dates('2026-01-01', '2026-01-31'), { classes })).to.deep.equal(['classes END_BEFORE_START']);
    });

    it('leaves a missing or malformed list to those who check the claims', () => {
      expect(codes(rule, dates('2026-01-01', '2026-01-31'))).to.deep.equal([]);
      expect(codes(rule, dates('2026-01-01', '2026-01-31'), { classes: [{ class: '1' }] })).to.deep.equal([]);
    });
  });

  describe('of any rule', () => {
    const printed: ValidityRule = { kind: 'printedDate', typicalMonths: 12 };

    it('refuses an end before the start', () => {
      expect(codes(printed, dates('2026-01-02', '2026-01-01'))).to.deep.equal(['validUntil END_BEFORE_START']);
      expect(codes({ kind: 'openEnded' }, dates('2026-01-02', '2026-01-01'))).to.deep.equal([
        'validUntil END_BEFORE_START',
      ]);
    });

    it('requires an end where the print or the parent decides it', () => {
      expect(codes(printed, dates('2026-01-02', null))).to.deep.equal(['validUntil END_MISSING']);
      const parent: ValidityRule = { kind: 'followsParent', claim: 'parentLicence' };
      expect(codes(parent, dates('2026-01-02', null))).to.deep.equal(['validUntil END_MISSING']);
      expect(codes(parent, dates('2026-01-02', '2050-01-01'))).to.deep.equal([]);
    });

    it('names each date that the calendar or the header does not have', () => {
      const period = { issued: '2026-02-29', validFrom: '1969-12-31', validUntil: '2026-1-1' };
      expect(codes(printed, period)).to.deep.equal([
        'issued DATE_INVALID',
        'validFrom DATE_INVALID',
        'validUntil DATE_INVALID',
      ]);
    });
  });
});

describe('proposedValidUntil', () => {
  it('proposes the longest, the usual or the year’s end', () => {
    expect(proposedValidUntil({ kind: 'months', min: 12, max: 84 }, '2026-01-01')).to.equal('2032-12-31');
    expect(proposedValidUntil({ kind: 'printedDate', typicalMonths: 36 }, '2026-06-10')).to.equal('2029-06-09');
    expect(proposedValidUntil({ kind: 'calendarYearEnd', years: 3 }, '2026-06-10')).to.equal('2028-12-31');
  });

  it('tells "no end" from "not from the start alone"', () => {
    expect(proposedValidUntil({ kind: 'openEnded' }, '2026-01-01')).to.equal(null);
    expect(proposedValidUntil({ kind: 'pointInTime' }, '2026-01-01')).to.equal(null);
    expect(proposedValidUntil({ kind: 'perItem', claim: 'classes' }, '2026-01-01')).to.equal(undefined);
    expect(proposedValidUntil({ kind: 'followsParent', claim: 'parentLicence' }, '2026-01-01')).to.equal(undefined);
  });
});

describe('itemEnds', () => {
  it('gives the last end, and the first where it is another day', () => {
    expect(itemEnds({ classes: CLASSES }, 'classes')).to.deep.equal({
      validUntil: '2030-04-30',
      partlyUntil: '2027-01-09',
    });
    expect(itemEnds({ classes: CLASSES.slice(0, 1) }, 'classes')).to.deep.equal({
      validUntil: '2030-04-30',
      partlyUntil: null,
    });
  });

  it('has no last end where an item has none', () => {
    const endless = { class: '3', validFrom: '2026-01-10', validUntil: null };
    expect(itemEnds({ classes: [...CLASSES, endless] }, 'classes')).to.deep.equal({
      validUntil: null,
      partlyUntil: '2027-01-09',
    });
    expect(itemEnds({ classes: [endless] }, 'classes')).to.deep.equal({ validUntil: null, partlyUntil: null });
  });

  it('says nothing of a list that is not one', () => {
    expect(itemEnds({}, 'classes')).to.equal(undefined);
    expect(itemEnds({ classes: 'all' }, 'classes')).to.equal(undefined);
  });
});
