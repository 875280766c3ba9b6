import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The audit log, and what keeps it append-only. */
export const audit: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table audit_records (
    seq bigint generated always as identity primary key,
    issuer_id integer references issuers,
    position bigint check (position > 0),
    hash bytea check (length(hash) = 32),
    at timestamptz(3) not null default clock_timestamp(),
    actor text not null,
    act text not null check (act ~ '^[A-Za-z-]+[.][A-Za-z.-]+$'),
    object text,
    allowed boolean not null,
    code text,
    before jsonb,
    after jsonb,
    request_id text,
    address text,
    check ((position is null) = (hash is null))
  )`,
  // two that link at once would give one place twice: the second one fails here
  `create unique index audit_records_position on audit_records (coalesce(issuer_id, 0), position) where position is not null`,
  'create index audit_records_unlinked on audit_records (seq) where position is null',
  'create index audit_records_object on audit_records (issuer_id, object, position)',
  `create function refuse_audit_change() returns trigger language plpgsql as $$
    declare unlinked audit_records;
    begin
      if tg_op = 'UPDATE' and old.position is null and new.position is not null then
        unlinked := new;
        unlinked.position := null;
        unlinked.hash := null;
        if unlinked is not distinct from old then return new; end if;
      end if;
      raise exception 'the audit log is append-only' using errcode = 'restrict_violation';
    end $$`,
  `create trigger audit_records_change before update or delete on audit_records
    for each row execute function refuse_audit_change()`,
  `create function refuse_audit_truncate() returns trigger language plpgsql as $$
    begin raise exception 'the audit log is append-only' using errcode = 'restrict_violation'; end $$`,
  `create trigger audit_records_truncate before truncate on audit_records
    for each statement execute function refuse_audit_truncate()`,
  `create table audit_heads (
    issuer_id integer not null references issuers,
    day text not null check (day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    position bigint not null,
    hash bytea not null check (length(hash) = 32),
    batch_seq bigint not null unique references batches,
    created_at timestamptz not null default now(),
    primary key (issuer_id, day)
  )`,
];
