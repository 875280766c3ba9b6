import { expect } from 'chai';
import { sealBatch } from '../../../proof/batch.ts';
import { decodeHex } from '../../../proof/bytes.ts';
import { batchId } from '../../../proof/signature.ts';
import { encodeAnchor, encodeCall, encodeRelayedStatusChange } from '../../../server/chain/registry.ts';
import { revokeCredential, suspendCredential } from '../../../server/issuance/change-status.ts';
import type { ChangeStatus } from '../../../server/issuance/use-cases.ts';
import { createStatusSigner } from '../../../server/keys/signer.ts';
import {
  actorOf,
  createWorld,
  dropPending,
  eventually,
  expectSameCounts,
  pendingOf,
  send,
  untilFinal,
  viewOf,
  type World,
} from '../harness.ts';
import { keyOf } from '../instance.ts';

const GOVERNANCE = 0;
const RELAYER = 1;
const FEHD_ANCHOR = 10;
const FEHD_STATUS = 11;
const STRANGER = 9;

describe('the pipeline under faults', () => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld();
  });

  afterEach(() => world.close());

  it('anchors the other departments while the registry refuses one', async () => {
    await send(world, GOVERNANCE, encodeCall('suspendIssuer', [world.issuers.FEHD.number]));
    const [stuck, free] = [await world.issue('FEHD-GRL'), await world.issue('TD-VL')];
    await world.startJobs();
    await eventually('the other is final', async () => (await viewOf(world, 'TD', free.id)).state === 'final');
    const batch = await world.db
      .selectFrom('batches')
      .selectAll()
      .where('issuer_id', '=', world.issuers.FEHD.id)
      .executeTakeFirstOrThrow();
    expect(batch.failure).to.contain('BatchIssuerNotActive');
    await send(world, GOVERNANCE, encodeCall('reinstateIssuer', [world.issuers.FEHD.number]));
    await untilFinal(world, [stuck.id, free.id]);
    await expectSameCounts(world);
  });

  it('carries again what a foreign transaction of its own account pushed out', async () => {
    const { id } = await world.issue('FEHD-GRL');
    await world.chain.request('evm_setAutomine', [false]);
    const jobs = await world.startJobs();
    await eventually('a node holds it', async () => (await pendingOf(world)).length === 1);
    await jobs.stop();
    await dropPending(world);
    await world.chain.request('evm_setAutomine', [true]);
    await send(world, RELAYER, '0x', keyOf(STRANGER).address);
    await world.startJobs();
    await untilFinal(world, [id]);
    const lost = await world.db.selectFrom('transactions').select('state').where('state', '=', 'lost').execute();
    expect(lost).to.have.length(1);
    await expectSameCounts(world);
  });

  it('anchors again what the chain forgot before it was final', async () => {
    const snapshot = await world.chain.request('evm_snapshot');
    await world.startJobs({ confirmations: 3 });
    const { id } = await world.issue('FEHD-GRL');
    await eventually('it is anchored', async () => (await viewOf(world, 'FEHD', id)).state === 'anchored');
    await world.chain.request('evm_revert', [snapshot]);
    await eventually('it is anchored again', async () => {
      await world.chain.request('hardhat_mine', ['0x1']);
      return (await viewOf(world, 'FEHD', id)).state === 'final';
    });
    expect(await world.batchCount('FEHD')).to.equal(1);
  });

  it('signs status changes again after somebody else used the key', async () => {
    const jobs = await world.startJobs();
    const [first, second] = [await world.issue('FEHD-GRL', 1), await world.issue('FEHD-GRL', 2)];
    await untilFinal(world, [first.id, second.id]);
    await world.chain.request('evm_setAutomine', [false]);
    await change(world, revokeCredential, first.id);
    await change(world, suspendCredential, second.id);
    await eventually('both are sent', async () => (await sentChanges(world)) === 2);
    await jobs.stop();
    await dropPending(world);
    await world.chain.request('evm_setAutomine', [true]);
    await useStatusNonce(world, first.id);
    await world.startJobs();
    await eventually('both are final', async () => {
      const views = await Promise.all([first, second].map(({ id }) => viewOf(world, 'FEHD', id)));
      return (
        views[0]?.status === 'revoked' && views[1]?.status === 'suspended' && views.every((view) => !view.pendingChange)
      );
    });
  });

  it('holds a department that has a batch on the chain which the database does not know', async () => {
    await anchorElsewhere(world);
    await world.startJobs();
    const held = await world.db.selectFrom('issuers').selectAll().where('code', '=', 'FEHD').executeTakeFirstOrThrow();
    expect(held.state).to.equal('held');
    expect(held.held_reason).to.contain('1 of its batches that this database does not know');
    world.issuers.FEHD = held;
    const refused = await world.issue('FEHD-GRL').catch((error: { code: string }) => error.code);
    expect(refused).to.equal('ISSUER_HELD');
    await untilFinal(world, [(await world.issue('TD-VL')).id]);
  });

  it('takes for anchored what it had signed and somebody else carried', async () => {
    const jobs = await world.startJobs();
    world.chain.setDown(true);
    const { id } = await world.issue('FEHD-GRL');
    const batch = await eventually('it is signed', () =>
      world.db.selectFrom('batches').selectAll().where('state', '=', 'signed').executeTakeFirst(),
    );
    await jobs.stop();
    world.chain.setDown(false);
    const { number: issuer } = world.issuers.FEHD;
    const { root, size, signature } = batch;
    const signed = {
      issuer: issuer as number,
      definition: decodeHex(batch.definition),
      root,
      size,
      signature: signature as Buffer,
    };
    await send(world, STRANGER, encodeAnchor([signed]));
    const block = Number(await world.chain.request('eth_blockNumber', []));
    await world.startJobs();
    await untilFinal(world, [id]);
    const found = await world.db.selectFrom('batches').select('block_number').where('state', '=', 'final').execute();
    expect(found.map(({ block_number }) => Number(block_number))).to.deep.equal([block]);
    expect(await world.db.selectFrom('transactions').selectAll().execute()).to.deep.equal([]);
  });

  it('refuses to start on another chain', async () => {
    const other = { ...world.settings.trusted, chainId: 1 };
    world.settings.trusted = other;
    const refused = await world.startJobs().catch((error: { code: string }) => error.code);
    expect(refused).to.equal('CHAIN_REFUSED');
  });
});

