import { sql } from 'kysely';
import { toDate, toHongKongDay } from '../../proof/day.ts';
import { AUDIT_TYPE } from '../../server/audit/definition.ts';
import { provisionIssuer } from '../../server/chain/provision.ts';
import { createRegistry } from '../../server/chain/registry.ts';
import { createRpc } from '../../server/chain/rpc.ts';
import type { Failpoint } from '../../server/failpoint.ts';
import { fromCredentialId } from '../../server/issuance/credential-id.ts';
import { eventually, send, type World } from '../server/harness.ts';
import { keyOf } from '../server/instance.ts';
import type { Told } from './department.ts';
import { AT_START, hold, issue, nothing, RELAYER, release, revoke, type Scenario, STRANGER } from './scenario.ts';
import type { Stage } from './stage.ts';

/** Dies once while several credentials of several departments are on their way. */
function whileIssuing(place: Failpoint, { times = 1, isShort = false } = {}): Scenario {
  return {
    name: times === 1 ? place : `${place}, time ${times}`,
    dies: [place],
    isShort,
    async run(stage) {
      await stage.dieAt(place, issue(stage), { times });
      await stage.recover();
    },
  };
}

function whileMailing(place: Failpoint): Scenario {
  const holder = { email: 'canary@example.hk', language: 'en' };
  return {
    name: place,
    dies: [place],
    async run(stage) {
      const act = async () => {
        for (const code of ['FEHD-GRL', 'FEHD-FF'])
          await stage.fehd.post('/v1/credentials', { ...stage.sample(code), holder });
      };
      await stage.dieAt(place, act);
      await stage.recover();
    },
  };
}

function whileRevoking(place: Failpoint, { isShort = false, times = 1 } = {}): Scenario {
  return {
    name: `${place}, of a revocation`,
    dies: [place],
    isShort,
    async run(stage) {
      const [id, other] = [await stage.issueFinal(), await stage.issueFinal('FEHD-FF')];
      const act = async () => {
        await stage.fehd.post(`/v1/credentials/${id}/revoke`, { reason: 'ceased', note: 'closed down' });
        await stage.fehd.post(`/v1/credentials/${other}/suspend`, { reason: 'conditions-breached' });
      };
      await stage.dieAt(place, act, { times });
      await stage.recover();
    },
  };
}

function rowsOf(stage: Stage, code: string, count: number): string[] {
  return Array.from({ length: count }, () => {
    const { type: _, ...row } = stage.sample(code);
    return `${JSON.stringify(row)}\n`;
  });
}

const approval: Scenario = {
  name: 'draft-released',
  dies: ['draft-released'],
  async run(stage) {
    await stage.start();
    const draft = await stage.td.post('/v1/drafts', stage.sample('TD-DL'));
    const { contentHash } = await stage.td.post(`/v1/drafts/${draft.id}/submit`, {});
    const approve = () => stage.td.post(`/v1/drafts/${draft.id}/approve`, { contentHash }, stage.approverKey);
    await stage.dieAt('draft-released', approve);
    await stage.recover();
  },
};

const approvedFile: Scenario = {
  name: 'import-part-released',
  dies: ['import-part-released'],
  async run(stage) {
    await stage.start();
    const rows = rowsOf(stage, 'TD-DL', FILE_ROWS);
    const { id, approval: asked } = await stage.td.post('/v1/imports?type=TD-DL&mode=all&approval=true', rows.join(''));
    const approve = () =>
      stage.td.post(`/v1/imports/${id}/approve`, { contentHash: asked.contentHash }, stage.approverKey);
    await stage.dieAt('import-part-released', approve);
    await stage.recover();
    const { json } = await stage.td.get(`/v1/imports/${id}`);
    if (json.state !== 'completed' || json.counts.issued !== FILE_ROWS)
      throw new Error(`the file is ${json.state}, and ${json.counts.issued} are issued`);
  },
};

