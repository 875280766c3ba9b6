import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { decodeHex } from '../../../proof/bytes.ts';
import { createApiKey } from '../../../server/auth/api-key.ts';
import { openKeystore } from '../../../server/keys/keystore.ts';
import { type RealService, startRealService } from '../../server/http/real-service.ts';
import { call } from '../../server/http/service.ts';
import { DEPARTMENTS, privateKeyOf } from '../../server/instance.ts';
import { runEproof } from './running.ts';

const DAYS = ['--from', '2022-08-31', '--to', '2022-11-30', '--valid-until', '2022-12-01'];
const ASKED = ['notice', 'add', '--type', 'TIA-TAL', ...DAYS, '--law', 'L.N. 95 of 2022'];

describe('eproof notice', function () {
  // each is a process of its own
  this.timeout(120_000);
  let folder: string;
  let service: RealService;
  let signing: string[];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'eproof-cli-notice-'));
    service = await startRealService({}, ['TIA', 'FEHD']);
    const keystore = await openKeystore(join(folder, 'keys'), 'a password');
    const admin = 2 + Object.keys(DEPARTMENTS).indexOf('TIA');
    await keystore.openKey('TIA-admin', decodeHex(privateKeyOf(admin)));
    await keystore.openKey('other', decodeHex(privateKeyOf(1)));
    writeFileSync(join(folder, 'keys', 'password'), 'a password\n');
    signing = signingWith('TIA-admin');
  });
  after(async () => {
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (args: readonly string[], key = service.apiKeys.TIA) =>
    runEproof(args, { cwd: folder, env: { EPROOF_URL: service.current.url, EPROOF_API_KEY: key }, input: '' });
  const signingWith = (name: string) => [
    ...['--admin-key', join(folder, 'keys', `${name}.json`), '--password-file', join(folder, 'keys', 'password')],
    ...['--rpc', service.world.settings.rpcUrl],
  ];
  const get = async (id: string) =>
    (await call(service.current, `/v1/notices/${id}`, { key: service.apiKeys.TIA })).json;
  const newest = async () =>
    (await call(service.current, '/v1/notices?limit=1', { key: service.apiKeys.TIA })).json.items[0];

  it('says first how many it is about, and moves nothing', async () => {
    const looked = await run([...ASKED, '--dry-run']);
    expect(looked, looked.stderr).to.include({ code: 0 });
    expect(looked.stderr).to.include(
      'what ends from 2022-08-31 to 2022-11-30 is valid to 2022-12-01, by L.N. 95 of 2022',
    );
    expect(looked.stderr).to.include('0 credentials at present');
    expect((await newest()).state).to.equal('cancelled');
  });

  it('asks nobody where there is no terminal, and asks for nothing then', async () => {
    const before = (await newest())?.id;
    const refused = await run(ASKED);
    expect(refused).to.include({ code: 64, stdout: '' });
    expect(refused.stderr).to.include('"--dry-run"').and.to.include('"--yes"');
    expect((await newest())?.id).to.equal(before);
  });

  it('moves them, waits until the chain has it, and shows and lists it', async () => {
    const done = await run([...ASKED, '--yes', '--wait', '60', '--json']);
    expect(done, done.stderr).to.include({ code: 0 });
    const notice = JSON.parse(done.stdout);
    expect(notice).to.include({ type: 'TIA-TAL', state: 'final', law: 'L.N. 95 of 2022' });
    const shown = await run(['notice', 'show', notice.id]);
    expect(shown, shown.stderr).to.include({ code: 0 });
    expect(shown.stdout).to.include(`${notice.id}  final  TIA-TAL`).and.to.include('version 1: final');
    const listed = await run(['notice', 'list', '--type', 'TIA-TAL']);
    expect(listed.stdout.split('\n').filter((line) => line !== '')).to.have.length(2);
    expect(listed.stdout).to.match(new RegExp(`^${notice.id}  final`));
  });

  it('prints what the admin sends to withdraw it, and says where there is nothing', async () => {
    const final = await newest();
    const printed = await run(['notice', 'withdraw', final.id, '--json']);
    expect(printed, printed.stderr).to.include({ code: 0 });
    expect(JSON.parse(printed.stdout))
      .to.deep.equal((await get(final.id)).withdrawal)
      .and.to.have.length(1);
    const waiting = JSON.parse((await run([...ASKED, '--dry-run', '--json'])).stdout);
    const none = await run(['notice', 'withdraw', waiting.id, ...signing, '--yes']);
    expect(none).to.include({ code: 1, stdout: '' });
    expect(none.stderr).to.include('nothing on the chain to withdraw');
  });

  it('withdraws it with the key of the admin, and with no other', async () => {
    const { id } = (await call(service.current, '/v1/notices?limit=2', { key: service.apiKeys.TIA })).json.items.find(
      ({ state }: { state: string }) => state === 'final',
    );
    expect((await run(['notice', 'withdraw', id, ...signing])).stderr).to.include('there is nobody to ask');
    const wrong = await run(['notice', 'withdraw', id, ...signingWith('other'), '--yes']);
    expect(wrong, wrong.stderr).to.include({ code: 1, stdout: '' });
    expect(wrong.stderr).to.include('the registry refuses it');
    expect((await get(id)).state).to.equal('final');
    const done = await run(['notice', 'withdraw', id, ...signing, '--yes', '--wait', '90', '--json']);
    expect(done, done.stderr).to.include({ code: 0 });
    expect(JSON.parse(done.stdout)).to.include({ id, state: 'withdrawn' });
    expect(await run(['notice', 'withdraw', id])).to.include({ code: 1, stdout: '' });
  });

  it('leaves what needs a second person to that person', async () => {
    await service.world.db
      .insertInto('issuing_rules')
      .values({
        issuer_id: service.world.issuers.TIA.id,
        code: 'TIA-TAL',
        approvals: 0,
        status_approvals: 1,
        changed_by: 't',
      })
      .execute();
    const asked = await run([...ASKED, '--yes', '--json']);
    const { id, state } = JSON.parse(asked.stdout);
    expect([asked.code, state], asked.stderr).to.deep.equal([0, 'preview']);
    expect(asked.stderr).to.include('somebody else has to confirm it');
    expect(await run(['notice', 'confirm', id])).to.include({ code: 1 });
    expect((await get(id)).state).to.equal('preview');
    const issuer = service.world.issuers.TIA;
    const other = await createApiKey(service.world.db, {
      issuer,
      name: 'second',
      isTest: true,
      scopes: ['credentials.read', 'status.approve', 'validity.change'],
    });
    const confirmed = await run(['notice', 'confirm', id, '--wait', '60'], other);
    expect(confirmed, confirmed.stderr).to.include({ code: 0 });
    expect(confirmed.stdout).to.include(`${id}  final`).and.to.include('confirmed by');
  });

  it('takes back what nobody confirmed', async () => {
    const { id } = JSON.parse((await run([...ASKED, '--yes', '--json'])).stdout);
    const cancelled = await run(['notice', 'cancel', id]);
    expect(cancelled, cancelled.stderr).to.include({ code: 0 });
    expect(cancelled.stdout).to.include(`${id}  cancelled`);
    expect((await run(['notice', 'cancel', 'ntc_999999'])).stderr).to.include('NOTICE_NOT_FOUND');
  });

  it('names what is missing, and what belongs to another of its commands', async () => {
    const lacking = await run(['notice', 'add', '--type', 'TIA-TAL', '--dry-run']);
    expect(lacking.code).to.equal(64);
    expect(lacking.stderr).to.include('"--from", "--to", "--valid-until", "--law" must be given');
    expect((await run(['notice', 'list', '--yes'])).stderr).to.include('"--yes" is not for "list"');
    expect((await run(['notice', 'show'])).stderr).to.include('"show" takes one id');
    expect((await run(['notice', 'forget', 'ntc_1'])).stderr).to.include('expected one of add, list, confirm');
  });

  it('is refused what the service refuses, with the field', async () => {
    const wrong = await run([...ASKED.slice(0, -1), 'x'.repeat(40), '--dry-run']);
    expect(wrong).to.include({ code: 1 });
    expect(wrong.stderr).to.include('#/law');
  });
});
