import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { getCreateAddress, JsonRpcProvider, keccak256 } from 'ethers';
import { type Chain, type ChainOptions, startChain } from '../../../scripts/local/chain.ts';
import { LocalError } from '../../../scripts/local/local-error.ts';
import {
  type BlockJson,
  BURN_CODE,
  ENVIRONMENT_CODE,
  postJson,
  REVERT_CODE,
  type ReceiptJson,
  type Rpc,
  rpcOf,
  Sender,
  STORE_CODE,
  untilMined,
  word,
} from './chain-client.ts';
import { childrenOf, isAlive, killStarters, runStarter, untilTrue } from './starter.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

interface Report {
  url: string;
  follower: string;
}

describe('the development chain', () => {
  const running: Chain[] = [];
  let lines: string[] = [];

  afterEach(async () => {
    killStarters();
    await Promise.all(running.splice(0).map((chain) => chain.stop()));
    lines = [];
  });

  const temporary = useTemporaryFolder();
  const journal = () => join(temporary(), 'chain/journal.jsonl');

  async function start(options: Partial<ChainOptions> = {}): Promise<Chain & { rpc: Rpc }> {
    const chain = await startChain({ dataFolder: temporary(), log: (line) => lines.push(line), ...options });
    running.push(chain);
    return { ...chain, rpc: rpcOf(chain.url) };
  }

  function startAlone(): Promise<Chain & { rpc: Rpc }> {
    return start({ hasFollower: false });
  }

  async function refusedStart(): Promise<string> {
    const error = await start().then(
      () => undefined,
      (reason) => reason,
    );
    expect(error).to.be.instanceOf(LocalError);
    expect(error.message).to.not.include('\n');
    return error.message;
  }

  /** A contract, calls, logs and a plain transfer, in two blocks; returns the contract, which then holds 8. */
  async function fill(rpc: Rpc): Promise<string> {
    const sender = new Sender();
    const store = getCreateAddress({ from: sender.wallet.address, nonce: 0 });
    const first = [sender.deploy(STORE_CODE), sender.sign({ to: store, data: word(7) }), sender.sign()];
    for (const raw of await Promise.all(first)) await rpc('eth_sendRawTransaction', raw);
    await mine(rpc, await sender.deploy(REVERT_CODE));
    await mine(rpc, await sender.sign({ to: store, data: word(8) }));
    return store;
  }

  it('takes transactions of accounts without funds, at no price', async () => {
    const { rpc, chainId } = await startAlone();
    const sender = new Sender();
    expect([chainId, await rpc('eth_chainId'), await rpc('net_version')]).to.deep.equal([24_601, '0x6019', '24601']);
    expect([await rpc('eth_gasPrice'), await rpc('eth_maxPriorityFeePerGas')]).to.deep.equal(['0x0', '0x0']);
    expect(await rpc('eth_estimateGas', { from: sender.wallet.address, to: sender.wallet.address })).to.match(/^0x/);
    const receipt = await mine(rpc, await sender.deploy(STORE_CODE));
    expect(receipt.status).to.equal('0x1');
    expect(await rpc('eth_getCode', receipt.contractAddress, 'latest')).to.equal(`0x${STORE_CODE}`);
  });

  it('still costs nothing after blocks that are more than half full', async () => {
    const { rpc } = await startAlone();
    const sender = new Sender();
    const burn = (await mine(rpc, await sender.deploy(BURN_CODE))).contractAddress;
    const { blockNumber, status } = await mine(rpc, await sender.sign({ to: burn, gasLimit: 50_000_000 }));
    const block = await rpc<BlockJson>('eth_getBlockByNumber', blockNumber, false);
    expect([status, Number(block.gasUsed), block.baseFeePerGas]).to.deep.equal(['0x0', 50_000_000, '0x0']);
    expect((await mine(rpc, await sender.sign())).status).to.equal('0x1');
  });

  it('puts transactions that come together into one block, in their order', async () => {
    const { url, rpc } = await startAlone();
    const sender = new Sender();
    const raws = await Promise.all(Array.from({ length: 20 }, () => sender.sign()));
    await postJson(
      url,
      raws.map((raw, id) => ({ jsonrpc: '2.0', id, method: 'eth_sendRawTransaction', params: [raw] })),
    );
    const { blockNumber } = await untilMined(rpc, keccak256(raws[19]!));
    const { transactions } = await rpc<BlockJson>('eth_getBlockByNumber', blockNumber, false);
    expect(transactions).to.deep.equal(raws.map((raw) => keccak256(raw)));
  });

  it('counts what waits for a block among the transactions of its sender', async () => {
    const { rpc } = await startAlone();
    const sender = new Sender();
    await mine(rpc, await sender.sign());
    await rpc('eth_sendRawTransaction', await sender.sign());
    expect(await rpc('eth_getTransactionCount', sender.wallet.address, 'pending')).to.equal('0x2');
  });

  it('mines a transaction with the one before it, when that comes later', async () => {
    const { rpc } = await startAlone();
    const sender = new Sender();
    const [first, second] = [await sender.sign(), await sender.sign()];
    await rpc('eth_sendRawTransaction', second);
    await mine(rpc, first);
    expect((await untilMined(rpc, keccak256(second))).status).to.equal('0x1');
  });

  it('makes blocks without transactions too, in step with the clock', async () => {
    const { rpc, follower } = await start({ idleBlockSeconds: 1 });
    await untilTrue(async () => Number(await rpc('eth_blockNumber')) >= 4);
    const blocks = await blocksOf(rpc);
    for (const [index, block] of blocks.entries()) {
      expect(Number(block.timestamp)).to.be.greaterThan(index === 0 ? 0 : Number(blocks[index - 1]!.timestamp));
      expect(Number(block.timestamp)).to.be.at.most(Date.now() / 1000 + 0.01); // timers may be a hair early
    }
    await untilTrue(async () => Number(await rpcOf(follower!)('eth_blockNumber')) >= 4);
  });

  describe('when it is started again', () => {
    it('has the same blocks, transactions, contracts and addresses', async () => {
      const first = await start();
      const store = await fill(first.rpc);
      const blocks = await blocksOf(first.rpc);
      await first.stop();
      const second = await start();
      expect([second.url, second.follower]).to.deep.equal([first.url, first.follower]);
      const again = await blocksOf(second.rpc);
      expect(again.slice(0, blocks.length)).to.deep.equal(blocks);
      expect(await second.rpc('eth_call', { to: store }, 'latest')).to.equal(word(8));
    });

    it('makes a block at once, so that the present is the present', async () => {
      const first = await startAlone();
      const height = Number(await first.rpc('eth_blockNumber'));
      await first.stop();
      const { rpc } = await startAlone();
      const latest = await rpc<BlockJson>('eth_getBlockByNumber', 'latest', false);
      expect(Number(latest.number)).to.equal(height + 1);
      expect(Date.now() / 1000 - Number(latest.timestamp)).to.be.below(10);
    });

    it('has every receipt that anybody saw, after all was killed at once', async function () {
      if (process.platform !== 'linux') this.skip();
      const starter = await runStarter<Report>('hold-chain.ts', temporary());
      const rpc = rpcOf(starter.report.url);
      const seen = await sendUntilKilled(rpc, 3, () => {
        for (const pid of [starter.pid, ...childrenOf(starter.pid)]) process.kill(pid, 'SIGKILL');
      });
      const again = await startAlone();
      for (const receipt of seen) {
        expect(await again.rpc<ReceiptJson>('eth_getTransactionReceipt', receipt.transactionHash)).to.deep.equal(
          receipt,
        );
      }
    });

    it('goes on with the journal although the nodes of a killed start may still be at work', async function () {
      if (process.platform !== 'linux') this.skip();
      const starter = await runStarter<Report>('hold-chain.ts', temporary());
      const seen = await sendUntilKilled(rpcOf(starter.report.url), 2, () => process.kill(starter.pid, 'SIGKILL'));
      const { rpc, url } = await startAlone();
      expect(url).to.equal(starter.report.url);
      for (const receipt of seen)
        expect(await rpc('eth_getTransactionReceipt', receipt.transactionHash)).to.deep.equal(receipt);
      await mine(rpc, await new Sender().sign());
    });

    it('forgets transactions that no block had', async () => {
      const first = await startAlone();
      const sender = new Sender();
      await sender.sign(); // never sent: the next one waits for it
      const hash = await first.rpc('eth_sendRawTransaction', await sender.sign());
      expect(await first.rpc('eth_getTransactionByHash', hash)).to.be.an('object');
      await first.stop();
      expect(await (await startAlone()).rpc('eth_getTransactionByHash', hash)).to.equal(null);
    });

    it('cuts off a block that was never finished, and says so', async () => {
      const first = await start();
      await fill(first.rpc);
      const blocks = await blocksOf(first.rpc);
      await first.stop();
      appendFileSync(journal(), `{"number":${blocks.length},"timestamp":18`);
      const second = await start();
      expect(lines.join('\n')).to.match(/^chain: cut \d+ bytes of a block/m);
      expect((await blocksOf(second.rpc)).slice(0, blocks.length)).to.deep.equal(blocks);
    });

    it('moves to another port where its own is taken, and says so', async () => {
      const first = await startAlone();
      await first.stop();
      const port = Number(new URL(first.url).port);
      const other = createServer().listen(port, '127.0.0.1');
      const second = await startAlone();
      other.close();
      expect(second.url).to.not.equal(first.url);
      expect(lines.join('\n')).to.include(`port ${port} of "chain" is taken`);
    });

    it('refuses a journal that was altered, and names the block', async () => {
      const first = await startAlone();
      await fill(first.rpc);
      await first.stop();
      const text = readFileSync(journal(), 'utf8');
      const alterations: [RegExp, string][] = [
        [/(?<="number":2,"timestamp":)\d+/, '1'],
        [/(?<="number":2.*"hash":"0x)./, 'g'],
        [/(?<="number":2.*"transactions":\["0x)../, '7f'],
        [/(?<="number":2.*"transactions":\[).*(?=\])/, ''],
      ];
      for (const [pattern, replacement] of alterations) {
        const altered = text.replace(pattern, replacement);
        expect(altered).to.not.equal(text);
        writeFileSync(journal(), altered);
        expect(await refusedStart()).to.match(
          /^block 2 of the chain does not come out as it was: ".*journal\.jsonl" was altered; restore it, or move/,
        );
      }
    });

    it('tells which version of the engine it wants, where blocks come out otherwise', async () => {
      await (await startAlone()).stop();
      const text = readFileSync(journal(), 'utf8');
      writeFileSync(
        journal(),
        text.replace(/(?<="engine":")[^"]*/, 'Other/1.0').replace(/(?<="number":1.*"hash":"0x)../, 'zz'),
      );
      expect(await refusedStart()).to.match(
        /^block 1 .* was begun by Other\/1\.0, and this is HardhatNetwork\/.*; install the earlier version again, or move ".*chain" away to begin a new chain$/,
      );
    });

    it('refuses a line that is damaged, and names it', async () => {
      await (await startAlone()).stop();
      writeFileSync(journal(), readFileSync(journal(), 'utf8').replace('"number":1', 'number:1'));
      expect(await refusedStart()).to.match(/^line 2 of ".*journal\.jsonl" is damaged; /);
    });
  });

  describe('its second node', () => {
    it('has the same blocks, answers, logs and proofs', async () => {
      const { rpc, follower } = await start();
      const second = rpcOf(follower!);
      const store = await fill(rpc);
      const blocks = await blocksOf(rpc);
      await untilTrue(async () => Number(await second('eth_blockNumber')) === blocks.length - 1);
      expect(await blocksOf(second)).to.deep.equal(blocks);
      const { hash } = blocks.at(-1)!;
      const calls: [string, ...unknown[]][] = [
        ['eth_call', { to: store }, { blockHash: hash }],
        ['eth_getLogs', { fromBlock: '0x0', toBlock: 'latest', address: store }],
        ['eth_getProof', store, [word(0)], 'latest'],
        ['eth_getTransactionReceipt', blocks.at(-1)!.transactions[0]],
      ];
      for (const [method, ...params] of calls)
        expect(await second(method, ...params)).to.deep.equal(await rpc(method, ...params));
    });

    it('takes no transactions', async () => {
      const { follower } = await start();
      const error = await rpcOf(follower!)('eth_sendRawTransaction', await new Sender().sign()).catch(
        (reason) => reason,
      );
      expect([error.code, error.message]).to.deep.equal([
        -32004,
        'this node follows the chain and takes no transactions; send them to the first one',
      ]);
    });

    it('goes on answering when the first one dies, and the end is told', async function () {
      if (process.platform !== 'linux') this.skip();
      const before = childrenOf(process.pid);
      const chain = await start();
      const [leader] = childrenOf(process.pid).filter((pid) => !before.includes(pid));
      const head = await rpcOf(chain.follower!)<BlockJson>('eth_getBlockByNumber', 'latest', false);
      process.kill(leader!, 'SIGKILL');
      expect(await chain.ended).to.equal('chain ended unexpectedly (SIGKILL)');
      expect(await rpcOf(chain.follower!)('eth_getBlockByHash', head.hash, false)).to.deep.equal(head);
    });

    it('ends with an explanation when the journal does not fit what it has', async () => {
      const chain = await start();
      appendFileSync(journal(), '{"number":9,"timestamp":1,"hash":"0x00","transactions":[]}\n');
      expect(await chain.ended).to.match(/^line \d+ of ".*journal\.jsonl" is damaged/);
    });
  });

  it('ends with the process that started it', async function () {
    if (process.platform !== 'linux') this.skip();
    const starter = await runStarter<Report>('hold-chain.ts', temporary());
    const nodes = childrenOf(starter.pid);
    expect(nodes).to.have.length(2);
    await starter.kill();
    await untilTrue(() => !nodes.some(isAlive));
  });

  it('runs twice side by side on two data folders', async () => {
    const chains = await Promise.all(
      ['a', 'b'].map((name) => start({ dataFolder: join(temporary(), name), hasFollower: false })),
    );
    const { transactionHash } = await mine(chains[0]!.rpc, await new Sender().sign());
    expect(await chains[1]!.rpc('eth_getTransactionByHash', transactionHash)).to.equal(null);
  });

  it('keeps its folder from other users', async () => {
    await startAlone();
    for (const name of ['', 'journal.jsonl'])
      expect(statSync(join(temporary(), 'chain', name)).mode & 0o077).to.equal(0);
  });

  describe('its JSON-RPC', () => {
    let chain: Chain & { rpc: Rpc };
    beforeEach(async () => {
      chain = await startAlone();
    });

    it('calls contracts at a block of the past, by number, tag and hash', async () => {
      const { rpc } = chain;
      const sender = new Sender();
      const environment = (await mine(rpc, await sender.deploy(ENVIRONMENT_CODE))).contractAddress;
      await mine(rpc, await sender.sign());
      for (const { number, hash, parentHash, timestamp } of (await blocksOf(rpc)).slice(-2)) {
        const expected = `0x${[number, timestamp, parentHash, '0x0'].map((value) => value.slice(2).padStart(64, '0')).join('')}`;
        for (const at of [
          number,
          { blockHash: hash },
          { blockHash: hash, requireCanonical: true },
          { blockNumber: number },
        ]) {
          expect(await rpc('eth_call', { to: environment }, at)).to.equal(expected);
        }
      }
    });

    it('answers a call at an unknown block with an error', async () => {
      for (const at of ['0xffff', { blockHash: word(1) }]) {
        const error = await chain.rpc('eth_call', { to: word(1).slice(0, 42) }, at).catch((reason) => reason);
        expect(error.code).to.equal(-32000);
      }
    });

    it('gives what a contract reverted with', async () => {
      const { contractAddress } = await mine(chain.rpc, await new Sender().deploy(REVERT_CODE));
      for (const method of ['eth_call', 'eth_estimateGas']) {
        const error = await chain.rpc(method, { to: contractAddress }, 'latest').catch((reason) => reason);
        expect([error.code, error.data]).to.deep.equal([3, word(0x2a)]);
      }
    });

    it('finds logs, transactions, receipts and storage', async () => {
      const { rpc } = chain;
      const store = await fill(rpc);
      const logs = await rpc<{ topics: string[]; blockHash: string; transactionHash: string }[]>('eth_getLogs', {
        fromBlock: '0x0',
        address: store,
      });
      expect(logs.map(({ topics }) => topics)).to.deep.equal([[word(7)], [word(8)]]);
      const { blockHash, transactionHash } = logs[1]!;
      expect(await rpc('eth_getLogs', { blockHash, topics: [word(8)] })).to.deep.equal([logs[1]]);
      expect((await rpc<ReceiptJson>('eth_getTransactionReceipt', transactionHash)).blockHash).to.equal(blockHash);
      expect(await rpc<object>('eth_getTransactionByHash', transactionHash)).to.include({ blockHash, type: '0x2' });
      expect(await rpc('eth_getStorageAt', store, '0x0', 'latest')).to.equal(word(8));
      const proof = await rpc<{ storageProof: { value: string }[] }>('eth_getProof', store, [word(0)], 'latest');
      expect(proof.storageProof[0]!.value).to.equal('0x8');
    });

    it('has the whole of what wallets and libraries ask before they send', async () => {
      const { rpc } = chain;
      expect(await rpc('eth_syncing')).to.equal(false);
      expect(await rpc<object>('eth_feeHistory', '0x1', 'latest', [50])).to.deep.include({
        baseFeePerGas: ['0x0', '0x0'],
      });
      expect(await rpc('web3_clientVersion')).to.match(/^HardhatNetwork\//);
      const provider = new JsonRpcProvider(chain.url);
      const wallet = new Sender().wallet.connect(provider);
      const response = await wallet.sendTransaction({ to: wallet.address });
      expect((await response.wait())?.status).to.equal(1);
      provider.destroy();
    });

    it('refuses a transaction for another chain, one that is no transaction, and one that was mined', async () => {
      const sender = new Sender();
      const mined = await sender.sign();
      await mine(chain.rpc, mined);
      const foreign = await sender.sign({ chainId: 1 });
      for (const raw of [foreign, '0x02', '02', undefined, 5, mined]) {
        const error = await chain.rpc('eth_sendRawTransaction', raw).catch((reason) => reason);
        expect(error.code).to.be.oneOf([-32602, -32000]);
      }
    });

    it('says of a transaction that waits already that it knows it', async () => {
      const sender = new Sender();
      const [, raw] = [await sender.sign(), await sender.sign()]; // it waits for the first, which is never sent
      await chain.rpc('eth_sendRawTransaction', raw);
      const error = await chain.rpc('eth_sendRawTransaction', raw).catch((reason) => reason);
      expect([error.code, error.message]).to.deep.equal([-32000, `Known transaction: ${keccak256(raw)}`]);
    });

    it('changes nothing of the chain for a caller', async () => {
      const error = await chain.rpc('hardhat_mine', '0x10').catch((reason) => reason);
      expect([error.code, error.message]).to.deep.equal([-32601, 'method "hardhat_mine" is not served']);
    });
  });
});

async function mine(rpc: Rpc, raw: string): Promise<ReceiptJson> {
  return untilMined(rpc, await rpc('eth_sendRawTransaction', raw));
}

/** All blocks, each with its transactions in full. */
async function blocksOf(rpc: Rpc): Promise<BlockJson[]> {
  const height = Number(await rpc('eth_blockNumber'));
  const numbers = Array.from({ length: height + 1 }, (_, number) => `0x${number.toString(16)}`);
  return Promise.all(numbers.map((number) => rpc<BlockJson>('eth_getBlockByNumber', number, false)));
}

/** Sends without pause from three accounts; kills after as many blocks as asked, in the midst of it. Returns the receipts that it saw. */
async function sendUntilKilled(rpc: Rpc, blockCount: number, kill: () => void): Promise<ReceiptJson[]> {
  const seen: ReceiptJson[] = [];
  const send = async () => {
    const sender = new Sender();
    for (;;) {
      const hash = await rpc('eth_sendRawTransaction', await sender.sign()).catch(() => undefined);
      if (hash === undefined) return;
      const receipt = await untilMined(rpc, hash).catch(() => undefined);
      if (receipt) seen.push(receipt);
    }
  };
  const sending = [send(), send(), send()];
  await untilTrue(() => new Set(seen.map(({ blockHash }) => blockHash)).size >= blockCount);
  kill();
  await Promise.all(sending);
  return seen;
}