function whileErasing(place: Failpoint): Scenario {
  return {
    name: `${place}, of an erasure`,
    dies: [place],
    async run(stage) {
      const id = await stage.issueFinal();
      await stage.dieAt(place, () => stage.fehd.post(`/v1/credentials/${id}/erase`, { confirm: 'erase' }));
      await stage.recover();
    },
  };
}

const replayedErasure: Scenario = {
  name: 'erasure-replayed',
  dies: ['erasure-kept', 'erasure-replayed'],
  async run(stage) {
    const id = await stage.issueFinal();
    await stage.dieAt('erasure-kept', () => stage.fehd.post(`/v1/credentials/${id}/erase`, { confirm: 'erase' }));
    await stage.dieAt('erasure-replayed', async () => {}, { atStart: true });
    await stage.recover();
  },
};

/** Dies with a transaction stored that was never sent, and whose nonce is then used by something else. */
async function loseTransaction(stage: Stage, act: () => Promise<unknown>): Promise<void> {
  await stage.dieAt('transaction-stored', act);
  await send(stage.world, RELAYER, '0x', keyOf(STRANGER).address);
}

function onceLost(place: Failpoint, prepare: (stage: Stage) => Promise<() => Promise<unknown>>): Scenario {
  return {
    name: `${place}, its nonce used by another`,
    dies: ['transaction-stored', place],
    async run(stage) {
      await loseTransaction(stage, await prepare(stage));
      await stage.dieAt(place, nothing, AT_START);
      await stage.recover();
    },
  };
}

const repriced: Scenario = {
  name: 'transaction-repriced',
  dies: ['transaction-stored', 'transaction-repriced'],
  async run(stage) {
    await stage.dieAt('transaction-stored', issue(stage));
    await stage.world.chain.request('hardhat_setNextBlockBaseFeePerGas', ['0x4a817c8000']);
    await stage.world.chain.request('hardhat_mine', ['0x1']);
    await stage.dieAt('transaction-repriced', nothing, AT_START);
    await stage.recover();
  },
};

const forgottenAnchor: Scenario = {
  name: 'anchor-forgotten, the chain rewound',
  dies: ['batch-anchored', 'anchor-forgotten'],
  async run(stage) {
    const { chain, db } = stage.world;
    const snapshot = await chain.request('evm_snapshot');
    await stage.kill();
    await stage.dieAt('batch-anchored', issue(stage), { confirmations: 3 });
    await hold(chain);
    await chain.request('evm_revert', [snapshot]);
    await stage.dieAt('anchor-forgotten', nothing, { ...AT_START, confirmations: 3 });
    await stage.start({ confirmations: 3 });
    const forgotten = () =>
      db
        .selectFrom('batches')
        .select('seq')
        .where('state', '=', 'signed')
        .where('transaction_seq', 'is', null)
        .executeTakeFirst();
    await eventually('it is forgotten', forgotten);
    await stage.demandAlways();
    await release(chain);
    await stage.kill();
    await stage.recover();
  },
};

const forgottenStatus: Scenario = {
  name: 'status-forgotten, the chain rewound',
  dies: ['status-forgotten'],
  async run(stage) {
    const { chain, db } = stage.world;
    const id = await stage.issueFinal();
    await stage.recover();
    const snapshot = await chain.request('evm_snapshot');
    await stage.kill();
    const anchored = () =>
      db.selectFrom('status_changes').select('seq').where('state', '=', 'anchored').executeTakeFirst();
    const rewind = async () => {
      await revoke(stage, id);
      await eventually('it is mined', anchored);
      await hold(chain);
      await chain.request('evm_revert', [snapshot]);
    };
    await stage.dieAt('status-forgotten', rewind, { confirmations: 3 });
    await stage.start({ confirmations: 3 });
    await eventually('it is forgotten', async () => !(await anchored()));
    await stage.demandAlways();
    await release(chain);
    await stage.kill();
    await stage.recover();
  },
};

