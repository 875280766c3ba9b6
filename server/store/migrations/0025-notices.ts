import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Notices by which a law moves the last valid days of a whole type, and where each is in the registry. */
export const notices: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table notices (
    seq bigint generated always as identity primary key,
    issuer_id integer not null references issuers,
    code text not null,
    from_day integer not null,
    to_day integer not null,
    valid_until integer not null,
    law text,
    touched integer not null,
    approvals integer not null check (approvals in (0, 1)),
    state text not null check (state in ('preview', 'confirmed', 'cancelled')),
    requested_by text not null,
    decided_by text,
    created_at timestamptz not null default now(),
    decided_at timestamptz,
    check (from_day <= to_day and to_day <= valid_until),
    check ((state = 'preview') = (decided_at is null))
  )`,
  `create index notices_issuer on notices (issuer_id, seq)`,
  // the registry has notices by the number of a type, of which each version has one
  `create table notice_posts (
    seq bigint generated always as identity primary key,
    issuer_id integer not null references issuers,
    notice_seq bigint not null references notices,
    type_number bigint not null,
    place integer,
    state text not null check (state in ('recorded', 'sent', 'anchored', 'final')),
    withdrawn_at timestamptz,
    disbelieved boolean not null default false,
    key text,
    key_nonce bigint,
    transaction_seq bigint references transactions,
    block_number integer,
    attempts integer not null default 0,
    retry_at timestamptz,
    failure text,
    created_at timestamptz not null default now(),
    final_at timestamptz,
    unique (notice_seq, type_number),
    unique (issuer_id, type_number, place),
    check (state <> 'final' or place is not null)
  )`,
  `create index notice_posts_open on notice_posts (state) where state <> 'final'`,
  // what proof/standing.ts says of one credential, for what is asked of many: \`seen\` where only what verifiers see counts
  `create function last_valid_day(of_issuer integer, of_type bigint, day integer, seen boolean) returns integer
    language plpgsql stable cost 1000 as $$
    declare
      notice record;
    begin
      if day is null then return null; end if;
      for notice in
        select n.from_day, n.to_day, n.valid_until from notice_posts p join notices n on n.seq = p.notice_seq
        where p.issuer_id = of_issuer and p.type_number = of_type and p.withdrawn_at is null and not p.disbelieved
          and (p.state = 'final' or not seen)
        order by p.place nulls last, p.seq
      loop
        if day between notice.from_day and notice.to_day and notice.valid_until > day then
          day := notice.valid_until;
        end if;
      end loop;
      return day;
    end
    $$`,
];
