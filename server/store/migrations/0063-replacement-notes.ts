import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Why a credential takes the place of another, until it does: under the data key of the one whose place it takes. What was handed in and is taken back, or goes, takes its
 * note along.
 */
export const replacementNotes: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table replacement_notes (
    successor_seq bigint primary key references credentials_and_copies (seq) on delete cascade,
    issuer_id integer not null references issuers,
    note bytea not null
  )`,
];