const reconciledStatus: Scenario = {
  name: 'status-reconciled, the database older than the chain',
  dies: ['status-reconciled'],
  async run(stage) {
    const { db } = stage.world;
    const id = await stage.issueFinal();
    await revoke(stage, id);
    await stage.recover();
    await stage.kill();
    const ofIt = (from: typeof db) =>
      from.updateTable('credentials').where('id', '=', Buffer.from(fromCredentialId(id) ?? []));
    await ofIt(db).set({ revoked: false }).execute();
    await stage.dieAt('status-reconciled', nothing, AT_START);
    await stage.start();
    await eventually(
      'it is revoked again',
      async () => (await stage.fehd.get(`/v1/credentials/${id}`)).json.status === 'revoked',
    );
    await stage.recover();
  },
};

const succession: Scenario = {
  name: 'successor-named',
  dies: ['successor-named'],
  async run(stage) {
    const id = await stage.issueFinal();
    await stage.dieAt('successor-named', () =>
      stage.fehd.post(`/v1/credentials/${id}/replace`, stage.sample('FEHD-GRL')),
    );
    await stage.recover();
    if ((await stage.fehd.get(`/v1/credentials/${id}`)).json.supersededBy === null)
      throw new Error('it has no successor');
  },
};

function whileConfirming(place: Failpoint, operation: object): Scenario {
  return {
    name: `${place}, of an operation`,
    dies: [place],
    async run(stage) {
      await stage.start();
      const today = toHongKongDay(Date.now() / 1000);
      const validity = { issued: toDate(today - 20), validFrom: toDate(today - 20), validUntil: toDate(today) };
      const ids: string[] = [];
      for (let count = 0; count < 3; count++)
        ids.push((await stage.fehd.post('/v1/credentials', { ...stage.sample('FEHD-GRL'), validity })).id);
      await stage.recover();
      const { id } = await stage.fehd.post('/v1/status-changes', { ...operation, ids });
      await stage.dieAt(place, () => stage.fehd.post(`/v1/status-changes/${id}/confirm`, {}));
      await stage.recover();
    },
  };
}

const FILE_ROWS = 20;

/** More than a full batch, which is sealed with the rows that it is made of. */
const SEALED_AT_ONCE = 300;

/** Of rows that are good, or of which one is there twice so that the file is refused. */
function whileImporting(place: Failpoint, { isGood = true, isShort = false, count = FILE_ROWS } = {}): Scenario {
  return {
    name: isGood ? place : `${place}, of a file that is refused`,
    dies: [place],
    isShort,
    async run(stage) {
      const rows = rowsOf(stage, 'FEHD-GRL', count);
      const file = (isGood ? rows : [...rows, rows[0]]).join('');
      await stage.dieAt(place, () => stage.fehd.post('/v1/imports?type=FEHD-GRL&mode=all', file));
      await stage.recover();
      const { state, counts } = (stage.fehd.told.at(-1) as Told).answer;
      const expected = isGood ? `completed ${count}` : 'refused 0';
      if (`${state} ${counts.issued}` !== expected)
        throw new Error(`the file is ${state}, and ${counts.issued} are issued`);
    },
  };
}

const readBack: Scenario = {
  name: 'batch-read-back, the database an older backup',
  dies: ['write-committed', 'batch-taken-back', 'batch-read-back'],
  async run(stage) {
    // what is acknowledged after the backup would have lost its claims
    await stage.dieAt('write-committed', () => stage.fehd.post('/v1/credentials', stage.sample('FEHD-GRL')));
    const file = await stage.backUp();
    await stage.recover();
    await stage.kill();
    await stage.restore(file);
    await stage.dieAt('batch-taken-back', nothing, AT_START);
    await stage.dieAt('batch-read-back', nothing, AT_START);
    await stage.recover();
  },
};

const DAY_MS = 86_400_000;

/** Without it a department's heads are not anchored. */
async function openAuditType({ db, settings, issuers: { FEHD } }: World): Promise<void> {
  await provisionIssuer({
    db,
    registry: createRegistry(settings.trusted, createRpc([settings.rpcUrl])),
    issuer: FEHD,
    governance: keyOf(0),
    admin: keyOf(2),
    anchorKey: FEHD.anchor_key as string,
    statusKey: FEHD.status_key as string,
    types: [AUDIT_TYPE],
  });
}

