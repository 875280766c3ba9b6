import { sql } from 'kysely';
import type { Lies } from '../server/chain-node.ts';
import { dropPending, eventually, pendingOf, sendFor, type World } from '../server/harness.ts';
import { keyOf } from '../server/instance.ts';
import { issuingWhile } from './issuing-while.ts';
import { hold, issue, RELAYER, release, revoke, type Scenario, STRANGER } from './scenario.ts';

/** The nodes lie about one of their answers, until a transaction is in the state that the service believes for that. */
function lying(name: string, lies: Lies, believed: 'stored' | 'mined' | 'reverted' | 'lost'): Scenario {
  let before = 0;
  return issuingWhile(name, {
    async fail({ world }) {
      before = await lastTransaction(world);
      world.chain.setLies(lies);
    },
    isMet: ({ world }) => hasTransaction(world, { after: before, state: believed }),
    mend: async ({ world }) => world.chain.setLies({}),
  });
}

async function lastTransaction({ db }: World): Promise<number> {
  const { rows } = await sql<{ seq: number }>`select coalesce(max(seq), 0) as seq from transactions`.execute(db);
  return Number(rows[0]?.seq);
}

async function hasTransaction(
  { db }: World,
  { after, state }: { after: number; state: 'stored' | 'mined' | 'reverted' | 'lost' },
): Promise<boolean> {
  const found = await db
    .selectFrom('transactions')
    .select('seq')
    .where('seq', '>', after)
    .where('state', '=', state)
    .where((where) => where.or([where('state', '!=', 'stored'), where('sent_at', 'is not', null)]))
    .executeTakeFirst();
  return found !== undefined;
}

const full = async () => {
  throw new Error('the transaction pool is full');
};
const refusing = lying('the chain refuses every transaction', { eth_sendRawTransaction: full }, 'stored');

const noReceipt = lying(
  'the chain knows no receipt of what it mined',
  { eth_getTransactionReceipt: async () => null },
  'lost',
);

const reverted = lying(
  'the chain says that what it mined was reverted',
  {
    async eth_getTransactionReceipt(ask) {
      const receipt = (await ask()) as object | null;
      return receipt && { ...receipt, status: '0x0' };
    },
  },
  'reverted',
);

const notMined = lying(
  'the chain has receipts of what it never took',
  {
    eth_sendRawTransaction: async () => `0x${'00'.repeat(32)}`,
    eth_getTransactionReceipt: async () => ({ status: '0x1', blockNumber: '0x1' }),
  },
  'mined',
);

/** Transactions are mined, and nobody is told. */
function unanswered(
  name: string,
  how: 'cut' | 'silent',
  { count, isShort = false }: { count: number; isShort?: boolean },
) {
  let before = 0;
  return issuingWhile(name, {
    isShort,
    async fail({ world: { chain } }) {
      before = chain.unanswered();
      chain.swallowAnswers(count, how);
    },
    isMet: async ({ world }) => world.chain.unanswered() >= before + count,
  });
}

/** Longer than any pause of a job: what comes after must not depend on how long it was. */
function stoppedFor(lastsMs: number): Scenario {
  let before = 0;
  return issuingWhile('the chain is stopped for minutes', {
    async fail({ world: { chain } }) {
      before = chain.unanswered();
      chain.setDown(true);
    },
    isMet: async ({ world }) => world.chain.unanswered() > before,
    lastsMs,
    mend: async ({ world }) => world.chain.setDown(false),
  });
}

/** A transaction that waits in the nodes' pool is pushed out by one of the same account for a higher fee. */
const pushedOut: Scenario = {
  name: 'a transaction is pushed out of the pool by another for a higher fee',
  dies: [],
  async run(stage) {
    const { world } = stage;
    const id = await stage.issueFinal();
    await stage.recover();
    const before = await lastTransaction(world);
    await hold(world.chain);
    await issue(stage)();
    await revoke(stage, id);
    await eventually('a node holds one', async () => (await pendingOf(world)).length > 0);
    const fees = { maxFeePerGas: 10n ** 12n, tip: 10n ** 11n };
    await sendFor(world, { account: RELAYER, data: '0x', to: keyOf(STRANGER).address, fees });
    await release(world.chain);
    await eventually('one is lost', () => hasTransaction(world, { after: before, state: 'lost' }));
    await stage.recover();
  },
};

const dropped: Scenario = {
  name: 'transactions fall out of the pool',
  dies: [],
  async run(stage) {
    const { world } = stage;
    await stage.start();
    await hold(world.chain);
    await issue(stage)();
    await eventually('a node holds one', async () => (await pendingOf(world)).length > 0);
    await dropPending(world);
    await release(world.chain);
    await stage.recover();
  },
};

const rewound: Scenario = {
  name: 'the chain is rewound while batches and changes wait for their depth',
  dies: [],
  async run(stage) {
    const { chain, db } = stage.world;
    const id = await stage.issueFinal();
    await stage.recover();
    await stage.kill();
    const snapshot = await chain.request('evm_snapshot');
    await stage.start({ confirmations: 3 });
    await issue(stage)();
    await revoke(stage, id);
    await eventually('both are mined', async () => {
      const batch = await db.selectFrom('batches').select('seq').where('state', '=', 'anchored').executeTakeFirst();
      return batch && db.selectFrom('status_changes').select('seq').where('state', '=', 'anchored').executeTakeFirst();
    });
    await stage.demandAlways();
    if (!(await chain.request('evm_revert', [snapshot]))) throw new Error('the chain is not rewound');
    const mining = setInterval(() => void chain.request('hardhat_mine', ['0x1']), 500);
    await stage.recover().finally(() => clearInterval(mining));
    await stage.kill();
  },
};

export const CHAIN_FAULTS: readonly Scenario[] = [
  refusing,
  noReceipt,
  reverted,
  notMined,
  unanswered('the chain takes transactions and cuts the connection', 'cut', { count: 2, isShort: true }),
  unanswered('the chain takes a transaction and does not answer in time', 'silent', { count: 1 }),
  pushedOut,
  dropped,
  rewound,
  stoppedFor(150_000),
];
