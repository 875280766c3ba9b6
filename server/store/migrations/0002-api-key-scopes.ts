import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The keys that there are could do what there was to do: to read, to issue, and to change status. */
export const apiKeyScopes: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `alter table api_keys add column scopes text[] not null
    default '{department.read,credentials.read,credentials.issue,status.change}'`,
  `alter table api_keys alter column scopes drop default`,
];
