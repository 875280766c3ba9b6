import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * What a credential's row costs on its way. PostgreSQL asks for what a row refers to once for each row, and writes every index anew when a column
 * of any index changes; a change of columns that no index has costs a sixth of that, where the page has room (a heap-only update).
 */
export const issuingSpeed: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  // the type refers to the issuer
  'alter table credentials drop constraint credentials_issuer_id_fkey',
  // written by the transaction that makes or locks the batch or import; neither is ever deleted
  'alter table credentials drop constraint credentials_batch_seq_fkey',
  'alter table credentials drop constraint credentials_import_seq_fkey',
  // its batch says whether a sealed credential is anchored
  `update credentials set state = 'sealed' where state = 'anchored'`,
  // what the indexes below say of a state
  `alter table credentials add constraint credentials_failure check (state <> 'failed' or failure is not null)`,
  `update credentials set approved_at = created_at where state = 'issued' and approved_at is null`,
  `alter table credentials add constraint credentials_approved check (state <> 'issued' or approved_at is not null)`,
  // no index has the state, so that becoming final is a heap-only update; half of each page is left for it
  'drop index credentials_state',
  'drop index credentials_waiting',
  `create index credentials_waiting on credentials (issuer_id, type_number, seq)
    where batch_seq is null and approved_at is not null and failure is null`,
  `create index credentials_failed on credentials (issuer_id, seq) where failure is not null`,
  'drop index credentials_replaces',
  `create unique index credentials_replaces on credentials (replaces_seq)
    where replaces_seq is not null and failure is null and not (revoked and takes_over_on is not null)`,
  'alter table credentials set (fillfactor = 50)',
];
