import { expect } from 'chai';
import { decodeHex, toHex } from '../../../proof/bytes.ts';
import { batchId } from '../../../proof/signature.ts';
import { createRegistry, encodeAnchor, encodeCall, type Registry } from '../../../server/chain/registry.ts';
import { createRpc } from '../../../server/chain/rpc.ts';
import type { ReconcileDeps } from '../../../server/issuance/reconcile.ts';
import { listUnknown } from '../../../server/issuance/unknown-batches.ts';
import { createBatchWatch } from '../../../server/issuance/watch-batches.ts';
import { createMetrics } from '../../../server/metrics/metrics.ts';
import { createWebhook } from '../../../server/webhooks/webhook.ts';
import { actorOf, createWorld, eventually, expectCode, send, untilFinal, type World } from '../harness.ts';
import { keyOf } from '../instance.ts';

/** Accounts of the world. */
const ADMIN = 2;
const STRANGER = 9;
const ANCHOR = keyOf(10);

describe('batches that nobody here knows, while the service runs', () => {
  let world: World;
  let registry: Registry;
  let issuer: number;

  beforeEach(async () => {
    world = await createWorld(['FEHD', 'TD']);
    registry = createRegistry(world.deps.registry, createRpc([world.settings.rpcUrl]));
    issuer = world.issuers.FEHD.number as number;
  });
  afterEach(() => world.close());

  /** Batches as somebody with the department's key would anchor them; their ids. */
  const anchorByHand = async (...bytes: number[]): Promise<string[]> => {
    const definition = decodeHex(world.deps.findType('FEHD-GRL')?.sha256 as string);
    const batches = bytes.map((byte) => ({ issuer, definition, root: new Uint8Array(32).fill(byte), size: 3 }));
    const ids = batches.map((batch) => batchId(world.deps.registry, batch));
    const signed = batches.map((batch, i) => ({ ...batch, signature: ANCHOR.sign(ids[i] as Uint8Array) }));
    await send(world, STRANGER, encodeAnchor(signed));
    return ids.map((id) => `0x${toHex(id)}`);
  };
  const readingOf = async (id: string) => (await registry.read(decodeHex(id.slice(2)))).batches[0];
  const asAdmin = (name: string, args: readonly unknown[]) => send(world, ADMIN, encodeCall(name, args));
  const report = async (id: string) =>
    asAdmin('reportCompromise', [issuer, ANCHOR.address, (await readingOf(id))?.anchoredAt]);
  const shown = () => listUnknown(world.db, world.issuers.FEHD);
  const stateOf = (code: 'FEHD' | 'TD') =>
    world.db.selectFrom('issuers').selectAll().where('code', '=', code).executeTakeFirstOrThrow();
  const keptOutcomes = async () => {
    const rows = await world.db.selectFrom('unknown_batches').select(['id', 'outcome']).orderBy('seq').execute();
    return rows.map(({ id, outcome }) => [`0x${toHex(id)}`, outcome]);
  };
  const recordsOf = async (act: string) => {
    const rows = await world.db.selectFrom('audit_records').selectAll().where('act', '=', act).orderBy('seq').execute();
    return rows.map(({ object, after }) => ({ object, after }));
  };
  /** A look of its own, which has no manifest of any batch and so would tell of each. */
  const createLook = (said: string[] = []) => {
    const deps: ReconcileDeps = {
      ...world.deps,
      db: world.db,
      registry,
      key: keyOf(STRANGER),
      findManifest: async () => null,
      onReadBack: ({ batch }) => said.push(`read back ${batch}`),
      onUnknown: ({ batch }) => said.push(batch),
    };
    return createBatchWatch(deps);
  };

  it('are told without a start, hold the department and no other, and are over when the key is reported', async () => {
    await world.db
      .transaction()
      .execute((tx) =>
        createWebhook(
          tx,
          { ...world.deps, allowPrivate: true, isTest: true },
          { actor: actorOf(world.issuers.FEHD), url: 'http://127.0.0.1:9/', events: ['batch.unknown'] },
        ),
      );
    await Promise.all([world.startJobs(), world.startJobs()]);
    await untilFinal(world, [(await world.issue('FEHD-GRL', 1)).id]);
    const [id] = (await anchorByHand(7)) as [string];
    const [log] = await registry.logs('BatchAnchored', [null, null, id]);

    await eventually('FEHD is held', async () => (await stateOf('FEHD')).state === 'held');
    const { count, items } = await shown();
    const [found] = items;
    expect(count).to.equal(1);
    expect(found).to.deep.include({ id, number: 1, size: 3, key: ANCHOR.address });
    expect(found).to.deep.include({ transaction: log?.transactionHash, block: log?.blockNumber });
    expect(Date.parse(found?.anchoredAt as string) / 1000).to.equal((await readingOf(id))?.anchoredAt);
    const held = await stateOf('FEHD');
    expect(held.held_reason).to.contain(`(${id}: there is no manifest of it)`).and.contain('report the key');
    world.issuers.FEHD = held;
    await expectCode(world.issue('FEHD-GRL', 2), 'ISSUER_HELD');
    await untilFinal(world, [(await world.issue('TD-DL', 3)).id]);
    expect(await listUnknown(world.db, world.issuers.TD)).to.deep.equal({ count: 0, items: [] });
    const rpc = createRpc([world.settings.rpcUrl]);
    const measure = () => createMetrics({ db: world.db, rpc, now: Date.now }).text();
    expect(await measure()).to.match(/^eproof_unknown_batches 1$/m);

    await report(id);
    await eventually('FEHD issues again', async () => (await stateOf('FEHD')).state === 'active');
    expect(await shown()).to.deep.equal({ count: 0, items: [] });
    expect((await stateOf('FEHD')).held_reason).to.equal(null);
    expect(await keptOutcomes()).to.deep.equal([[id, 'disbelieved']]);
    expect(await measure()).to.match(/^eproof_unknown_batches 0$/m);

    // once, whoever looked and however often
    const facts = { key: ANCHOR.address, size: 3, transaction: log?.transactionHash, block: log?.blockNumber };
    expect(await recordsOf('batch.unknown')).to.deep.equal([{ object: id, after: facts }]);
    expect(await recordsOf('batch.unknown-end')).to.deep.equal([{ object: id, after: { outcome: 'disbelieved' } }]);
    const events = await world.db.selectFrom('webhook_events').select(['type', 'data']).execute();
    expect(events).to.deep.equal([
      { type: 'batch.unknown', data: { batch: id, ...facts, href: `/v1/signing-keys/${ANCHOR.address}` } },
    ]);
  });

  it('are never what two instances carry at that moment', async () => {
    await Promise.all([world.startJobs({ maxWaitMs: 0 }), world.startJobs({ maxWaitMs: 0 })]);
    const said: string[] = [];
    let looks = 0;
    let isOver = false;
    // without the lock, so also between what is sent and what is settled
    const looking = (async () => {
      for (; !isOver; looks++) await createLook(said).look();
    })();
    const watch = createLook(said);
    const ids: string[] = [];
    for (let seed = 0; seed < 8; seed++) {
      ids.push((await world.issue('FEHD-GRL', seed)).id, (await world.issue('TD-DL', seed)).id);
      await watch.look();
    }
    await untilFinal(world, ids);
    isOver = true;
    await looking;
    expect(await world.batchCount('FEHD')).to.be.greaterThan(1);
    expect(looks).to.be.greaterThan(3);
    expect(said).to.deep.equal([]);
    expect(await keptOutcomes()).to.deep.equal([]);
    expect([(await stateOf('FEHD')).state, (await stateOf('TD')).state]).to.deep.equal(['active', 'active']);
  });

  it('are judged as verifiers do: over when reported, back when endorsed, and over when made void', async () => {
    const said: string[] = [];
    const watch = createLook(said);
    await watch.look();
    const [id] = (await anchorByHand(7)) as [string];
    const seen = async () => {
      await watch.look();
      return [(await shown()).count, (await stateOf('FEHD')).state];
    };
    expect(await seen()).to.deep.equal([1, 'held']);
    expect(await seen()).to.deep.equal([1, 'held']);
    await report(id);
    expect(await seen()).to.deep.equal([0, 'active']);
    await asAdmin('endorseBatch', [issuer, id]);
    expect(await seen()).to.deep.equal([1, 'held']);
    await asAdmin('voidBatch', [issuer, id]);
    expect(await seen()).to.deep.equal([0, 'active']);
    expect(said).to.deep.equal([id, id]);
    expect(await recordsOf('batch.unknown')).to.have.length(2);
    expect(await recordsOf('batch.unknown-end')).to.have.length(2);
  });

  it('hold nothing up where they came after the report', async () => {
    const [first] = (await anchorByHand(7)) as [string];
    await report(first);
    const watch = createLook();
    await watch.look();
    expect([(await shown()).count, (await stateOf('FEHD')).state]).to.deep.equal([0, 'active']);
    expect(await keptOutcomes()).to.deep.equal([[first, 'disbelieved']]);
    expect(await recordsOf('batch.unknown')).to.deep.equal([]);
  });

  it('are gone with a chain that was rewound, and what came in their place is told', async () => {
    const watch = createLook();
    const snapshot = await world.chain.request('evm_snapshot');
    const [first] = (await anchorByHand(7)) as [string];
    await watch.look();
    await world.chain.request('evm_revert', [snapshot]);
    const [second] = (await anchorByHand(8)) as [string];
    await watch.look();
    expect(await keptOutcomes()).to.deep.equal([
      [first, 'gone'],
      [second, null],
    ]);
    expect((await shown()).items.map(({ id }) => id)).to.deep.equal([second]);
    expect((await stateOf('FEHD')).held_reason).to.contain(second);
  });

  it('are found on every page, and counted beyond those that are shown', async () => {
    const watch = createLook();
    const bytes = Array.from({ length: 66 }, (_, i) => i + 1);
    await anchorByHand(...bytes.slice(0, 33));
    await anchorByHand(...bytes.slice(33));
    await watch.look();
    await anchorByHand(100);
    await watch.look();
    const { count, items } = await shown();
    expect([count, items.length]).to.deep.equal([67, 20]);
    expect(items.every(({ transaction, block }) => transaction !== null && block !== null)).to.equal(true);
    const without = world.db.selectFrom('unknown_batches').select('seq').where('transaction_hash', 'is', null);
    expect(await without.execute()).to.deep.equal([]);
  });

  it('leave no hold behind where an instance died between their end and its own', async () => {
    await world.db
      .updateTable('issuers')
      .set({ state: 'held', held_reason: 'test' })
      .where('code', '=', 'FEHD')
      .execute();
    await createLook().look();
    expect(await stateOf('FEHD')).to.include({ state: 'active', held_reason: null });
  });
});
