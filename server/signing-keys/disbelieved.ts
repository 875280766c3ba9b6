import { sql } from 'kysely';
import type { BatchReading, KeyReading } from '../../proof/reading.ts';
import { CHECK_CODES, judgeKey } from '../../proof/verdict.ts';
import { AppError } from '../app-error.ts';
import type { CredentialRow, Db, IssuerRow, Tx } from '../store/schema.ts';

/** What verifiers say of everything in a batch, as far as batch and key decide it: by the verifier's own function. */
export function isGenuine(batch: BatchReading, key: KeyReading): boolean {
  return batch.judgement !== 'void' && CHECK_CODES[judgeKey(batch, key)] === 'pass';
}

/**
 * Whether verifiers say of a credential that it is not genuine, and the department has neither issued another one in its place nor revoked
 * it: it has to be issued again. `alias` is what the query calls the credentials. The batches that are marked are few, and asked for once.
 */
export function isDisbelieved(alias: string, issuerId: number) {
  const [batch, revoked, seq] = ['batch_seq', 'revoked', 'seq'].map((column) => sql.ref(`${alias}.${column}`));
  return sql<boolean>`(${batch} in (select seq from batches where issuer_id = ${issuerId} and disbelieved)
    and not ${revoked} and not exists (select from credentials again where again.replaces_seq = ${seq}
      and again.issuer_id = ${issuerId} and again.state not in ('submitted', 'failed')))`;
}

/** How many have to be issued again. Nearly always there is no such batch, and then no credential is looked at. */
export async function countDisbelieved(db: Db, { id }: IssuerRow): Promise<number> {
  const marked = await db
    .selectFrom('batches')
    .select('seq')
    .where('issuer_id', '=', id)
    .where('disbelieved', '=', sql.lit(true))
    .execute();
  if (marked.length === 0) return 0;
  const seqs = marked.map(({ seq }) => seq);
  const { n } = await db
    .selectFrom('credentials as c')
    .select((from) => from.fn.countAll<string>().as('n'))
    .where('c.issuer_id', '=', id)
    .where(sql<boolean>`c.batch_seq = any(${seqs}::bigint[])`)
    .where(isDisbelieved('c', id))
    .executeTakeFirstOrThrow();
  return Number(n);
}

/** A document is handed out only when anybody can verify it. @throws AppError CREDENTIAL_DISBELIEVED */
export async function requireBelieved(
  tx: Db | Tx,
  { issuer_id, batch_seq }: Pick<CredentialRow, 'issuer_id' | 'batch_seq'>,
): Promise<void> {
  const batch = await tx
    .selectFrom('batches')
    .select('seq')
    .where('issuer_id', '=', issuer_id)
    .where('seq', '=', batch_seq)
    .where('disbelieved', '=', true)
    .executeTakeFirst();
  if (batch)
    throw new AppError(
      'CREDENTIAL_DISBELIEVED',
      'verifiers call the credential not genuine: it has to be issued again',
    );
}
