import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { checkSignature, recoverSigner } from '../../../proof/signature.ts';
import { openKeys } from '../../../scripts/local/keys.ts';
import { openKeystore } from '../../../server/keys/keystore.ts';
import { readPassword, sealPassword } from '../../../server/keys/password.ts';
import { openSecurityModule, type SecurityModule } from '../../../server/keys/security-module.ts';
import { createStatusSigner } from '../../../server/keys/signer.ts';
import { startSignerProcess } from '../../../server/keys/signer-client.ts';

/** Of Debian's package softhsm2: a real token, in software. */
const LIBRARY = '/usr/lib/softhsm/libsofthsm2.so';
const PIN = '8472';
const EPROOF = fileURLToPath(new URL('../../../scripts/eproof.cjs', import.meta.url));
const KEYS = new URL('../../../scripts/local/keys.ts', import.meta.url).href;
const REGISTRY = { chainId: 31_337, address: `0x${'5f'.repeat(20)}` };

describe('a hardware security module', () => {
  let folder: string;
  let module: SecurityModule;
  let place: { library: string; token: string; pinFile: string };
  const settingsBefore = process.env.SOFTHSM2_CONF;

  before(async () => {
    if (!existsSync(LIBRARY)) throw new Error(`"${LIBRARY}" is missing: install Debian's softhsm2 and opensc`);
    folder = mkdtempSync(join(tmpdir(), 'eproof-hsm-'));
    process.env.SOFTHSM2_CONF = makeTokens(folder, 'eproof', 'other');
    place = { library: LIBRARY, token: 'eproof', pinFile: join(folder, 'pin') };
    writeFileSync(place.pinFile, `${PIN}\n`);
    module = await openSecurityModule(place);
  });

  after(() => {
    module?.close();
    if (settingsBefore === undefined) delete process.env.SOFTHSM2_CONF;
    else process.env.SOFTHSM2_CONF = settingsBefore;
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes a key that is found again, and signs as the format has it', async () => {
    const made = await module.createKey('FEHD-anchor');
    const found = await module.findKey('FEHD-anchor');
    expect(found?.address)
      .to.equal(made.address)
      .and.match(/^0x[0-9a-f]{40}$/);
    // of some fifty digests about half come with s in the upper half, and half with either parity
    for (let i = 0; i < 50; i++) {
      const digest = new Uint8Array(randomBytes(32));
      const signature = made.sign(digest);
      checkSignature(signature);
      expect(recoverSigner(digest, signature)).to.equal(made.address);
    }
  });

  it('makes no second key of a name, and knows none that is not there', async () => {
    expect(await codeOf(module.createKey('FEHD-anchor'))).to.equal('KEY_EXISTS');
    expect(await module.findKey('EMSD-anchor')).to.equal(null);
  });

  it('gives the private key to nobody', () => {
    const options = ['--module', LIBRARY, '--token-label', 'eproof', '--login', '--pin', PIN];
    const listed = execFileSync('pkcs11-tool', [...options, '--list-objects'], { encoding: 'utf8' });
    expect(listed).to.match(
      /Private Key Object; EC[\s\S]*?FEHD-anchor[\s\S]*?sensitive, always sensitive, never extractable/,
    );
  });

  it('seals what this token alone can open', async () => {
    const sealed = await module.seal(Buffer.from('correct horse'));
    expect(Buffer.from(await module.open(sealed)).toString()).to.equal('correct horse');
    expect(Buffer.from(sealed).includes('horse')).to.equal(false);
    const changed = sealed.map((byte, i) => (i === sealed.length - 1 ? byte ^ 1 : byte));
    expect(await codeOf(module.open(changed))).to.equal('KEY_UNREADABLE');
  });

  it('signs in the signer’s process, beside keys of the keystore whose password it sealed', async () => {
    const keys = join(folder, 'keys');
    mkdirSync(keys);
    const passwordFile = join(keys, 'password');
    writeFileSync(passwordFile, await sealPassword('correct horse', module));
    expect(readFileSync(passwordFile, 'utf8')).not.to.include('horse');
    const keystore = await openKeystore(keys, await readPassword(passwordFile, module));
    const status = await keystore.openKey('FEHD-status');
    const anchor = await module.findKey('FEHD-anchor');
    const signer = await startSignerProcess({
      start: {
        folder: keys,
        passwordFile,
        securityModule: { ...place, environment: ['SOFTHSM2_CONF'] },
        registry: REGISTRY,
        keys: [
          { name: 'FEHD-anchor', purpose: 'anchor', address: anchor?.address ?? '' },
          { name: 'FEHD-status', purpose: 'status', address: status.address },
        ],
      },
      onEnd: () => {},
    });
    try {
      const succession = {
        batch: new Uint8Array(32).fill(7),
        leaf: 1,
        successorBatch: new Uint8Array(32).fill(8),
        successorLeaf: 2,
        nonce: 3,
      };
      const signed = await signer.findStatusSigner(status.address)?.signSuccession(succession);
      expect(signed).to.deep.equal(await createStatusSigner(status, REGISTRY).signSuccession(succession));
      const head = { issuer: 'FEHD', day: '2026-03-02', position: 7, hash: 'ab'.repeat(32) };
      const { id, signature } = (await signer.findHeadSigner(anchor?.address ?? '')?.(1, head)) ?? {};
      expect(recoverSigner(id as Uint8Array, signature as Uint8Array)).to.equal(anchor?.address);
    } finally {
      await signer.close();
    }
    expect(await codeOf(readPassword(passwordFile, null))).to.equal('KEY_UNREADABLE');
  });

  it('opens what it sealed for the start command too, which says what is missing without it', async () => {
    const dataFolder = join(folder, 'started');
    const { address } = await (await openKeys(dataFolder)).openKey('relayer');
    const passwordFile = join(dataFolder, 'keys', 'password');
    writeFileSync(passwordFile, await sealPassword(readFileSync(passwordFile, 'utf8'), module));
    const error = await openKeys(dataFolder).catch((e: Error) => e);
    expect((error as Error).message).to.include('set "PKCS11_LIBRARY"');
    // the library is this process's one, so that the other way is another process
    const program = `import { openKeys } from '${KEYS}';
      const keystore = await openKeys(process.argv[1], { ...JSON.parse(process.argv[2]), environment: [] });
      console.log((await keystore.openKey('relayer')).address);`;
    const args = ['--input-type=module', '-e', program, dataFolder, JSON.stringify(place)];
    expect(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim()).to.equal(address);
  });

  describe('by the command line', () => {
    const eproof = (...words: string[]) => runEproof(words, { ...place, folder });

    it('makes keys in the token, which follow one another, and lists them', () => {
      const make = () => eproof('signing-key', 'new', '--department', 'EMSD', '--purpose', 'status', '--json');
      const made = [make(), make()].map(({ stdout }) => JSON.parse(stdout) as { name: string; place: string });
      expect(made.map(({ name }) => name)).to.deep.equal(['EMSD-status', 'EMSD-status-2']);
      expect(made[0]?.place).to.equal('the token "eproof"');
      const listed = JSON.parse(eproof('hsm', 'list', '--json').stdout) as { name: string }[];
      expect(listed.map(({ name }) => name)).to.deep.equal(['EMSD-status', 'EMSD-status-2', 'FEHD-anchor']);
    });

    it('seals the password of the keystore once', () => {
      const passwordFile = join(folder, 'another-password');
      writeFileSync(passwordFile, 'correct horse\n');
      const seal = () =>
        runEproof(['hsm', 'seal-password'], { ...place, folder }, { EPROOF_PASSWORD_FILE: passwordFile });
      expect(seal().code).to.equal(0);
      expect(readFileSync(passwordFile, 'utf8')).to.match(/^sealed:[\w-]+\n$/);
      expect(seal()).to.include({ code: 1, stderr: 'eproof: the password is sealed already\n' });
    });
  });

  it('says which token is missing, and which there are', () => {
    const { stderr, code } = runEproof(['hsm', 'list'], { ...place, token: 'nowhere', folder });
    expect(stderr).to.include('it has no token "nowhere"; there are ').and.include('"eproof"').and.include('"other"');
    expect(code).to.equal(1);
  });

  it('is not asked again after a wrong PIN, which could lock it', () => {
    const pinFile = join(folder, 'wrong-pin');
    writeFileSync(pinFile, '0000');
    const other = { ...place, token: 'other', folder };
    expect(runEproof(['hsm', 'list'], { ...other, pinFile }).stderr).to.include('CKR_PIN_INCORRECT');
    expect(runEproof(['hsm', 'list'], { ...other, pinFile }).stderr).to.include(
      'log in there by hand once before this tries again',
    );
    expect(runEproof(['hsm', 'list'], other).stderr).to.include('log in there by hand once before this tries again');
  });
});

