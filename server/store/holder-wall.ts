import { sql } from 'kysely';
import type { Tx } from './schema.ts';

/*
 * The second wall between holders, as department-wall.ts has it between departments: whatever is asked as the role of holders is shown the rows of the one holder in
 * "eproof.holder", a person or the company that they act for, and of what belongs to no holder only what has nothing of a person in it.
 */

export const HOLDER_ROLE = 'eproof_holder';
const POLICY = 'eproof_holder';
const OWN = `holder_subject_hmac = decode(nullif(current_setting('eproof.holder', true), ''), 'hex')`;
const OWN_COMPANY = `subject_hmac = decode(nullif(current_setting('eproof.holder', true), ''), 'hex')`;
const OF_COMPANY = 'company_seq in (select seq from companies)';

interface Opening {
  table: string;
  grants: string;
  /** Which rows. What a condition reads in turn is behind its own policy. */
  rows: string;
}

/** All that holders' requests may touch by that role; every other table is closed to it. */
const OPENINGS: readonly Opening[] = [
  // a row that is locked needs the right to change something of it: a number that nobody can set
  { table: 'credentials_and_copies', grants: 'select, update (seq)', rows: OWN },
  { table: 'device_copies', grants: 'select', rows: OWN },
  { table: 'shares', grants: 'select, insert, update', rows: OWN },
  { table: 'share_openings', grants: 'select', rows: 'share_seq in (select seq from shares)' },
  { table: 'reports', grants: 'select, insert', rows: OWN },
  { table: 'status_changes', grants: 'select', rows: 'credential_seq in (select seq from credentials_and_copies)' },
  { table: 'companies', grants: 'select', rows: OWN_COMPANY },
  { table: 'company_acts', grants: 'select, insert', rows: OF_COMPANY },
  {
    table: 'consent_requests',
    grants: 'select, update (answer, answered_at, delegate_seq, credential_seq, proof, withdrawn_at)',
    rows: OWN,
  },
  { table: 'consent_readings', grants: 'select', rows: 'request_seq in (select seq from consent_requests)' },
  { table: 'issuers', grants: 'select', rows: 'true' },
  { table: 'batches', grants: 'select', rows: 'true' },
  { table: 'imports', grants: 'select (seq, holds)', rows: 'true' },
  { table: 'notices', grants: 'select', rows: 'true' },
  { table: 'notice_posts', grants: 'select', rows: 'true' },
];

/** Run after each migration; the role is there. */
export async function raiseHolderWall(tx: Tx): Promise<void> {
  const { rows } = await sql<{
    name: string;
  }>`select c.relname as name from pg_class c join pg_policy p on p.polrelid = c.oid
    where p.polname = ${POLICY} and c.relnamespace = current_schema()::regnamespace`.execute(tx);
  // a view has no policies: it is asked as whoever asks, so that the table's stand before it
  await sql.raw(`grant select, update (seq) on credentials to ${HOLDER_ROLE}`).execute(tx);
  const known = new Set(rows.map(({ name }) => name));
  for (const { table, grants, rows: condition } of OPENINGS.filter((one) => !known.has(one.table)))
    for (const statement of [
      `alter table ${table} enable row level security`,
      `create policy ${POLICY} on ${table} to ${HOLDER_ROLE} using (${condition})`,
      `grant ${grants} on ${table} to ${HOLDER_ROLE}`,
    ])
      await sql.raw(statement).execute(tx);
}
