import { hash, randomBytes } from 'node:crypto';
import type { CatalogueDepartment } from '../../catalogue/catalogue.ts';
import type { Db, IssuerRow, Tx } from '../store/schema.ts';

const PREFIX_LENGTH = 16;

/** The department's row; made where there is none yet. It issues nothing before it is provisioned on the chain. */
export async function registerDepartment(db: Db | Tx, { code, sha256 }: CatalogueDepartment): Promise<IssuerRow> {
  await db
    .insertInto('issuers')
    .values({ code, profile: sha256 })
    .onConflict((conflict) => conflict.column('code').doNothing())
    .execute();
  return findIssuer(db, code);
}

export function findIssuer(db: Db | Tx, code: string): Promise<IssuerRow> {
  return db.selectFrom('issuers').selectAll().where('code', '=', code).executeTakeFirstOrThrow();
}

/** A key for a department's system. The key itself is told once and not kept; give `secret` to have a key that is known already. */
export async function createApiKey(
  db: Db | Tx,
  { issuer, name, isTest, secret }: { issuer: IssuerRow; name: string; isTest: boolean; secret?: string },
): Promise<string> {
  const key = secret ?? `ep_${isTest ? 'test' : 'live'}_${randomBytes(32).toString('base64url')}`;
  await db
    .insertInto('api_keys')
    .values({ issuer_id: issuer.id, name, prefix: key.slice(0, PREFIX_LENGTH), key_sha256: hashKey(key) })
    .onConflict((conflict) => conflict.column('key_sha256').doNothing())
    .execute();
  return key;
}

export interface ApiKeyHolder {
  issuer: IssuerRow;
  /** The key's name, for "by". */
  name: string;
}

/** Whose key this is; null for none. The key has 256 random bits, so its plain SHA-256 tells nothing. */
export async function findApiKeyHolder(db: Db, key: string, now: Date): Promise<ApiKeyHolder | null> {
  const found = await db
    .selectFrom('api_keys')
    .innerJoin('issuers', 'issuers.id', 'api_keys.issuer_id')
    .selectAll('issuers')
    .select(['api_keys.id as key_id', 'api_keys.name', 'api_keys.last_used_at'])
    .where('api_keys.key_sha256', '=', hashKey(key))
    .where('api_keys.revoked_at', 'is', null)
    .executeTakeFirst();
  if (!found) return null;
  const { key_id, name, last_used_at, ...issuer } = found;
  await noteUse(db, { id: key_id, lastUsedAt: last_used_at, now });
  return { issuer, name };
}

const NOTED_EVERY_MS = 60_000;

// Once a minute is enough to see that a key is in use, and costs no write for each request.
async function noteUse(db: Db, use: { id: number; lastUsedAt: Date | null; now: Date }): Promise<void> {
  if (use.lastUsedAt !== null && use.now.getTime() - use.lastUsedAt.getTime() < NOTED_EVERY_MS) return;
  await db.updateTable('api_keys').set({ last_used_at: use.now }).where('id', '=', use.id).execute();
}

function hashKey(key: string): Buffer {
  return Buffer.from(hash('sha256', key), 'hex');
}

/** How much is still on its way; ready when all is 0. */
export async function readiness(db: Db): Promise<{ credentials: number; statusChanges: number; heldIssuers: number }> {
  const count = (rows: { n: number | string | bigint }) => Number(rows.n);
  const [credentials, statusChanges, heldIssuers] = await Promise.all([
    db
      .selectFrom('credentials')
      .select((from) => from.fn.countAll().as('n'))
      .where('state', 'in', ['issued', 'sealed', 'anchored'])
      .executeTakeFirstOrThrow(),
    db
      .selectFrom('status_changes')
      .select((from) => from.fn.countAll().as('n'))
      .where('state', 'in', ['recorded', 'sent', 'anchored'])
      .executeTakeFirstOrThrow(),
    db
      .selectFrom('issuers')
      .select((from) => from.fn.countAll().as('n'))
      .where('state', '=', 'held')
      .executeTakeFirstOrThrow(),
  ]);
  return { credentials: count(credentials), statusChanges: count(statusChanges), heldIssuers: count(heldIssuers) };
}
