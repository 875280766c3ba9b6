import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** How many people each type of a department needs, what is being prepared, and who approved what. */
export const approval: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table issuing_rules (
    issuer_id integer not null references issuers,
    code text not null,
    approvals smallint not null check (approvals between 0 and 2),
    status_approvals smallint not null check (status_approvals between 0 and 1),
    changed_by text not null,
    changed_at timestamptz not null default now(),
    primary key (issuer_id, code)
  )`,
  `create table drafts (
    seq bigint generated always as identity primary key,
    issuer_id integer not null references issuers,
    code text not null,
    state text not null check (state in ('draft', 'submitted', 'issued', 'discarded')),
    wrapped_key bytea,
    content bytea,
    note bytea,
    replaces_seq bigint references credentials,
    credential_seq bigint unique references credentials,
    prepared_by text not null,
    people text[] not null,
    returned_by text,
    created_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    check ((state in ('draft', 'submitted')) = (content is not null)),
    check ((wrapped_key is null) = (content is null)),
    check ((state in ('submitted', 'issued')) = (credential_seq is not null))
  )`,
  'create index drafts_issuer on drafts (issuer_id, seq)',
  'create index drafts_state on drafts (issuer_id, state, seq)',
  `create table approvals (
    seq bigint generated always as identity primary key,
    issuer_id integer not null references issuers,
    draft_seq bigint not null references drafts,
    content_hash bytea not null check (length(content_hash) = 32),
    actor text not null,
    created_at timestamptz not null default now(),
    unique (draft_seq, content_hash, actor)
  )`,
  `create function refuse_approval_change() returns trigger language plpgsql as $$
    begin raise exception 'approvals are never changed' using errcode = 'restrict_violation'; end $$`,
  `create trigger approvals_change before update or delete on approvals
    for each row execute function refuse_approval_change()`,
];
