import { execFile } from 'node:child_process';
import { expect } from 'chai';
import { EventFragment, Interface, id, Wallet, zeroPadBytes } from 'ethers';
import { readState } from '../../scripts/replay/contract.ts';
import { type RegistryEvent, replayEvents } from '../../scripts/replay/replay.ts';
import { compareStates, type RegistryState } from '../../scripts/replay/state.ts';
import { compareWithEvents, readEvents } from '../../scripts/replay-events.ts';
import { createDraw, type Draw } from '../../scripts/vectors/draw.ts';
import { registryAbi } from '../../server/chain/registry-abi.ts';
import {
  type Batch,
  deployWorld,
  ethers,
  keyPurpose,
  networkHelpers,
  signBatch,
  statusAct,
  toBatch,
  toBatchId,
  type World,
} from './registry.ts';

const { time } = networkHelpers;
const DAY = 86_400;
const abi = new Interface(registryAbi);

/** Every event of the registry's own. */
const EVENTS = abi.fragments
  .flatMap((fragment) => (fragment instanceof EventFragment ? [fragment.name] : []))
  .filter((name) => name !== 'EIP712DomainChanged');

type Act = (draw: Draw) => Promise<unknown>;

/** Acts of everybody on two departments. Many are refused: then nothing happened, and no event says so. */
function actsOf(world: World): Record<string, Act> {
  const batches: Batch[] = [];
  const { governance, admin, otherAdmin, anchorKey, statusKey, otherKey, carrier, stranger } = world;
  const keys = [anchorKey, statusKey, otherKey];
  const idOf = (batch: Batch) => toBatchId(world.domain, batch);
  const some = (draw: Draw) => (batches.length > 0 ? draw.pick(batches) : toBatch(world));
  const leafOf = (draw: Draw, batch: Batch) => draw.number(batch.size);
  const today = async () => Math.floor(((await time.latest()) + 8 * 3600) / DAY);
  const adminOf = (draw: Draw) => world.as(draw.pick([admin, otherAdmin, stranger]));
  return {
    anchor: async (draw) => {
      const issuer = draw.pick([1, 1, 2]);
      const root = id(`root ${draw.number(2 ** 30)}`);
      const batch = toBatch(world, { root, issuer, size: draw.pick([1, 5, 256]) });
      const signed = await signBatch(world, batch, issuer === 1 ? anchorKey : otherKey);
      await world.registry.anchor(draw.pick([[signed], [signed, signed]]));
      batches.push(batch);
    },
    status: async (draw) => {
      const batch = some(draw);
      const leaves = (1n << BigInt(leafOf(draw, batch))) | (1n << BigInt(leafOf(draw, batch)));
      const act = draw.pick([statusAct.revoke, statusAct.suspend, statusAct.suspend, statusAct.reinstate]);
      const until = act === statusAct.suspend && draw.pick([true, false]) ? (await today()) + draw.number(9) : 0;
      await world.as(draw.pick(keys)).postStatus({ batch: idOf(batch), act, leaves, until, reason: draw.number(9) });
    },
    revokeEarly: (draw) =>
      world.as(draw.pick(keys)).postStatus({
        batch: idOf(toBatch(world, { root: id(`early ${draw.number(4)}`), size: 5 })),
        act: statusAct.revoke,
        leaves: 1n << BigInt(draw.number(256)),
        until: 0,
        reason: 1,
      }),
    anchorEarly: async (draw) => {
      const batch = toBatch(world, { root: id(`early ${draw.number(4)}`), size: 5 });
      await world.registry.anchor([await signBatch(world, batch)]);
      batches.push(batch);
    },
    succeed: (draw) => {
      const [from, to] = [some(draw), some(draw)];
      return world.as(draw.pick(keys)).nameSuccessor({
        batch: idOf(from),
        leaf: leafOf(draw, from),
        successorBatch: idOf(to),
        successorLeaf: leafOf(draw, to),
      });
    },
    extend: async (draw) => {
      const batch = some(draw);
      const validUntil = (await today()) + draw.number(99);
      await world.as(draw.pick(keys)).extend({ batch: idOf(batch), leaf: leafOf(draw, batch), validUntil, reason: 8 });
    },
    notice: async (draw) => {
      const from = await today();
      const law = zeroPadBytes(id('law').slice(0, 20), 32);
      const days = { from, to: from + draw.number(5), validUntil: from + 30 };
      await world.as(draw.pick(keys)).postNotice({ issuer: draw.pick([1, 1, 2]), credentialType: 1, ...days, law });
    },
    withdrawNotice: (draw) => world.as(admin).withdrawNotice(1, 1, draw.number(3)),
    judge: (draw) => {
      const batch = some(draw);
      const act = draw.pick(['endorseBatch', 'endorseBatch', 'voidBatch'] as const);
      return adminOf(draw)[act](batch.issuer, idOf(batch));
    },
    kill: (draw) => adminOf(draw).voidBatch(draw.pick([1, 2]), id(`killed ${draw.number(9)}`)),
    addKey: (draw) =>
      adminOf(draw).addKey(
        draw.pick([1, 2]),
        new Wallet(id(`key ${draw.number(2 ** 30)}`)).address,
        draw.pick([keyPurpose.anchor, keyPurpose.status]),
        0,
        0,
      ),
    openType: (draw) => adminOf(draw).openCredentialType(draw.pick([1, 2]), id(`type ${draw.number(2 ** 30)}`)),
    closeType: (draw) => adminOf(draw).closeCredentialType(draw.pick([1, 2]), 3 + draw.number(3)),
    transfer: async (draw) => {
      const issuer = draw.pick([1, 2]);
      const by = issuer === 1 ? admin : otherAdmin;
      await world.as(by).transferAdmin(issuer, by);
      if (draw.pick([true, false])) await world.as(by).acceptAdmin(issuer);
    },
    recovery: async (draw) => {
      const act = draw.pick(['proposeRecovery', 'proposeRecovery', 'withdrawRecovery'] as const);
      if (act === 'proposeRecovery') await world.as(governance).proposeRecovery(2, otherAdmin);
      else await world.as(governance).withdrawRecovery(2);
    },
    object: () => world.as(otherAdmin).objectToRecovery(2),
    execute: async () => {
      await time.increase(61 * DAY);
      await world.registry.executeRecovery(2);
    },
    admit: (draw) => world.as(governance).admitIssuer(stranger, id(`profile ${draw.number(99)}`)),
    suspendIssuer: async () => {
      await world.as(governance).suspendIssuer(2);
      await world.as(governance).reinstateIssuer(2);
    },
    guardian: () => world.as(governance).setGuardian(carrier),
    pause: async (draw) => {
      await world.as(carrier).pause();
      if (draw.pick([true, true, false])) await world.as(carrier).unpause();
      else await time.increase(4 * DAY);
    },
    wait: (draw) => time.increase(1 + draw.number(9 * DAY)),
  };
}

