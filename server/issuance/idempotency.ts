import { sql } from 'kysely';
import { AppError } from '../app-error.ts';
import { failpoint } from '../failpoint.ts';
import { againAfterDeadlock } from '../store/deadlock.ts';
import type { Outcome } from '../store/done-together.ts';
import { insertMany } from '../store/insert-many.ts';
import type { Db, IdempotencyKeyRow, Tx } from '../store/schema.ts';
import type { IdempotentRequest, KeptAnswer, WithIdempotency } from './use-cases.ts';

const KEPT_HOURS = 24;

/** Something that is done once for its request. */
export interface Keyed<Work> {
  request: IdempotentRequest;
  work: Work;
}

export type Given = KeptAnswer & { replayed: boolean };

/** Does all of it in one transaction; what it refuses leaves nothing. */
export type RunAll<Work> = (tx: Tx, works: readonly Work[]) => Promise<readonly Outcome<KeptAnswer>[]>;

export const withIdempotency: WithIdempotency = async (db, request, run) => {
  const [given] = await withIdempotencyOfAll(db, [{ request, work: run }], (tx, runs) =>
    Promise.all(runs.map((each) => each(tx))),
  );
  if (given instanceof AppError) throw given;
  return given as Given;
};

/**
 * For what several of one department ask, in one transaction:
 *   1. each key is locked until the transaction ends: whoever comes meanwhile is told that it is in flight
 *   2. an answer that is kept is given again, if the question is the same
 *   3. else the work is done and its answer kept: a crash leaves both or neither
 * Where two requests wait each for what the other holds, one of them does all three again. Which credential a draft replaces is known only
 * when the draft is opened, so that a list of drafts cannot lock what it needs in an order that is the same for all.
 */
export async function withIdempotencyOfAll<Work>(
  db: Db,
  asked: readonly Keyed<Work>[],
  runAll: RunAll<Work>,
): Promise<Outcome<Given>[]> {
  const given = await againAfterDeadlock(() => db.transaction().execute((tx) => answerOnce(tx, asked, runAll)));
  failpoint('write-committed');
  return given;
}

async function answerOnce<Work>(
  tx: Tx,
  asked: readonly Keyed<Work>[],
  runAll: RunAll<Work>,
): Promise<Outcome<Given>[]> {
  const requests = asked.map(({ request }) => request);
  const isLocked = await lockKeys(tx, requests);
  const kept = await findAnswers(tx, requests);
  const outcomes = requests.map((request, i) =>
    isLocked[i] ? answerAgain(request, kept.get(request.key)) : inFlight(),
  );
  const fresh = asked.filter((_, i) => outcomes[i] === undefined);
  const works = fresh.map(({ work }) => work);
  const done = works.length === 0 ? [] : await runAll(tx, works);
  await keepAnswers(
    tx,
    fresh.flatMap(({ request }, i) =>
      done[i] instanceof AppError ? [] : [{ request, answer: done[i] as KeptAnswer }],
    ),
  );
  failpoint('write-uncommitted');
  const answers = done.values();
  return outcomes.map((outcome) => outcome ?? toGiven(answers.next().value as Outcome<KeptAnswer>));
}

function toGiven(answer: Outcome<KeptAnswer>): Outcome<Given> {
  return answer instanceof AppError ? answer : { ...answer, replayed: false };
}

/** Of two with one key, the first has it. */
async function lockKeys(tx: Tx, requests: readonly IdempotentRequest[]): Promise<boolean[]> {
  const names = requests.map(({ issuer, key }) => `${issuer.id}:${key}`);
  const { rows } = await sql<{ ok: boolean }>`select pg_try_advisory_xact_lock(hashtextextended(name, 0)) as ok
    from unnest(${names}::text[]) as asked (name)`.execute(tx);
  return names.map((name, i) => rows[i]?.ok === true && names.indexOf(name) === i);
}

function inFlight(): AppError {
  return new AppError('IDEMPOTENCY_CONFLICT', 'a request with this "Idempotency-Key" is still being worked on');
}

async function findAnswers(tx: Tx, requests: readonly IdempotentRequest[]): Promise<Map<string, IdempotencyKeyRow>> {
  const rows = await tx
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('issuer_id', '=', issuerOf(requests))
    .where('key', '=', sql<string>`any(${requests.map(({ key }) => key)}::text[])`)
    .where('created_at', '>', keptSince())
    .execute();
  return new Map(rows.map((row) => [row.key, row]));
}

function issuerOf([first]: readonly IdempotentRequest[]): number {
  return (first as IdempotentRequest).issuer.id;
}

function answerAgain(request: IdempotentRequest, kept: IdempotencyKeyRow | undefined): Outcome<Given> | undefined {
  if (!kept) return undefined;
  // one officer must not read another's answer, nor may what one system did be done again under the same key by another
  if (kept.actor !== null && kept.actor !== request.actor)
    return new AppError(
      'IDEMPOTENCY_KEY_REUSED',
      'this "Idempotency-Key" was used by somebody else of your department',
    );
  const isSame =
    kept.method === request.method && kept.path === request.path && kept.body_sha256.equals(request.bodySha256);
  if (!isSame) return new AppError('IDEMPOTENCY_KEY_REUSED', 'this "Idempotency-Key" was used for a different request');
  return { status: kept.status, body: kept.body, replayed: true };
}

/** A key that is there is of an answer that is no longer kept. */
async function keepAnswers(tx: Tx, all: readonly { request: IdempotentRequest; answer: KeptAnswer }[]): Promise<void> {
  await insertMany(tx, {
    table: 'idempotency_keys',
    types: KEY_TYPES,
    rows: all.map(({ request, answer }) => ({
      issuer_id: request.issuer.id,
      key: request.key,
      actor: request.actor,
      method: request.method,
      path: request.path,
      body_sha256: Buffer.from(request.bodySha256),
      ...answer,
    })),
    more: sql`on conflict (issuer_id, key) do update set ${REPLACED}`,
  });
}

const KEY_TYPES = {
  issuer_id: 'int',
  key: 'text',
  actor: 'text',
  method: 'text',
  path: 'text',
  body_sha256: 'bytea',
  status: 'int',
  body: 'text',
} as const;
const REPLACED = sql.raw(
  [...Object.keys(KEY_TYPES).map((name) => `${name} = excluded.${name}`), 'created_at = now()'].join(', '),
);

/** Answers that are no longer kept. */
export async function forgetOldAnswers(db: Db): Promise<void> {
  await db.deleteFrom('idempotency_keys').where('created_at', '<=', keptSince()).execute();
}

function keptSince() {
  return sql<Date>`now() - make_interval(hours => ${KEPT_HOURS})`;
}
