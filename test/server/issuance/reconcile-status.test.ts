import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { toDate, toHongKongDay } from '../../../proof/day.ts';
import { createRegistry } from '../../../server/chain/registry.ts';
import { createRpc } from '../../../server/chain/rpc.ts';
import { revokeCredential, suspendCredential } from '../../../server/issuance/change-status.ts';
import { fromCredentialId } from '../../../server/issuance/credential-id.ts';
import { extendCredential } from '../../../server/issuance/extend.ts';
import { replaceCredential } from '../../../server/issuance/issue.ts';
import { getCredential } from '../../../server/issuance/query.ts';
import { backUp, restore } from '../../../server/store/backup.ts';
import type { Db, Tx } from '../../../server/store/schema.ts';
import { openStore } from '../../../server/store/store.ts';
import { createEmptyDatabase } from '../database.ts';
import { actorOf, createWorld, eventually, sampleRequest, untilFinal, type World } from '../harness.ts';
import { startJobsOn } from '../instance.ts';

const REASON = 'conditions-breached';

describe('changes of status that are younger than the backup', () => {
  let world: World;
  let folder: string;
  let ids: string[];

  before(async () => {
    world = await createWorld();
    folder = mkdtempSync(join(tmpdir(), 'eproof-status-'));
    const jobs = await world.startJobs();
    ids = await world.issueMany('FEHD-GRL', 6);
    await untilFinal(world, ids);
    await backUp(world.settings.databaseUrl, join(folder, 'backup.gz'), new Date());
    const [revoked, suspended, extended, replaced] = ids as [string, string, string, string];
    const actor = actorOf(world.issuers.FEHD);
    const until = toDate(toHongKongDay(Date.now() / 1000) + 30);
    await run(world.db, async (tx) => {
      await revokeCredential(tx, world.deps, { actor, id: revoked, reason: REASON });
      await suspendCredential(tx, world.deps, { actor, id: suspended, reason: REASON, until });
      await extendCredential(tx, world.deps, { actor, id: extended, validUntil: '2030-01-01' });
      await replaceCredential(tx, world.deps, { actor, id: replaced, request: sampleRequest('FEHD-GRL', 9) });
    });
    await eventually(`all are settled; faults: ${world.faults}`, async () => {
      const open = await world.db.selectFrom('status_changes').select('seq').where('state', '!=', 'final').execute();
      return (await statusOf(world.db, replaced)).supersededBy !== null && open.length === 0;
    });
    await jobs.stop();
  });
  after(async () => {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = <T>(db: Db, work: (tx: Tx) => Promise<T>) => db.transaction().execute(work);
  const statusOf = async (db: Db, id: string) => {
    const view = await getCredential(db, world.deps, { actor: actorOf(world.issuers.FEHD), id });
    if (!view) throw new Error(`no ${id}`);
    const { status, suspension, extension, supersededBy } = view;
    return { status, suspension, extension, supersededBy };
  };
  const restored = async (prepare: (db: Db) => Promise<void>, work: (db: Db) => Promise<void>) => {
    const url = await createEmptyDatabase();
    await restore(url, join(folder, 'backup.gz'));
    const { db, close } = await openStore(url);
    await prepare(db);
    const jobs = await startJobsOn(world.settings, db, { onFault: () => {} });
    try {
      await work(db);
    } finally {
      await jobs.stop();
      await close();
    }
  };
  const recordsOf = (db: Db) =>
    db.selectFrom('audit_records').select(['object', 'after']).where('act', '=', 'credential.reconcile').execute();

  it('are read from the chain, and told to the audit log', () =>
    restored(
      async () => {},
      async (db) => {
        await eventually('four are put right', async () => (await recordsOf(db)).length === 4);
        for (const id of ids) expect(await statusOf(db, id)).to.deep.equal(await statusOf(world.db, id));
        const records = await recordsOf(db);
        expect(records.map(({ object }) => object)).to.have.members(ids.slice(0, 4));
        expect(records.find(({ object }) => object === ids[0])?.after).to.include({ revoked: true, suspended: false });
      },
    ));

  it('are left to a change that is under way', () =>
    restored(
      (db) =>
        run(db, async (tx) => {
          const actor = actorOf(world.issuers.FEHD);
          await revokeCredential(tx, world.deps, { actor, id: ids[1] as string, reason: REASON });
        }),
      async (db) => {
        await eventually('it is revoked', async () => (await statusOf(db, ids[1] as string)).status === 'revoked');
        expect((await recordsOf(db)).map(({ object }) => object)).to.not.include(ids[1]);
      },
    ));

  it('never make valid what was revoked: where the chain lost it, it is revoked again', () =>
    restored(
      async (db) => {
        await db
          .updateTable('credentials')
          .set({ revoked: true })
          .where('id', '=', idOf(ids[5] as string))
          .execute();
      },
      async (db) => {
        const registry = createRegistry(world.deps.registry, createRpc([world.settings.rpcUrl]));
        const isRevoked = async () => {
          expect((await statusOf(db, ids[5] as string)).status).to.equal('revoked');
          const { batches } = await registry.readPage(world.issuers.FEHD.number as number, 0);
          const { leaf } = await db
            .selectFrom('credentials')
            .select('leaf')
            .where('id', '=', idOf(ids[5] as string))
            .executeTakeFirstOrThrow();
          return ((batches[0]?.revoked ?? 0n) >> BigInt(leaf as number)) & 1n;
        };
        await eventually('the chain has it again', async () => (await isRevoked()) === 1n);
      },
    ));
});

function idOf(id: string): Buffer {
  return fromCredentialId(id) as Buffer;
}
