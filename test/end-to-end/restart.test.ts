import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type BlockJson, rpcOf } from '../scripts/local/chain-client.ts';
import { untilTrue } from '../scripts/local/starter.ts';
import { departmentSystem, sampleRequest, type View } from './department-system.ts';
import { allCredentials, expectAllFinalOnce } from './final-once.ts';
import { createDataFolder, type Demo, discard, processesOf, type Run, startEproof } from './running.ts';

const BULK = 40;
const STANDINGS = [
  'in-force',
  'expired',
  'not-yet-in-force',
  'partly-expired',
  'suspended',
  'revoked',
  'superseded',
  'in-force',
  'in-force',
];
/** One for each sample, the superseded one's successor, and the rest of the batch of 256. */
const SAMPLE_CREDENTIALS = 9 + 1 + 255;

describe('npm start that ends and is started again on its data folder', function () {
  this.timeout(180_000);
  let run: Run;
  let demo: Demo;
  let witness: Witness;
  const bulk = Array.from({ length: BULK }, (_, i) => ({
    key: randomUUID(),
    request: sampleRequest('FEHD-FF', 1_000 + i),
    view: undefined as View | undefined,
  }));

  before(() => {
    run = startEproof(createDataFolder());
  });

  after(() => discard(run));

  async function startAgain(byNpm = false): Promise<void> {
    run = startEproof(run.dataFolder, { byNpm });
    demo = await run.untilReady();
  }

  async function expectSamePast(): Promise<void> {
    expect(demo.registry).to.equal(witness.registry);
    await witness.expectSameBlocks(demo.rpc);
  }

  it('goes on after its process is killed during the first samples', async () => {
    await run.untilSaid(/^issuing the sample credentials/m);
    witness = await observe(run);
    await sleep(400);
    await witness.stop();
    await run.kill();
    await startAgain();
    await expectSamePast();
    expect(demo.samples.map(({ standing }) => standing)).to.deep.equal(STANDINGS);
    expect(await allCredentials(demo)).to.have.length(SAMPLE_CREDENTIALS);
    await expectAllFinalOnce(demo);
  });

  it('goes on after its process is killed when it had nothing to do', async () => {
    const before = demo;
    witness = await observe(run);
    await witness.stop();
    await run.kill();
    await startAgain();
    await expectSamePast();
    expect(demo).to.deep.equal(before);
    expect(await allCredentials(demo)).to.have.length(SAMPLE_CREDENTIALS);
  });

  it('goes on after everything is killed at once while credentials are issued, and each that is sent again is there once', async () => {
    const before = demo;
    witness = await observe(run);
    const system = departmentSystem(demo, 'FEHD');
    const sending = bulk.map(async (one, i) => {
      await sleep(i * 40);
      one.view = await system.issue(one.request, one.key);
    });
    for (const one of sending) one.catch(() => {});
    await Promise.all(sending.slice(0, BULK / 2));
    await run.killEverything();
    await witness.stop();
    const accepted = bulk.filter(({ view }) => view);
    expect(accepted.length).to.be.within(BULK / 2, BULK - 1);

    await startAgain();
    await expectSamePast();
    expect(demo).to.deep.equal(before);
    const again = departmentSystem(demo, 'FEHD');
    const views = await Promise.all(bulk.map(({ request, key }) => again.issue(request, key)));
    for (const [i, { view }] of bulk.entries()) if (view) expect(views[i]?.id).to.equal(view.id);
    await Promise.all(views.map(({ id }) => again.untilFinal(id)));
    const listed = await again.list('&type=FEHD-FF');
    expect(new Set(listed.map(({ id }) => id))).to.deep.equal(new Set(views.map(({ id }) => id)));
    expect(listed).to.have.length(BULK);
    await expectAllFinalOnce(demo);
  });

  it('keeps everybody else out of its data folder, in one line', async () => {
    const second = startEproof(run.dataFolder);
    await expectRefusal(
      second,
      new RegExp(`^e-proof: the data folder "${run.dataFolder}" is in use by process ${run.pid};`),
    );
    expect((await fetch(`${demo.service}/readyz`)).status).to.equal(200);
  });

  it('stops on Ctrl-C with exit code 0, and leaves no process and no complaint', async () => {
    witness = await observe(run);
    expect(await run.interrupt()).to.equal(0);
    await witness.stop();
    expect(processesOf(run.dataFolder)).to.deep.equal([]);
    expect(run.output())
      .to.match(/\nstopped\n$/)
      .and.not.to.contain('"level"');
  });

  it('stops with instructions where the folder belongs to another release', async () => {
    const file = join(run.dataFolder, 'registry.json');
    const record = readFileSync(file, 'utf8');
    writeFileSync(file, record.replace(/"code": "0x.{8}/, '"code": "0x00000000'));
    const other = startEproof(run.dataFolder);
    await expectRefusal(
      other,
      /belongs to another release: .*; run that release on it, or set EPROOF_DATA_DIR to a new folder$/,
    );
    await untilTrue(() => processesOf(run.dataFolder).length === 0);
    writeFileSync(file, record);
  });

  it('goes on after Ctrl-C', async () => {
    const before = demo;
    await startAgain(true);
    await expectSamePast();
    expect(demo).to.deep.equal(before);
    expect(await allCredentials(demo)).to.have.length(SAMPLE_CREDENTIALS + BULK);
  });

  it('stops in order on Ctrl-C also where npm passes that on a second time', async () => {
    await run.interrupt();
    await untilTrue(() => processesOf(run.dataFolder).length === 0);
    expect(run.output()).to.match(/\nstopped\n$/);
  });
});

describe('npm start that cannot start', function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(() => {
    folder = createDataFolder();
  });

  async function expectRefused(settings: Record<string, string>, line: RegExp): Promise<void> {
    const run = startEproof(folder, { settings });
    try {
      await expectRefusal(run, line);
      await untilTrue(() => processesOf(folder).length === 0);
    } finally {
      await discard(run);
    }
  }

  it('says how many instances there may be', async () => {
    const run = startEproof(folder, { instances: 9 });
    await expectRefusal(run, /^e-proof: "--instances" must be a whole number from 1 to 8$/);
    await discard(run);
  });

  it('names the port that is taken, before it makes anything', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      await expectRefused(
        { PORT: String(port) },
        new RegExp(`^e-proof: port ${port} is taken by another program: .* set PORT`),
      );
      expect(existsSync(join(folder, 'postgres'))).to.equal(false);
    } finally {
      other.close();
    }
  });

  it('names the data folder that is a file', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expectRefused(
      { EPROOF_DATA_DIR: file },
      /^e-proof: the data folder ".*file" cannot be written \(.+\); set EPROOF_DATA_DIR/,
    );
  });

  it('names the data folder that cannot be made', async () => {
    const nowhere = '/proc/eproof';
    await expectRefused(
      { EPROOF_DATA_DIR: nowhere },
      /^e-proof: the data folder "\/proc\/eproof" cannot be written \(.+\); set EPROOF_DATA_DIR/,
    );
  });

  for (const [what, settings, variable] of [
    ['an address without a database', { DATABASE_URL: 'postgres://127.0.0.1:5432' }, 'DATABASE_URL'],
    ['a host alone', { PGHOST: '127.0.0.1' }, 'DATABASE_URL'],
    ['a chain without a registry', { CHAIN_RPC_URLS: 'http://127.0.0.1:8545' }, 'REGISTRY_ADDRESS'],
  ] as const)
    it(`names what is missing beside ${what}`, () => expectRefused(settings, new RegExp(`^e-proof: .*"${variable}"`)));

  it('does not start a database of its own where the given one does not answer', () =>
    expectRefused({ DATABASE_URL: 'postgres://127.0.0.1:1/eproof' }, /^e-proof: .*"DATABASE_URL".*ECONNREFUSED/));

  it('stops on Ctrl-C while it starts for the first time', async () => {
    const run = startEproof(folder);
    try {
      await run.untilSaid(/^creating the database/m);
      expect(await run.interrupt()).to.equal(0);
      expect(processesOf(folder)).to.deep.equal([]);
    } finally {
      await discard(run);
    }
  });
});

