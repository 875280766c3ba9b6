import { sql } from 'kysely';
import { jsonObjectFrom } from 'kysely/helpers/postgres';
import type { BatchRow, CredentialRow, Db, MailKind, MailRow, MailState, Tx } from '../store/schema.ts';

/** Why a mail is not sent, or not yet. Never renamed; what a server said, and to whom it was to go, is kept nowhere. */
export const MAIL_CODES = [
  'TRY_LATER',
  'UNREACHABLE',
  'NOT_SECURE',
  'SIGN_IN_REFUSED',
  'SENDER_REFUSED',
  'RECIPIENT_REFUSED',
  'MESSAGE_REFUSED',
  'SERVER_FAULT',
  'NOT_SET_UP',
  'NO_ADDRESS',
  'CREDENTIAL_ERASED',
  'CREDENTIAL_ENDED',
  'OUTDATED',
  'INTERNAL_ERROR',
] as const;
export type MailCode = (typeof MAIL_CODES)[number];

export interface MailView {
  /** "mail_7" */
  id: string;
  kind: MailKind;
  state: MailState;
  attempts: number;
  /** Of the last attempt. */
  code: MailCode | null;
  /** The mail server's number for a refusal. */
  reply: number | null;
  createdAt: string;
  /** When it is tried next. */
  nextAt: string | null;
  sentAt: string | null;
}

/**
 * Puts the documents of a batch into the outbox, in the transaction that makes them final: a crash leaves both or neither. Whoever sends
 * them opens the address; here it is only known that there is one.
 */
export async function queueDocuments(tx: Tx, { issuer_id, seq }: BatchRow, at: Date): Promise<void> {
  await tx
    .insertInto('mails')
    .columns(['issuer_id', 'credential_seq', 'kind', 'next_at', 'created_at'])
    .expression((from) =>
      from
        .selectFrom('credentials')
        .select((of) => [
          'issuer_id',
          'seq',
          of.val<MailKind>('document').as('kind'),
          of.val(at).as('next_at'),
          of.val(at).as('created_at'),
        ])
        .where('issuer_id', '=', issuer_id)
        .where('batch_seq', '=', seq)
        .where('has_email', '=', true)
        .orderBy('seq'),
    )
    .execute();
}

/** What is shown of a mail. */
const MAIL_COLUMNS = [
  'seq',
  'kind',
  'state',
  'attempts',
  'code',
  'reply',
  'created_at',
  'next_at',
  'sent_at',
] as const satisfies readonly (keyof MailRow)[];

/** What was sent last of a credential, or will be; of one kind where it is named. */
export async function findNewestMail(
  db: Db | Tx,
  { issuer_id, seq }: Pick<CredentialRow, 'issuer_id' | 'seq'>,
  kind?: MailKind,
): Promise<MailView | null> {
  let query = selectNewest(db, issuer_id).where('credential_seq', '=', seq);
  if (kind !== undefined) query = query.where('kind', '=', kind);
  const row = await query.executeTakeFirst();
  return row ? toMailView(row) : null;
}

/** The same beside each credential `c` of a query. */
export function newestMailBeside(db: Db | Tx, issuerId: number) {
  return jsonObjectFrom(selectNewest(db, issuerId).where('credential_seq', '=', sql.ref<number>('c.seq')));
}

function selectNewest(db: Db | Tx, issuerId: number) {
  const mails = db.selectFrom('mails').select(MAIL_COLUMNS).where('issuer_id', '=', issuerId);
  return mails.orderBy('seq', 'desc').limit(sql.lit(1));
}

/** As a row, or as JSON out of one, in which moments are text. */
type ShownMail = {
  [Name in (typeof MAIL_COLUMNS)[number]]: Date extends MailRow[Name] ? MailRow[Name] | string : MailRow[Name];
};

export function toMailView(row: ShownMail): MailView {
  return {
    id: toMailId(row.seq),
    kind: row.kind,
    state: row.state,
    attempts: row.attempts,
    code: row.code as MailCode | null,
    reply: row.reply,
    createdAt: toMoment(row.created_at),
    nextAt: row.next_at && toMoment(row.next_at),
    sentAt: row.sent_at && toMoment(row.sent_at),
  };
}

function toMoment(at: Date | string): string {
  return new Date(at).toISOString();
}

export function toMailId(seq: number): string {
  return `mail_${seq}`;
}
