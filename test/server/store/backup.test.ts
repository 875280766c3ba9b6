import { createHash } from 'node:crypto';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { sql } from 'kysely';
import pg from 'pg';
import { eraseCredential, replayErasures } from '../../../server/issuance/erase.ts';
import { issueCredential } from '../../../server/issuance/issue.ts';
import { backUp, checkBackup, restore } from '../../../server/store/backup.ts';
import type { Db } from '../../../server/store/schema.ts';
import { openStore, type Store } from '../../../server/store/store.ts';
import { createEmptyDatabase } from '../database.ts';
import { actorOf, createWorld, eventually, expectCode, sampleRequest, untilFinal, type World } from '../harness.ts';
import { startJobsOn } from '../instance.ts';

const NOW = new Date('2026-03-02T01:02:03Z');

describe('a backup', () => {
  let world: World;
  let folder: string;
  let file: string;
  let ids: string[];

  before(async () => {
    world = await createWorld();
    const jobs = await world.startJobs();
    folder = mkdtempSync(join(tmpdir(), 'eproof-backup-'));
    file = join(folder, 'backup.gz');
    // an image, and text with everything that a line format could stumble over
    ids = [...(await world.issueMany('HKPF-SPP', 1)), ...(await world.issueMany('FEHD-GRL', 2))];
    await untilFinal(world, ids);
    await jobs.stop();
    await backUp(world.settings.databaseUrl, file, NOW);
  });
  after(async () => {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const restored = async (work: (store: Store) => Promise<void>, from = file) => {
    const url = await createEmptyDatabase();
    await restore(url, from);
    const store = await openStore(url);
    try {
      await work(store);
    } finally {
      await store.close();
    }
  };

  it('brings every row of every table back as it was', () =>
    restored(async ({ db }) => {
      const tables = await tablesOf(world.db);
      expect(tables).to.include.members(['credentials_and_copies', 'images', 'batches', 'audit_records']);
      for (const table of tables) expect(await hashOf(db, table), table).to.equal(await hashOf(world.db, table));
    }));

  it('gives no number twice to what comes after it', () =>
    restored(async ({ db }) => {
      const request = sampleRequest('FEHD-GRL', 7);
      const actor = actorOf(world.issuers.FEHD);
      await db.transaction().execute((tx) => issueCredential(tx, world.deps, { actor, request }));
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from credentials`.execute(db);
      expect(rows[0]?.n).to.equal(ids.length + 1);
    }));

  it('holds a department whose batches on the chain it does not know and has no manifests of, and no other', async () => {
    const jobs = await world.startJobs();
    const later = await world.issue('TD-DL');
    await untilFinal(world, [later.id]);
    await jobs.stop();
    await restored(async ({ db }) => {
      const restarted = await startJobsOn({ ...world.settings, manifests: join(folder, 'no-manifests') }, db, {
        onFault: () => {},
      });
      try {
        await eventually('TD is held', async () => (await stateOf(db, 'TD')).state === 'held');
        expect((await stateOf(db, 'TD')).held_reason).to.match(/^the chain has 1 of its batches/);
        expect((await stateOf(db, 'FEHD')).state).to.equal('active');
        const actor = actorOf(await stateOf(db, 'TD'));
        const request = sampleRequest('TD-DL', 1);
        await expectCode(
          db.transaction().execute((tx) => issueCredential(tx, world.deps, { actor, request })),
          'ISSUER_HELD',
        );
      } finally {
        await restarted.stop();
      }
    });
    const newer = join(folder, 'newer.gz');
    await backUp(world.settings.databaseUrl, newer, NOW);
    await restored(async ({ db }) => {
      const restarted = await startJobsOn(world.settings, db, { onFault: () => {} });
      await restarted.stop();
      expect((await stateOf(db, 'TD')).state).to.equal('active');
    }, newer);
  });

  it('does not bring back whom was erased since', async () => {
    const id = ids[0] as string;
    const actor = actorOf(world.issuers.HKPF);
    await world.db.transaction().execute((tx) => eraseCredential(tx, world.deps, { actor, id }));
    await restored(async ({ db }) => {
      const readable = async () =>
        (await db.selectFrom('credentials').select('seq').where('erased_at', 'is', null).execute()).length;
      expect(await readable()).to.equal(ids.length);
      await replayErasures(db, world.deps.erasures);
      expect(await readable()).to.equal(ids.length - 1);
      expect(await db.selectFrom('images').select('claim').execute()).to.deep.equal([]);
    });
  });

  it('says what it holds without a database', async () => {
    const { takenAt, rows } = await checkBackup(file);
    expect(takenAt).to.equal(NOW.toISOString());
    expect(rows).to.include({ credentials_and_copies: ids.length, images: 1 });
  });

  for (const [what, damage] of [
    ['with a byte changed', (bytes: Buffer) => flip(bytes, Math.floor(bytes.length / 2))],
    [
      'with a changed count',
      (bytes: Buffer) =>
        Buffer.from(
          bytes.toString('latin1').replace(/"credentials_and_copies":\d+/, '"credentials_and_copies":9'),
          'latin1',
        ),
    ],
    ['without a row', (bytes: Buffer) => withoutRow(bytes)],
    ['that ends too early', (bytes: Buffer) => bytes.subarray(0, -200)],
    ['that is something else', () => Buffer.from('{"format":"other/1"}\n')],
  ] as const)
    it(`is refused whole ${what}`, async () => {
      const damaged = join(folder, 'damaged.gz');
      writeFileSync(damaged, gzipSync(damage(gunzipSync(readFileSync(file)))));
      const url = await createEmptyDatabase();
      await expectCode(restore(url, damaged), 'BACKUP_UNUSABLE');
      await expectEmpty(url);
    });

  it('is not restored into a database that has something', () =>
    expectCode(restore(world.settings.databaseUrl, file), 'BACKUP_TARGET_IN_USE'));

  it('is refused where its file is cut short', async () => {
    const cut = join(folder, 'cut.gz');
    writeFileSync(cut, readFileSync(file).subarray(0, -50));
    await expectCode(checkBackup(cut), 'BACKUP_UNUSABLE');
  });

  it('is not restored by a release that is older than it', async () => {
    const newer = join(folder, 'release.gz');
    rewrite(newer, (text) => text.replace('"migrations":[', '"migrations":["9999-future",'));
    await expectCode(restore(await createEmptyDatabase(), newer), 'STORE_NEWER');
  });

  const OF_ISSUERS = /^\{"table":"issuers".*$/m;
  for (const [what, change] of [
    [
      "names a table of PostgreSQL's own",
      (text: string) => text.replace(OF_ISSUERS, '{"table":"pg_authid","columns":["oid","rolname"]}\n\\.\n$&'),
    ],
    ['leaves a column out', (text: string) => text.replace('"columns":["seq","id",', '"columns":["id",')],
    [
      'puts SQL in the name of a column',
      (text: string) => text.replace(OF_ISSUERS, (head) => head.replace('"code"', '"code) from program \'true\'; --"')),
    ],
    ['has a table twice', (text: string) => text.replace(OF_ISSUERS, (head) => `${head}\n\\.\n${head}`)],
    ['lacks a table', (text: string) => text.replace(/^\{"table":"audit_heads".*\n\\\.\n/m, '')],
    ['has a row that no table takes', (text: string) => text.replace(OF_ISSUERS, '$&\nno row at all')],
    ['has a row that breaks a rule', (text: string) => text.replace(/\tactive\t/, '\tno-state\t')],
    [
      'has a table without columns',
      (text: string) => text.replace(/"table":"issuers","columns":.*$/m, '"table":"issuers"}'),
    ],
    ['has no list of migrations', (text: string) => text.replace(/"migrations":\[[^\]]*\]/, '"migrations":{}')],
    ['is null', (text: string) => text.replace(/^.*$/m, 'null')],
  ] as const)
    it(`is refused, and nothing of it kept, where its hash is right and it ${what}`, async () => {
      const crafted = join(folder, 'crafted.gz');
      rewrite(crafted, (text) => {
        const changed = change(text);
        expect(changed).to.not.equal(text);
        return changed;
      });
      const url = await createEmptyDatabase();
      await expectCode(restore(url, crafted), 'BACKUP_UNUSABLE');
      await expectEmpty(url);
    });

  it('is refused where a few bytes of it would be a line that no memory holds', async () => {
    const bomb = join(folder, 'bomb.gz');
    const zeros = Buffer.alloc(16_777_216);
    async function* content() {
      yield Buffer.from(gunzipSync(readFileSync(file)).toString('latin1').split('\n').slice(0, 2).join('\n'), 'latin1');
      for (let i = 0; i < 8; i++) yield zeros;
    }
    await pipeline(Readable.from(content()), createGzip({ level: 1 }), createWriteStream(bomb));
    const error = await checkBackup(bomb).catch((thrown: Error) => thrown);
    expect(error).to.include({ code: 'BACKUP_UNUSABLE' });
    expect((error as Error).message).to.contain('longer than any row');
  });

  /** Writes a changed copy of the backup, with counts and hash that fit. */
  function rewrite(path: string, change: (text: string) => string) {
    const lines = change(gunzipSync(readFileSync(file)).toString('latin1')).split('\n');
    const rows: Record<string, number> = {};
    let table: string | null = null;
    for (const line of lines) {
      if (line === '\\.') table = null;
      else if (table !== null) rows[table] = (rows[table] as number) + 1;
      else if (line.startsWith('{"table"')) {
        table = JSON.parse(line).table as string;
        rows[table] = 0;
      }
    }
    const end = lines.findLastIndex((line) => line !== '');
    lines[end] = JSON.stringify({ rows, sha256: '0'.repeat(64) });
    writeFileSync(path, gzipSync(Buffer.from(resigned(lines.join('\n')), 'latin1')));
  }

  it('leaves no half file where it cannot be written', async () => {
    const missing = join(folder, 'none', 'backup.gz');
    await expectCode(backUp(world.settings.databaseUrl, missing, NOW), 'ENOENT');
  });
});

async function tablesOf(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select relname as name from pg_class
    where relnamespace = current_schema()::regnamespace and relkind = 'r' order by 1`.execute(db);
  return rows.map(({ name }) => name).filter((name) => !name.startsWith('kysely_'));
}

async function hashOf(db: Db, table: string): Promise<string | undefined> {
  const { rows } = await sql<{
    hash: string;
  }>`select md5(coalesce(string_agg(t::text, chr(10) order by t::text), '')) as hash from ${sql.table(table)} as t`.execute(
    db,
  );
  return rows[0]?.hash;
}

function stateOf(db: Db, code: string) {
  return db.selectFrom('issuers').selectAll().where('code', '=', code).executeTakeFirstOrThrow();
}

function flip(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] as number) ^ 1;
  return changed;
}

function withoutRow(bytes: Buffer): Buffer {
  const lines = bytes.toString('latin1').split('\n');
  const at = lines.findIndex((line) => line.startsWith('{"table":"credentials_and_copies"'));
  return Buffer.from([...lines.slice(0, at + 1), ...lines.slice(at + 2)].join('\n'), 'latin1');
}

/** A file of somebody who knows the format, and so the hash that goes with it. */
function resigned(text: string): string {
  const end = text.trimEnd().lastIndexOf('\n') + 1;
  const sha256 = createHash('sha256').update(text.slice(0, end), 'latin1').digest('hex');
  return text.slice(0, end) + text.slice(end).replace(/"sha256":"[0-9a-f]{64}"/, `"sha256":"${sha256}"`);
}

/** Nothing was made: the database is as empty as it was. */
async function expectEmpty(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      "select relname from pg_class where relnamespace = 'public'::regnamespace union select proname from pg_proc where pronamespace = 'public'::regnamespace",
    );
    expect(rows).to.deep.equal([]);
  } finally {
    await client.end();
  }
}