function change(world: World, act: ChangeStatus, id: string) {
  const request = { actor: actorOf(world.issuers.FEHD), id, reason: 'ceased' } as const;
  return world.db.transaction().execute((tx) => act(tx, world.deps, request));
}

async function sentChanges(world: World): Promise<number> {
  return (await world.db.selectFrom('status_changes').select('seq').where('state', '=', 'sent').execute()).length;
}

async function useStatusNonce(world: World, id: string): Promise<void> {
  const { batch } = await viewOf(world, 'FEHD', id);
  const signer = createStatusSigner(keyOf(FEHD_STATUS), world.deps.registry);
  const reinstate = {
    batch: decodeHex(batch?.id as string),
    act: 'reinstate' as const,
    leaves: 1n,
    until: 0,
    reason: 0,
  };
  const signature = await signer.signStatusChange({ ...reinstate, nonce: 0 });
  await send(world, STRANGER, encodeRelayedStatusChange(reinstate, 0, signature));
}

async function anchorElsewhere(world: World): Promise<void> {
  const issuer = world.issuers.FEHD.number as number;
  const definition = decodeHex(world.deps.findType('FEHD-GRL')?.sha256 as string);
  const { root, size } = sealBatch([new Uint8Array(32).fill(7)]);
  const signature = keyOf(FEHD_ANCHOR).sign(batchId(world.deps.registry, { issuer, definition, root, size }));
  await send(world, STRANGER, encodeAnchor([{ issuer, definition, root, size, signature }]));
}
