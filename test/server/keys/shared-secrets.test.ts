import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Keystore, openKeystore } from '../../../server/keys/keystore.ts';
import { openSharedSecrets } from '../../../server/keys/shared-secrets.ts';
import { openStore, type Store } from '../../../server/store/store.ts';
import { createDatabase } from '../database.ts';
import { createWorld, expectCode, type World } from '../harness.ts';

describe('secrets that instances share', () => {
  let store: Store;
  let folders: string[];

  beforeEach(async () => {
    store = await openStore(await createDatabase());
    folders = [];
  });

  afterEach(async () => {
    await store.close();
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  function createKeys(): Promise<Keystore> {
    folders.push(mkdtempSync(join(tmpdir(), 'eproof-secrets-')));
    return openKeystore(folders.at(-1) as string, 'password');
  }

  it('are made at the first start, and the same at every other', async () => {
    const keys = await createKeys();
    const made = await openSharedSecrets(store.db, keys);
    expect(made.master).to.have.length(32);
    expect(made.holderIndex).to.not.deep.equal(made.master);
    expect(await openSharedSecrets(store.db, keys)).to.deep.equal(made);
    const kept = await store.db.selectFrom('secret_checks').selectAll().execute();
    const values = kept.map(({ value }) => value.toString('hex'));
    expect(kept.map(({ name }) => name)).to.have.members(['master', 'holder-index']);
    for (const secret of [made.master, made.holderIndex])
      expect(values).to.not.include(Buffer.from(secret).toString('hex'));
  });

  for (const name of ['master', 'holder-index'] as const) {
    it(`are refused where "${name}" is another one, with what to copy`, async () => {
      await openSharedSecrets(store.db, await createKeys());
      const opening = openSharedSecrets(store.db, await other(name));
      await expectCode(opening, 'SECRET_DIFFERS');
      const message = await opening.then(
        () => '',
        (error: Error) => error.message,
      );
      expect(message).to.match(new RegExp(`^the secret "${name}" .*"EPROOF_DATA_DIR": copy the folder "keys"`));
    });

    it(`are refused where "${name}" is missing, and none is made`, async () => {
      await openSharedSecrets(store.db, await createKeys());
      const keys = await other(name);
      const without = { ...keys, findSecret: async (one: string) => (one === name ? null : keys.findSecret(one)) };
      rmSync(join(folders.at(-1) as string, `${name}.json`));
      await expectCode(openSharedSecrets(store.db, without), 'SECRET_MISSING');
      expect(readdirSync(folders.at(-1) as string)).to.not.include(`${name}.json`);
    });
  }

  /** The first keystore's secrets, but for one. */
  async function other(name: string): Promise<Keystore> {
    const first = await openKeystore(folders[0] as string, 'password');
    const keys = await createKeys();
    const choose = (one: string) => (one === name ? keys : first).openSecret(one);
    await choose(name);
    return { ...keys, openSecret: choose, findSecret: choose };
  }

  it('are those of one of two that make them at the same moment, and the other is refused', async () => {
    const both = await Promise.allSettled(
      [await createKeys(), await createKeys()].map((keys) => openSharedSecrets(store.db, keys)),
    );
    const refused = both.filter((one) => one.status === 'rejected');
    expect(refused.map(({ reason }) => reason.code)).to.deep.equal(['SECRET_DIFFERS']);
  });
});

describe('secrets of a database from before there were checks', () => {
  let world: World;
  let folder: string;
  let keys: Keystore;

  before(async () => {
    world = await createWorld();
    await world.issue('FEHD-GRL');
    folder = mkdtempSync(join(tmpdir(), 'eproof-secrets-'));
    keys = await openKeystore(folder, 'password');
  });
  after(async () => {
    await world.close();
    rmSync(folder, { recursive: true });
  });

  it('are refused where there is no master key for its credentials', async () => {
    await expectCode(openSharedSecrets(world.db, keys), 'SECRET_MISSING');
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('are refused where the master key does not open them', async () => {
    await keys.openSecret('master');
    await expectCode(openSharedSecrets(world.db, keys), 'SECRET_DIFFERS');
    expect(await world.db.selectFrom('secret_checks').select('name').execute()).to.deep.equal([]);
  });

  it('are kept where it does', async () => {
    const master = new Uint8Array(Buffer.from(world.settings.masterKey, 'hex'));
    const right = { ...keys, findSecret: async (name: string) => (name === 'master' ? master : keys.findSecret(name)) };
    expect((await openSharedSecrets(world.db, right)).master).to.deep.equal(master);
  });
});
