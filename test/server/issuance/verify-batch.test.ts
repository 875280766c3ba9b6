import { expect } from 'chai';
import { sql } from 'kysely';
import { hashContent } from '../../../proof/batch.ts';
import { createGroupHasher, REST, SHOWN } from '../../../proof/commitment.ts';
import { decryptPayload, encryptPayload, type Payload } from '../../../server/issuance/payload.ts';
import type { CredentialRow } from '../../../server/store/schema.ts';
import { createWorld, eventually, untilFinal, type World } from '../harness.ts';

const LEAVES = 5;

type Change = Partial<Pick<CredentialRow, 'header' | 'content_hash' | 'wrapped_key' | 'payload' | 'leaf'>>;

describe('a batch that is anchored', () => {
  let world: World;
  let rows: CredentialRow[];

  before(async () => {
    world = await createWorld();
    await world.issueMany('FEHD-GRL', LEAVES);
    const jobs = await world.startJobs({ confirmations: 1 });
    await eventually('all are anchored', async () => (await stateOf(world)) === 'anchored');
    await jobs.stop();
    rows = await world.db.selectFrom('credentials').selectAll().orderBy('leaf').execute();
    expect(new Set(rows.map(({ batch_seq }) => batch_seq)).size, 'one batch').to.equal(1);
  });

  after(() => world.close());

  const alterations: Record<string, (row: CredentialRow, next: CredentialRow) => Change> = {
    'a shown claim': (row) => rewrite(world, row, (payload) => ({ ...payload, shown: swapValues(payload.shown) })),
    'a claim that is not shown': (row) =>
      rewrite(world, row, ({ rest, ...more }) => ({ ...more, rest: addValue(rest) })),
    'a seed': (row) =>
      rewrite(world, row, ({ shown, ...more }) => ({ ...more, shown: { ...shown, seed: flip(shown.seed) } })),
    'a header': (row) => ({ header: flip(row.header) }),
    "another credential's header": (_, next) => ({ header: next.header }),
    'a header and the hash that was approved': (_, next) => ({ header: next.header, content_hash: next.content_hash }),
    'a ciphertext': (row) => ({ payload: flip(row.payload) }),
    'a data key': (row) => ({ wrapped_key: flip(row.wrapped_key) }),
  };

  for (const [i, [what, alter]] of Object.entries(alterations).entries()) {
    const leaf = i % LEAVES;
    it(`does not become final with ${what} altered in leaf ${leaf}`, async () => {
      const [row, next] = [rows[leaf], rows[(leaf + 1) % LEAVES]] as [CredentialRow, CredentialRow];
      await write(world, row.seq, alter(row, next));
      await expectRefused(world, new RegExp(`leaf ${leaf}: `));
      await write(world, row.seq, row);
    });
  }

  it('does not become final with two leaves in the other order', async () => {
    const [first, second] = rows as [CredentialRow, CredentialRow];
    await swapLeaves(world, first, second);
    await expectRefused(world, /the leaves do not lead to the root that was signed/);
    await swapLeaves(world, first, second);
  });

  it('does not become final with a leaf taken away', async () => {
    const { seq } = rows[1] as CredentialRow;
    await sql`update credentials set batch_seq = null, leaf = null where seq = ${seq}`.execute(world.db);
    await expectRefused(world, /the batch has 5 leaves, 4 are stored/);
    const { batch_seq, leaf } = rows[1] as CredentialRow;
    await world.db.updateTable('credentials').set({ batch_seq, leaf }).where('seq', '=', seq).execute();
  });

  it('becomes final when every row is what was approved again', async () => {
    await allowRetry(world);
    const jobs = await world.startJobs();
    await untilFinal(world, []);
    await jobs.stop();
  });

  it('does not become final where it was sealed with claims that its type does not know', async () => {
    await world.issueMany('FEHD-FF', LEAVES);
    const row = await world.db
      .selectFrom('credentials')
      .selectAll()
      .where('state', '=', 'issued')
      .executeTakeFirstOrThrow();
    const change = rewrite(world, row, ({ shown, ...more }) => ({ ...more, shown: addValue(shown) }));
    const { shown, rest } = decryptPayload({ ...row, ...change }, world.deps.cipher);
    const hasher = createGroupHasher();
    const groups = {
      shown: hasher.hashFull(SHOWN, shown.seed, shown.values),
      rest: hasher.hashFull(REST, rest.seed, rest.values),
    };
    await write(world, row.seq, { ...change, content_hash: Buffer.from(hashContent(row.header, groups)) });
    await world.startJobs();
    const { failure } = await eventually('the batch is refused', () =>
      world.db.selectFrom('batches').selectAll().where('failure', 'is not', null).executeTakeFirst(),
    );
    expect(failure).to.match(/CLAIMS_NOT_OF_TYPE/);
  });
});

/** Lets the jobs look at the batch once, and expects the reason that they note. */
async function expectRefused(world: World, reason: RegExp): Promise<void> {
  await allowRetry(world);
  const jobs = await world.startJobs();
  const batch = await eventually('the batch is refused', () =>
    world.db.selectFrom('batches').selectAll().where('failure', 'is not', null).executeTakeFirst(),
  );
  await jobs.stop();
  expect(batch.failure).to.match(reason);
  expect(await stateOf(world)).to.equal('anchored');
  expect(await world.db.selectFrom('credentials').select('state').distinct().execute()).to.deep.equal([
    { state: 'sealed' },
  ]);
}

async function allowRetry(world: World): Promise<void> {
  await world.db.updateTable('batches').set({ failure: null, attempts: 0, retry_at: null }).execute();
}

/** The state that all batches have; undefined where they differ. */
async function stateOf(world: World): Promise<string | undefined> {
  const states = await world.db.selectFrom('batches').select('state').distinct().execute();
  return states.length === 1 ? states[0]?.state : undefined;
}

async function write(world: World, seq: number, change: Change): Promise<void> {
  const { header, content_hash, wrapped_key, payload } = change;
  const set = Object.fromEntries(
    Object.entries({ header, content_hash, wrapped_key, payload }).filter(([, value]) => value !== undefined),
  );
  await world.db.updateTable('credentials').set(set).where('seq', '=', seq).execute();
}

async function swapLeaves(world: World, first: CredentialRow, second: CredentialRow): Promise<void> {
  const rows = await world.db.selectFrom('credentials').selectAll().orderBy('seq').execute();
  const leafOf = (row: CredentialRow) => rows.find(({ seq }) => seq === row.seq)?.leaf as number;
  const move = (row: CredentialRow, leaf: number) =>
    world.db.updateTable('credentials').set({ leaf }).where('seq', '=', row.seq).execute();
  const [a, b] = [leafOf(first), leafOf(second)];
  await move(first, 255);
  await move(second, a);
  await move(first, b);
}

/** Another payload under the same data key: what somebody could write who has the master key too. */
function rewrite(world: World, row: CredentialRow, change: (payload: Payload) => Payload): Change {
  const key = world.deps.cipher.openDataKey(row.wrapped_key);
  const payload = encryptPayload(change(decryptPayload(row, world.deps.cipher)), key, row.id);
  return { payload: Buffer.from(payload) };
}

function swapValues({ seed, values }: Payload['shown']): Payload['shown'] {
  return { seed, values: values.toReversed() };
}

function addValue({ seed, values }: Payload['rest']): Payload['rest'] {
  return { seed, values: [...values, 'a condition less'] };
}

function flip(bytes: Uint8Array): Buffer {
  const flipped = Buffer.from(bytes);
  flipped[flipped.length - 1] = (flipped.at(-1) as number) ^ 1;
  return flipped;
}
