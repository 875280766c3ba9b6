import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Changes of status that are looked at before they are made: of many credentials at once, or where a second person has to agree. */
export const statusOperations: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table status_operations (
    seq bigint generated always as identity primary key,
    issuer_id integer not null references issuers,
    act text not null check (act in ('revoke', 'suspend', 'reinstate')),
    reason integer not null,
    until integer check (until is null or act = 'suspend'),
    note bytea,
    note_key bytea,
    approvals integer not null check (approvals in (0, 1)),
    state text not null check (state in ('preview', 'confirmed', 'cancelled')),
    requested_by text not null,
    decided_by text,
    created_at timestamptz not null default now(),
    decided_at timestamptz,
    check ((note is null) = (note_key is null)),
    check ((state = 'preview') = (decided_at is null))
  )`,
  `create index status_operations_issuer on status_operations (issuer_id, seq)`,
  `create table status_operation_rows (
    issuer_id integer not null references issuers,
    operation_seq bigint not null references status_operations,
    credential_seq bigint not null references credentials,
    last_change_seq bigint,
    refusal text,
    primary key (operation_seq, credential_seq)
  )`,
  `alter table status_changes add column operation_seq bigint references status_operations`,
  `create index status_changes_operation on status_changes (operation_seq) where operation_seq is not null`,
];
