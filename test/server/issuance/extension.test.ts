import { expect } from 'chai';
import { JsonRpcProvider, Wallet } from 'ethers';
import { toDate, toHongKongDay } from '../../../proof/day.ts';
import { verifyProof } from '../../../proof/verification.ts';
import { AppError } from '../../../server/app-error.ts';
import { encodeCall } from '../../../server/chain/registry.ts';
import { reinstateCredential, revokeCredential, suspendCredential } from '../../../server/issuance/change-status.ts';
import { credentialDocument } from '../../../server/issuance/document.ts';
import { type ExtensionRequest, extendCredential } from '../../../server/issuance/extend.ts';
import type { ChangeStatus } from '../../../server/issuance/use-cases.ts';
import { actorOf, createWorld, eventually, untilFinal, viewOf, type World } from '../harness.ts';
import { keyOf, privateKeyOf } from '../instance.ts';
import { sourcesOf } from '../sources.ts';

const STATUS_PURPOSE = 2;
/** The day on which the sample's licence ends, long ago. */
const PAST = { validFrom: '2024-03-01', validUntil: '2025-02-28', issued: '2024-03-01' };

describe('acts that need the anchor key', () => {
  let world: World;
  const today = toHongKongDay(Date.now() / 1000);

  let isSignerAway = false;
  const beforeAnchorKey = () => {
    if (isSignerAway) throw new AppError('SIGNER_UNREACHABLE', 'the signer is being started again');
  };

  beforeEach(async () => {
    world = await createWorld();
    isSignerAway = false;
    await world.startJobs({ beforeAnchorKey });
  });
  afterEach(() => world.close());

  const extend = (id: string, wish: Partial<ExtensionRequest>) =>
    world.db
      .transaction()
      .execute((tx) => extendCredential(tx, world.deps, { actor: actorOf(world.issuers.FEHD), id, ...wish }));
  const change = (act: ChangeStatus, id: string) =>
    world.db
      .transaction()
      .execute((tx) => act(tx, world.deps, { actor: actorOf(world.issuers.FEHD), id, reason: 'conditions-breached' }));
  const settle = (id: string) =>
    eventually(`${id} is settled; faults: ${world.faults.slice(-3)}`, async () => {
      const view = await viewOf(world, 'FEHD', id);
      return view.pendingChange === null && view;
    });
  const standing = async (id: string) => {
    const { qrProof } = await credentialDocument(world.db, world.deps, { actor: actorOf(world.issuers.FEHD), id });
    return (await verifyProof(qrProof, await sourcesOf(world))).standing;
  };
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'nothing thrown',
      (error: { code: string }) => error.code,
    );

  it('keep a credential in force past its date, to a day or while a renewal is decided, and take that back', async () => {
    const { id } = await world.issue('FEHD-GRL', 1, { validity: PAST });
    await untilFinal(world, [id]);
    expect((await standing(id))?.code).to.equal('expired');

    await extend(id, { validUntil: toDate(today + 30) });
    expect((await settle(id)).extension).to.deep.equal({ validUntil: toDate(today + 30), pendingRenewal: false });
    expect(await standing(id)).to.include({ code: 'in-force-past-date', until: today + 30, by: 'amendment' });
    expect(await codeOf(extend(id, { validUntil: toDate(today + 30) }))).to.equal('VALIDITY_UNCHANGED');

    await extend(id, { pendingRenewal: true, reason: 'holder-request' });
    expect((await settle(id)).extension).to.deep.equal({ validUntil: null, pendingRenewal: true });
    expect(await standing(id)).to.include({ code: 'in-force-past-date', until: null });

    await extend(id, { validUntil: toDate(today - 1) });
    expect((await settle(id)).extension?.validUntil).to.equal(toDate(today - 1));
    expect(await standing(id)).to.include({ code: 'expired', on: today - 1 });
    const keys = await world.db.selectFrom('status_changes').select(['key', 'key_nonce']).orderBy('seq').execute();
    const anchorKey = world.issuers.FEHD.anchor_key;
    expect(keys).to.deep.equal([0, 1, 2].map((key_nonce) => ({ key: anchorKey, key_nonce })));
  });

  it('keep their place in the order of a credential with those of the status key', async () => {
    const { id } = await world.issue('FEHD-GRL');
    await change(suspendCredential, id);
    await extend(id, { pendingRenewal: true });
    await change(reinstateCredential, id);
    await change(revokeCredential, id);
    expect(await codeOf(extend(id, { validUntil: '2999-01-01' }))).to.equal('ALREADY_REVOKED');
    const view = await settle(id);
    expect([view.status, view.extension?.pendingRenewal]).to.deep.equal(['revoked', true]);
    const blocks = await world.db
      .selectFrom('status_changes')
      .select(['block_number', 'state'])
      .orderBy('seq')
      .execute();
    const order = blocks.map(({ block_number }) => block_number as number);
    expect(order).to.deep.equal(order.toSorted((a, b) => a - b));
  });

  it('wait until what the status key did before them is mined', async () => {
    const [suspended, other] = [await world.issue('FEHD-GRL', 5), await world.issue('FEHD-GRL', 6)];
    await untilFinal(world, [suspended.id, other.id]);
    await world.chain.request('evm_setAutomine', [false]);
    const stateOf = async (id: string) => (await viewOf(world, 'FEHD', id)).pendingChange?.state;
    await change(suspendCredential, suspended.id);
    await eventually('the suspension is under way', async () => (await stateOf(suspended.id)) === 'sent');
    await extend(suspended.id, { pendingRenewal: true });
    await extend(other.id, { pendingRenewal: true });
    await eventually('the other is under way', async () => (await stateOf(other.id)) === 'sent');
    expect(await stateOf(suspended.id)).to.equal('recorded');
    await world.chain.request('evm_setAutomine', [true]);
    await world.chain.request('evm_mine');
    expect((await settle(suspended.id)).extension?.pendingRenewal).to.equal(true);
    expect((await settle(other.id)).extension?.pendingRenewal).to.equal(true);
  });

  it('wait while the signer is away, and keep no status key from revoking', async () => {
    const [waiting, bad] = [await world.issue('FEHD-GRL', 3), await world.issue('FEHD-GRL', 4)];
    await untilFinal(world, [waiting.id, bad.id]);
    isSignerAway = true;
    await extend(waiting.id, { pendingRenewal: true });
    await change(revokeCredential, bad.id);
    expect((await settle(bad.id)).status).to.equal('revoked');
    expect((await viewOf(world, 'FEHD', waiting.id)).pendingChange?.state).to.equal('recorded');
    isSignerAway = false;
    expect((await settle(waiting.id)).extension?.pendingRenewal).to.equal(true);
  });

  it('are refused for a day that there is not or that is before the beginning', async () => {
    const { id } = await world.issue('FEHD-GRL');
    for (const validUntil of ['2026-02-30', '1999-12-31', ''])
      expect(await codeOf(extend(id, { validUntil }))).to.equal('VALIDATION_FAILED');
  });

  it('lift what an earlier status key suspended, when the department has a new one', async () => {
    const { id } = await world.issue('FEHD-GRL', 2);
    await untilFinal(world, [id]);
    await change(suspendCredential, id);
    await settle(id);
    const next = keyOf(12).address;
    await addKey(world, next);
    await world.db.updateTable('issuers').set({ status_key: next }).where('id', '=', world.issuers.FEHD.id).execute();
    await change(reinstateCredential, id);
    expect((await settle(id)).status).to.equal('in-force');
    expect((await standing(id))?.code).to.equal('in-force');
    await change(suspendCredential, id);
    expect((await settle(id)).status).to.equal('suspended');
    const keys = await world.db.selectFrom('status_changes').select('key').orderBy('seq').execute();
    expect(keys.map(({ key }) => key)).to.deep.equal([keyOf(11).address, keyOf(10).address, next]);
  });
});

async function addKey({ settings, issuers }: World, key: string): Promise<void> {
  const provider = new JsonRpcProvider(settings.rpcUrl, undefined, { cacheTimeout: -1, staticNetwork: true });
  try {
    const admin = new Wallet(privateKeyOf(2), provider);
    const data = encodeCall('addKey', [issuers.FEHD.number, key, STATUS_PURPOSE, 0, 0]);
    const sent = await admin.sendTransaction({ to: settings.trusted.address, data });
    await sent.wait();
  } finally {
    provider.destroy();
  }
}
