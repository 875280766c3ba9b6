import type { Db, IssuerRow, Tx } from '../store/schema.ts';
import type { Actor } from './policy.ts';

/**
 * Whether the actor is one of `others`, or the same person is behind both: who was told a key can act as that key, and an officer who
 * left and came back is another row with the same account.
 */
export async function isSamePerson(tx: Db | Tx, { issuer, id }: Actor, others: readonly string[]): Promise<boolean> {
  const [own, theirs] = [await findPeopleBehind(tx, issuer, [id]), await findPeopleBehind(tx, issuer, others)];
  return [...own].some((one) => theirs.has(one));
}

/** Ids as they stand beside what was done, those of the keys' people, and the accounts of all officers among them. */
async function findPeopleBehind(tx: Db | Tx, issuer: IssuerRow, ids: readonly string[]): Promise<Set<string>> {
  const keys = numbersOf('key', ids);
  const rows =
    keys.length === 0
      ? []
      : await tx
          .selectFrom('api_keys')
          .select('people')
          .where('issuer_id', '=', issuer.id)
          .where('id', 'in', keys)
          .execute();
  const all = new Set([...ids, ...rows.flatMap(({ people }) => people)]);
  return new Set([...all, ...(await findAccounts(tx, issuer, numbersOf('officer', [...all])))]);
}

async function findAccounts(tx: Db | Tx, issuer: IssuerRow, officers: readonly number[]): Promise<string[]> {
  if (officers.length === 0) return [];
  const rows = await tx
    .selectFrom('officers')
    .select(['provider', 'subject'])
    .where('issuer_id', '=', issuer.id)
    .where('id', 'in', officers)
    .execute();
  return rows.map(({ provider, subject }) => JSON.stringify([provider, subject]));
}

function numbersOf(kind: 'key' | 'officer', ids: readonly string[]): number[] {
  return ids.flatMap((id) => (id.startsWith(`${kind}:`) ? [Number(id.slice(kind.length + 1))] : []));
}

/** Who is told a secret that the actor is told: the actor, and whoever is behind the actor. */
export async function findTold(tx: Db | Tx, { issuer, id }: Actor): Promise<string[]> {
  const people = await findPeopleBehind(tx, issuer, [id]);
  return [...people].filter((one) => /^(?:officer|key):\d+$/.test(one));
}
