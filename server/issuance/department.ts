import { sql } from 'kysely';
import type { CatalogueDepartment } from '../../catalogue/catalogue.ts';
import { HEAD_DEFINITIONS } from '../audit/definition.ts';
import type { Db, IssuerRow, Tx } from '../store/schema.ts';
import { isWaiting } from './credential-state.ts';
import { isReleased } from './held.ts';

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

/** How much is still on its way; ready when all is 0. */
export async function readiness(
  db: Db,
): Promise<{ credentials: number; statusChanges: number; heldIssuers: number; keylessIssuers: number }> {
  // what waits for a department's admin keeps no instance from answering for the other departments
  const isKeyless = sql<boolean>`(anchor_fault is not null or status_fault is not null)`;
  const keyless = db.selectFrom('issuers').select('id').where(isKeyless);
  const count = (rows: { n: number | string | bigint | null }) => Number(rows.n ?? 0);
  const [waiting, sealed, statusChanges, heldIssuers, keylessIssuers] = await Promise.all([
    db
      .selectFrom('credentials_and_copies as c')
      .select((from) => from.fn.countAll().as('n'))
      .where(isWaiting('c'))
      .where(isReleased('c'))
      .where('issuer_id', 'not in', keyless)
      .executeTakeFirstOrThrow(),
    db
      .selectFrom('batches')
      .select((from) => from.fn.sum<number | null>('size').as('n'))
      .where('state', 'not in', ['final', 'failed'])
      .where('definition', 'not in', HEAD_DEFINITIONS)
      .where('disbelieved', '=', false)
      .where((where) => where.or([where('state', 'not in', ['open', 'signed']), where('issuer_id', 'not in', keyless)]))
      .executeTakeFirstOrThrow(),
    db
      .selectFrom('status_changes')
      .select((from) => from.fn.countAll().as('n'))
      .where('state', 'in', ['recorded', 'sent', 'anchored'])
      .where('issuer_id', 'not in', keyless)
      .executeTakeFirstOrThrow(),
    db
      .selectFrom('issuers')
      .select((from) => from.fn.countAll().as('n'))
      .where('state', '=', 'held')
      .executeTakeFirstOrThrow(),
    db
      .selectFrom('issuers')
      .select((from) => from.fn.countAll().as('n'))
      .where(isKeyless)
      .executeTakeFirstOrThrow(),
  ]);
  const credentials = count(waiting) + count(sealed);
  return {
    credentials,
    statusChanges: count(statusChanges),
    heldIssuers: count(heldIssuers),
    keylessIssuers: count(keylessIssuers),
  };
}
