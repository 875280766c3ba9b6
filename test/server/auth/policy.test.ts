import { expect } from 'chai';
import { ACTS, type Act, actsOf, MAY, ROLES, type Role } from '../../../server/auth/policy.ts';

/** The acts of which nobody may have both: whoever asks for something does not allow it as well. */
const TWO_PEOPLE: readonly (readonly [Act, Act])[] = [
  ['credentials.prepare', 'credentials.approve'],
  ['status.change', 'status.approve'],
];

describe('policy', () => {
  const mayBoth = (role: Role, [first, second]: readonly [Act, Act]) =>
    MAY[role].includes(first) && MAY[role].includes(second);

  it('names only acts that there are, each once in a role', () => {
    for (const role of ROLES) {
      expect(ACTS, role).to.include.members([...MAY[role]]);
      expect(new Set(MAY[role]).size, role).to.equal(MAY[role].length);
    }
  });

  it('lets no role both ask and allow', () => {
    for (const pair of TWO_PEOPLE) expect(ROLES.filter((role) => mayBoth(role, pair))).to.deep.equal([]);
  });

  it('lets no officer issue alone: that is for systems', () => {
    expect(actsOf(ROLES).has('credentials.issue')).to.equal(false);
  });

  it('leaves keys and officers to administrators, who prepare and approve nothing', () => {
    for (const act of ['keys.manage', 'officers.manage'] as const)
      expect(ROLES.filter((role) => MAY[role].includes(act))).to.deep.equal(['admin']);
    expect(MAY.admin).not.to.include.members(['credentials.prepare']).and.not.to.include('credentials.approve');
  });

  it('lets the auditor change nothing', () => {
    expect(MAY.auditor.filter((act) => !act.endsWith('.read'))).to.deep.equal([]);
  });

  it('adds up the roles of one officer', () => {
    expect([...actsOf(['preparer', 'auditor'])]).to.have.members([...new Set([...MAY.preparer, ...MAY.auditor])]);
    expect(actsOf([]).size).to.equal(0);
  });
});
