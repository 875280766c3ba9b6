import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** By which credentials are found by names and numbers (issuance/search-terms.ts), and up to which credential they were looked for. */
export const searchTerms: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  // Without foreign keys, as credentials are: several rows for each of a million credentials of an import. By the credential's id and not by its seq,
  // because a thread that makes the rows of an import knows the one and not the other.
  `create table search_terms (
    hash bytea not null check (length(hash) = 8),
    issuer_id integer not null,
    credential_id bytea not null check (length(credential_id) = 6),
    primary key (hash, credential_id)
  )`,
  'create index search_terms_credential on search_terms (credential_id)',
  // whatever deletes a credential leaves nothing of it here; a copy has the id of its original
  `create function forget_search_terms() returns trigger language plpgsql as $$
    begin delete from search_terms where credential_id = old.id and issuer_id = old.issuer_id; return old; end $$`,
  `create trigger credentials_search_terms before delete on credentials_and_copies
    for each row when (old.copy_of is null) execute function forget_search_terms()`,
  `create table search_terms_filled (
    only_one boolean primary key default true check (only_one),
    up_to bigint not null
  )`,
];
