import { copyFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Actor, actsOf } from '../../../server/auth/policy.ts';
import { createRegistry } from '../../../server/chain/registry.ts';
import { createRpc } from '../../../server/chain/rpc.ts';
import { revokeCredential } from '../../../server/issuance/change-status.ts';
import { credentialDocument } from '../../../server/issuance/document.ts';
import { approveDraft, createDraft, getDraft, submitDraft } from '../../../server/issuance/drafts.ts';
import { getCredential } from '../../../server/issuance/query.ts';
import { backUp, restore } from '../../../server/store/backup.ts';
import type { Db } from '../../../server/store/schema.ts';
import { openStore } from '../../../server/store/store.ts';
import { createEmptyDatabase } from '../database.ts';
import { actorOf, createWorld, eventually, expectCode, sampleRequest, untilFinal, type World } from '../harness.ts';
import { startJobsOn } from '../instance.ts';

describe('batches that are younger than the backup', () => {
  let world: World;
  let folder: string;
  let file: string;
  /** Issued before the backup was taken, and after it; sealed together. */
  let known: string;
  let lost: string;
  let draft: string;

  const person = (id: string): Actor => ({
    issuer: world.issuers.TD,
    id,
    name: id,
    may: actsOf(['preparer', 'approver']),
  });

  before(async () => {
    world = await createWorld();
    folder = mkdtempSync(join(tmpdir(), 'eproof-read-back-'));
    file = join(folder, 'backup.gz');
    known = (await world.issue('FEHD-GRL', 1)).id;
    const submitted = await world.db.transaction().execute(async (tx) => {
      const actor = person('officer:1');
      const { id } = await createDraft(tx, world.deps, { actor, content: sampleRequest('TD-DL') });
      return submitDraft(tx, world.deps, { actor, id });
    });
    draft = submitted.id;
    await backUp(world.settings.databaseUrl, file, new Date());
    lost = (await world.issue('FEHD-GRL', 2)).id;
    const contentHash = submitted.contentHash as string;
    await world.db
      .transaction()
      .execute((tx) => approveDraft(tx, world.deps, { actor: person('officer:2'), id: draft, contentHash }));
    const jobs = await world.startJobs();
    await untilFinal(world, [known, lost]);
    await jobs.stop();
  });
  after(async () => {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const restored = async (work: (db: Db) => Promise<void>, prepare = async (_: Db) => {}) => {
    const url = await createEmptyDatabase();
    await restore(url, file);
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
  const view = (db: Db, id: string) => getCredential(db, world.deps, { actor: actorOf(world.issuers.FEHD), id });
  const stateOf = (db: Db, code: string) =>
    db.selectFrom('issuers').select(['state', 'held_reason']).where('code', '=', code).executeTakeFirstOrThrow();
  const withManifest = async (change: (path: string) => void, work: () => Promise<void>) => {
    const kept = join(folder, 'manifest.json');
    const batch = (await view(world.db, known))?.batch?.id.slice(2);
    const path = join(world.settings.manifests, `${batch}.json`);
    copyFileSync(path, kept);
    change(path);
    await work().finally(() => renameSync(kept, path));
  };

  it('give what the backup had as issued the place that it has on the chain, and no second one', () =>
    restored(async (db) => {
      await eventually('it is final', async () => (await view(db, known))?.state === 'final');
      const [restoredView, ownView] = [await view(db, known), await view(world.db, known)];
      expect(restoredView?.batch).to.deep.equal(ownView?.batch);
      expect(restoredView?.claims).to.deep.equal(ownView?.claims);
      const document = (from: Db) =>
        credentialDocument(from, world.deps, { actor: actorOf(world.issuers.FEHD), id: known });
      expect((await document(db)).fullProof).to.deep.equal((await document(world.db)).fullProof);
      expect((await stateOf(db, 'FEHD')).state).to.equal('active');
      expect(await world.batchCount('FEHD')).to.equal(1);
    }));

  it('leave what came after it without claims, and say so in the audit log', () =>
    restored(async (db) => {
      await eventually('it is final', async () => (await view(db, lost))?.state === 'final');
      const found = await view(db, lost);
      const own = await view(world.db, lost);
      for (const field of ['reference', 'type', 'issued', 'validFrom', 'validUntil', 'batch', 'bound'] as const)
        expect(found?.[field], field).to.deep.equal(own?.[field]);
      expect(found).to.include({
        claims: null,
        failure: 'its claims were not in the backup that was restored, and are lost',
      });
      await expectCode(
        credentialDocument(db, world.deps, { actor: actorOf(world.issuers.FEHD), id: lost }),
        'CREDENTIAL_ERASED',
      );
      const record = await db
        .selectFrom('audit_records')
        .select(['object', 'after'])
        .where('act', '=', 'batch.read-back')
        .where('issuer_id', '=', world.issuers.FEHD.id)
        .executeTakeFirstOrThrow();
      expect(record).to.deep.equal({ object: own?.batch?.id, after: { known: 1, lost: 1 } });
    }));

  it('issue the draft that was approved after it', () =>
    restored(async (db) => {
      const found = await getDraft(db, world.deps, { actor: person('officer:1'), id: draft });
      expect(found).to.include({ state: 'issued' });
      const actor = actorOf(world.issuers.TD);
      await eventually('it is final', async () => {
        return (await getCredential(db, world.deps, { actor, id: found.credential as string }))?.state === 'final';
      });
    }));

  it('hold the department, and no other, while a manifest is missing, and no longer', async () => {
    await withManifest(rmSync, () =>
      restored(async (db) => {
        expect((await stateOf(db, 'FEHD')).held_reason).to.match(
          /^the chain has 1 of its batches .* \(0x[0-9a-f]{64}: there is no manifest of it\): restore the newest backup, or put/,
        );
        expect((await stateOf(db, 'TD')).state).to.equal('active');
        expect((await view(db, known))?.state).to.equal('issued');
      }),
    );
    await restored(async (db) => {
      expect(await stateOf(db, 'FEHD')).to.deep.equal({ state: 'active', held_reason: null });
    });
  });

  it('hold it until the manifest is brought, without another start', () =>
    withManifest(
      (path) => renameSync(path, `${path}.away`),
      () =>
        restored(async (db) => {
          expect((await stateOf(db, 'FEHD')).state).to.equal('held');
          const { id, outcome } = await db.selectFrom('unknown_batches').selectAll().executeTakeFirstOrThrow();
          expect(outcome).to.equal(null);
          const path = join(world.settings.manifests, `${id.toString('hex')}.json`);
          renameSync(`${path}.away`, path);
          await eventually('it is held no more', async () => (await stateOf(db, 'FEHD')).state === 'active');
          await eventually('it is final', async () => (await view(db, known))?.state === 'final');
          const row = await db.selectFrom('unknown_batches').select('outcome').executeTakeFirstOrThrow();
          expect(row.outcome).to.equal('known');
        }),
    ));

  for (const [what, change, says] of [
    [
      'another leaf',
      (text: string) => text.replace(/"content":"(..)/, '"content":"$1$1').replace(/(..)","header/, '","header'),
      'does not lead to the batch',
    ],
    ['another order', reversed, 'does not lead to the batch'],
    ['another format', (text: string) => text.replace('manifest/2', 'manifest/1'), 'is no manifest of that batch'],
    ['no end', (text: string) => text.slice(0, -2), 'is no manifest of that batch'],
  ] as const)
    it(`do not believe a manifest with ${what}`, () =>
      withManifest(
        (path) => writeFileSync(path, change(readFileSync(path, 'utf8'))),
        () =>
          restored(async (db) => {
            expect((await stateOf(db, 'FEHD')).held_reason).to.include(says);
            const batches = db.selectFrom('batches').select('seq').where('issuer_id', '=', world.issuers.FEHD.id);
            expect(await batches.execute()).to.deep.equal([]);
          }),
      ));

  it('are not read back where the database has one of their credentials in another place', () =>
    restored(
      async (db) => {
        expect((await stateOf(db, 'FEHD')).held_reason).to.include('has a credential of it in another place');
        expect(
          await db.selectFrom('batches').select('seq').where('issuer_id', '=', world.issuers.FEHD.id).execute(),
        ).to.deep.equal([]);
      },
      async (db) => {
        await db
          .updateTable('credentials')
          .set({ state: 'failed', failure: 'test' })
          .where('state', '=', 'issued')
          .execute();
      },
    ));

  it('can be revoked by the credential whose claims are lost', () =>
    restored(async (db) => {
      await eventually('it is final', async () => (await view(db, lost))?.state === 'final');
      const actor = actorOf(world.issuers.FEHD);
      await db
        .transaction()
        .execute((tx) => revokeCredential(tx, world.deps, { actor, id: lost, reason: 'issued-in-error' }));
      await eventually('it is revoked', async () => (await view(db, lost))?.status === 'revoked');
      const registry = createRegistry(world.deps.registry, createRpc([world.settings.rpcUrl]));
      const { batches } = await registry.readPage(world.issuers.FEHD.number as number, 0);
      expect(batches[0]?.revoked).to.equal(1n << BigInt((await view(db, lost))?.batch?.index as number));
      expect(readdirSync(world.settings.manifests)).to.have.length(2);
    }));
});

function reversed(text: string): string {
  const manifest = JSON.parse(text);
  return `${JSON.stringify({ ...manifest, leaves: manifest.leaves.toReversed() })}\n`;
}
