import { expect } from 'chai';
import { encodeBytes32String, id, type Signer, ZeroAddress } from 'ethers';
import {
  anchorFive,
  at,
  DAY,
  deployWorld,
  inSeconds,
  keyPurpose,
  networkHelpers,
  type Registry,
  signBatch,
  signMessage,
  statusAct,
  toBatch,
  toBatchId,
  today,
  type World,
} from './registry.ts';

describe('EProofRegistry: pausing', () => {
  let world: World;
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(deployWorld);
  });

  const isStopped = async (): Promise<boolean> =>
    world
      .as(world.governance)
      .admitIssuer.staticCall(world.stranger, id('profile'))
      .then(
        () => false,
        () => true,
      );

  describe('setGuardian', () => {
    it('names who may pause', async () => {
      await expect(world.as(world.governance).setGuardian(world.stranger))
        .to.emit(world.registry, 'GuardianChanged')
        .withArgs(world.stranger);
      expect(await world.registry.guardian()).to.equal(await world.stranger.getAddress());
      await world.as(world.stranger).pause();
      await expect(world.as(world.guardian).unpause()).to.be.revertedWithCustomError(
        world.registry,
        'GuardianUnauthorized',
      );
    });

    it('names nobody, who then may not pause', async () => {
      await world.as(world.governance).setGuardian(ZeroAddress);
      await expect(world.as(world.guardian).pause())
        .to.be.revertedWithCustomError(world.registry, 'GuardianUnauthorized')
        .withArgs(world.guardian);
    });

    it('rejects everybody but the governance, the guardian too', async () => {
      for (const account of [world.guardian, world.admin, world.stranger]) {
        await expect(world.as(account).setGuardian(account))
          .to.be.revertedWithCustomError(world.registry, 'GovernanceUnauthorized')
          .withArgs(account);
      }
    });
  });

  describe('pause', () => {
    it('stops for exactly 3 days', async () => {
      expect(await world.registry.pausedUntil()).to.equal(0n);
      const time = await inSeconds(60);
      const until = time + 3 * DAY;
      await expect(world.as(world.guardian).pause()).to.emit(world.registry, 'Paused').withArgs(until);
      expect(await world.registry.pausedUntil()).to.equal(BigInt(until));
      await at(until - 1);
      await expect(world.as(world.governance).admitIssuer(world.stranger, id('profile')))
        .to.be.revertedWithCustomError(world.registry, 'RegistryPaused')
        .withArgs(until);
      await at(until);
      await expect(world.as(world.governance).admitIssuer(world.stranger, id('profile'))).to.emit(
        world.registry,
        'IssuerAdmitted',
      );
    });

    it('is allowed again exactly 30 days after the last one began', async () => {
      const time = await inSeconds(60);
      await world.as(world.guardian).pause();
      await at(time + 30 * DAY - 1);
      await expect(world.as(world.guardian).pause())
        .to.be.revertedWithCustomError(world.registry, 'GuardianPauseTooSoon')
        .withArgs(time + 30 * DAY - 1, time + 30 * DAY);
      await at(time + 30 * DAY);
      await expect(world.as(world.guardian).pause())
        .to.emit(world.registry, 'Paused')
        .withArgs(time + 33 * DAY);
    });

    it('counts the 30 days on for another guardian', async () => {
      const time = await inSeconds(60);
      await world.as(world.guardian).pause();
      await world.as(world.governance).setGuardian(world.stranger);
      await at(time + 3 * DAY);
      await expect(world.as(world.stranger).pause())
        .to.be.revertedWithCustomError(world.registry, 'GuardianPauseTooSoon')
        .withArgs(time + 3 * DAY, time + 30 * DAY);
    });

    it('rejects everybody but the guardian, the governance too', async () => {
      for (const account of [world.governance, world.admin, world.stranger]) {
        await expect(world.as(account).pause())
          .to.be.revertedWithCustomError(world.registry, 'GuardianUnauthorized')
          .withArgs(account);
      }
    });
  });

  describe('unpause', () => {
    it('ends the pause at once, by the guardian or the governance', async () => {
      for (const account of ['guardian', 'governance'] as const) {
        const { registry, as, ...signers } = await networkHelpers.loadFixture(deployWorld);
        await as(signers.guardian).pause();
        expect(await isStopped()).to.equal(true);
        await expect(as(signers[account]).unpause()).to.emit(registry, 'Unpaused').withArgs();
        expect(await isStopped()).to.equal(false);
        expect(await registry.pausedUntil()).to.equal(0n);
      }
    });

    it('leaves the 30 days to the next pause as they are', async () => {
      const time = await inSeconds(60);
      await world.as(world.guardian).pause();
      await world.as(world.guardian).unpause();
      await at(time + 30 * DAY - 1);
      await expect(world.as(world.guardian).pause())
        .to.be.revertedWithCustomError(world.registry, 'GuardianPauseTooSoon')
        .withArgs(time + 30 * DAY - 1, time + 30 * DAY);
    });

    it('rejects everybody else', async () => {
      await world.as(world.guardian).pause();
      for (const account of [world.admin, world.stranger]) {
        await expect(world.as(account).unpause())
          .to.be.revertedWithCustomError(world.registry, 'GuardianUnauthorized')
          .withArgs(account);
      }
    });

    it('rejects a registry that is not paused, any more or at all', async () => {
      await expect(world.as(world.guardian).unpause()).to.be.revertedWithCustomError(
        world.registry,
        'RegistryNotPaused',
      );
      const time = await inSeconds(60);
      await world.as(world.guardian).pause();
      await at(time + 3 * DAY);
      await expect(world.as(world.guardian).unpause()).to.be.revertedWithCustomError(
        world.registry,
        'RegistryNotPaused',
      );
    });
  });
});

