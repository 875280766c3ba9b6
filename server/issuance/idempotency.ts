import { sql } from 'kysely';
import { AppError } from '../app-error.ts';
import { failpoint } from '../failpoint.ts';
import { againAfterDeadlock } from '../store/deadlock.ts';
import type { Db, Tx } from '../store/schema.ts';
import type { IdempotentRequest, KeptAnswer, WithIdempotency } from './use-cases.ts';

const KEPT_HOURS = 24;

/**
 *   1. the key is locked until the transaction ends: whoever comes meanwhile is told that it is in flight
 *   2. an answer that is kept is given again, if the question is the same
 *   3. else the work is done and its answer kept, in one transaction: a crash leaves both or neither
 * Where two requests wait each for what the other holds, one of them does all three again. Which credential a draft replaces is known only
 * when the draft is opened, so that a list of drafts cannot lock what it needs in an order that is the same for all.
 */
export const withIdempotency: WithIdempotency = async (db, request, run) => {
  const given = await againAfterDeadlock(() => db.transaction().execute((tx) => answerOnce(tx, request, run)));
  failpoint('write-committed');
  return given;
};

async function answerOnce(
  tx: Tx,
  request: IdempotentRequest,
  run: (tx: Tx) => Promise<KeptAnswer>,
): Promise<KeptAnswer & { replayed: boolean }> {
  await lockKey(tx, request);
  const kept = await findAnswer(tx, request);
  if (kept) return { ...kept, replayed: true };
  const answer = await run(tx);
  await keepAnswer(tx, request, answer);
  failpoint('write-uncommitted');
  return { ...answer, replayed: false };
}

async function lockKey(tx: Tx, { issuer, key }: IdempotentRequest): Promise<void> {
  const { rows } = await sql<{
    ok: boolean;
  }>`select pg_try_advisory_xact_lock(hashtextextended(${`${issuer.id}:${key}`}, 0)) as ok`.execute(tx);
  if (!rows[0]?.ok)
    throw new AppError('IDEMPOTENCY_CONFLICT', 'a request with this "Idempotency-Key" is still being worked on');
}

async function findAnswer(tx: Tx, request: IdempotentRequest): Promise<KeptAnswer | undefined> {
  const kept = await tx
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('issuer_id', '=', request.issuer.id)
    .where('key', '=', request.key)
    .where('created_at', '>', keptSince())
    .executeTakeFirst();
  if (!kept) return undefined;
  // one officer must not read another's answer, nor may what one system did be done again under the same key by another
  if (kept.actor !== null && kept.actor !== request.actor)
    throw new AppError('IDEMPOTENCY_KEY_REUSED', 'this "Idempotency-Key" was used by somebody else of your department');
  const isSame =
    kept.method === request.method && kept.path === request.path && kept.body_sha256.equals(request.bodySha256);
  if (!isSame) throw new AppError('IDEMPOTENCY_KEY_REUSED', 'this "Idempotency-Key" was used for a different request');
  return { status: kept.status, body: kept.body };
}

async function keepAnswer(tx: Tx, request: IdempotentRequest, answer: KeptAnswer): Promise<void> {
  const row = {
    actor: request.actor,
    method: request.method,
    path: request.path,
    body_sha256: Buffer.from(request.bodySha256),
    ...answer,
    created_at: sql<Date>`now()`,
  };
  await tx
    .insertInto('idempotency_keys')
    .values({ issuer_id: request.issuer.id, key: request.key, ...row })
    .onConflict((conflict) => conflict.columns(['issuer_id', 'key']).doUpdateSet(row))
    .execute();
}

/** Answers that are no longer kept. */
export async function forgetOldAnswers(db: Db): Promise<void> {
  await db.deleteFrom('idempotency_keys').where('created_at', '<=', keptSince()).execute();
}

function keptSince() {
  return sql<Date>`now() - make_interval(hours => ${KEPT_HOURS})`;
}
