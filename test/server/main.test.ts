import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { startIdentityProvider } from '../../scripts/local/identity-provider.ts';
import { freePort } from '../../scripts/local/ports.ts';
import { AppError } from '../../server/app-error.ts';
import { ConfigError } from '../../server/config.ts';
import { openKeystore } from '../../server/keys/keystore.ts';
import { ListenError } from '../../server/listener.ts';
import { type ServiceParts, startService } from '../../server/main.ts';
import { childrenOf, untilTrue } from '../scripts/local/starter.ts';
import { eventually } from './harness.ts';
import { type RealService, startRealService, untilFinal } from './http/real-service.ts';
import { call, newCredential } from './http/service.ts';
import { type MailServer, readMail, startMailServer } from './mail/mail-server.ts';

describe('startService', () => {
  let service: RealService;
  let mailServer: MailServer;

  before(async () => {
    mailServer = await startMailServer({ password: 'tops3cret' });
    service = await startRealService();
  });
  after(async () => {
    await service.close();
    await mailServer.close();
  });

  const refusalOf = async (change: Partial<ServiceParts['config']>): Promise<Error> => {
    try {
      await (await startService(service.parts(change))).close();
    } catch (error) {
      return error as Error;
    }
    throw new Error('it started');
  };

  it('says which port is taken, in one line', async () => {
    const port = Number(new URL(service.current.url).port);
    const error = await refusalOf({ port });
    expect(error).to.be.instanceOf(ListenError);
    expect(error.message).to.equal(`port ${port} is taken by another program: stop it, or set PORT to another port`);
  });

  it('tells metrics at their own address, which ends with it, and not at its own', async () => {
    const metrics = { host: '127.0.0.1', port: await freePort(0) };
    const own = `http://127.0.0.1:${metrics.port}/metrics`;
    const other = await startService(service.parts({ metrics }));
    try {
      expect((await fetch(`${other.url}/livez`)).status).to.equal(200);
      const text = await (await fetch(own)).text();
      expect(text).to.match(/^eproof_http_request_seconds_count\{.*route="\/livez"/m);
      expect((await fetch(`${other.url}/metrics`)).status).to.equal(404);
    } finally {
      await other.close();
    }
    expect(await fetch(own).catch(() => null)).to.equal(null);
  });

  it('says that the machine lacks an address', async () => {
    const error = await refusalOf({ host: '192.0.2.1' });
    expect(error).to.be.instanceOf(ListenError);
    expect(error.message).to.include('"192.0.2.1"').and.to.include('HOST');
  });

  it('says that the database cannot be reached, and no password', async () => {
    const error = await refusalOf({ databaseUrl: 'postgres://eproof:tops3cret@127.0.0.1:1/eproof' });
    expect(error).to.be.instanceOf(ConfigError);
    expect(error.message).to.match(/^the database of "DATABASE_URL" cannot be used: .*ECONNREFUSED/);
    expect(error.message).to.not.include('tops3cret');
  });

  it('says that there is no registry at the address', async () => {
    const registry = `0x${'99'.repeat(20)}`;
    const error = await refusalOf({ chain: { rpcUrls: [service.world.settings.rpcUrl], registry } });
    expect(error).to.be.instanceOf(AppError);
    expect(error.message).to.equal(`there is no contract at ${registry}: check "REGISTRY_ADDRESS"`);
  });

  it('refuses another contract than the one that it knows', async () => {
    const { trusted } = service.world.settings;
    const path = join(service.folder, 'registry-facts.json');
    writeFileSync(
      path,
      JSON.stringify({ chainId: trusted.chainId, address: trusted.address, codeHash: `0x${'00'.repeat(32)}` }),
    );
    const error = await refusalOf({});
    rmSync(path);
    expect(error).to.include({ name: 'AppError', code: 'CHAIN_REFUSED' });
    expect(error.message).to.include('registry-facts.json');
  });

  it('refuses a key file that is not the one of the registry', async () => {
    const parts = service.parts();
    const keystore = {
      ...parts.keystore,
      findKey: (name: string) => parts.keystore.findKey(name === 'TD-anchor' ? 'FEHD-anchor' : name),
    };
    const error = await startService({ ...parts, keystore }).then(
      () => null,
      (refusal: Error) => refusal,
    );
    expect(error?.message).to.match(/^the key "TD-anchor" is 0x[0-9a-f]{40}, the registry knows 0x[0-9a-f]{40}/);
  });

  it('refuses another master key than the one that wrote the database', async () => {
    const parts = service.parts();
    const other = async () => new Uint8Array(32).fill(7);
    const keystore = { ...parts.keystore, openSecret: other, findSecret: other };
    const refusal = await startService({ ...parts, keystore }).then(
      () => null,
      (error: AppError) => error,
    );
    expect(refusal).to.include({ name: 'AppError', code: 'SECRET_DIFFERS' });
  });

  it('needs no node that it has met before', async () => {
    service.world.chain.setDown(true);
    const second = await startService(service.parts());
    await second.close();
    service.world.chain.setDown(false);
  });

  it('gives documents to the mail server that is configured, and names the file of a password that is not there', async () => {
    const passwordFile = join(service.folder, 'smtp-password');
    const mail = {
      ...{ host: '127.0.0.1', port: mailServer.port, isSecure: false, requiresTls: false },
      ...{ signIn: { user: 'eproof', passwordFile }, from: 'no-reply@eproof.example.hk' },
    };
    const error = await refusalOf({ mail });
    expect(error).to.be.instanceOf(ConfigError);
    expect(error.message).to.match(/^"SMTP_PASSWORD_FILE" cannot be read: ENOENT/);
    writeFileSync(passwordFile, 'tops3cret\n');
    // an instance without a mail server would note that there is none
    await service.current.close();
    service.current = await startService(service.parts({ mail }));
    const body = { ...newCredential(), holder: { email: 'licensee@example.hk' } };
    await call(service.current, '/v1/credentials', { key: service.apiKeys.FEHD, body });
    const taken = await eventually('the mail comes', async () => mailServer.taken[0]);
    expect(taken).to.include({ user: 'eproof', from: mail.from, to: 'licensee@example.hk' });
    expect(readMail(taken.raw).headers.subject).to.match(/^測試：/);
    await service.restart();
  });

  it('leads holders from a letter to its own page, once they can sign in', async () => {
    const mailFolder = join(service.folder, 'letters');
    const ask = async () => {
      const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
      const body = {
        ...{ holder: { subject: 'holder-1' }, type: 'TD-DL', claims: ['holderName'], purpose: 'To check.' },
        ...{ caseNumber: '7', answerBy: inDays(7), readUntil: inDays(30) },
      };
      const { json } = await call(service.current, '/v1/requests', { key: service.apiKeys.FEHD, body });
      return eventually('the mail is tried', () =>
        service.world.db
          .selectFrom('mails')
          .selectAll()
          .where('request_seq', '=', Number(json.id.slice(4)))
          .where('state', '!=', 'waiting')
          .executeTakeFirst(),
      );
    };
    const publicUrl = `http://127.0.0.1:${await freePort(0)}`;
    const people = { dataFolder: service.folder, port: await freePort(0), publicUrl, people: [], departments: [] };
    const provider = await startIdentityProvider(people);
    const { config } = provider;
    const signIn = { officers: config, holders: config, companiesClaim: null, departmentsFile: null };
    try {
      await service.current.close();
      service.current = await startService({ ...service.parts(), mailFolder });
      const holder = { subject: 'holder-1', email: 'licensee@example.hk' };
      const body = { ...newCredential('FEHD-GRL', 3), holder };
      const { json } = await call(service.current, '/v1/credentials', { key: service.apiKeys.FEHD, body });
      await untilFinal(service, service.apiKeys.FEHD, json.id);
      expect(await ask()).to.include({ state: 'failed', code: 'NOT_SET_UP' });
      await service.current.close();
      service.current = await startService({ ...service.parts({ signIn, publicUrl }), mailFolder });
      const { seq, code } = await ask();
      expect(code).to.equal(null);
      const { text } = readMail(readFileSync(join(mailFolder, `mail_${seq}.eml`), 'latin1'));
      expect(text).to.include(`${publicUrl}/my\n`);
    } finally {
      await provider.stop();
      await service.restart();
    }
  });

  it('has written who read what when it has stopped', async () => {
    const other = await startService(service.parts());
    const read = await call(other, '/v1/credentials', { key: service.apiKeys.FEHD ?? null });
    await other.close();
    expect(read.status).to.equal(200);
    const rows = await service.current.db.selectFrom('read_counts').select(['act', 'reads']).execute();
    expect(rows).to.deep.include({ act: 'credential.list', reads: 1 });
  });

  it('runs beside another instance on the same database', async () => {
    const second = await startService(service.parts());
    expect((await fetch(`${second.url}/readyz`)).status).to.equal(200);
    await second.close();
    expect(await fetch(second.url).catch(() => null)).to.equal(null);
    expect((await fetch(`${service.current.url}/readyz`)).status).to.equal(200);
  });
});

describe('node server/main.ts', () => {
  const main = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
  const run = (environment: Record<string, string>) =>
    new Promise<{ code: number | null; stderr: string }>((resolve) => {
      const child = spawn(process.execPath, [main], {
        env: { PATH: process.env.PATH ?? '', LOG_LEVEL: 'silent', ...environment },
      });
      let stderr = '';
      child.stderr.on('data', (bytes) => {
        stderr += bytes;
      });
      child.on('close', (code) => resolve({ code, stderr }));
    });

  for (const [what, environment, line] of [
    [
      'half a database',
      { DATABASE_URL: 'postgres://db' },
      /^e-proof: "DATABASE_URL" names no database: write postgres:\/\/[^\n]+\n$/,
    ],
    ['no database', {}, /^e-proof: "DATABASE_URL" is required: [^\n]+\n$/],
    [
      'no chain',
      { DATABASE_URL: 'postgres://db/eproof' },
      /^e-proof: "CHAIN_RPC_URLS" and "REGISTRY_ADDRESS" are required: [^\n]+\n$/,
    ],
    [
      'no password of the keys',
      {
        DATABASE_URL: 'postgres://db/eproof',
        CHAIN_RPC_URLS: 'http://127.0.0.1:1',
        REGISTRY_ADDRESS: `0x${'1'.repeat(40)}`,
        EPROOF_DATA_DIR: '/nonexistent',
      },
      /^e-proof: the password of the keys cannot be read from "\/nonexistent\/keys\/password": [^\n]+\n$/,
    ],
  ] as const)
    it(`ends with one line for ${what}`, async () => {
      const { code, stderr } = await run(environment);
      expect(code).to.equal(1);
      expect(stderr).to.match(line);
    });

  it('runs by its environment alone, and stops when it is told to', async function () {
    this.timeout(60_000);
    const world = await startRealService();
    await world.current.close();
    const folder = join(world.folder, 'alone');
    await mkdir(join(folder, 'keys'), { recursive: true });
    writeFileSync(join(folder, 'keys', 'password'), 'test\n');
    const keystore = await openKeystore(join(folder, 'keys'), 'test');
    const secret = new Uint8Array(Buffer.from(world.world.settings.masterKey, 'hex'));
    for (const name of ['master', 'holder-index']) await keystore.openKey(name, secret);
    await world.world.db
      .updateTable('issuers')
      .set({ number: null, anchor_key: null, status_key: null, state: 'provisioning' })
      .execute();
    const { databaseUrl, rpcUrl, trusted } = world.world.settings;
    const port = await freePort(0);
    const child = spawn(process.execPath, [main], {
      env: {
        PATH: process.env.PATH ?? '',
        PORT: String(port),
        DATABASE_URL: databaseUrl,
        CHAIN_RPC_URLS: rpcUrl,
        REGISTRY_ADDRESS: trusted.address,
        EPROOF_DATA_DIR: folder,
        EPROOF_MAX_BLOCK_AGE_SECONDS: '86400',
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes) => {
        output += bytes;
      });
    const ended = new Promise((resolve) => child.on('close', resolve));
    for (let attempt = 0; attempt < 200 && !output.includes('"msg":"ready"') && child.exitCode === null; attempt++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(output).to.include('"msg":"ready"');
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).to.equal(200);
    const partsOf = async () => (await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()).parts;
    expect((await partsOf()).signer).to.deep.equal({ ok: true });
    const [signer] = childrenOf(child.pid as number);
    process.kill(signer as number, 'SIGKILL');
    await untilTrue(async () => (await partsOf()).signer.ok === false);
    await untilTrue(async () => (await partsOf()).signer.ok === true, 30_000);
    child.kill('SIGTERM');
    expect(await ended).to.equal(0);
    expect(output).to.not.include(databaseUrl);
    expect(output).to.include('\\"SMTP_URL\\" is not set: no holder is sent an e-mail');
    await world.close();
  });
});