/**
 * Everything that a pause could stop is prepared: leaf 0 suspended openly and leaf 1 until `end` by the status key, leaf 2 with a successor,
 * issuer 3 suspended, a recovery of issuer 1 due, its admin's place offered to the stranger, one notice posted. Then the guardian pauses.
 */
async function pauseWorld() {
  const world = await anchorFive();
  const { as, governance, admin, statusKey, anchorKey, fiveId: batch } = world;
  await as(governance).admitIssuer(world.stranger, id('profile 3'));
  await as(governance).suspendIssuer(3);
  await as(governance).proposeRecovery(1, admin);
  await networkHelpers.time.increase(14 * DAY);
  const end = (await today()) + 100;
  const suspend = { batch, act: statusAct.suspend, until: 0, reason: 0 };
  await as(statusKey).postStatus({ ...suspend, leaves: 0b01n });
  await as(statusKey).postStatus({ ...suspend, leaves: 0b10n, until: end });
  await as(statusKey).nameSuccessor({ batch, leaf: 2, successorBatch: batch, successorLeaf: 3 });
  await as(admin).transferAdmin(1, world.stranger);
  await as(anchorKey).postNotice(toNotice(end));
  const until = (await inSeconds(60)) + 3 * DAY;
  await as(world.guardian).pause();
  return { ...world, end, until };
}

type Paused = Awaited<ReturnType<typeof pauseWorld>>;
type Send = (world: Paused) => Promise<unknown>;

const toNotice = (day: number) => ({
  issuer: 1,
  credentialType: 1,
  from: day,
  to: day,
  validUntil: day,
  law: encodeBytes32String('L.N. 95 of 2022'),
});

const toChange = ({ fiveId, end }: Paused, act: number, leaves: bigint, later = 0) => ({
  batch: fiveId,
  act,
  leaves,
  until: later === 0 ? 0 : end + later,
  reason: 0,
});

async function relayed(
  world: Paused,
  key: Signer,
  type: 'StatusChange' | 'Extension' | 'Notice' | 'Succession',
  message: object,
) {
  const nonce = await world.registry.nonces(key);
  return [message, nonce, await signMessage(world, type, { ...message, nonce }, key)] as const;
}

const toExtension = ({ fiveId, end }: Paused) => ({ batch: fiveId, leaf: 0, validUntil: end, reason: 0 });
const by = (
  key: 'governance' | 'admin' | 'anchorKey' | 'statusKey' | 'stranger',
  send: (as: Registry, w: Paused) => unknown,
) => (async (world: Paused) => send(world.as(world[key]), world)) as Send;

