import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { type ContractTransaction, encodeBytes32String, id, type TransactionResponse, Wallet } from 'ethers';
import {
  anchorFive,
  ethers,
  keyPurpose,
  networkHelpers,
  signBatch,
  signMessage,
  signStatus,
  statusAct,
  toBatch,
  toBatchId,
  type World,
} from './registry.ts';

const BASE = 21_000;
const TOLERANCE = 0.02;
const snapshot = new URL('./gas.json', import.meta.url);
const ALL = (1n << 256n) - 1n;

/** The most that each may cost: execution and calldata, and the 21,000 of any transaction only where the name says so. */
const goals = {
  'anchor: one of 32 full batches, base included': 75_000,
  'revoke: directly, in a touched word': 16_000,
  'revoke: relayed, in a touched word': 26_000,
  'readPage: 64 batches of one key and type, all with status': 2_000_000,
  'readPage: 64 batches, each of its own key and type': 2_000_000,
};

type Measured = Record<string, number>;

describe('EProofRegistry: gas', () => {
  const measured: Measured = {};

  before(async () => {
    Object.assign(measured, await measureAnchors(), await measureStatus(), await measureReading());
    if (process.env.UPDATE_GAS) await writeFile(snapshot, `${JSON.stringify(measured, null, 2)}\n`);
  });

  after(() => {
    for (const [name, gas] of Object.entries(measured))
      console.log(`      ${name.padEnd(62)}${gas.toLocaleString('en').padStart(10)}`);
  });

  for (const [name, goal] of Object.entries(goals)) {
    it(`spends at most ${goal.toLocaleString('en')} on ${name}`, () => {
      expect(measured[name]).to.be.at.most(goal);
    });
  }

  it('is within 2 % of gas.json (UPDATE_GAS=1 writes it anew)', async () => {
    const expected = JSON.parse(await readFile(snapshot, 'utf8')) as Measured;
    expect(Object.keys(measured)).to.deep.equal(Object.keys(expected));
    const drifted = Object.entries(measured).filter(([name, gas]) => Math.abs(gas / expected[name]! - 1) > TOLERANCE);
    expect(drifted).to.deep.equal([]);
  });
});

async function measureAnchors(): Promise<Measured> {
  const world = await networkHelpers.loadFixture(anchorFive);
  const batches = await Promise.all(
    Array.from({ length: 33 }, (_, index) => signBatch(world, toBatch(world, { root: id(`${index}`) }))),
  );
  const [single, ...thirtyTwo] = batches;
  return {
    'anchor: one of 32 full batches, base included': Math.round((await gasOf(world.registry.anchor(thirtyTwo))) / 32),
    'anchor: a single full batch, base included': await gasOf(world.registry.anchor([single])),
    'anchor: a batch that is anchored already': (await gasOf(world.registry.anchor([single]))) - BASE,
  };
}

async function measureStatus(): Promise<Measured> {
  const world = await networkHelpers.loadFixture(anchorFive);
  const revoke = (leaves: bigint) => ({ batch: world.fiveId, act: statusAct.revoke, leaves, until: 0, reason: 5 });
  const change = async (leaves: bigint) => (await gasOf(world.as(world.statusKey).postStatus(revoke(leaves)))) - BASE;
  const relay = async (leaves: bigint, nonce: number) =>
    (await gasOf(
      world.registry.relayStatus(revoke(leaves), nonce, await signStatus(world, { ...revoke(leaves), nonce })),
    )) - BASE;
  const untouched = await change(0b1n);
  const touched = await change(0b10n);
  await relay(0b100n, 0);
  const relayed = await relay(0b1000n, 1);
  return {
    'revoke: directly, in a touched word': touched,
    'revoke: directly, in an untouched word': untouched,
    'revoke: relayed, in a touched word': relayed,
    ...(await measureSuspensions(world)),
    ...(await measureAmendments(world)),
    ...(await measureNotices(world)),
  };
}

async function measureSuspensions(world: World & { fiveId: string }): Promise<Measured> {
  const full = toBatch(world, { root: id('suspended') });
  await world.registry.anchor([await signBatch(world, full)]);
  const send = async (act: number, leaves: bigint) => {
    const change = { batch: toBatchId(world.domain, full), act, leaves, until: 0, reason: 5 };
    return (await gasOf(world.as(world.statusKey).postStatus(change))) - BASE;
  };
  const first = await send(statusAct.suspend, 1n << 255n);
  const later = await send(statusAct.suspend, 1n);
  return {
    'suspend: directly, the first of its batch': first,
    'suspend: directly, a later one': later,
    'reinstate: directly': await send(statusAct.reinstate, 1n),
    'suspend: directly, the other 255 leaves': await send(statusAct.suspend, ALL),
    'readRecords: 256 suspended leaves': await gasOfRecords(world, toBatchId(world.domain, full)),
  };
}