/** Ends with an exit code that says so and one line, which is the last that it prints. */
async function expectRefusal(run: Run, line: RegExp): Promise<void> {
  expect(await run.ended, run.output()).to.equal(1);
  const printed = run.output().trimEnd().split('\n');
  expect(printed.at(-1)).to.match(line);
  expect(
    printed.filter((one) => /^e-proof: |^\s+at |^\{|Error/.test(one)),
    run.output(),
  ).to.have.length(1);
}

/** Somebody who remembers every block that could be read. */
interface Witness {
  registry: string;
  stop(): Promise<void>;
  expectSameBlocks(node: string): Promise<void>;
}

/** Reads the leader's blocks from the first on, and goes on reading new ones until it is stopped or the node is gone. */
async function observe(run: Run): Promise<Witness> {
  const [leader = ''] = await run.chainNodes();
  const { address: registry } = JSON.parse(readFileSync(join(run.dataFolder, 'registry.json'), 'utf8'));
  const seen: BlockJson[] = [];
  const rpc = rpcOf(leader);
  const readNew = async () => {
    const newest = Number(await rpc('eth_blockNumber'));
    while (seen.length <= newest) seen.push(await blockAt(leader, seen.length));
  };
  await readNew();
  let isStopped = false;
  const watching = (async () => {
    while (!isStopped) {
      await readNew();
      await sleep(5);
    }
  })().catch(() => {});
  return {
    registry,
    async stop() {
      isStopped = true;
      await watching;
      expect(seen.length).to.be.greaterThan(2);
    },
    async expectSameBlocks(node) {
      const now = await Promise.all(seen.map((_, number) => blockAt(node, number)));
      expect(now.map(identityOf)).to.deep.equal(seen.map(identityOf));
    },
  };
}

function blockAt(node: string, number: number): Promise<BlockJson> {
  return rpcOf(node)('eth_getBlockByNumber', `0x${number.toString(16)}`, false);
}

function identityOf({ number, hash, parentHash, timestamp, stateRoot, transactions }: BlockJson) {
  return { number, hash, parentHash, timestamp, stateRoot, transactions };
}
