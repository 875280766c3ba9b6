import { sql } from 'kysely';
import { jsonObjectFrom } from 'kysely/helpers/postgres';
import type {
  BatchRow,
  ConsentRequestRow,
  CredentialRow,
  Db,
  MailKind,
  MailRow,
  MailState,
  ReportRow,
  Tx,
} from '../store/schema.ts';

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

/** The kinds that are about a document itself, and are shown with it. */
const OF_DOCUMENT = ['document', 'reminder'] as const satisfies readonly MailKind[];
type DocumentMailKind = (typeof OF_DOCUMENT)[number];

/** What became of one. */
export interface MailProgress {
  /** "mail_7" */
  id: string;
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

export interface MailView extends MailProgress {
  kind: DocumentMailKind;
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

/**
 * Tells the holder of an answer, in the transaction that gives it. Not of "not mine": the address of such a document is that of whom it was meant for, who reported nothing.
 */
export async function queueAnswer(
  tx: Tx,
  { issuer_id, seq, credential_seq, kind }: Pick<ReportRow, 'issuer_id' | 'seq' | 'credential_seq' | 'kind'>,
  at: Date,
): Promise<void> {
  if (kind === 'not-mine') return;
  await sql`insert into mails (issuer_id, credential_seq, kind, report_seq, next_at, created_at)
    select issuer_id, seq, 'answer', ${seq}, ${at}, ${at} from credentials
    where issuer_id = ${issuer_id} and seq = ${credential_seq} and has_email`.execute(tx);
}

/**
 * Tells a holder of a request, in the transaction that makes it: at the address of the newest credential that the asking department has issued to the same holder and
 * that still counts. What was revoked or replaced may have been somebody else's.
 */
export async function queueRequest(
  tx: Tx,
  { issuer_id, seq, holder_subject_hmac }: Pick<ConsentRequestRow, 'issuer_id' | 'seq' | 'holder_subject_hmac'>,
  at: Date,
): Promise<void> {
  await sql`insert into mails (issuer_id, credential_seq, kind, request_seq, next_at, created_at)
    select issuer_id, seq, 'request', ${seq}, ${at}, ${at} from credentials
    where issuer_id = ${issuer_id} and holder_subject_hmac = ${holder_subject_hmac}
      and has_email and state = 'final' and not revoked and superseded_by_seq is null
    order by seq desc limit 1`.execute(tx);
}

/** What is shown of a mail. */
const MAIL_COLUMNS = [
  'seq',
  'state',
  'attempts',
  'code',
  'reply',
  'created_at',
  'next_at',
  'sent_at',
] as const satisfies readonly (keyof MailRow)[];

/** What was sent last of a document, or will be; of one kind where it is named. */
export async function findNewestMail(
  db: Db | Tx,
  { issuer_id, seq }: Pick<CredentialRow, 'issuer_id' | 'seq'>,
  kind?: DocumentMailKind,
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
  const mails = db
    .selectFrom('mails')
    .select([...MAIL_COLUMNS, 'kind'])
    .where('issuer_id', '=', issuerId)
    .where('kind', 'in', OF_DOCUMENT)
    .$narrowType<{ kind: DocumentMailKind }>();
  return mails.orderBy('seq', 'desc').limit(sql.lit(1));
}

/** The one that tells of the answer, beside each of the `reports` of a query. */
export function answerMailBeside(db: Db | Tx, issuerId: number) {
  const mails = db.selectFrom('mails').select(MAIL_COLUMNS).where('issuer_id', '=', issuerId);
  return jsonObjectFrom(mails.where('report_seq', '=', sql.ref<number>('reports.seq')).limit(sql.lit(1)));
}

/** As a row, or as JSON out of one, in which moments are text. */
export type ShownMail = {
  [Name in (typeof MAIL_COLUMNS)[number]]: Date extends MailRow[Name] ? MailRow[Name] | string : MailRow[Name];
};

export function toMailView(row: ShownMail & { kind: DocumentMailKind }): MailView {
  return { ...toMailProgress(row), kind: row.kind };
}

export function toMailProgress(row: ShownMail): MailProgress {
  return {
    id: toMailId(row.seq),
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
