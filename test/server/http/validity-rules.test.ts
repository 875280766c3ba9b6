import { expect } from 'chai';
import { sampleClaims } from '../../../catalogue/samples.ts';
import { lastDayOf } from '../../../catalogue/validity.ts';
import { decodeDate, toDate } from '../../../proof/day.ts';
import { call, type Department, startService, type TestService, TODAY } from './service.ts';

const EXAMINED = sampleClaims('EMSD-LUP', TODAY, 0).claims.examDate as string;
const WITHIN_A_YEAR = lastDayOf(EXAMINED, 12);
const A_DAY_LATER = toDate(decodeDate(WITHIN_A_YEAR) + 1);

/** For each rule: dates that obey it, and dates that break it, with the field and the code of the refusal. */
const RULES: Record<string, { type: string; good: object; bad: [object, string, string] }> = {
  'a fixed length or shorter': {
    type: 'FEHD-GRL',
    good: { validFrom: '2026-01-31', validUntil: '2027-01-30' },
    bad: [{ validFrom: '2026-01-31', validUntil: '2027-01-31' }, '#/validity/validUntil', 'PERIOD_TOO_LONG'],
  },
  'a range that is decided case by case': {
    type: 'HAD-GH',
    good: { validFrom: '2026-01-01', validUntil: '2032-12-31' },
    bad: [{ validFrom: '2026-01-01', validUntil: '2026-12-30' }, '#/validity/validUntil', 'PERIOD_TOO_SHORT'],
  },
  'the end of the calendar year': {
    type: 'MCHK-PC',
    good: { validFrom: '2026-07-14', validUntil: '2026-12-31' },
    bad: [{ validFrom: '2026-07-14', validUntil: '2027-07-13' }, '#/validity/validUntil', 'NOT_YEAR_END'],
  },
  'no end': {
    type: 'EDB-SCH-REG',
    good: { validFrom: '2026-01-01' },
    bad: [{ validFrom: '2026-01-01', validUntil: '2026-12-31' }, '#/validity/validUntil', 'END_NOT_ALLOWED'],
  },
  'an end of its own for each item': {
    type: 'TD-DL',
    good: sampleClaims('TD-DL', TODAY, 0).validity,
    bad: [
      { ...sampleClaims('TD-DL', TODAY, 0).validity, validUntil: '2999-12-31' },
      '#/validity/validUntil',
      'NOT_END_OF_ITEMS',
    ],
  },
  'an examination that it follows': {
    type: 'EMSD-LUP',
    good: { validFrom: TODAY, validUntil: WITHIN_A_YEAR },
    bad: [{ validFrom: TODAY, validUntil: A_DAY_LATER }, '#/validity/validUntil', 'AFTER_FOLLOWED_DATE'],
  },
  'what is lawful before the document exists': {
    type: 'NCHK-PC',
    good: { issued: '2026-02-20', validFrom: '2026-01-01', validUntil: '2028-12-31' },
    bad: [
      { issued: '2026-02-20', validFrom: '2026-01-01', validUntil: '2029-12-31' },
      '#/validity/validUntil',
      'PERIOD_TOO_LONG',
    ],
  },
};

describe('the validity of a type', () => {
  let service: TestService;
  const departments = new Map<string, Department>();

  before(async () => {
    service = await startService();
    departments.set('FEHD', service.fehd).set('TD', service.td);
    for (const [i, code] of ['HAD', 'MCHK', 'EDB', 'EMSD', 'NCHK'].entries())
      departments.set(code, await service.admit(code, 3 + i));
  });
  after(() => service.stop());

  for (const [rule, { type, good, bad }] of Object.entries(RULES))
    it(`of ${rule} lets through what obeys it, and names what does not`, async () => {
      const { claims } = sampleClaims(type, TODAY, 0);
      const key = departments.get(type.split('-')[0] as string)?.apiKey as string;
      const issue = (validity: object) => call(service, '/v1/credentials', { key, body: { type, claims, validity } });
      const issued = await issue(good);
      expect(issued.status, issued.text).to.equal(202);
      const { validUntil } = good as { validUntil?: string };
      expect(issued.json.validUntil).to.equal(validUntil ?? null);
      const [dates, pointer, code] = bad;
      const refused = await issue(dates);
      expect(refused.json.code, refused.text).to.equal('VALIDATION_FAILED');
      expect(refused.json.errors).to.have.length(1);
      expect(refused.json.errors[0]).to.include({ pointer, code });
    });

  it('that follows a date ends by it where no end is asked for, and says which claim and rule stand in the way', async () => {
    const key = departments.get('EMSD')?.apiKey as string;
    const { claims } = sampleClaims('EMSD-LUP', TODAY, 0);
    const issue = (change: object, validity: object) =>
      call(service, '/v1/credentials', { key, body: { type: 'EMSD-LUP', claims: { ...claims, ...change }, validity } });
    expect((await issue({}, { validFrom: TODAY })).json.validUntil).to.equal(WITHIN_A_YEAR);
    // examined on the day of issue: the twelve months of the permit itself are what ends first
    const short = await issue({ examDate: '2026-03-20' }, { issued: '2026-03-20', validFrom: TODAY });
    expect(short.json.validUntil).to.equal(lastDayOf(TODAY, 12));
    const late = await issue({}, { validFrom: TODAY, validUntil: A_DAY_LATER });
    expect(late.json.errors[0].detail).to.equal(
      `"validUntil" must be ${WITHIN_A_YEAR} or earlier (12 months from "examDate")`,
    );
    const toCome = await issue({ examDate: '2026-03-21' }, { issued: '2026-03-20', validFrom: TODAY });
    expect(
      toCome.json.errors.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code]),
    ).to.deep.equal([['#/claims/examDate', 'FOLLOWED_DATE_TO_COME']]);
    const missing = await issue({ examDate: undefined }, { validFrom: TODAY, validUntil: WITHIN_A_YEAR });
    expect(missing.json.errors.map(({ code }: { code: string }) => code)).to.deep.equal(['CLAIM_MISSING']);
  });
});
