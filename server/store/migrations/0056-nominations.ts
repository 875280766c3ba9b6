import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What officers say of a company's administrators waits for a second one; who took it back, and why. */
export const nominations: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `alter table company_nominations
    add column decided_by text,
    add column decided_at timestamptz,
    add column is_refused boolean not null default false,
    add column withdrawn_by text,
    add column sealed_note bytea`,
  // until now it counted as soon as it was said
  'update company_nominations set decided_by = named_by, decided_at = created_at',
  `alter table company_nominations
    add check ((decided_by is null) = (decided_at is null)),
    add check (not is_refused or (decided_at is not null and taken_at is null and withdrawn_at is null)),
    add check (taken_at is null or decided_at is not null)`,
  'drop index company_nominations_one',
  `create unique index company_nominations_one on company_nominations (issuer_id, subject_hmac, person_hmac)
    where withdrawn_at is null and not is_refused`,
  'drop index company_nominations_person',
  `create index company_nominations_person on company_nominations (person_hmac)
    where decided_at is not null and not is_refused and taken_at is null and withdrawn_at is null`,
  'create index company_nominations_company on company_nominations (issuer_id, subject_hmac, seq)',
  `create index company_nominations_proposed on company_nominations (issuer_id, seq)
    where decided_at is null and withdrawn_at is null`,
  'create index delegates_nomination on delegates (nomination_seq) where nomination_seq is not null',
  `alter table officers drop constraint officers_roles_check, add constraint officers_roles_check check (cardinality(roles) > 0
    and roles <@ array['preparer', 'approver', 'key-holder', 'auditor', 'admin', 'inspector', 'registrar'])`,
];
