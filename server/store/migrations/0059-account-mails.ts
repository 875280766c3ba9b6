import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** E-mails to holders that a report was answered, or that a department asks something of them. */
export const accountMails: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `alter table mails drop constraint mails_kind_check,
    add constraint mails_kind_check check (kind in ('document', 'reminder', 'answer', 'request')),
    add column report_seq bigint references reports (seq) on delete set null,
    add column request_seq bigint references consent_requests (seq) on delete set null,
    add check (report_seq is null or kind = 'answer'),
    add check (request_seq is null or kind = 'request')`,
  'create index mails_report on mails (report_seq) where report_seq is not null',
  'create index mails_request on mails (request_seq) where request_seq is not null',
];
