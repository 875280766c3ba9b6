import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Files whose rows wait until somebody else approves them, and what such an approval is for. */
export const submittedImports: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `alter table imports
    add column for_approval boolean not null default false,
    add column contents_sha256 bytea check (length(contents_sha256) = 32),
    add column approvals_needed smallint check (approvals_needed between 1 and 2),
    add column returned_by text,
    add column note_key bytea,
    add column note bytea,
    add column sample_seqs bigint[],
    drop constraint imports_state_check,
    add constraint imports_state_check check (state in (
      'receiving', 'submitted', 'approved', 'completed', 'refused', 'returned', 'withdrawn', 'abandoned')),
    add constraint imports_note check ((note is null) = (note_key is null)),
    add constraint imports_approval check (for_approval or state not in ('submitted', 'approved', 'returned', 'withdrawn')),
    add constraint imports_contents check (contents_sha256 is not null or state not in ('submitted', 'approved'))`,
  `create index imports_submitted on imports (issuer_id, seq) where state = 'submitted'`,
  `create table import_parts (
    issuer_id integer not null references issuers,
    import_seq bigint not null references imports on delete cascade,
    first_seq bigint not null,
    last_seq bigint not null check (last_seq >= first_seq),
    first_line integer not null,
    last_line integer not null check (last_line >= first_line),
    sha256 bytea not null check (length(sha256) = 32),
    released boolean not null default false,
    primary key (import_seq, first_seq)
  )`,
  // an approval is of a draft or of a file
  `alter table approvals alter column draft_seq drop not null`,
  `alter table approvals add column import_seq bigint references imports`,
  `alter table approvals add constraint approvals_of check (num_nonnulls(draft_seq, import_seq) = 1)`,
  `alter table approvals add constraint approvals_of_import unique (import_seq, content_hash, actor)`,
];