const stopped: Record<string, Send> = {
  admitIssuer: by('governance', (as, w) => as.admitIssuer(w.stranger, id('profile 4'))),
  reinstateIssuer: by('governance', (as) => as.reinstateIssuer(3)),
  executeRecovery: by('stranger', (as) => as.executeRecovery(1)),
  acceptAdmin: by('stranger', (as) => as.acceptAdmin(1)),
  addKey: by('admin', (as, w) => as.addKey(1, w.stranger, keyPurpose.status, 0, 0)),
  openCredentialType: by('admin', (as) => as.openCredentialType(1, id('type 3'))),
  anchor: async (w) => w.registry.anchor([await signBatch(w, toBatch(w, { root: id('paused') }))]),
  'anchor, of a batch that is anchored': async (w) => w.registry.anchor([await signBatch(w, w.five)]),
  endorseBatch: by('admin', (as, w) => as.endorseBatch(1, w.fiveId)),
  'postStatus, a reinstatement': by('statusKey', (as, w) => as.postStatus(toChange(w, statusAct.reinstate, 1n))),
  'relayStatus, a reinstatement': async (w) =>
    w.registry.relayStatus(...(await relayed(w, w.statusKey, 'StatusChange', toChange(w, statusAct.reinstate, 1n)))),
  'postStatus, an end for an open suspension': by('statusKey', (as, w) =>
    as.postStatus(toChange(w, statusAct.suspend, 0b01n, 1)),
  ),
  'postStatus, an earlier end': by('statusKey', (as, w) => as.postStatus(toChange(w, statusAct.suspend, 0b10n, -1))),
  'relayStatus, an earlier end by an anchor key': async (w) =>
    w.registry.relayStatus(
      ...(await relayed(w, w.anchorKey, 'StatusChange', toChange(w, statusAct.suspend, 0b10n, -1))),
    ),
  extend: by('anchorKey', (as, w) => as.extend(toExtension(w))),
  relayExtension: async (w) =>
    w.registry.relayExtension(...(await relayed(w, w.anchorKey, 'Extension', toExtension(w)))),
  postNotice: by('anchorKey', (as, w) => as.postNotice(toNotice(w.end))),
  relayNotice: async (w) => w.registry.relayNotice(...(await relayed(w, w.anchorKey, 'Notice', toNotice(w.end)))),
};

