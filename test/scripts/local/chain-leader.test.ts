import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { Journal, openJournal } from '../../../scripts/local/chain-journal.ts';
import {
  beginChain,
  type LeaderOptions,
  nextTimestamp,
  openLeader,
  promptDelayMs,
} from '../../../scripts/local/chain-leader.ts';
import type { ChainNode } from '../../../scripts/local/chain-methods.ts';
import { openReplica } from '../../../scripts/local/chain-replica.ts';
import { LocalError } from '../../../scripts/local/local-error.ts';
import { type BlockJson, Sender } from './chain-client.ts';
import { linesOf } from './journal-lines.ts';
import { untilTrue } from './starter.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

describe('the node that makes the blocks', () => {
  let node: ChainNode | undefined;
  let journal: LeaderOptions['journal'] | undefined;
  let lines: string[] = [];
  afterEach(async () => {
    await (node ?? journal)?.close();
    node = undefined;
    lines = [];
  });
  const temporary = useTemporaryFolder();
  const path = () => join(temporary(), 'journal.jsonl');

  /** The node in this process; `failAfter` appends its disk is full. */
  async function start({ failAfter = Number.POSITIVE_INFINITY, idleBlockSeconds = 60 } = {}): Promise<ChainNode> {
    const log = (line: string) => lines.push(line);
    const roomy = await openJournal(path(), log);
    if (roomy.isEmpty) await beginChain(roomy);
    journal = await filling(roomy, failAfter);
    const replay = async () => {
      const replica = await openReplica(path());
      await replica.catchUp();
      return replica;
    };
    node = await openLeader({ journal, openReplica: replay, idleBlockSeconds, log });
    return node;
  }

  it('shows no block before its line is published, however often it is asked', async () => {
    const leader = await start({ idleBlockSeconds: 0.001 });
    let height = 0;
    while (height < 200) {
      height = Number(await leader.read('eth_blockNumber', []));
      const published = (await linesOf(path())).length - 1;
      expect(published).to.be.at.least(height);
    }
  });

  it('makes no more blocks when its disk is full, says so, and serves what is journalled', async function () {
    if (process.platform !== 'linux') this.skip();
    const leader = await start({ failAfter: 1 });
    const before = (await leader.read('eth_getBlockByNumber', ['latest', false])) as BlockJson;
    const sender = new Sender();
    const hash = await leader.send(await sender.sign());
    await untilTrue(() => lines.length > 0);
    expect(lines).to.deep.equal([
      'the chain makes no more blocks until it is started again: the next one could not be made and journalled (ENOSPC: no space left on device, write)',
    ]);
    expect(await leader.read('eth_getBlockByNumber', ['latest', false])).to.deep.equal(before);
    expect(await leader.read('eth_getTransactionReceipt', [hash])).to.equal(null);
    const refusal = await leader.send(await sender.sign()).catch((error) => error);
    expect([refusal.code, refusal.message]).to.deep.equal([-32000, lines[0]]);
  });

  it('goes on from there when there is room again', async function () {
    if (process.platform !== 'linux') this.skip();
    const full = await start({ failAfter: 1 });
    const raw = await new Sender().sign();
    const hash = await full.send(raw);
    await untilTrue(() => lines.length > 0);
    await full.close();
    const again = await start();
    expect(await again.read('eth_getTransactionReceipt', [hash])).to.equal(null);
    expect(await again.send(raw)).to.equal(hash);
    await untilTrue(async () => (await again.read('eth_getTransactionReceipt', [hash])) !== null);
  });

  it('does not start on a disk that is full', async function () {
    if (process.platform !== 'linux') this.skip();
    const error = await start({ failAfter: 0 }).catch((reason) => reason);
    expect(error).to.be.instanceOf(LocalError);
    expect(error.message).to.include('ENOSPC');
  });
});

describe('the time of a block', () => {
  it('is the wall clock', () => {
    expect(nextTimestamp(1_000, 1_060_999)).to.equal(1_060);
  });

  it('grows even where the clock stands still or was set back', () => {
    expect(nextTimestamp(1_000, 1_000_999)).to.equal(1_001);
    expect(nextTimestamp(1_000, 400_000)).to.equal(1_001);
  });

  it('comes soon after a transaction where its parent is of an earlier second', () => {
    expect(promptDelayMs(1_000, 1_001_000)).to.equal(50);
    expect(promptDelayMs(1_000, 9_000_000)).to.equal(50);
  });

  it('waits for the next second where its parent is of this one', () => {
    expect(promptDelayMs(1_000, 1_000_300)).to.equal(700);
    expect(promptDelayMs(1_000, 1_000_990)).to.equal(50);
  });

  it('waits no longer than two seconds where the clock was set back', () => {
    expect(promptDelayMs(1_000, 0)).to.equal(2_000);
  });
});

/** The journal, on a disk that fills up: after `count` lines they go to the system's own full device. */
async function filling(journal: Journal, count: number): Promise<LeaderOptions['journal']> {
  if (count === Number.POSITIVE_INFINITY) return journal;
  const full = new Journal(await open('/dev/full', 'r+'), 0);
  let appended = 0;
  return {
    append: (line) => (appended++ < count ? journal : full).append(line),
    close: async () => void (await Promise.all([journal.close(), full.close()])),
  };
}
