import { expect } from 'chai';
import { sampleClaims } from '../../../catalogue/samples.ts';
import { call, type Department, startService, type TestService, TODAY } from './service.ts';

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
};

describe('the validity of a type', () => {
  let service: TestService;
  const departments = new Map<string, Department>();

  before(async () => {
    service = await startService();
    departments.set('FEHD', service.fehd).set('TD', service.td);
    for (const [i, code] of ['HAD', 'MCHK', 'EDB'].entries()) departments.set(code, await service.admit(code, 3 + i));
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
});
