import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readRecords } from '../../../catalogue/csv-records.ts';
import type { Import } from '../../../client/api.ts';
import { UsageError } from '../../../scripts/cli/command.ts';
import { command } from '../../../scripts/cli/import.ts';
import { createProgress } from '../../../scripts/cli/import-text.ts';
import { type RealService, startRealService } from '../../server/http/real-service.ts';
import { call, createRoleKey, newCredential } from '../../server/http/service.ts';
import { type RunOptions, runEproof } from './running.ts';
import { createSlowLine } from './slow-line.ts';

const TYPE = 'FEHD-GRL';
/** Some three megabytes, of which the service stores two at once. */
const LARGE_ROWS = 6_000;
/** What of it comes through a line that is pulled out then. */
const FIRST_BYTES = 2_600_000;

describe('eproof import', function () {
  // each is a process of its own
  this.timeout(180_000);
  let folder: string;
  let real: RealService;
  let access: Record<string, string>;
  let seeds = 0;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'eproof-cli-import-'));
    real = await startRealService();
    access = { EPROOF_URL: real.current.url, EPROOF_API_KEY: real.apiKeys.FEHD };
  });
  after(async () => {
    await real.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (args: readonly string[], options: Partial<RunOptions> = {}) =>
    runEproof(['import', ...args], { cwd: folder, env: access, ...options });
  const rowsOf = (count: number) =>
    Array.from({ length: count }, () => {
      const { type: _, ...row } = newCredential(TYPE, ++seeds);
      return JSON.stringify(row);
    });
  const write = (name: string, rows: readonly string[]) => {
    writeFileSync(join(folder, name), `${rows.join('\n')}\n`);
    return name;
  };
  const linesOf = async (id: string) => {
    const rows = await real.world.db
      .selectFrom('credentials')
      .select('import_line')
      .where('import_seq', '=', Number(id.slice(4)))
      .orderBy('import_line')
      .execute();
    return rows.map(({ import_line }) => import_line);
  };
  const newest = async (): Promise<Import | undefined> =>
    (await call(real.current, '/v1/imports?limit=1', { key: real.apiKeys.FEHD })).json.items[0];
  const until = async (isSo: () => Promise<boolean> | boolean) => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const range = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

  it('issues the rows of a file, once however often it is called, and follows them until they are final', async () => {
    const file = write('licences.ndjson', rowsOf(20));
    const first = await run([file, '--type', TYPE, '--follow', '60', '--json']);
    expect(first, first.stderr).to.include({ code: 0 });
    const view = JSON.parse(first.stdout);
    expect(view).to.deep.include({ state: 'completed', mode: 'all', dryRun: false });
    const states = await real.world.db
      .selectFrom('credentials')
      .select('state')
      .distinct()
      .where('import_seq', '=', Number(view.id.slice(4)))
      .execute();
    expect(states).to.deep.equal([{ state: 'final' }]);

    const second = await run([file, '--type', TYPE]);
    expect(second.code).to.equal(0);
    expect(second.stdout)
      .to.include(view.id)
      .and.to.match(/issued +20\n/);
    const again = await run([file, '--type', TYPE, '--again', 'second', '--json']);
    expect(again.code).to.equal(1);
    expect(JSON.parse(again.stdout)).to.deep.include({ state: 'refused' });
    expect(JSON.parse(again.stdout).counts).to.include({ alreadyIssued: 20, issued: 0 });
  });

  it('tries a file, and then issues what it tried', async () => {
    const file = write('tried.ndjson', rowsOf(3));
    const tried = await run([file, '--type', TYPE, '--dry-run']);
    expect(tried, tried.stderr).to.include({ code: 0 });
    expect(tried.stdout)
      .to.match(/\(a dry run\)/)
      .and.to.match(/good +3\n/);
    const issued = await run([file, '--type', TYPE, '--json']);
    expect(JSON.parse(issued.stdout).counts).to.include({ issued: 3 });
  });

  it('hands a file in to be approved, says what to approve, and says later what became of it', async () => {
    const [file, rest] = [write('to-approve.ndjson', [...rowsOf(3), '{}']), ['--type', TYPE, '--for-approval']];
    const sent = await run([file, ...rest, '--keep-good']);
    expect(sent, sent.stderr).to.include({ code: 2 });
    const view = (await newest()) as Import;
    const { contentHash } = view.approval as { contentHash: string };
    expect(view.state).to.equal('submitted');
    expect(sent.stdout).to.include('waits for approval').and.to.include(contentHash);
    expect((await run([file, '--type', TYPE, '--dry-run'])).stdout).to.match(/malformed +1\n/);
    const key = await createRoleKey(real.world.db, real.world.issuers.FEHD, 'approver');
    await call(real.current, `/v1/imports/${view.id}/approve`, { key, body: { contentHash } });
    await until(async () => (await call(real.current, `/v1/imports/${view.id}`, { key })).json.state === 'completed');
    const again = await run([file, ...rest, '--keep-good']);
    expect([again.code, again.stdout]).to.satisfy(
      ([code, text]: [number, string]) => code === 2 && text.includes(view.id),
    );
    expect(again.stdout)
      .to.match(/issued +3\n/)
      .and.not.to.include('to approve');
    expect(await linesOf(view.id)).to.deep.equal([1, 2, 3]);
    const both = await run([file, ...rest, '--follow', '5']);
    expect(both, both.stderr).to.include({ code: 64 });
  });

  it('keeps the good rows where it is told to, and writes the others down with row, rule and remedy', async () => {
    const [good, broken] = rowsOf(2) as [string, string];
    const { claims, ...rest } = JSON.parse(broken);
    const bad = JSON.stringify({ ...rest, claims: { ...claims, licenceNumber: 7 } });
    const file = write('mixed.ndjson', [good, bad, good]);
    const failed = join(folder, 'failed.csv');
    const kept = await run([file, '--type', TYPE, '--keep-good', '--failed', failed, '--json']);
    expect(kept, kept.stderr).to.include({ code: 2 });
    expect(JSON.parse(kept.stdout).counts).to.include({ rows: 3, malformed: 1, duplicates: 1, issued: 1 });
    expect(statSync(failed).mode & 0o777).to.equal(0o600);
    const records = readRecords(readFileSync(failed, 'utf8').slice(1));
    expect(records.map((record) => [record[0], record[2], record[4]])).to.deep.equal([
      ['row', 'pointer', 'code'],
      ['2', '/claims/licenceNumber', 'CLAIM_INVALID'],
      ['3', '/claims/licenceNumber', 'DUPLICATE_IN_FILE'],
    ]);
    expect(records[2]?.[5]).to.include('remove one of them');

    const whole = await run([file, '--type', TYPE, '--refuse-whole', '--json']);
    expect(whole).to.include({ code: 1 });
    expect(JSON.parse(whole.stdout)).to.include({ state: 'refused' });
  });

  it('goes on where it was after kill -9, and no row is lost or issued twice', async () => {
    const file = write('large.ndjson', rowsOf(LARGE_ROWS));
    const line = await createSlowLine(real.current.url, FIRST_BYTES);
    const killed = await run([file, '--type', TYPE, '--keep-good'], {
      env: { ...access, EPROOF_URL: line.url },
      onStart: (child) => void until(line.isFull).then(() => child.kill('SIGKILL')),
    });
    expect(killed.code).to.be.NaN;
    await line.close();
    await until(async () => ((await newest())?.counts.rows ?? 0) > 1_000);
    const half = (await newest()) as Import;
    expect(half.state).to.equal('receiving');
    expect(half.counts.rows).to.be.greaterThan(0).and.lessThan(LARGE_ROWS);

    const resumed = await run([file, '--type', TYPE, '--keep-good', '--json']);
    expect(resumed, resumed.stderr).to.include({ code: 0 });
    const whole = JSON.parse(resumed.stdout);
    expect(whole).to.deep.include({ id: half.id, state: 'completed' });
    expect(whole.counts).to.include({ rows: LARGE_ROWS, ready: LARGE_ROWS, duplicates: 0, alreadyIssued: 0 });
    expect(await linesOf(half.id)).to.deep.equal(range(LARGE_ROWS));
  });

  it('is interrupted between two steps, says how to go on, and does', async () => {
    const file = write('interrupted.ndjson', rowsOf(LARGE_ROWS));
    const line = await createSlowLine(real.current.url, FIRST_BYTES);
    const interrupted = await run([file, '--type', TYPE], {
      env: { ...access, EPROOF_URL: line.url },
      onStart: (child) => void until(line.isFull).then(() => child.kill('SIGINT')),
    });
    await line.close();
    expect(interrupted).to.include({ code: 130, stdout: '' });
    expect(interrupted.stderr).to.include('run the same command again');
    const resumed = await run([file, '--type', TYPE, '--json']);
    expect(resumed, resumed.stderr).to.include({ code: 0 });
    const { id } = JSON.parse(resumed.stdout);
    expect(await linesOf(id)).to.deep.equal(range(LARGE_ROWS));
  });

  it('says by its exit code that the line was cut for good', async () => {
    const file = write('cut.ndjson', rowsOf(LARGE_ROWS));
    const line = await createSlowLine(real.current.url, FIRST_BYTES);
    const cut = await run([file, '--type', TYPE, '--json'], {
      env: { ...access, EPROOF_URL: line.url, EPROOF_PATIENCE: '1' },
      onStart: () => void until(line.isFull).then(() => line.close()),
    });
    expect(cut.code).to.equal(3);
    expect(JSON.parse(cut.stdout).unreachable.reason).to.equal('UNREACHABLE');
  });

  it('writes a file to fill in, whose columns an import reads', async () => {
    const shown = await run(['--template', TYPE]);
    expect(shown).to.include({ code: 0, stderr: '' });
    expect(readRecords(shown.stdout.slice(1))[0])
      .to.include('licenceNumber')
      .and.to.include('licenseeName.zh-Hant');
    const out = join(folder, 'template.csv');
    expect(await run(['--template', TYPE, '--labels', 'zh-Hant', '--out', out])).to.include({ code: 0, stdout: '' });
    const tried = await run(['template.csv', '--type', TYPE, '--dry-run', '--json']);
    expect(tried.code).to.equal(1);
    expect(JSON.parse(tried.stdout).counts).to.include({ rows: 1, malformed: 1 });
    const none = await run(['--template', 'TD-DL']);
    expect(none.stderr).to.include('TYPE_NOT_FOUND');
  });

  it('names the columns of a first line that is wrong', async () => {
    const file = write('wrong.csv', ['nonsense,licenceNumber', 'a,b']);
    const refused = await run([file, '--type', TYPE, '--json']);
    expect(refused.code).to.equal(1);
    const { code, errors } = JSON.parse(refused.stdout).refused;
    expect(code).to.equal('IMPORT_HEADER_INVALID');
    expect(errors[0].detail).to.match(/^column A is none that the type has/);
  });

  it('says what is wrong with a call, and sends nothing', async () => {
    const file = join(folder, write('usage.ndjson', rowsOf(1)));
    for (const [argv, says] of [
      [[], 'expected one file'],
      [[file], '"--type" is required'],
      [[`${file}.xlsx`, '--type', TYPE], 'must be named .csv, .ndjson or .jsonl'],
      [[`${folder}/none.csv`, '--type', TYPE], 'cannot read'],
      [[file, '--type', TYPE, '--keep-good', '--refuse-whole'], 'exclude each other'],
      [[file, '--type', TYPE, '--follow', 'on'], '"--follow" must be a whole number of seconds'],
      [
        [file, '--type', TYPE, '--failed', `${folder}/none/failed.csv`],
        '"--failed" must be a file that can be written',
      ],
      [[file, '--type', TYPE, '--out', 'x'], 'go with "--template"'],
      [[file, '--template', TYPE], 'goes with no file'],
    ] as const) {
      const error = await command.run(argv).catch((thrown: unknown) => thrown);
      expect(error, argv.join(' ')).to.be.instanceOf(UsageError);
      expect((error as UsageError).message).to.include(says);
    }
  });
});

describe('the progress of an import', () => {
  const viewAt = (bytes: number, rows: number, ready = rows) =>
    ({ received: { bytes, lines: rows }, counts: { rows, ready } }) as Import;

  it('is one line that changes on a terminal', () => {
    const written: string[] = [];
    const progress = createProgress(1_000, { isTTY: true, write: (text) => written.push(text) });
    progress.tell(viewAt(0, 0));
    progress.tell(viewAt(500, 1_234, 1_230));
    progress.end();
    expect(written[0]).to.equal('\r\u001b[K  0 %  0 rows, 0 failed');
    expect(written[1]).to.match(/\[K 50 % {2}1,234 rows, 4 failed, \d+ s left$/);
    expect(written[2]).to.equal('\n');
  });

  it('is a line now and then in a log, without what moves a cursor', () => {
    const written: string[] = [];
    const progress = createProgress(1_000, { write: (text) => written.push(text) });
    for (const bytes of [0, 100, 200, 300]) progress.tell(viewAt(bytes, bytes));
    progress.end();
    expect(written).to.deep.equal([]);
  });
});
