import { AppError } from '../app-error.ts';
import type { Relayer } from '../chain/relayer.ts';

/*
 * A key signs under the registry's next nonce for it, whatever it signs: changes of status and notices take turns. Several may be under way
 * for one key, in the order of their nonces:
 *   1. one that fails makes those after it fail too, for the registry refuses a nonce out of turn
 *   2. all of them go back to "recorded"; nothing new is signed for that key until none with a later nonce is under way
 *   3. they are signed again in the order in which they were recorded, so a suspension never overtakes its end
 */

/** Acts under way for one key at once: each is a transaction of its own. */
const MOST_UNDER_WAY = 16;

/** What a relayed call costs more than the key's own: the signature, its check and the nonce. */
export const RELAY_GAS = 60_000n;

/** The nonce for the key's next signature and how many may follow; null while earlier ones have to come back first. */
export async function findTurn(
  { db, registry }: Pick<Relayer, 'db' | 'registry'>,
  key: string,
): Promise<{ nonce: number; room: number } | null> {
  const next = await registry.nonceOf(key);
  const underWay = await db
    .selectFrom('status_changes')
    .select('key_nonce')
    .where('key', '=', key)
    .where('state', '=', 'sent')
    // several changes of one batch share a nonce
    .union(db.selectFrom('notice_posts').select('key_nonce').where('key', '=', key).where('state', '=', 'sent'))
    .orderBy('key_nonce')
    .execute();
  const waiting = underWay.map((row) => row.key_nonce as number).filter((nonce) => nonce >= next);
  if (waiting.some((nonce, i) => nonce !== next + i)) return null;
  return { nonce: next + waiting.length, room: Math.max(0, MOST_UNDER_WAY - waiting.length) };
}

/** While the process with the anchor keys is away, what the status keys sign goes on: nobody waits to revoke. */
export async function unlessSignerAway(
  { onFault }: { onFault(what: string, error: unknown): void },
  work: () => Promise<boolean>,
): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'SIGNER_UNREACHABLE') throw error;
    onFault('what the anchor key signs waits', error);
    return false;
  }
}
