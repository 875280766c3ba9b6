import { sql } from 'kysely';
import { toDate, toHongKongDay } from '../../proof/day.ts';
import type { CredentialRow, Db, Tx } from '../store/schema.ts';
import { emitEvents } from '../webhooks/event.ts';
import { toCredentialId } from './credential-id.ts';
import { farthestMove, lastDaySql } from './last-day.ts';
import type { IssuanceDeps } from './use-cases.ts';

/*
 * A type says how many days before the last valid day its holder and its department are reminded (catalogue/lifecycles/). Once each:
 *   1. the day of a reminder is counted back from the last day as it was moved; what is open has none
 *   2. of several that were missed the latest is given; none on a day on which the end was not known yet, and none after the end
 *   3. a row of `reminders`, the mail and the event are one transaction, so that two instances, or one that died, give it once
 * Who was reminded of one last day is reminded of another one anew.
 */

export type ReminderDeps = Pick<IssuanceDeps, 'now' | 'findType'>;

/** At once, of one type; what is left comes with the next call. */
const MOST_REMINDED = 500;

/** Gives the reminders whose day has come; how many. */
export async function giveReminders(db: Db, deps: ReminderDeps): Promise<number> {
  const types = await db.selectFrom('credential_types').select(['issuer_id', 'code']).distinct().execute();
  let given = 0;
  for (const { issuer_id, code } of types) {
    const days = deps.findType(code)?.lifecycle.reminders.map((reminder) => reminder.days) ?? [];
    if (days.length === 0) continue;
    given += await db.transaction().execute((tx) => remind(tx, deps, { issuer_id, code, days }));
  }
  return given;
}

interface OfType {
  issuer_id: number;
  code: string;
  days: readonly number[];
}

async function remind(tx: Tx, deps: ReminderDeps, ofType: OfType): Promise<number> {
  const reminded = await note(tx, deps, ofType);
  const all = reminded.map(({ id, ends_on, days }) => {
    const credential = toCredentialId(id);
    const href = `/v1/credentials/${credential}`;
    return { credential, href, state: 'final', validUntil: toDate(ends_on), days };
  });
  await emitEvents(tx, ofType.issuer_id, { type: 'credential.expiring', all });
  return reminded.length;
}

type Reminded = Pick<CredentialRow, 'id'> & { ends_on: number; days: number };

/** What another transaction is at is left for the next time. */
async function note(tx: Tx, { now }: ReminderDeps, { issuer_id, code, days }: OfType): Promise<Reminded[]> {
  const today = toHongKongDay(now() / 1000);
  const at = new Date(now());
  const { rows } = await sql<Reminded>`
    with due as (
      select c.seq, c.id, c.has_email, ending.ends_on, reached.days
      from credentials c
      cross join lateral (select ${lastDaySql('c', 'seen')} as ends_on) as ending
      cross join lateral (
        select min(each) as days from unnest(${days as number[]}::int[]) as each where ending.ends_on - each <= ${today}
      ) as reached
      where c.issuer_id = ${issuer_id} and c.code = ${code}
        and c.state = 'final' and c.erased_at is null
        -- as the index "credentials_ending" has it
        and not c.revoked and c.superseded_by_seq is null
        and coalesce(c.extended_until, c.valid_until)
          between ${today} - ${farthestMove(issuer_id)} and ${today + Math.max(...days)}
        and ending.ends_on >= ${today}
        and ending.ends_on - reached.days > ${hongKongDay('c.final_at')}
        and not exists (select from reminders r
          where r.credential_seq = c.seq and r.ends_on = ending.ends_on and r.days <= reached.days)
        and not exists (select from credentials successor
          where successor.replaces_seq = c.seq and successor.state not in ('submitted', 'failed') and not successor.revoked)
        and not exists (select from status_changes s where s.credential_seq = c.seq and s.state <> 'failed' and (
          s.act = 'revoke' or s.act = 'extend' and ending.ends_on - reached.days <= ${hongKongDay('s.created_at')}))
      order by c.seq limit ${MOST_REMINDED} for update of c skip locked
    ), noted as (
      insert into reminders (issuer_id, credential_seq, ends_on, days, created_at)
      select ${issuer_id}, seq, ends_on, days, ${at} from due
      on conflict do nothing returning credential_seq
    ), mailed as (
      insert into mails (issuer_id, credential_seq, kind, ends_on, next_at, created_at)
      select ${issuer_id}, seq, 'reminder', ends_on, ${at}, ${at}
      from due where has_email and seq in (select credential_seq from noted)
    )
    select id, ends_on, days from due where seq in (select credential_seq from noted) order by seq`.execute(tx);
  return rows;
}

/** As days are kept: since 1970, in Hong Kong. */
function hongKongDay(instant: 'c.final_at' | 's.created_at') {
  return sql<number>`((${sql.ref(instant)} at time zone 'Asia/Hong_Kong')::date - date '1970-01-01')`;
}
