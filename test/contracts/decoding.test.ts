import { expect } from 'chai';
import { id } from 'ethers';
import { type Post, type Question, readRegistry } from '../../proof/nodes.ts';
import { decodePageReading, encodeRead, encodeReadPage } from '../../proof/reading.ts';
import { readSnapshot, toSnapshotPage } from '../../proof/snapshot.ts';
import {
  anchorFive,
  type Batch,
  ethers,
  inSeconds,
  issuerState,
  judgement,
  LAST_DAY,
  networkHelpers,
  provider,
  signBatch,
  statusAct,
  toBatch,
  toBatchId,
  typeState,
} from './registry.ts';

const NODE = 'http://node.example/';
const post: Post = async (_, body) => {
  const requests = JSON.parse(body) as { id: number; method: string; params: unknown[] }[];
  const answers = requests.map(async ({ id, method, params }) => ({
    id,
    result: (await provider.request({ method, params })) as unknown,
  }));
  return JSON.stringify(await Promise.all(answers));
};

describe('what a verifier decodes of the registry', () => {
  let world: Awaited<ReturnType<typeof anchorFive>>;
  let question: Question & { batch: Uint8Array; locator: number };
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(anchorFive);
    const address = await world.registry.getAddress();
    const account = (await provider.request({ method: 'eth_getProof', params: [address, [], 'latest'] })) as {
      codeHash: string;
    };
    const registry = {
      chainId: Number(world.domain.chainId),
      address,
      codeHash: account.codeHash,
      nodes: [NODE],
      agree: 1,
      issuers: [],
      types: [],
    };
    question = { registry, issuer: 1, batch: ethers.getBytes(world.fiveId), locator: 0, history: true };
  });

  const read = async (change: Partial<Question> = {}) => {
    const reading = await readRegistry({ ...question, ...change }, post);
    if ('failure' in reading) throw new Error(`${reading.failure}: ${reading.detail}`);
    return reading;
  };
  const call = async (data: string) => world.carrier.call({ to: await world.registry.getAddress(), data });
  const keyOf = async (signer: { getAddress(): Promise<string> }) => (await signer.getAddress()).toLowerCase();
  const today = async () => Math.floor(((await networkHelpers.time.latest()) + 8 * 3600) / 86_400);
  const change = (act: keyof typeof statusAct, leaf: number, until = 0) => ({
    batch: world.fiveId,
    act: statusAct[act],
    leaves: 1n << BigInt(leaf),
    until,
    reason: 3,
  });

  it('is a page, as ethers reads it', async () => {
    const second: Batch = toBatch(world, { root: id('second'), credentialType: world.secondDefinition });
    await world.registry.anchor([await signBatch(world, second)]);
    await world.as(world.statusKey).postStatus(change('revoke', 4));
    await world.as(world.admin).voidBatch(1, toBatchId(world.domain, second));
    await world.as(world.governance).endIssuer(1, 2);
    const page = decodePageReading(await call(encodeReadPage(1, 0)));
    const expected = (await world.registry.readPage(1, 0)).toObject(true);
    expect(page).to.deep.include({
      chainId: Number(expected.chainId),
      blockNumber: Number(expected.blockNumber),
      blockTime: Number(expected.blockTime),
      issuer: 1,
      issuerState: 'ended',
      successor: 2,
      profile: ethers.getBytes(expected.profile),
      batchCount: 2,
    });
    const found = await world.registry.readPage(1, 0);
    const number = (value: boolean | number | bigint | string) => BigInt(value);
    expect(
      page.types.map((type) => [
        number(type.number),
        ethers.hexlify(type.definition),
        number(typeState[type.state]),
        number(type.noticeCount),
      ]),
    ).to.deep.equal(found.types.toArray(true));
    expect(page.keys.map((key) => [number(key.number), key.address, number(key.validFrom)])).to.deep.equal(
      found
        .getValue('keys')
        .map((key: { number: bigint; key: string; validFrom: bigint }) => [
          key.number,
          key.key.toLowerCase(),
          key.validFrom,
        ]),
    );
    expect(
      page.batches.map((batch) => [
        ethers.hexlify(batch.id),
        ...[batch.number, batch.credentialType, batch.size, batch.key, batch.anchoredAt].map(number),
        number(judgement[batch.judgement]),
        batch.flagged,
        batch.revoked,
        batch.suspended,
        batch.amended,
      ]),
    ).to.deep.equal(found.batches.toArray(true));
    expect(issuerState[page.issuerState]).to.equal(Number(expected.issuerState));
  });

  it('is one batch by its id, and nothing for an unknown one', async () => {
    expect(decodePageReading(await call(encodeRead(question.batch))).batches).to.have.length(1);
    const unknown = decodePageReading(await call(encodeRead(new Uint8Array(32).fill(7))));
    expect(unknown).to.deep.include({ issuer: 0, issuerState: 'none', batches: [], keys: [], types: [] });
  });

  it('is what was done to each credential, by which key and when, and the events say the same', async () => {
    const [anchorKey, statusKey] = await Promise.all([keyOf(world.anchorKey), keyOf(world.statusKey)]);
    const until = (await today()) + 9;
    const [byStatus, byAnchor] = [world.as(world.statusKey), world.as(world.anchorKey)];
    await byStatus.postStatus(change('suspend', 0, until));
    await byStatus.postStatus(change('suspend', 1));
    await byAnchor.postStatus(change('reinstate', 1));
    await byStatus.nameSuccessor({ batch: world.fiveId, leaf: 2, successorBatch: world.fiveId, successorLeaf: 4 });
    await byAnchor.extend({ batch: world.fiveId, leaf: 3, validUntil: LAST_DAY, reason: 8 });
    await byStatus.postStatus(change('revoke', 4));
    const reading = await read();
    const { events, eventKeys } = reading;
    const times = events!.map(({ time }) => time);
    const act = (index: number, key: string) => ({ key, at: times[index], invalidFrom: 0 });
    const none = { succession: null, suspension: null, lift: null, extension: null };
    const expected = [
      { ...none, leaf: 0, suspension: { ...act(0, statusKey), until } },
      { ...none, leaf: 1, suspension: { ...act(1, statusKey), until: null }, lift: act(2, anchorKey) },
      { ...none, leaf: 2, succession: { ...act(3, statusKey), batch: question.batch, leaf: 4 } },
      { ...none, leaf: 3, extension: { ...act(4, anchorKey), validUntil: LAST_DAY } },
    ];
    expect(reading.records).to.deep.equal(expected);
    expect(events!.map(({ act, leaves, until, reason, key }) => [act, leaves, until, reason, key])).to.deep.equal([
      ['suspend', 1n, until, 3, statusKey],
      ['suspend', 2n, null, 3, statusKey],
      ['reinstate', 2n, null, 3, anchorKey],
      ['succeed', 4n, null, 6, statusKey],
      ['extend', 8n, LAST_DAY, 8, anchorKey],
      ['revoke', 16n, null, 3, statusKey],
    ]);
    expect(eventKeys!.map(({ address }) => address)).to.deep.equal([statusKey, anchorKey]);
  });

  it('tells of a key that was reported later, in its records and with its events', async () => {
    await world.as(world.statusKey).postStatus(change('suspend', 0));
    const since = await inSeconds(100);
    await world.as(world.admin).reportCompromise(1, world.statusKey, since - 50);
    const reading = await read();
    expect(reading.records[0]!.suspension).to.include({ invalidFrom: since - 50 });
    expect(reading.eventKeys![0]).to.include({ invalidFrom: since - 50, purpose: 'status' });
  });

  it('finds the revocation of a batch that was not anchored yet, and its event', async () => {
    const early = toBatch(world, { root: id('early'), size: 3 });
    const batch = ethers.getBytes(toBatchId(world.domain, early));
    await world.as(world.statusKey).postStatus({ ...change('revoke', 1), batch, leaves: 2n });
    await world.registry.anchor([await signBatch(world, early)]);
    const reading = await read({ batch, locator: 1 });
    expect(reading.page.batches[1]).to.include({ revoked: 2n });
    const own = reading.events!.filter((event) => ethers.hexlify(event.batch) === ethers.hexlify(batch));
    expect(own.map(({ act, leaves }) => [act, leaves])).to.deep.equal([['revoke', 2n]]);
  });

  it('is the notices of the type, the withdrawn ones too', async () => {
    const law = ethers.zeroPadBytes(ethers.toUtf8Bytes('第 95 號'), 32);
    const from = await today();
    const notice = { issuer: 1, credentialType: 1, from, to: from + 1, validUntil: from + 30, law };
    await world.as(world.anchorKey).postNotice(notice);
    await world.as(world.anchorKey).postNotice({ ...notice, law: ethers.zeroPadBytes('0xff', 32) });
    await world.as(world.admin).withdrawNotice(1, 1, 1);
    const { notices, page } = await read();
    expect(page.types[0]!.noticeCount).to.equal(2);
    expect(notices.map(({ law, withdrawnAt }) => [law, withdrawnAt > 0])).to.deep.equal([
      ['第 95 號', false],
      [null, true],
    ]);
    expect(notices[0]).to.deep.include({ from, to: from + 1, validUntil: from + 30 });
    expect(notices[0]!.posted.key).to.equal(await keyOf(world.anchorKey));
  });

  it('can be kept for a place without a network', async () => {
    await world.as(world.statusKey).postStatus(change('suspend', 0));
    const whole = { ...question, batch: null };
    const kept = { pages: [toSnapshotPage(whole, await read({ batch: null }))] };
    const offline = readSnapshot(kept, question);
    const online = await read();
    expect(offline).to.deep.include({ isSnapshot: true, page: online.page, records: online.records });
  });
});
