import { expect } from 'chai';
import fc from 'fast-check';
import { decodeDate, LAST_DAY, toDate, toHongKongDay } from '../../proof/day.ts';
import { expectRefusal } from './refusal.ts';

describe('days', () => {
  it('counts from 1970-01-01', () => {
    expect(decodeDate('1970-01-01')).to.equal(0);
    expect(decodeDate('1969-12-31')).to.equal(-1);
    expect(decodeDate('2026-11-22')).to.equal(20_779);
    expect(decodeDate('9999-12-31')).to.equal(LAST_DAY);
  });

  it('reads back each day that it writes', () => {
    const first = decodeDate('1900-01-01');
    fc.assert(fc.property(fc.integer({ min: first, max: LAST_DAY }), (day) => decodeDate(toDate(day)) === day));
  });

  for (const date of [
    '2026-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '1899-12-31',
    '0000-01-01',
    '2026-1-1',
    '20260101',
    '2026-01-01T00:00:00Z',
    '+02026-01-01',
    ' 2026-01-01',
    '2026-01-01\n',
    '٢٠٢٦-٠١-٠١',
    '',
  ])
    it(`refuses ${JSON.stringify(date)}`, () => {
      expectRefusal('FIELD_INVALID', () => decodeDate(date));
    });

  it('knows the 29th of February', () => {
    expect(toDate(decodeDate('2028-02-29') + 1)).to.equal('2028-03-01');
    expectRefusal('FIELD_INVALID', () => decodeDate('2100-02-29'));
  });

  it('begins a Hong Kong day at 16:00 UTC', () => {
    const midnight = Date.UTC(2026, 10, 21, 16) / 1000;
    expect(toDate(toHongKongDay(midnight - 1))).to.equal('2026-11-21');
    expect(toDate(toHongKongDay(midnight))).to.equal('2026-11-22');
  });
});