/** What comes last, since little can be done after it. */
async function endStory(world: World): Promise<void> {
  const spare = new Wallet(id('spare'));
  await world.as(world.admin).addKey(1, spare.address, keyPurpose.status, 0, 0);
  await world.as(world.admin).endKey(1, spare.address, 0);
  await world.as(world.admin).reportCompromise(1, world.statusKey, (await time.latest()) - 30 * DAY);
  await world.as(world.governance).suspendIssuer(1);
  await world.as(world.governance).endIssuer(1, 2);
}

describe('the events of the registry', function () {
  this.timeout(60_000);
  const seeds = [1, 2];
  const stories: { address: string; events: RegistryEvent[]; held: RegistryState }[] = [];

  before(async () => {
    for (const seed of seeds) {
      const world = await deployWorld();
      const draw = createDraw(seed);
      const acts = Object.values(actsOf(world));
      for (let i = 0; i < 220; i++) await draw.pick(acts)(draw).catch(expectRevert);
      await endStory(world);
      const address = await world.registry.getAddress();
      const block = await ethers.provider.getBlockNumber();
      const events = await readEvents(ethers.provider, { address, from: 0, to: block });
      const held = await readState({ provider: ethers.provider, address, abi, block }, replayEvents(events));
      stories.push({ address, events, held });
    }
  });

  function expectRevert(error: Error): void {
    if (!/revert/.test(error.message)) throw error;
  }

  it('rebuild the whole state, whatever happened', () => {
    for (const [i, { events, held }] of stories.entries()) {
      expect(events, `seed ${seeds[i]}`).to.have.length.above(100);
      expect(compareStates(replayEvents(events), held), `seed ${seeds[i]}`).to.deep.equal([]);
    }
  });

  it('all occur in these stories', () => {
    const told = new Set(stories.flatMap(({ events }) => events.map(({ name }) => name)));
    expect(EVENTS.filter((name) => !told.has(name))).to.deep.equal([]);
  });

  it('lead elsewhere when one of them is missing, of whatever kind', async () => {
    for (const name of EVENTS.filter((each) => each !== 'BatchAlreadyAnchored')) {
      const { address, events } = stories.find((story) => story.events.some((event) => event.name === name))!;
      const missing = events.find((event) => event.name === name)!;
      const told = events.filter(({ block }) => block <= missing.block);
      const at = { provider: ethers.provider, address, abi, block: missing.block };
      const held = await readState(at, replayEvents(told));
      expect(compareStates(replayEvents(told), held), name).to.deep.equal([]);
      expect(
        isTold(
          told.filter((event) => event !== missing),
          held,
        ),
        name,
      ).to.equal(true);
    }
  });

  it('lead elsewhere when they are told in another order or say something else', () => {
    const { events, held } = stories[0]!;
    expect(isTold(events.toReversed(), held)).to.equal(true);
    const changed = (name: string, change: object) => {
      const at = events.findLastIndex((event) => event.name === name);
      const event = events[at]!;
      return events.with(at, { ...event, args: Object.assign(Object.create(event.args), change) });
    };
    expect(isTold(changed('StatusChanged', { leaves: 1n << 4n }), held)).to.equal(true);
    expect(isTold(changed('KeyCompromised', { invalidFrom: 5n }), held)).to.equal(true);
    expect(isTold(changed('ValidityExtended', { validUntil: 5n }), held)).to.equal(true);
  });

  /** Whether somebody who replays these events notices that they are not the registry's. */
  function isTold(events: readonly RegistryEvent[], held: RegistryState): boolean {
    try {
      return compareStates(replayEvents(events), held).length > 0;
    } catch (error) {
      return /which no earlier one made/.test((error as Error).message);
    }
  }

  it('are read and compared by the script’s own way', async () => {
    const address = stories.at(-1)!.address;
    expect((await compareWithEvents(ethers.provider, { address })).differences).to.deep.equal([]);
  });

  it('are asked for in words that the script explains', async () => {
    const script = new URL('../../scripts/replay-events.ts', import.meta.url).pathname;
    const run = (...args: string[]) =>
      new Promise<[number | null, string]>((done) => {
        const child = execFile(process.execPath, [script, ...args], (_error, stdout, stderr) =>
          done([child.exitCode, stdout + stderr]),
        );
      });
    expect((await run('--help'))[0]).to.equal(0);
    expect(await run('--rpc', 'http://127.0.0.1:1')).to.deep.equal([
      64,
      'replay-events: "--registry" must be an address\n',
    ]);
    const [code, said] = await run('--rpc', 'http://127.0.0.1:1', '--registry', `0x${'11'.repeat(20)}`);
    expect([code, said.split('\n').length]).to.deep.equal([1, 2]);
  });
});