interface Place {
  library: string;
  token: string;
  pinFile: string;
  folder: string;
}

function runEproof(words: readonly string[], { library, token, pinFile, folder }: Place, more: NodeJS.ProcessEnv = {}) {
  const env = {
    ...process.env,
    PKCS11_LIBRARY: library,
    PKCS11_TOKEN: token,
    PKCS11_PIN_FILE: pinFile,
    EPROOF_DATA_DIR: folder,
    ...more,
  };
  try {
    const stdout = execFileSync(process.execPath, [EPROOF, ...words], { encoding: 'utf8', env, stdio: 'pipe' });
    return { code: 0, stdout, stderr: '' };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { code: status, stdout, stderr };
  }
}

/** The path of SoftHSM's settings for tokens of these labels. */
function makeTokens(folder: string, ...labels: string[]): string {
  const tokens = join(folder, 'tokens');
  mkdirSync(tokens);
  const settings = join(folder, 'softhsm2.conf');
  writeFileSync(settings, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  const env = { ...process.env, SOFTHSM2_CONF: settings };
  for (const label of labels)
    execFileSync('softhsm2-util', ['--init-token', '--free', '--label', label, '--so-pin', '918273', '--pin', PIN], {
      env,
      stdio: 'pipe',
    });
  return settings;
}

function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'nothing thrown',
    (error: { code?: string }) => error.code ?? String(error),
  );
}
