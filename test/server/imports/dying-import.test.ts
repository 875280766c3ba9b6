import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { sampleClaims } from '../../../catalogue/samples.ts';
import type { ImportMode } from '../../../server/store/schema.ts';
import { openStore, type Store } from '../../../server/store/store.ts';
import { createDatabase } from '../database.ts';
import { CODE, type ImportSettings, receiveOn } from './import-world.ts';

const program = fileURLToPath(new URL('./dying-import.ts', import.meta.url));
const ROWS = 40;
const text = Array.from(
  { length: ROWS },
  (_, seed) => `${JSON.stringify(sampleClaims(CODE, '2026-03-02', seed))}\n`,
).join('');

/** Where a tuple of COPY has its first value: behind the count of values and the value's length. */
const ID_AT = 6;

describe('an import that draws an id that is taken', () => {
  it('draws another for every row of the piece, and none is lost', async () => {
    const store = await openStore(await createDatabase());
    const settings = { databaseUrl: '', key: randomBytes(32).toString('hex'), mode: 'good' } as const;
    try {
      const [first, ...others] = text.split('\n').filter((line) => line !== '');
      await receiveOn(store, settings, { body: Readable.from([Buffer.from(`${first}\n`)]), offset: 0, name: 'first' });
      const { id } = await store.db.selectFrom('credentials').select('id').executeTakeFirstOrThrow();
      let answers = 0;
      const row = await receiveOn(store, settings, {
        body: Readable.from([Buffer.from(others.slice(0, 2).join('\n'))]),
        offset: 0,
        spoil({ tuples }) {
          if (answers++ === 0) tuples.set(id, ID_AT);
        },
      });
      expect(answers).to.equal(2);
      expect(row).to.include({ state: 'completed', ready: 2 });
      expect(await store.db.selectFrom('credentials').select('id').execute()).to.have.length(3);
    } finally {
      await store.close();
    }
  });
});

describe('an import whose process is killed', () => {
  let store: Store;
  let settings: ImportSettings;

  async function die(mode: ImportMode, times: number): Promise<{ lines: number; bytes: number }> {
    settings = { databaseUrl: await createDatabase(), key: randomBytes(32).toString('hex'), mode };
    const child = spawn(process.execPath, [program, JSON.stringify(settings), text, String(times)], {
      stdio: 'inherit',
    });
    const [, signal] = await once(child, 'exit');
    expect(signal, 'the process reached the place').to.equal('SIGKILL');
    store = await openStore(settings.databaseUrl);
    const left = await store.db.selectFrom('imports').selectAll().executeTakeFirstOrThrow();
    expect(left).to.include({ state: 'receiving' });
    expect(await linesIn()).to.deep.equal(range(left.lines));
    return { lines: left.lines, bytes: left.received_bytes };
  }

  const range = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
  const linesIn = async () =>
    (await store.db.selectFrom('credentials').select('import_line').orderBy('import_line').execute()).map(
      (row) => row.import_line,
    );
  const send = (bytes: Buffer, offset: number) =>
    receiveOn(store, settings, { body: Readable.from(bytes.length === 0 ? [] : [bytes]), offset });

  afterEach(() => store.close());

  it('has what it had stored, and goes on with the rest', async () => {
    const { lines, bytes } = await die('good', 2);
    expect(lines).to.be.greaterThan(0).and.lessThan(ROWS);
    const row = await send(Buffer.from(text).subarray(bytes), bytes);
    expect(row).to.include({ state: 'completed', ready: ROWS, duplicates: 0, already_issued: 0 });
    expect(await linesIn()).to.deep.equal(range(ROWS));
  });

  it('goes on with the whole file sent again, and holds all of it until then', async () => {
    await die('all', 3);
    expect((await store.db.selectFrom('imports').select('holds').executeTakeFirstOrThrow()).holds).to.equal(true);
    const row = await send(Buffer.from(text), 0);
    expect(row).to.include({ state: 'completed', holds: false, ready: ROWS, duplicates: 0 });
    expect(await linesIn()).to.deep.equal(range(ROWS));
  });
});
