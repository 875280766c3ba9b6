import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What the registry takes of a department's keys no more, and which batches verifiers therefore do not believe. */
export const signingKeys: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const FAULTS = `('unknown', 'purpose', 'not-yet-valid', 'ended', 'compromised')`;

const STATEMENTS = [
  `alter table issuers
    add column anchor_fault text check (anchor_fault in ${FAULTS}),
    add column status_fault text check (status_fault in ${FAULTS})`,
  `alter table batches add column disbelieved boolean not null default false`,
  `create index batches_disbelieved on batches (issuer_id) where disbelieved`,
];
