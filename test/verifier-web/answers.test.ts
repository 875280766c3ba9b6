import { expect } from 'chai';
import type { Standing } from '../../proof/standing.ts';
import { CHECK_CODES, CHECK_NAMES, type Check, type CheckCode, judge, type Verdict } from '../../proof/verdict.ts';
import { toAnswers } from '../../verifier-web/answers.ts';

const ALL_GOOD: CheckCode[] = [
  'FORMAT_VALID',
  'CLAIMS_MATCH_TYPE',
  'ROOT_COMPUTED',
  'SIGNED_BY_ANCHORED_KEY',
  'REGISTRY_READ',
  'ANCHORED',
  'KEY_VALID_WHEN_ANCHORED',
  'ISSUER_KNOWN',
  'TYPE_REGISTERED',
  'STATUS_READ',
  'DATES_COMPARED',
];

function verdictOf(codes: readonly CheckCode[], standing: Standing | null = null): Verdict {
  const checks: Check[] = codes.map((code, i) => ({
    name: CHECK_NAMES[i] as Check['name'],
    code,
    outcome: CHECK_CODES[code],
  }));
  const nothing = { past: null, credential: null, issuer: null, anchored: null, checked: null };
  return { genuine: judge(checks), standing, checks, ...nothing, bearer: 'not-bound', time: 0 };
}

const withCode = (index: number, code: CheckCode): CheckCode[] =>
  ALL_GOOD.map((each, i) => (i === index ? code : each));
const values = (verdict: Verdict): string[] => toAnswers(verdict).map(({ value }) => value);

describe('the three answers', () => {
  it('explain every check exactly once', () => {
    const names = toAnswers(verdictOf(ALL_GOOD)).flatMap(({ checks }) => checks.map(({ name }) => name));
    expect(names)
      .to.have.members([...CHECK_NAMES])
      .and.to.have.length(CHECK_NAMES.length);
  });

  it('are three times yes for what is genuine and in force', () => {
    expect(values(verdictOf(ALL_GOOD, { code: 'in-force', until: null }))).to.deep.equal(['yes', 'yes', 'yes']);
  });

  for (const [standing, value] of [
    [{ code: 'partly-expired', since: 1, until: 2 }, 'partly'],
    [{ code: 'expired', on: 1 }, 'no'],
    [{ code: 'revoked', time: null, reason: null }, 'no'],
    [{ code: 'suspended', since: 1, until: null, reason: null }, 'no'],
    [{ code: 'superseded', time: 1, successor: { batch: '0x', leaf: 0 } }, 'no'],
    [{ code: 'in-force-past-date', date: 1, until: null, by: 'notice', law: null }, 'yes'],
    [{ code: 'not-known', since: 1 }, 'unknown'],
    [{ code: 'not-yet-in-force', from: 1 }, 'no'],
  ] as [Standing, string][])
    it(`say "${value}" to "in force" for what is ${standing.code}, and still that it is genuine`, () => {
      expect(values(verdictOf(ALL_GOOD, standing))).to.deep.equal(['yes', 'yes', value]);
    });

  for (const [i, code] of ALL_GOOD.entries()) {
    const failing = (Object.keys(CHECK_CODES) as CheckCode[]).filter((each) => CHECK_CODES[each] === 'fail');
    it(`never are three times yes when the check of ${code} failed or is missing`, () => {
      for (const other of [...failing, 'NOT_REACHED'] as CheckCode[])
        expect(values(verdictOf(withCode(i, other))), other).not.to.deep.equal(['yes', 'yes', 'yes']);
    });
  }

  it('call what the register does not have neither unchanged nor issued', () => {
    expect(values(verdictOf(withCode(5, 'NOT_ANCHORED')))).to.deep.equal(['no', 'no', 'not-asked']);
  });

  it('are four for a presentation', () => {
    const shown = verdictOf(ALL_GOOD, { code: 'in-force', until: null });
    for (const [code, value] of [
      ['HOLDER_SIGNED', 'yes'],
      ['PRESENTED_TO_OTHERS', 'no'],
      ['PRESENTATION_OVER', 'unknown'],
    ] as const) {
      const holder: Check = { name: 'holderBinding', code, outcome: CHECK_CODES[code] };
      const answers = toAnswers({ ...shown, checks: [...shown.checks, holder] });
      expect(answers.map((answer) => [answer.name, answer.value])[3]).to.deep.equal(['shownByHolder', value]);
    }
  });

  it('hold no lost register against the document', () => {
    const codes = withCode(4, 'NODES_UNREACHABLE').map((code, i) => (i > 4 && i < 10 ? 'NOT_REACHED' : code));
    codes[3] = 'SIGNED_BY_KNOWN_KEY';
    expect(values(verdictOf(codes))).to.deep.equal(['yes', 'unknown', 'unknown']);
  });
});
