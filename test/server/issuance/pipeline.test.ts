import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { encodeProof } from '../../../proof/proof.ts';
import { toQrText } from '../../../proof/qr-text.ts';
import { verifyProof, verifyQrText } from '../../../proof/verification.ts';
import { createRegistry } from '../../../server/chain/registry.ts';
import { createRpc } from '../../../server/chain/rpc.ts';
import { reinstateCredential, revokeCredential, suspendCredential } from '../../../server/issuance/change-status.ts';
import { credentialDocument } from '../../../server/issuance/document.ts';
import { replaceCredential } from '../../../server/issuance/issue.ts';
import { listCredentials } from '../../../server/issuance/query.ts';
import { sealDue } from '../../../server/issuance/seal.ts';
import type { ChangeStatus } from '../../../server/issuance/use-cases.ts';
import type { CredentialState } from '../../../server/store/schema.ts';
import {
  actorOf,
  createWorld,
  eventually,
  expectCode,
  expectSameCounts,
  sampleRequest,
  untilFinal,
  viewOf,
  type World,
} from '../harness.ts';
import { type DepartmentCode, VERIFIER } from '../instance.ts';
import { sourcesOf } from '../sources.ts';

describe('the pipeline', () => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld();
  });

  afterEach(() => world.close());

  it('carries credentials of two departments to final', async () => {
    await world.startJobs();
    const views = [await world.issue('FEHD-GRL', 1), await world.issue('FEHD-GRL', 2), await world.issue('TD-DL', 3)];
    expect(views.map(({ state }) => state)).to.deep.equal(['issued', 'issued', 'issued']);
    await untilFinal(
      world,
      views.map(({ id }) => id),
    );
    const [first] = views as [(typeof views)[0]];
    const view = await viewOf(world, 'FEHD', first.id);
    expect(view).to.include({ state: 'final', status: 'in-force', failure: null });
    expect(view.batch).to.include({ number: 0 });
    expect(view.batch?.transaction).to.match(/^0x[0-9a-f]{64}$/);
    const registry = createRegistry(world.deps.registry, createRpc([world.settings.rpcUrl]));
    const [log] = await registry.logs('BatchAnchored', [null, null, view.batch?.id as string]);
    expect(log?.args.root).to.equal(view.batch?.root);
    expect(await world.batchCount('TD')).to.equal(1);
  });

  it('makes documents that verify against the chain for everybody', async () => {
    await world.startJobs();
    const ids = [
      (await world.issue('FEHD-GRL')).id,
      (await world.issue('TD-DL')).id,
      (await world.issue('HKPF-SPP')).id,
    ];
    await untilFinal(world, ids);
    for (const [i, code] of (['FEHD', 'TD', 'HKPF'] as const).entries()) {
      const one = { actor: actorOf(world.issuers[code]), id: ids[i] as string };
      const document = await credentialDocument(world.db, world.deps, one);
      const qr = await verifyQrText(toQrText(VERIFIER, encodeProof(document.qrProof)), await sourcesOf(world));
      const full = await verifyProof(document.fullProof, await sourcesOf(world));
      expect([qr.genuine, full.genuine], JSON.stringify(full.checks)).to.deep.equal(['genuine', 'genuine']);
      expect(full.credential?.claims).to.deep.equal(document.claims);
      expect(document.images.size).to.equal(code === 'HKPF' ? 1 : 0);
    }
    const { qrProof } = await credentialDocument(world.db, world.deps, {
      actor: actorOf(world.issuers.TD),
      id: ids[1] as string,
    });
    expect([qrProof.shown.kind, qrProof.rest.kind]).to.deep.equal(['hidden', 'hidden']);
  });

  it('seals 300 of one type into two batches', async () => {
    const ids = await world.issueMany('FEHD-FF', 300);
    await world.startJobs();
    await untilFinal(world, ids);
    const sizes = await world.db.selectFrom('batches').select('size').orderBy('seq').execute();
    expect(sizes.map(({ size }) => size)).to.deep.equal([256, 44]);
    expect(await world.batchCount('FEHD')).to.equal(2);
    const leaves = await world.db.selectFrom('credentials').select('leaf').orderBy('seq').limit(256).execute();
    const order = leaves.map(({ leaf }) => leaf as number);
    expect(order, 'no leaf tells when it was issued').not.to.deep.equal(order.toSorted((a, b) => a - b));
  });

  it('keeps a manifest of every batch beside the database', async () => {
    await world.startJobs();
    const { id } = await world.issue('FEHD-GRL');
    await untilFinal(world, [id]);
    const [file] = await readdir(world.settings.manifests);
    const manifest = JSON.parse(await readFile(join(world.settings.manifests, file as string), 'utf8'));
    const { batch } = await viewOf(world, 'FEHD', id);
    expect(`0x${manifest.batch}`).to.equal(batch?.id);
    expect(`0x${manifest.root}`).to.equal(batch?.root);
    expect(manifest.leaves).to.have.length(1);
  });

  it('revokes for ever', async () => {
    await world.startJobs();
    const { id } = await world.issue('FEHD-GRL');
    await untilFinal(world, [id]);
    await change(world, revokeCredential, 'FEHD', id);
    expect((await viewOf(world, 'FEHD', id)).pendingChange).to.include({ act: 'revoke' });
    await untilStatus(world, 'FEHD', id, 'revoked');
    expect(await verdictOn(world, id)).to.include({ code: 'revoked', reason: 3 });
    await expectCode(change(world, revokeCredential, 'FEHD', id), 'ALREADY_REVOKED');
    await expectCode(change(world, suspendCredential, 'FEHD', id), 'ALREADY_REVOKED');
  });

  it('revokes what is not anchored yet as soon as it is', async () => {
    const { id } = await world.issue('FEHD-GRL');
    await change(world, revokeCredential, 'FEHD', id);
    await expectCode(change(world, revokeCredential, 'FEHD', id), 'ALREADY_REVOKED');
    await world.startJobs();
    await untilStatus(world, 'FEHD', id, 'revoked');
  });

  it('suspends and reinstates, in this order', async () => {
    await world.startJobs();
    const { id } = await world.issue('FEHD-GRL');
    await untilFinal(world, [id]);
    await expectCode(change(world, reinstateCredential, 'FEHD', id), 'NOT_SUSPENDED');
    await change(world, suspendCredential, 'FEHD', id);
    await expectCode(change(world, suspendCredential, 'FEHD', id), 'ALREADY_SUSPENDED');
    await untilStatus(world, 'FEHD', id, 'suspended');
    await change(world, reinstateCredential, 'FEHD', id);
    await change(world, suspendCredential, 'FEHD', id);
    await change(world, reinstateCredential, 'FEHD', id);
    await untilStatus(world, 'FEHD', id, 'in-force');
    const states = await world.db
      .selectFrom('status_changes')
      .select(['act', 'state', 'key_nonce'])
      .orderBy('seq')
      .execute();
    expect(states.map(({ key_nonce }) => key_nonce)).to.deep.equal([0, 1, 2, 3]);
  });

  it('replaces a credential, which then leads to its successor', async () => {
    await world.startJobs();
    const { id } = await world.issue('TD-VL', 1);
    await untilFinal(world, [id]);
    const issuer = world.issuers.TD;
    const request = sampleRequest('TD-VL', 2);
    const replace = () =>
      world.db
        .transaction()
        .execute((tx) => replaceCredential(tx, world.deps, { actor: actorOf(issuer), id, request }));
    const successor = await replace();
    await expectCode(replace(), 'ALREADY_SUPERSEDED');
    await untilStatus(world, 'TD', id, 'superseded');
    expect((await viewOf(world, 'TD', id)).supersededBy).to.equal(successor.id);
    expect((await viewOf(world, 'TD', successor.id)).replaces).to.equal(id);
    expect(await verdictOn(world, id, 'TD')).to.include({ code: 'superseded' });
  });

  it('goes on accepting while the chain is down, and anchors when it is back', async () => {
    await world.startJobs();
    world.chain.setDown(true);
    const { id } = await world.issue('FEHD-GRL');
    await eventually('it is sealed', async () => (await viewOf(world, 'FEHD', id)).state === 'sealed');
    await eventually('jobs report the chain', async () => world.faults.some((fault) => fault.includes('no node')));
    world.chain.setDown(false);
    await untilFinal(world, [id]);
  });

  it('starts while the chain is down', async () => {
    world.chain.setDown(true);
    await world.startJobs();
    const { id } = await world.issue('FEHD-GRL');
    world.chain.setDown(false);
    await untilFinal(world, [id]);
  });

  it('anchors once what a node mined without saying so', async () => {
    world.chain.swallowAnswers(1);
    await world.startJobs();
    const { id } = await world.issue('FEHD-GRL');
    await untilFinal(world, [id]);
    expect(await world.batchCount('FEHD')).to.equal(1);
  });

  it('lets two instances work on one database', async () => {
    await Promise.all([world.startJobs(), world.startJobs()]);
    const ids = [...(await world.issueMany('FEHD-GRL', 40)), ...(await world.issueMany('TD-VL', 40))];
    await untilFinal(world, ids);
    await expectSameCounts(world);
    const [first] = ids as [string];
    await change(world, suspendCredential, 'FEHD', first);
    await untilStatus(world, 'FEHD', first, 'suspended');
  });

  it('makes nothing final before it is deep enough', async () => {
    await world.startJobs({ confirmations: 2 });
    const { id } = await world.issue('FEHD-GRL');
    await eventually('it is anchored', async () => (await viewOf(world, 'FEHD', id)).state === 'anchored');
    await world.chain.request('hardhat_mine', ['0x1']);
    await setTimeout(500);
    expect((await viewOf(world, 'FEHD', id)).state).to.equal('anchored');
    expect(await idsIn('anchored')).to.deep.equal([id]);
    expect(await idsIn('sealed')).to.deep.equal([]);
    await world.chain.request('hardhat_mine', ['0x1']);
    await untilFinal(world, [id]);
    expect(await idsIn('anchored')).to.deep.equal([]);
    expect(await idsIn('final')).to.include(id);
  });

  it('finds what is issued and what is sealed by these names', async () => {
    const [first, second] = [await world.issue('FEHD-GRL'), await world.issue('FEHD-GRL')];
    expect(await idsIn('issued')).to.deep.equal([second.id, first.id]);
    await sealDue({ ...world.deps, db: world.db, sealing: { maxSize: 2, maxWaitMs: 0 } });
    expect(await idsIn('issued')).to.deep.equal([]);
    expect(await idsIn('sealed')).to.deep.equal([second.id, first.id]);
    expect(await idsIn('failed')).to.deep.equal([]);
    await world.db.updateTable('credentials').set({ state: 'failed', failure: 'test' }).execute();
    expect(await idsIn('failed')).to.include.members([second.id, first.id]);
  });

  async function idsIn(state: CredentialState): Promise<string[]> {
    const asked = { actor: actorOf(world.issuers.FEHD), filters: { state }, limit: 100 };
    return (await listCredentials(world.db, world.deps, asked)).items.map(({ id }) => id);
  }

  it('does not seal a credential that was changed after its approval', async () => {
    const [good, bad] = [await world.issue('FEHD-GRL', 1), await world.issue('FEHD-GRL', 2)];
    await world.db
      .updateTable('credentials')
      .set({ header: Buffer.from([1, 2, 3]) })
      .where('content_hash', '=', await contentHashOf(world, 1))
      .execute();
    await world.startJobs();
    await eventually('the good one is final', async () => (await viewOf(world, 'FEHD', good.id)).state === 'final');
    expect(await viewOf(world, 'FEHD', bad.id)).to.include({ state: 'failed' });
  });

  it('lists in pages that a cursor connects', async () => {
    const ids = await world.issueMany('FEHD-GRL', 5);
    const issuer = world.issuers.FEHD;
    const list = (cursor?: string) =>
      listCredentials(world.db, world.deps, { actor: actorOf(issuer), filters: {}, limit: 2, cursor });
    const first = await list();
    const second = await list(first.next as string);
    const third = await list(second.next as string);
    expect([first, second, third].flatMap(({ items }) => items.map(({ id }) => id))).to.deep.equal(ids.toReversed());
    expect(third.next).to.equal(null);
    await expectCode(list('nonsense'), 'CURSOR_INVALID');
    const others = { actor: actorOf(world.issuers.TD), filters: {}, limit: 10 };
    expect((await listCredentials(world.db, world.deps, others)).items).to.deep.equal([]);
  });
});

async function contentHashOf(world: World, index: number): Promise<Buffer> {
  const rows = await world.db.selectFrom('credentials').select('content_hash').orderBy('seq').execute();
  return (rows[index] as { content_hash: Buffer }).content_hash;
}

function change(world: World, act: ChangeStatus, department: DepartmentCode, id: string) {
  const request = { actor: actorOf(world.issuers[department]), id, reason: 'conditions-breached' } as const;
  return world.db.transaction().execute((tx) => act(tx, world.deps, request));
}

async function untilStatus(world: World, department: DepartmentCode, id: string, status: string): Promise<void> {
  await eventually(`${id} is ${status}; faults: ${world.faults.slice(-3)}`, async () => {
    const view = await viewOf(world, department, id);
    return view.status === status && view.pendingChange === null;
  });
}

async function verdictOn(world: World, id: string, department: DepartmentCode = 'FEHD') {
  const issuer = world.issuers[department];
  const { qrProof } = await credentialDocument(world.db, world.deps, { actor: actorOf(issuer), id });
  return (await verifyProof(qrProof, await sourcesOf(world))).standing;
}
