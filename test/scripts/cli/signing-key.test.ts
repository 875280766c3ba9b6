import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { decodeHex } from '../../../proof/bytes.ts';
import { UsageError } from '../../../scripts/cli/command.ts';
import { command } from '../../../scripts/cli/signing-key.ts';
import { openKeystore } from '../../../server/keys/keystore.ts';
import { type RealService, startRealService, untilFinal } from '../../server/http/real-service.ts';
import { call, newCredential } from '../../server/http/service.ts';
import { keyOf, privateKeyOf } from '../../server/instance.ts';
import { runEproof } from './running.ts';

const ADDED = keyOf(40).address;

describe('eproof signing-key', function () {
  // each is a process of its own
  this.timeout(120_000);
  let folder: string;
  let service: RealService;
  let signing: string[];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'eproof-cli-signing-key-'));
    service = await startRealService({}, ['FEHD']);
    const keystore = await openKeystore(join(folder, 'keys'), 'a password');
    await keystore.openKey('FEHD-admin', decodeHex(privateKeyOf(2)));
    await keystore.openKey('FEHD-anchor', decodeHex(privateKeyOf(3)));
    writeFileSync(join(folder, 'keys', 'password'), 'a password\n');
    signing = signingWith('FEHD-admin');
  });
  after(async () => {
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const signingWith = (name: string) => [
    ...['--admin-key', join(folder, 'keys', `${name}.json`), '--password-file', join(folder, 'keys', 'password')],
    ...['--rpc', service.world.settings.rpcUrl],
  ];
  const run = (...args: string[]) => {
    const env = { EPROOF_URL: service.current.url, EPROOF_API_KEY: service.apiKeys.FEHD, EPROOF_DATA_DIR: folder };
    return runEproof(['signing-key', ...args], { cwd: folder, env, input: '' });
  };
  const keyNow = async (address: string) =>
    (await call(service.current, `/v1/signing-keys/${address}`, { key: service.apiKeys.FEHD })).json.items?.[0];

  it('says what is wrong with a call, and sends nothing', async () => {
    for (const [args, said] of [
      [['add', ADDED], '"--purpose"'],
      [['add', '0x12', '--purpose', 'anchor'], '40 hexadecimal digits'],
      [['report', ADDED], '"--since" must be given'],
      [['report', ADDED, '--since', 'yesterday'], '"--since" must be a time in UTC'],
      [['end', ADDED, '--since', '2026-01-01T00:00:00Z'], '"--since" is not for "end"'],
      [['add', ADDED, '--purpose', 'anchor', '--rpc', 'http://127.0.0.1:1'], 'go together'],
      [['add', ADDED, '--purpose', 'anchor', ...signing], 'there is nobody to ask'],
    ] as const) {
      const error = await command.run([...args]).catch((reason: Error) => reason);
      expect(error, args.join(' ')).to.be.instanceOf(UsageError);
      expect((error as Error).message).to.contain(said);
    }
    expect(await keyNow(ADDED)).to.equal(undefined);
  });

  it('shows what a report does, and prints what the admin signs elsewhere', async () => {
    const { json } = await call(service.current, '/v1/credentials', {
      key: service.apiKeys.FEHD,
      body: newCredential(),
    });
    await untilFinal(service, service.apiKeys.FEHD, json.id);
    const anchor = keyOf(10).address;
    const printed = await run('report', anchor, '--since', '2020-01-01T00:00:00Z', '--json');
    expect(printed, printed.stderr).to.include({ code: 0 });
    expect(printed.stderr)
      .to.contain('not genuine any more: 1 credentials in 1 batches')
      .and.contain('THIS SERVICE WOULD STOP ISSUING');
    const prepared = JSON.parse(printed.stdout);
    expect(prepared).to.deep.include({ from: keyOf(2).address, to: service.world.deps.registry.address });
    expect((await keyNow(anchor)).compromisedSince).to.equal(null);
  });

  it('signs with no other key than the admin’s', async () => {
    const refused = await run('add', ADDED, '--purpose', 'anchor', ...signingWith('FEHD-anchor'), '--yes');
    expect(refused).to.include({ code: 1, stdout: '' });
    expect(refused.stderr).to.contain(`the department's admin is ${keyOf(2).address}`);
    expect(await keyNow(ADDED)).to.equal(undefined);
  });

  it('adds, lists, ends and reports', async () => {
    const added = await run('add', ADDED, '--purpose', 'anchor', ...signing, '--yes');
    expect(added, added.stderr).to.include({ code: 0 });
    expect(added.stdout).to.match(/^addKey is in block \d+: 0x[0-9a-f]{64}\n$/);
    expect((await run('list')).stdout).to.contain(`3  ${ADDED}  anchor  active`);
    const ended = await run('end', ADDED, ...signing, '--yes', '--json');
    expect(ended, ended.stderr).to.include({ code: 0 });
    expect(ended.stderr).to.contain('all that it anchored stays genuine');
    const { validFrom: since, validUntil } = await keyNow(ADDED);
    expect(validUntil).not.to.equal(null);
    const reported = await run('report', ADDED, '--since', since, ...signing, '--yes');
    expect(reported, reported.stderr).to.include({ code: 0 });
    expect((await keyNow(ADDED)).compromisedSince).to.equal(since);
  });

  it('makes another key beside those that there are', async () => {
    const { stdout } = await run('new', '--department', 'FEHD', '--purpose', 'anchor', '--json');
    const keystore = await openKeystore(join(folder, 'keys'), 'a password');
    const made = await keystore.findKey('FEHD-anchor-2');
    expect(JSON.parse(stdout)).to.include({ name: 'FEHD-anchor-2', address: made?.address });
  });
});
