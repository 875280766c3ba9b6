import { sql } from 'kysely';
import { encodeNotice, encodeRelayedNotice, type NoticeCall, toRefusal } from '../chain/registry.ts';
import { type Relayer, retryAt, storeTransaction } from '../chain/relayer.ts';
import { estimateGas } from '../chain/transaction.ts';
import type { ValiditySigner } from '../keys/validity-signer.ts';
import type { NoticePostRow } from '../store/schema.ts';
import type { StatusDeps } from './carry-status.ts';
import { findTurn, RELAY_GAS, unlessSignerAway } from './key-turn.ts';
import { isPosted } from './notice-match.ts';

/*
 * A confirmed notice is signed by the department's anchor key under its next nonce in the registry (key-turn.ts), for each version of the type,
 * and carried as a change of status is: recorded → sent → anchored → final.
 */

const MOST_READ = 64;

interface Ready extends Pick<NoticePostRow, 'seq' | 'type_number' | 'attempts'> {
  issuer: number;
  anchor_key: string;
  from_day: number;
  to_day: number;
  valid_until: number;
  law: string | null;
}

/** Signs and stores what is due; whether there was anything. */
export async function carryNotices(deps: StatusDeps): Promise<boolean> {
  const ready = await findReady(deps);
  let isBusy = false;
  for (const [address, posts] of Map.groupBy(ready, ({ anchor_key }) => anchor_key)) {
    const signer = deps.findValiditySigner(address);
    if (signer) isBusy = (await unlessSignerAway(deps, () => carryOfKey(deps, signer, posts))) || isBusy;
    else deps.onFault('notices wait', new Error(`the key ${address} is not in this service`));
  }
  return isBusy;
}

async function findReady({ db, now }: StatusDeps): Promise<Ready[]> {
  const rows = await selectOpen(db)
    .where('p.state', '=', 'recorded')
    .where((where) => where.or([where('p.retry_at', 'is', null), where('p.retry_at', '<=', new Date(now()))]))
    .orderBy('p.seq')
    .limit(MOST_READ)
    .execute();
  return rows as Ready[];
}

function selectOpen(db: StatusDeps['db']) {
  return db
    .selectFrom('notice_posts as p')
    .innerJoin('notices as n', 'n.seq', 'p.notice_seq')
    .innerJoin('issuers as i', 'i.id', 'p.issuer_id')
    .select(['p.seq', 'p.type_number', 'p.attempts', 'i.number as issuer', 'i.anchor_key'])
    .select(['n.from_day', 'n.to_day', 'n.valid_until', 'n.law'])
    .where('i.number', 'is not', null);
}

async function carryOfKey(deps: StatusDeps, signer: ValiditySigner, posts: readonly Ready[]): Promise<boolean> {
  const turn = await findTurn(deps, signer.address);
  if (turn === null) return false;
  let { nonce, room } = turn;
  for (const post of posts) {
    if (room === 0) break;
    if (await carry(deps, signer, { post, nonce })) {
      nonce++;
      room--;
    }
  }
  return nonce > turn.nonce;
}

interface Turn {
  post: Ready;
  nonce: number;
}

async function carry(deps: StatusDeps, signer: ValiditySigner, { post, nonce }: Turn): Promise<boolean> {
  const { rpc, address } = deps.registry;
  const call = toCall(post);
  let gasLimit: bigint;
  try {
    const own = { from: signer.address, to: address.address, data: encodeNotice(call) };
    gasLimit = (await estimateGas(rpc, own)) + RELAY_GAS;
  } catch (error) {
    await postpone(deps, post, toRefusal(error).reason);
    return false;
  }
  await storeTransaction(deps, {
    purpose: 'status',
    data: encodeRelayedNotice(call, nonce, await signer.signNotice({ ...call, nonce })),
    gasLimit,
    async attach(tx, transaction_seq) {
      await tx
        .updateTable('notice_posts')
        .set({ state: 'sent', key: signer.address, key_nonce: nonce, transaction_seq, failure: null })
        .where('seq', '=', post.seq)
        .where('state', '=', 'recorded')
        .execute();
    },
  });
  return true;
}

function toCall({ issuer, type_number, from_day, to_day, valid_until, law }: Ready): NoticeCall {
  const word = new Uint8Array(32);
  word.set(new TextEncoder().encode(law ?? ''));
  return { issuer, credentialType: type_number, from: from_day, to: to_day, validUntil: valid_until, law: word };
}

async function postpone({ db, now }: StatusDeps, post: Ready, reason: string): Promise<void> {
  const attempts = post.attempts + 1;
  await db
    .updateTable('notice_posts')
    .set({ attempts, failure: `the chain refuses the notice: ${reason}`, retry_at: retryAt(now(), attempts) })
    .where('seq', '=', post.seq)
    .execute();
}

/** Notes which notices were mined; what failed or was lost is recorded again, to be signed under a new nonce. */
export async function settleNotices({ db }: Relayer): Promise<void> {
  await sql`update notice_posts p set state = 'anchored', block_number = t.block_number, failure = null
    from transactions t where t.seq = p.transaction_seq and p.state = 'sent' and t.state = 'mined'`.execute(db);
  // a chain that was rewound may refuse what it had, even where it was final
  await sql`update notice_posts p set state = 'recorded', place = null, key = null, key_nonce = null, transaction_seq = null
    from transactions t where t.seq = p.transaction_seq and p.state <> 'recorded'
      and t.state in ('reverted', 'lost')`.execute(db);
}

/**
 * What an older backup has as waiting may stand in the registry already; posting it again would use up one of its 32 places. Asked before
 * anything is sent.
 */
export async function adoptPosted({ db, registry }: Relayer): Promise<void> {
  const waiting = (await selectOpen(db).where('p.state', '=', 'recorded').execute()) as Ready[];
  for (const post of waiting) {
    const posted = await registry.readNotices(post.issuer, post.type_number);
    const taken = await findTaken(db, post);
    if (posted.some((notice, place) => !taken.has(place) && isPosted(post, notice)))
      await db.updateTable('notice_posts').set({ state: 'anchored' }).where('seq', '=', post.seq).execute();
  }
}

async function findTaken(db: Relayer['db'], { seq, type_number }: Ready): Promise<Set<number>> {
  const rows = await db
    .selectFrom('notice_posts as p')
    .innerJoin('notice_posts as own', 'own.issuer_id', 'p.issuer_id')
    .select('p.place')
    .where('own.seq', '=', seq)
    .where('p.type_number', '=', type_number)
    .where('p.place', 'is not', null)
    .execute();
  return new Set(rows.map(({ place }) => place as number));
}
