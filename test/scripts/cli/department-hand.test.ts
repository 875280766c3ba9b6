import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { loadCatalogue } from '../../../catalogue/catalogue.ts';
import { registerDepartment } from '../../../server/issuance/department.ts';
import type { Db } from '../../../server/store/schema.ts';
import { openStore } from '../../../server/store/store.ts';
import { createDatabase } from '../../server/database.ts';

const COMMAND = fileURLToPath(new URL('../../../scripts/eproof.ts', import.meta.url));
const ISSUER = 'https://login.example.hk';
const OFFICER = [
  'officer',
  'add',
  '--department',
  'FEHD',
  '--issuer',
  ISSUER,
  '--subject',
  'sub-1',
  '--name',
  'CANARY',
];
const KEY = ['key', 'add', '--department', 'FEHD', '--name', 'CANARY', '--scopes', 'credentials.issue,keys.manage'];

describe('eproof officer and eproof key', () => {
  let url: string;
  let close: () => Promise<void>;
  let db: Db;

  before(async () => {
    url = await createDatabase();
    ({ db, close } = await openStore(url));
    const profile = loadCatalogue().departments.find(({ code }) => code === 'FEHD');
    if (!profile) throw new Error('the catalogue has no FEHD');
    await registerDepartment(db, profile);
  });
  after(() => close());

  const run = (args: readonly string[], env: Record<string, string> = {}) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const options = { env: { ...process.env, DATABASE_URL: url, ...env } };
      execFile(process.execPath, [COMMAND, ...args], options, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  const audited = () => db.selectFrom('audit_records').selectAll().orderBy('seq').execute();

  it("add a department's first administrator, once, and the department's log tells of it", async () => {
    const added = await run([...OFFICER, '--roles', 'admin,auditor', '--json']);
    expect(added, added.stderr).to.include({ code: 0 });
    const { id, ...told } = JSON.parse(added.stdout);
    expect(told).to.deep.include({ provider: ISSUER, subject: 'sub-1', roles: ['admin', 'auditor'], active: true });
    const again = await run([...OFFICER, '--roles', 'admin']);
    expect(again.code).to.equal(1);
    expect(again.stderr).to.include('is an officer of this department already');
    const records = await audited();
    expect(records.map(({ actor, act, object }) => [actor, act, object])).to.deep.equal([
      ['service:operator', 'officer.add', id],
    ]);
    expect(JSON.stringify(records)).to.not.match(/CANARY|sub-1/);
  });

  it('make a key that may what no officer may, print it once, and keep its hash', async () => {
    const made = await run([...KEY, '--days', '30']);
    expect(made, made.stderr).to.include({ code: 0 });
    expect(made.stdout).to.match(/^ep_test_[0-9A-Za-z]{43}\n$/);
    const row = await db.selectFrom('api_keys').selectAll().executeTakeFirstOrThrow();
    expect(row).to.deep.include({ created_by: 'service:operator', people: [] });
    expect(((row.expires_at?.getTime() ?? 0) - Date.now()) / 86_400_000).to.be.within(29.9, 30);
    expect(JSON.stringify([row, await audited()])).to.not.include(made.stdout.slice(16, -1));
    const live = await run(KEY, { EPROOF_MODE: 'live' });
    expect(live.stdout).to.match(/^ep_live_/);
  });

  it('name what is wrong, and change nothing', async () => {
    const before = (await audited()).length;
    const cases = [
      [['officer', 'add'], 64, '"--department" is required'],
      [[...OFFICER, '--roles', 'king'], 64, '"--roles" must be of preparer'],
      [[...OFFICER, '--roles', 'admin', '--issuer', 'http://login.example.hk'], 64, '"--issuer" must be an https'],
      [[...OFFICER, '--roles', 'admin', '--department', 'XYZ'], 1, 'must be the code of a department here: FEHD'],
      [[...KEY, '--scopes', 'all'], 64, '"--scopes" must be of department.read'],
      [[...KEY, '--days', '731'], 1, '"expiresAt" must be at most 730 days away'],
    ] as const;
    const all = await Promise.all(cases.map(([args]) => run(args)));
    for (const [i, [args, code, says]] of cases.entries()) {
      const refused = all[i] as (typeof all)[number];
      expect(refused.code, `${args.join(' ')}: ${refused.stderr}`).to.equal(code);
      expect(refused.stderr).to.include(says);
    }
    expect((await audited()).length).to.equal(before);
  });
});
