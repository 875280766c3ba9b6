import { sql } from 'kysely';
import { failpoint } from '../failpoint.ts';
import { backOffMs } from '../jobs/back-off.ts';
import { type ComposeDeps, compose, type Entry } from './compose.ts';
import { type MailCode, toMailId } from './outbox.ts';
import type { Outcome, OutgoingMail, SendMail } from './transport.ts';

export interface MailDeps extends ComposeDeps {
  /** Null where the operator set up none: then what is due is noted as not sent, instead of piling up until one is. */
  send: SendMail | null;
  onFault(what: string, error: unknown): void;
}

/** At once, by one instance: a mail server takes a few connections of one sender, and each document takes a moment to draw. */
const MOST_AT_ONCE = 4;
/** Longer than drawing and sending take, timeouts of the connection included. */
const LEASE_MS = 5 * 60_000;
const BACK_OFF = { firstMs: 60_000, longestMs: 6 * 3_600_000 };
export const GIVEN_UP_AFTER_MS = 3 * 86_400_000;

interface Due extends Entry {
  seq: number;
  message_id: string;
  attempts: number;
  created_at: Date;
}

/**
 * Sends mails that are due; whether there were any, so that there may be more.
 *   1. rows are taken with a lease, so that several instances send different ones and no transaction is open while a server thinks
 *   2. the address is decrypted, the letter written, its document drawn, and the mail sent
 *   3. the outcome is stored; after a crash between 2 and 3 it is sent again, with the same Message-ID
 * @throws Error where the mail server takes none; what was due waits
 */
export async function deliverMails(deps: MailDeps): Promise<boolean> {
  const due = await take(deps);
  if (due.length > 0) failpoint('mail-taken');
  // drawn one after another, so that requests have their turn in between, and sent side by side
  let drawn: Promise<unknown> = Promise.resolve();
  const outcomes = await Promise.all(
    due.map((mail) => {
      const made = drawn.then(() => attempt(deps, () => make(deps, mail)));
      drawn = made;
      return made.then((ready) => deliver(deps, mail, ready));
    }),
  );
  const fault = outcomes.find(isOfServer);
  if (fault) throw new Error(`no mail is sent: ${fault.code} (${fault.detail})`);
  return due.length > 0;
}

/** About no receiver and no mail: it would be the same for every other, so that the job waits, and the operator is told. */
function isOfServer({ code }: Outcome): boolean {
  return code !== null && OF_SERVER.includes(code);
}

const OF_SERVER: readonly MailCode[] = [
  'UNREACHABLE',
  'NOT_SECURE',
  'SIGN_IN_REFUSED',
  'SENDER_REFUSED',
  'SERVER_FAULT',
];

/** By turns, so that who has a hundred thousand mails to send keeps no other department waiting. */
async function take({ db, now }: MailDeps): Promise<Due[]> {
  const { rows } = await sql<Due>`
    with taken as (
      update mails set attempts = attempts + 1, attempted_at = ${new Date(now())}, next_at = ${new Date(now() + LEASE_MS)}
      where seq in (
        select seq from (
          select due.seq, due.next_at, row_number() over (partition by i.id order by due.next_at, due.seq) as turn
          from issuers i cross join lateral (
            select m.seq, m.next_at from mails m
            where m.issuer_id = i.id and m.state = 'waiting' and m.next_at <= ${new Date(now())}
            order by m.next_at, m.seq limit ${MOST_AT_ONCE} for update skip locked
          ) as due
        ) as turns order by turn, next_at limit ${MOST_AT_ONCE}
      )
      returning seq, issuer_id, credential_seq, kind, ends_on, report_seq, request_seq, message_id, attempts, created_at
    )
    select t.seq, t.issuer_id, t.kind, t.ends_on, t.report_seq, t.request_seq, t.message_id, t.attempts, t.created_at, c.id as credential
    from taken t join credentials c on c.seq = t.credential_seq`.execute(db);
  return rows;
}

interface Made {
  mail: OutgoingMail;
  send: SendMail;
}

async function deliver(deps: MailDeps, due: Due, made: Made | Outcome): Promise<Outcome> {
  const outcome = 'code' in made ? made : await attempt(deps, () => made.send(made.mail));
  failpoint('mail-sent');
  await note(deps, due, outcome);
  failpoint('mail-noted');
  return outcome;
}

// One mail that cannot be made must not keep the others from being noted.
async function attempt<T>({ onFault }: MailDeps, work: () => Promise<T>): Promise<T | Outcome> {
  try {
    return await work();
  } catch (error) {
    onFault('mail', error);
    return { code: 'INTERNAL_ERROR', reply: null, isPermanent: false };
  }
}

function refuse(code: MailCode): Outcome {
  return { code, reply: null, isPermanent: true };
}

async function make(deps: MailDeps, due: Due): Promise<Made | Outcome> {
  const { send } = deps;
  if (!send) return refuse('NOT_SET_UP');
  const made = await compose(deps, due);
  if (typeof made === 'string') return refuse(made);
  return { mail: { id: toMailId(due.seq), messageId: due.message_id, at: new Date(deps.now()), ...made }, send };
}

async function note({ db, now }: MailDeps, due: Due, { code, reply, isPermanent }: Outcome): Promise<void> {
  const next = now() + backOffMs(due.attempts, BACK_OFF);
  const isOver = isPermanent || next - due.created_at.getTime() > GIVEN_UP_AFTER_MS;
  const end =
    code === null
      ? ({ state: 'sent', next_at: null, sent_at: new Date(now()) } as const)
      : isOver
        ? ({ state: 'failed', next_at: null } as const)
        : ({ next_at: new Date(next) } as const);
  let update = db
    .updateTable('mails')
    .set({ code, reply, ...end })
    .where('issuer_id', '=', due.issuer_id)
    .where('seq', '=', due.seq)
    .where('state', '=', 'waiting');
  // another instance took it when the lease was over: what it finds out counts, unless the mail went out here
  if (code !== null) update = update.where('attempts', '=', due.attempts);
  await update.execute();
}
