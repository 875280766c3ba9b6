import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { sampleClaims } from '../../../catalogue/samples.ts';
import { sealBatch } from '../../../proof/batch.ts';
import { decodeHex } from '../../../proof/bytes.ts';
import { batchId } from '../../../proof/signature.ts';
import type { ImportMode } from '../../../server/store/schema.ts';
import { openStore, type Store } from '../../../server/store/store.ts';
import { createDatabase } from '../database.ts';
import { CODE, REGISTRY, receiveOn, SEALED_BY } from './import-world.ts';

const ROWS = 23;

describe('rows that an import stores', () => {
  let store: Store;
  const send = (mode: ImportMode, seeds: readonly number[], name = 'one') => {
    const lines = seeds.map((seed) => `${JSON.stringify(sampleClaims(CODE, '2026-03-02', seed))}\n`);
    const settings = { databaseUrl: '', key: '5a'.repeat(32), mode };
    return receiveOn(store, settings, { body: Readable.from([Buffer.from(lines.join(''))]), offset: 0, name });
  };
  const rows = () => store.db.selectFrom('credentials').selectAll().orderBy('import_line').execute();
  const batches = () => store.db.selectFrom('batches').selectAll().orderBy('seq').execute();

  beforeEach(async () => {
    store = await openStore(await createDatabase());
  });
  afterEach(() => store.close());

  it('are sealed as far as they fill batches, and the others wait', async () => {
    expect(await send('good', range(ROWS))).to.include({ state: 'completed', ready: ROWS });
    const all = await rows();
    const sealed = all.filter(({ state }) => state === 'sealed');
    expect(sealed.length)
      .to.be.greaterThan(ROWS / 2)
      .and.lessThan(ROWS);
    expect(sealed).to.have.length(SEALED_BY * (await batches()).length);
    for (const { state, batch_seq, leaf } of all.filter((row) => row.state !== 'sealed'))
      expect({ state, batch_seq, leaf }).to.deep.equal({ state: 'issued', batch_seq: null, leaf: null });
  });

  it('stand in batches whose id, root and order are theirs', async () => {
    await send('good', range(ROWS));
    const all = await rows();
    for (const { seq, id, root, size, state, definition, issuer_id, type_number } of await batches()) {
      expect(state).to.equal('open');
      const leaves = all.filter(({ batch_seq }) => batch_seq === seq).sort((a, b) => Number(a.leaf) - Number(b.leaf));
      expect(leaves.map(({ leaf }) => leaf)).to.deep.equal(range(size));
      for (const row of leaves) expect(row).to.include({ definition, issuer_id, type_number });
      const sealed = sealBatch(leaves.map(({ content_hash }) => content_hash));
      expect(root.equals(sealed.root)).to.equal(true);
      const facts = { issuer: 1, definition: decodeHex(definition), root, size };
      expect(id.equals(batchId(REGISTRY, facts))).to.equal(true);
    }
  });

  it('have places in no order that tells of the file', async () => {
    await send('good', range(120));
    const leaves = (await rows()).filter(({ leaf }) => leaf !== null).map(({ leaf }) => leaf as number);
    expect(leaves).to.not.deep.equal(leaves.map((_, i) => i % SEALED_BY));
  });

  it('are not sealed where one bad row refuses all', async () => {
    expect(await send('all', range(ROWS))).to.include({ state: 'completed', ready: ROWS });
    expect(await batches()).to.have.length(0);
    expect(new Set((await rows()).map(({ state }) => state))).to.deep.equal(new Set(['issued']));
  });

  it('leave out what is known, also in the middle of a piece', async () => {
    await send('good', [1, 3], 'before');
    const row = await send('good', [0, 1, 2, 3, 4, 2], 'after');
    expect(row).to.include({ ready: 3, already_issued: 2, duplicates: 1 });
    const after = (await rows()).filter(({ import_seq }) => import_seq === row.seq);
    expect(after.map(({ import_line }) => import_line)).to.deep.equal([1, 3, 5]);
    expect(new Set(after.map(({ content_hash }) => content_hash.toString('hex'))).size).to.equal(3);
  });

  it('are stored and wait where the department was held meanwhile', async () => {
    await send('good', [0], 'before');
    const settings = { databaseUrl: '', key: randomBytes(32).toString('hex'), mode: 'good' } as const;
    const lines = range(ROWS).map((seed) => `${JSON.stringify(sampleClaims(CODE, '2026-03-02', 100 + seed))}\n`);
    const hold = async function* () {
      yield Buffer.from(lines.slice(0, 1).join(''));
      await store.db.updateTable('issuers').set({ state: 'held', held_reason: 'test' }).execute();
      yield Buffer.from(lines.slice(1).join(''));
    };
    await receiveOn(store, settings, { body: hold(), offset: 0, name: 'held' });
    expect(await batches()).to.have.length(0);
    expect(await rows()).to.have.length(1 + ROWS);
  });
});

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
