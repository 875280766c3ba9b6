import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { sql } from 'kysely';
import { openStore } from '../../../server/store/store.ts';
import { createEmptyDatabase } from '../../server/database.ts';

const COMMAND = fileURLToPath(new URL('../../../scripts/eproof.ts', import.meta.url));

describe('eproof migrate', function () {
  this.timeout(120_000);
  let url: string;

  before(async () => {
    url = await createEmptyDatabase();
  });

  const run = (...args: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const env = { ...process.env, DATABASE_URL: url };
      execFile(process.execPath, [COMMAND, 'migrate', ...args], { env }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });

  it('says what is missing, and changes nothing', async () => {
    for (let i = 0; i < 2; i++) {
      const { code, stdout } = await run('status', '--json');
      const { applied, missing } = JSON.parse(stdout) as Record<string, string[]>;
      expect([code, applied, missing?.[0]]).to.deep.equal([1, [], '0001-first-tables']);
    }
  });

  it('makes it, once', async () => {
    const up = await run('up');
    expect([up.code, up.stderr]).to.deep.equal([0, '']);
    expect(up.stdout).to.include('applied  0001-first-tables\n').and.not.include('missing');
    expect(await run('up')).to.deep.equal(up);
    expect((await run('status')).stdout).to.equal(up.stdout);
  });

  it('says what a newer release has changed, and leaves it alone', async () => {
    const { db, close } = await openStore(url);
    await sql`insert into kysely_migration (name, timestamp) values ('9999-future', 'now')`.execute(db);
    await close();
    for (const verb of ['status', 'up']) {
      const { code, stdout } = await run(verb);
      expect(code, verb).to.equal(2);
      expect(stdout).to.match(/^newer {4}9999-future: start the release/m);
    }
  });

  it('refuses another word', async () => {
    expect((await run('down')).code).to.equal(64);
  });
});