const neverStopped: Record<string, { send: Send; event: string }> = {
  'postStatus, a revocation': {
    send: by('statusKey', (as, w) => as.postStatus(toChange(w, statusAct.revoke, 1n))),
    event: 'StatusChanged',
  },
  'relayStatus, a revocation': {
    send: async (w) =>
      w.registry.relayStatus(...(await relayed(w, w.statusKey, 'StatusChange', toChange(w, statusAct.revoke, 1n)))),
    event: 'StatusChanged',
  },
  'postStatus, a revocation before anchoring': {
    send: by('statusKey', (as, w) =>
      as.postStatus({ ...toChange(w, statusAct.revoke, 1n), batch: toBatchId(w.domain, toBatch(w)) }),
    ),
    event: 'StatusChanged',
  },
  'postStatus, a new suspension': {
    send: by('statusKey', (as, w) => as.postStatus(toChange(w, statusAct.suspend, 0b1000n))),
    event: 'StatusChanged',
  },
  'postStatus, a later end': {
    send: by('statusKey', (as, w) => as.postStatus(toChange(w, statusAct.suspend, 0b10n, 1))),
    event: 'StatusChanged',
  },
  'postStatus, an open end': {
    send: by('statusKey', (as, w) => as.postStatus(toChange(w, statusAct.suspend, 0b10n))),
    event: 'StatusChanged',
  },
  voidBatch: { send: by('admin', (as, w) => as.voidBatch(1, w.fiveId)), event: 'BatchVoided' },
  'voidBatch, before anchoring': { send: by('admin', (as) => as.voidBatch(1, id('other'))), event: 'BatchVoided' },
  nameSuccessor: {
    send: by('statusKey', (as, w) =>
      as.nameSuccessor({ batch: w.fiveId, leaf: 0, successorBatch: w.fiveId, successorLeaf: 1 }),
    ),
    event: 'SuccessorNamed',
  },
  'relaySuccession, in the place of another': {
    send: async (w) =>
      w.registry.relaySuccession(
        ...(await relayed(w, w.anchorKey, 'Succession', {
          batch: w.fiveId,
          leaf: 2,
          successorBatch: w.fiveId,
          successorLeaf: 1,
        })),
      ),
    event: 'SuccessorNamed',
  },
  endKey: { send: by('admin', (as, w) => as.endKey(1, w.anchorKey, 0)), event: 'KeyEnded' },
  reportCompromise: { send: by('admin', (as, w) => as.reportCompromise(1, w.anchorKey, 1)), event: 'KeyCompromised' },
  renounceKey: { send: by('anchorKey', (as) => as.renounceKey()), event: 'KeyEnded' },
  relayRenounceKey: {
    send: async (w) => {
      const message = { key: await w.statusKey.getAddress(), nonce: 0 };
      return w.registry.relayRenounceKey(message.key, 0, await signMessage(w, 'KeyRenunciation', message, w.statusKey));
    },
    event: 'KeyEnded',
  },
  closeCredentialType: { send: by('admin', (as) => as.closeCredentialType(1, 1)), event: 'CredentialTypeClosed' },
  withdrawNotice: { send: by('admin', (as) => as.withdrawNotice(1, 1, 0)), event: 'NoticeWithdrawn' },
  transferAdmin: { send: by('admin', (as, w) => as.transferAdmin(1, w.carrier)), event: 'AdminTransferOffered' },
  objectToRecovery: { send: by('admin', (as) => as.objectToRecovery(1)), event: 'RecoveryObjected' },
  proposeRecovery: {
    send: by('governance', (as, w) => as.proposeRecovery(2, w.stranger)),
    event: 'RecoveryProposed',
  },
  withdrawRecovery: { send: by('governance', (as) => as.withdrawRecovery(1)), event: 'RecoveryWithdrawn' },
  suspendIssuer: { send: by('governance', (as) => as.suspendIssuer(1)), event: 'IssuerSuspended' },
  endIssuer: { send: by('governance', (as) => as.endIssuer(1, 2)), event: 'IssuerEnded' },
  setGuardian: { send: by('governance', (as, w) => as.setGuardian(w.stranger)), event: 'GuardianChanged' },
};

describe('EProofRegistry: paused', () => {
  let world: Paused;
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(pauseWorld);
  });

  for (const [name, send] of Object.entries(stopped)) {
    it(`stops ${name}`, async () => {
      await expect(send(world)).to.be.revertedWithCustomError(world.registry, 'RegistryPaused').withArgs(world.until);
      await world.as(world.guardian).unpause();
      await send(world);
    });
  }

  for (const [name, { send, event }] of Object.entries(neverStopped)) {
    it(`never stops ${name}`, async () => {
      await expect(send(world)).to.emit(world.registry, event);
    });
  }

  it('refuses a reinstatement even where only one of its leaves is suspended', async () => {
    await expect(
      world.as(world.statusKey).postStatus(toChange(world, statusAct.reinstate, 0b11111n)),
    ).to.be.revertedWithCustomError(world.registry, 'RegistryPaused');
    await expect(world.as(world.statusKey).postStatus(toChange(world, statusAct.reinstate, 0b11100n))).to.not.emit(
      world.registry,
      'StatusChanged',
    );
  });

  it('takes a suspension with an end in the place of an open one that was lifted', async () => {
    await world.as(world.guardian).unpause();
    await world.as(world.statusKey).postStatus(toChange(world, statusAct.reinstate, 1n));
    await networkHelpers.time.increase(30 * DAY);
    await world.as(world.guardian).pause();
    await expect(world.as(world.statusKey).postStatus(toChange(world, statusAct.suspend, 1n, 1))).to.emit(
      world.registry,
      'StatusChanged',
    );
  });

  it('is told here of every function that writes', () => {
    const named = [...Object.keys(stopped), ...Object.keys(neverStopped)].map((name) => name.split(',')[0]);
    const writing: string[] = [];
    world.registry.interface.forEachFunction(({ name, stateMutability }) => {
      if (stateMutability === 'nonpayable') writing.push(name);
    });
    expect(new Set([...named, 'pause', 'unpause'])).to.deep.equal(new Set(writing));
  });
});
