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

/** What was sent last of a credential, or will be; of one kind where it is named. */
export async function findNewestMail(
  db: Db | Tx,
  { issuer_id, seq }: Pick<CredentialRow, 'issuer_id' | 'seq'>,
  kind?: MailKind,
): Promise<MailView | null> {
  let query = db
    .selectFrom('mails')
    .selectAll()
    .where('issuer_id', '=', issuer_id)
    .where('credential_seq', '=', seq)
    .orderBy('seq', 'desc')
    .limit(1);
  if (kind !== undefined) query = query.where('kind', '=', kind);
  const row = await query.executeTakeFirst();
  return row ? toMailView(row) : null;
}

export function toMailView(row: MailRow): MailView {
  return {
    id: toMailId(row.seq),
    kind: row.kind,
    state: row.state,
    attempts: row.attempts,
    code: row.code as MailCode | null,
    reply: row.reply,
    createdAt: row.created_at.toISOString(),
    nextAt: row.next_at?.toISOString() ?? null,
    sentAt: row.sent_at?.toISOString() ?? null,
  };
}

export function toMailId(seq: number): string {
  return `mail_${seq}`;
}
