import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openClient } from '../../../scripts/cli/api-access.ts';
import { revoke } from '../../../scripts/cli/change-status.ts';
import { UsageError } from '../../../scripts/cli/command.ts';
import { command as issue } from '../../../scripts/cli/issue.ts';
import { toPrintableJson } from '../../../scripts/cli/printable.ts';
import { command as status } from '../../../scripts/cli/status.ts';
import { toCredentialId } from '../../../server/issuance/credential-id.ts';
import { type RealService, startRealService } from '../../server/http/real-service.ts';
import { newCredential } from '../../server/http/service.ts';
import { runEproof } from './running.ts';

describe('the commands that ask the service', function () {
  // each is a process of its own
  this.timeout(180_000);
  let folder: string;
  let real: RealService;
  let access: Record<string, string>;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'eproof-cli-'));
    real = await startRealService();
    const keyFile = join(folder, 'key');
    writeFileSync(keyFile, `${real.apiKeys.FEHD}\n`);
    access = { EPROOF_URL: real.current.url, EPROOF_API_KEY_FILE: keyFile };
  });
  after(async () => {
    await real.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (
    args: readonly string[],
    { env = access, input = '' }: { env?: Record<string, string>; input?: string } = {},
  ) => runEproof(args, { cwd: folder, env, input });

  it('issue a credential, fetch its document, revoke it and list it', async () => {
    const input = JSON.stringify(newCredential('FEHD-GRL', 1));
    const issued = await run(['issue', '--wait', '60', '--json'], { input });
    expect(issued, issued.stderr).to.include({ code: 0 });
    const { id, state, reference } = JSON.parse(issued.stdout);
    expect(state).to.equal('final');

    const pdf = join(folder, 'licence.pdf');
    expect(await run(['get', id, 'pdf', '--out', pdf])).to.deep.equal({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(pdf).subarray(0, 5).toString()).to.equal('%PDF-');
    expect(statSync(pdf).mode & 0o777).to.equal(0o600);
    const written = await run(['get', id, 'qr.svg', '--out', join(folder, 'code.svg'), '--json']);
    const sizeBytes = statSync(join(folder, 'code.svg')).size;
    const said = { id, part: 'qr.svg', file: join(folder, 'code.svg'), sizeBytes, mediaType: 'image/svg+xml' };
    expect([written.code, JSON.parse(written.stdout)], written.stderr).to.deep.equal([0, said]);
    const told = await run(['status', id, '--json']);
    expect(told, told.stderr).to.include({ code: 0, stderr: '' });
    const { claims, ...more } = JSON.parse(told.stdout);
    expect(claims).to.deep.include({ licenceNumber: newCredential('FEHD-GRL', 1).claims.licenceNumber });
    expect(more).to.include({ id, reference, state: 'final', status: 'in-force', pending: false });
    const text = await run(['get', id, 'qr.txt']);
    expect(text.stdout).to.match(/#\d+$/);

    const revoked = await run(['revoke', id, '--reason', 'ceased', '--wait', '60']);
    expect(revoked, revoked.stderr).to.include({ code: 0 });
    expect((await run(['status', id])).stdout).to.match(new RegExp(`^${reference}\n.*\n.*\n.*final\n.*revoked\n`));
    const listed = await run(['list', '--status', 'revoked', '--json']);
    expect(
      listed.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).id),
    ).to.include(id);
    expect((await run(['list', '--reference', reference])).stdout).to.include(id);

    const again = await run(['revoke', id, '--reason', 'ceased', '--json']);
    expect(again.code).to.equal(1);
    expect(JSON.parse(again.stdout).refused).to.include({ code: 'ALREADY_REVOKED', status: 409 });
  });

  it('issue the same body once, however often it is sent', async () => {
    const file = join(folder, 'licence.json');
    writeFileSync(file, JSON.stringify(newCredential('FEHD-GRL', 2)));
    const [first, second] = [await run(['issue', file, '--json']), await run(['issue', file, '--json'])];
    expect(JSON.parse(second.stdout).id).to.equal(JSON.parse(first.stdout).id);
    expect(second.stderr).to.include('issued before');
  });

  it('name the fields that the service refuses', async () => {
    const { claims, ...rest } = newCredential();
    const refused = await run(['issue'], {
      input: JSON.stringify({ ...rest, claims: { ...claims, licenceNumber: 7 } }),
    });
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.include('VALIDATION_FAILED').and.include('#/claims/licenceNumber');
  });

  it('read no body that the service would be told otherwise', async () => {
    const file = join(folder, 'body.json');
    for (const body of ['{"type":"FEHD-GRL","type":"TD-DL"}', '{"type":12345678901234567890}', 'no json']) {
      writeFileSync(file, body);
      expect(await usageFaultOf(issue.run([file]))).to.include('the body is not the JSON of a credential');
    }
  });

  it('show text of the service as text, and obey none of it', async () => {
    const { id, seq } = await real.world.db.selectFrom('credentials').select(['id', 'seq']).executeTakeFirstOrThrow();
    const failure = 'A\u001b[2J\u202eB';
    await real.world.db.updateTable('credentials').set({ failure }).where('seq', '=', seq).execute();
    const { stdout } = await run(['status', toCredentialId(id)]);
    expect(stdout).to.include('A\\u001b[2J\\u202eB');
    for (const character of ['\u001b', '\u202e']) expect(stdout).to.not.include(character);
    expect(JSON.parse(toPrintableJson({ failure }))).to.deep.equal({ failure });
    expect(toPrintableJson({ failure })).to.not.include('\u202e');
  });

  it('tell by their exit codes that nobody was reached, and that the service refused', async () => {
    const env = { ...access, EPROOF_URL: 'http://127.0.0.1:1', EPROOF_PATIENCE: '0' };
    expect(await run(['status', 'crd_1'], { env })).to.include({ code: 3, stdout: '' });
    const stranger = { EPROOF_URL: real.current.url, EPROOF_API_KEY: 'ep_test_none' };
    const refused = await run(['status', 'crd_1', '--json'], { env: stranger });
    expect(refused.code).to.equal(1);
    expect(JSON.parse(refused.stdout).refused).to.include({ code: 'API_KEY_INVALID', status: 401 });
  });

  it('say what is wrong with a call, and do nothing', async () => {
    const wrong = await run(['get', 'crd_1', 'docx']);
    expect(wrong).to.include({ code: 64, stdout: '' });
    expect(wrong.stderr).to.match(/expected an id and one of pdf.*\n\nusage: eproof get ID/);
    for (const [command, argv, says] of [
      [status, [], 'expected one id'],
      [status, ['crd_1', '--wait', 'long'], '"--wait" must be a whole number of seconds'],
      [revoke, ['crd_1'], '"--reason" is required'],
      [revoke, ['crd_1', '--reason', 'ceased', '--until', '2026-01-01'], 'for a suspension alone'],
    ] as const)
      expect(await usageFaultOf(command.run(argv))).to.include(says);
    for (const [env, says] of [
      [{ EPROOF_API_KEY: 'k' }, '"EPROOF_URL" must be'],
      [{ EPROOF_URL: 'ftp://127.0.0.1', EPROOF_API_KEY: 'k' }, '"EPROOF_URL" must be'],
      [{ EPROOF_URL: real.current.url }, 'one of "EPROOF_API_KEY"'],
      [{ EPROOF_URL: real.current.url, EPROOF_API_KEY: 'two words' }, 'must hold one key'],
      [{ EPROOF_URL: real.current.url, EPROOF_API_KEY_FILE: join(folder, 'none') }, 'must name a file'],
    ] as const)
      expect(await usageFaultOf(openClient(env))).to.include(says);
  });
});

async function usageFaultOf(calling: Promise<unknown>): Promise<string> {
  const error = await calling.catch((thrown: unknown) => thrown);
  expect(error).to.be.instanceOf(UsageError);
  return (error as UsageError).message;
}
