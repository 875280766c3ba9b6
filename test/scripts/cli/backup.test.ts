import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { sql } from 'kysely';
import { openStore } from '../../../server/store/store.ts';
import { createEmptyDatabase } from '../../server/database.ts';

const COMMAND = fileURLToPath(new URL('../../../scripts/eproof.ts', import.meta.url));

describe('eproof backup and eproof restore', () => {
  let folder: string;
  let url: string;
  let file: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'eproof-backup-cli-'));
    file = join(folder, 'backup.gz');
    url = await createEmptyDatabase();
    await (await openStore(url)).close();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (args: readonly string[], env: Record<string, string> = { DATABASE_URL: url }) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const options = { cwd: folder, env: { ...process.env, ...env } };
      execFile(process.execPath, [COMMAND, ...args], options, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });

  it('keep a database, read the file again, and fill another one', async () => {
    const kept = await run(['backup', '--out', file, '--verify']);
    expect(kept, kept.stderr).to.include({ code: 0 });
    expect(kept.stdout).to.match(/^0 credentials \(0 rows\), as of .* which was read again\n$/);
    expect(await run(['restore', file, '--verify'])).to.include({ code: 0 });
    const other = await createEmptyDatabase();
    expect(await run(['restore', file], { DATABASE_URL: other })).to.include({ code: 0 });
    await (await openStore(other)).close();
  });

  it('put a backup in the place of a database, which is kept', async () => {
    await run(['backup', '--out', file]);
    const full = await run(['restore', file]);
    expect(full.code).to.equal(70);
    expect(full.stderr).to.include('restored into an empty database alone');
    const replaced = await run(['restore', file, '--replace']);
    expect(replaced, replaced.stderr).to.include({ code: 0 });
    expect(replaced.stdout).to.match(/is now "eproof_[0-9a-f]{12}_before_\d{14}"/);
  });

  it('leave the database in its place where the backup cannot be put there', async () => {
    const databases = async () => {
      const store = await openStore(url);
      try {
        const names = sql<{
          datname: string;
        }>`select datname from pg_database where datname like current_database() || '%'`;
        return (await names.execute(store.db)).rows;
      } finally {
        await store.close();
      }
    };
    await run(['backup', '--out', file]);
    const before = await databases();
    const crafted = join(folder, 'crafted.gz');
    writeFileSync(crafted, gzipSync(withoutTable(gunzipSync(readFileSync(file)).toString('latin1'), 'audit_heads')));
    const refused = await run(['restore', crafted, '--replace']);
    expect(refused.stderr).to.contain('it lacks the table "audit_heads"');
    expect(refused).to.include({ code: 1, stdout: '' });
    expect(await databases()).to.deep.equal(before);
  });

  it('refuse early what cannot work, and leave nothing behind', async () => {
    const empty = mkdtempSync(join(folder, 'empty-'));
    for (const [args, code, says] of [
      [['backup'], 64, '"--out" must name the file'],
      [['backup', '--out', join(folder, 'none', 'b.gz')], 64, '"--out" must be a file that can be written'],
      [['restore'], 64, 'expected one file'],
      [['restore', file, '--force'], 64, "Unknown option '--force'"],
      [['restore', file, '--replace', '--verify'], 64, 'but not both'],
    ] as const) {
      const refused = await run(args);
      expect(refused.code, refused.stderr).to.equal(code);
      expect(refused.stderr).to.include(says);
    }
    const nothing = await run(['backup', '--out', join(empty, 'b.gz')], { DATABASE_URL: '', EPROOF_DATA_DIR: empty });
    expect(nothing.code).to.equal(70);
    expect(nothing.stderr).to.include('set DATABASE_URL, or EPROOF_DATA_DIR');
    expect(readdirSync(empty)).to.deep.equal([]);
  });

  it('tell a damaged backup by the exit code 1', async () => {
    const damaged = join(folder, 'damaged.gz');
    writeFileSync(damaged, 'no gzip');
    expect(await run(['restore', damaged, '--verify'])).to.include({ code: 1 });
  });
});

/** A backup that lacks a table, by somebody who knows the format. */
function withoutTable(text: string, table: string): string {
  const lines = text.trimEnd().split('\n');
  const at = lines.findIndex((line) => line.startsWith(`{"table":"${table}"`));
  const rest = `${lines.toSpliced(at, 2).slice(0, -1).join('\n')}\n`;
  const { rows } = JSON.parse(lines.at(-1) as string) as { rows: Record<string, number> };
  delete rows[table];
  return `${rest}${JSON.stringify({ rows, sha256: createHash('sha256').update(rest, 'latin1').digest('hex') })}\n`;
}
