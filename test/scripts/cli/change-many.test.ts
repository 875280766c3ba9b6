import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { askYes } from '../../../scripts/cli/ask-yes.ts';
import { reinstate, revoke } from '../../../scripts/cli/change-status.ts';
import { UsageError } from '../../../scripts/cli/command.ts';
import { command as renew } from '../../../scripts/cli/renew.ts';
import { call, newCredential, startService, type TestService } from '../../server/http/service.ts';
import { runEproof } from './running.ts';

describe('the commands that change many credentials', function () {
  // each is a process of its own
  this.timeout(120_000);
  let folder: string;
  let service: TestService;
  let access: Record<string, string>;
  let seeds = 0;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'eproof-cli-many-'));
    service = await startService();
    access = { EPROOF_URL: service.url, EPROOF_API_KEY: service.fehd.apiKey };
  });
  after(async () => {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (args: readonly string[], input = '') => runEproof(args, { cwd: folder, env: access, input });
  const ask = (path: string, body?: object) =>
    call(service, path, { key: service.fehd.apiKey, ...(body === undefined ? {} : { body }) });
  const issue = async (code = 'FEHD-GRL'): Promise<string> =>
    (await ask('/v1/credentials', newCredential(code, ++seeds))).json.id;
  const actOn = async (id: string) => (await ask(`/v1/credentials/${id}`)).json.pendingChange?.act ?? null;
  const newest = async () => (await ask('/v1/status-changes?limit=1')).json.items[0];

  it('say first how many it would be, and which not, and change nothing', async () => {
    const [one, two] = [await issue(), await issue()];
    await ask(`/v1/credentials/${two}/revoke`, { reason: 'ceased' });
    const looked = await run(['revoke', one, two, '--reason', 'ceased', '--dry-run']);
    expect(looked, looked.stderr).to.include({ code: 0 });
    expect(looked.stderr).to.include('revoke: 1 of 2 credentials').and.to.include('not 1: ALREADY_REVOKED');
    expect(looked.stdout).to.include('nothing is changed');
    expect(await actOn(one)).to.equal(null);
    expect(await newest()).to.include({ state: 'cancelled' });
  });

  it('change what a list names, and tell by the exit code that some were left as they were', async () => {
    const [one, two, three] = [await issue(), await issue(), await issue()];
    const all = await run(
      ['suspend', '--ids', '-', '--reason', 'ceased', '--until', '2999-01-01', '--yes', '--json'],
      `${one}\n${two}\n\n${one}\n`,
    );
    expect(all, all.stderr).to.include({ code: 0 });
    expect(JSON.parse(all.stdout)).to.deep.include({ state: 'confirmed', counts: { found: 2, ready: 2, refused: 0 } });
    expect([await actOn(one), await actOn(two), await actOn(three)]).to.deep.equal(['suspend', 'suspend', null]);
    await ask(`/v1/credentials/${two}/revoke`, { reason: 'ceased' });
    writeFileSync(join(folder, 'ids.txt'), `${two}\n${three}\n`);
    const some = await run(['revoke', '--ids', 'ids.txt', '--reason', 'court-order', '--yes']);
    expect(some).to.include({ code: 2 });
    expect(some.stdout).to.include('1 changed').and.to.include('1 left as they were');
    expect(await actOn(three)).to.equal('revoke');
  });

  it('change what a filter finds', async () => {
    const [inside, outside] = [await issue('FEHD-FF'), await issue()];
    const done = await run(['revoke', '--type', 'FEHD-FF', '--status', 'in-force', '--reason', 'ceased', '--yes']);
    expect(done, done.stderr).to.include({ code: 0 });
    expect([await actOn(inside), await actOn(outside)]).to.deep.equal(['revoke', null]);
    const none = await run(['revoke', '--type', 'FEHD-FF', '--status', 'in-force', '--reason', 'ceased', '--yes']);
    expect(none, none.stdout).to.include({ code: 1 });
  });

  it('ask nobody where there is no terminal, and change nothing then', async () => {
    const id = await issue();
    const refused = await run(['revoke', '--type', 'FEHD-GRL', '--reason', 'ceased']);
    expect(refused).to.include({ code: 64, stdout: '' });
    expect(refused.stderr).to.include('"--dry-run"').and.to.include('"--yes"');
    expect(await actOn(id)).to.equal(null);
  });

  it('leave what needs a second person to that person', async () => {
    const id = await issue('FEHD-FF');
    const rule = {
      issuer_id: service.fehd.issuer.id,
      code: 'FEHD-FF',
      approvals: 0,
      status_approvals: 1,
      changed_by: 'test',
    };
    await service.db.insertInto('issuing_rules').values(rule).execute();
    const waiting = await run(['revoke', id, await issue(), '--reason', 'ceased', '--yes', '--json']);
    await service.db.deleteFrom('issuing_rules').execute();
    expect(waiting, waiting.stderr).to.include({ code: 0 });
    expect(JSON.parse(waiting.stdout)).to.include({ state: 'preview', secondPerson: true });
    expect(await actOn(id)).to.equal(null);
  });

  it('renew one, and many, and tell which are too early', async () => {
    const validity = { issued: '2025-07-01', validFrom: '2025-07-01', validUntil: '2026-06-30' };
    const issueOld = async (): Promise<string> =>
      (await ask('/v1/credentials', { ...newCredential('FEHD-GRL', ++seeds), validity })).json.id;
    const [one, two] = [await issueOld(), await issueOld()];
    const early = await run(['renew', one, '--applied-on', '2026-01-01']);
    expect(early.code).to.equal(1);
    expect(early.stderr).to.include('RENEWAL_TOO_EARLY');
    const renewed = await run(['renew', one, '--applied-on', '2026-06-30', '--json']);
    expect(renewed, renewed.stderr).to.include({ code: 0 });
    expect(JSON.parse(renewed.stdout)).to.include({ replaces: one, validFrom: '2026-07-01' });
    const many = await run(['renew', one, two, '--applied-on', '2026-06-30', '--yes', '--json']);
    expect(many, many.stderr).to.include({ code: 2 });
    expect(JSON.parse(many.stdout)).to.deep.include({ act: 'renew', counts: { found: 2, ready: 1, refused: 1 } });
  });

  it('say what is wrong with a call, and send nothing', async () => {
    for (const [command, argv, says] of [
      [revoke, ['--reason', 'ceased'], 'expected an id, "--ids" or a filter'],
      [revoke, ['crd_1', '--reason', 'ceased', '--yes'], 'are for many'],
      [revoke, ['crd_1', '--type', 'X', '--reason', 'ceased', '--yes'], 'exclude each other'],
      [revoke, ['--ids', `${folder}/none`, '--reason', 'ceased', '--yes'], 'cannot read'],
      [reinstate, ['crd_1', 'crd_2', '--yes'], '"--reason" is required'],
      [renew, ['crd_1', 'crd_2', '--valid-until', '2027-01-01', '--yes'], 'is for one credential'],
    ] as const) {
      const error = await command.run(argv).catch((thrown: unknown) => thrown);
      expect(error, argv.join(' ')).to.be.instanceOf(UsageError);
      expect((error as UsageError).message).to.include(says);
    }
  });
});

describe('the question before many are changed', () => {
  const answering = async (answer: string) => {
    const [stdin, stderr] = [new PassThrough(), new PassThrough()];
    const asked = askYes('revoke them?', { stdin, stderr });
    stdin.end(answer);
    return [await asked, String(stderr.read())];
  };

  it('takes "yes" alone for a yes', async () => {
    expect(await answering('yes\n')).to.deep.equal([true, 'revoke them? (yes or no) ']);
    for (const answer of ['y\n', 'no\n', '\n', '']) expect((await answering(answer))[0], answer).to.equal(false);
  });
});