async function measureAmendments(world: World & { fiveId: string }): Promise<Measured> {
  const next = toBatch(world, { root: id('next') });
  await world.registry.anchor([await signBatch(world, next)]);
  const toSuccession = (leaf: number) => ({
    batch: world.fiveId,
    leaf,
    successorBatch: toBatchId(world.domain, next),
    successorLeaf: leaf,
  });
  const first = await gasOf(world.as(world.statusKey).nameSuccessor(toSuccession(0)));
  const signature = await signMessage(world, 'Succession', { ...toSuccession(1), nonce: 2 }, world.statusKey);
  return {
    'name a successor: directly, the first of its batch': first - BASE,
    'name a successor: relayed, a later one':
      (await gasOf(world.registry.relaySuccession(toSuccession(1), 2, signature))) - BASE,
    'extend: directly, in a touched word':
      (await gasOf(world.as(world.anchorKey).extend({ batch: world.fiveId, leaf: 2, validUntil: 21_000, reason: 0 }))) -
      BASE,
  };
}

async function measureNotices(world: World): Promise<Measured> {
  const law = encodeBytes32String('L.N. 95 of 2022');
  const notice = { issuer: 1, credentialType: 1, from: 20_800, to: 20_900, validUntil: 21_000, law };
  return { 'post a notice: directly': (await gasOf(world.as(world.anchorKey).postNotice(notice))) - BASE };
}

async function measureReading(): Promise<Measured> {
  const world = await networkHelpers.loadFixture(anchorFive);
  await fillPage(world, 1);
  await fillPageWithKeys(world);
  return {
    'readPage: 64 batches of one key and type, all with status': await gasOfReading(world, 1, 0),
    'readPage: 64 batches, each of its own key and type': await gasOfReading(world, 2, 0),
  };
}

/** Page 0 of the issuer, with every leaf of every batch but the first revoked, and one suspended and amended. */
async function fillPage(world: World & { fiveId: string }, issuer: number): Promise<void> {
  for (let number = 1; number < 64; number++) {
    const batch = toBatch(world, { issuer, root: id(`page ${number}`) });
    await world.registry.anchor([await signBatch(world, batch)]);
    const batchId = toBatchId(world.domain, batch);
    for (const [act, leaves] of [
      [statusAct.revoke, ALL],
      [statusAct.suspend, 1n],
    ])
      await world.as(world.statusKey).postStatus({ batch: batchId, act, leaves, until: 0, reason: 1 });
    await world
      .as(world.statusKey)
      .nameSuccessor({ batch: batchId, leaf: 0, successorBatch: world.fiveId, successorLeaf: 0 });
  }
}

/** Page 0 of issuer 2, each batch with a credential type and a key of its own. */
async function fillPageWithKeys(world: World): Promise<void> {
  for (let number = 0; number < 64; number++) {
    const key = new Wallet(id(`key ${number}`));
    await world.as(world.otherAdmin).openCredentialType(2, id(`definition ${number}`));
    await world.as(world.otherAdmin).addKey(2, key, keyPurpose.anchor, 0, 0);
    const batch = toBatch(world, { issuer: 2, credentialType: id(`definition ${number}`) });
    await world.registry.anchor([await signBatch(world, batch, key)]);
  }
}

/** A read is free; sent as a transaction it says what a node spends on it. */
async function gasOfReading(world: World, issuer: number, page: number): Promise<number> {
  expect((await world.registry.readPage(issuer, page)).batches).to.have.length(64);
  const call: ContractTransaction = await world.registry.readPage.populateTransaction(issuer, page);
  return (await gasOf(world.carrier.sendTransaction(call))) - BASE;
}

async function gasOfRecords(world: World, batch: string): Promise<number> {
  expect(await world.registry.readRecords(batch)).to.have.length(256);
  const call: ContractTransaction = await world.registry.readRecords.populateTransaction(batch);
  return (await gasOf(world.carrier.sendTransaction(call))) - BASE;
}

async function gasOf(sent: Promise<TransactionResponse>): Promise<number> {
  const receipt = await ethers.provider.getTransactionReceipt((await sent).hash);
  expect(receipt?.status).to.equal(1);
  return Number(receipt!.gasUsed);
}
