import { expect } from 'chai';
import { loadDictionary } from '../../issuer-web/dictionaries.ts';
import { PROBLEM_CODES } from '../../issuer-web/problems.ts';
import { REASON_NAMES } from '../../issuer-web/reason.ts';
import { ROLES } from '../../server/auth/policy.ts';
import { PROBLEMS } from '../../server/http/statuses.ts';
import { REASONS } from '../../server/issuance/use-cases.ts';
import { FAILURE_KINDS } from '../../ui/signed-in/failure.ts';
import { itSpeaksThreeLanguages } from '../ui/languages.ts';

describe('the words of the console', () => {
  itSpeaksThreeLanguages(loadDictionary);

  it('name every failure and every role', async () => {
    const { failure, account } = await loadDictionary('en');
    expect(failure).to.include.all.keys(FAILURE_KINDS);
    expect(PROBLEMS, 'codes of the service').to.include.all.keys(PROBLEM_CODES);
    expect(account.role).to.have.all.keys(ROLES);
  });

  it('count reasons as the service does', () => {
    expect(Object.fromEntries(REASON_NAMES.map((name, number) => [name, number]))).to.deep.equal(REASONS);
  });
});