const heads: Scenario = {
  name: 'head-signed, head-stored, head-final, a day later',
  dies: ['head-signed', 'head-stored', 'head-final'],
  async run(stage) {
    const tomorrow = { clockAheadMs: DAY_MS };
    await openAuditType(stage.world);
    await stage.issueFinal();
    await stage.recover();
    for (const place of heads.dies) await stage.dieAt(place, nothing, { ...AT_START, ...tomorrow });
    await stage.recover(tomorrow);
    await stage.kill();
  },
};

const altered: Scenario = {
  name: 'batch-dissolved, a row altered',
  dies: ['batch-sealed', 'batch-dissolved'],
  async run(stage) {
    await stage.dieAt('batch-sealed', issue(stage));
    await sql`update credentials set payload = set_byte(payload, 40, 255 - get_byte(payload, 40))
      where seq = (select max(seq) from credentials where state = 'sealed')`.execute(stage.world.db);
    await stage.dieAt('batch-dissolved', nothing, AT_START);
    await stage.recover();
  },
};

export const DEATHS: readonly Scenario[] = [
  whileIssuing('write-uncommitted'),
  whileIssuing('write-committed', { isShort: true }),
  whileIssuing('file-drafted'),
  whileIssuing('batch-placed'),
  whileIssuing('batch-sealed'),
  whileIssuing('manifest-kept'),
  whileIssuing('batch-signature-made'),
  whileIssuing('batch-signed'),
  whileIssuing('transaction-signed'),
  whileIssuing('transaction-stored'),
  whileIssuing('transaction-sent', { isShort: true }),
  whileIssuing('transaction-send-noted'),
  whileIssuing('receipt-seen'),
  whileIssuing('receipt-noted'),
  whileIssuing('batch-anchor-seen'),
  whileIssuing('batch-anchored', { isShort: true }),
  whileIssuing('batch-verified', { times: 2 }),
  whileIssuing('batch-final-uncommitted'),
  whileIssuing('batch-final'),
  whileIssuing('delivery-taken'),
  whileIssuing('delivery-sent', { isShort: true }),
  whileIssuing('delivery-noted'),
  whileMailing('mail-taken'),
  whileMailing('mail-sent'),
  whileMailing('mail-noted'),
  whileIssuing('records-linked'),
  whileRevoking('write-uncommitted'),
  whileRevoking('write-committed'),
  whileRevoking('status-signature-made'),
  whileRevoking('transaction-stored'),
  whileRevoking('transaction-sent'),
  whileRevoking('status-anchored', { isShort: true }),
  whileRevoking('status-final-uncommitted'),
  whileRevoking('status-final'),
  approval,
  approvedFile,
  whileErasing('file-drafted'),
  whileErasing('erasure-kept'),
  whileErasing('write-uncommitted'),
  replayedErasure,
  onceLost('transaction-lost', async (stage) => issue(stage)),
  onceLost('batch-carried-again', async (stage) => issue(stage)),
  onceLost('status-recorded-again', async (stage) => {
    const id = await stage.issueFinal();
    await stage.recover();
    return () => revoke(stage, id);
  }),
  repriced,
  forgottenAnchor,
  forgottenStatus,
  reconciledStatus,
  succession,
  whileConfirming('operation-recorded', { act: 'revoke', reason: 'ceased' }),
  whileConfirming('renewal-issued', { act: 'renew' }),
  whileImporting('import-begun'),
  whileImporting('import-piece-copied', { count: SEALED_AT_ONCE }),
  whileImporting('import-piece-stored', { isShort: true }),
  whileImporting('import-ended'),
  whileImporting('import-ended', { isGood: false }),
  whileImporting('import-cleared', { isGood: false }),
  readBack,
  altered,
  heads,
];
