import { sql } from 'kysely';
import { toDate, toHongKongDay } from '../../proof/day.ts';
import { createServiceActor } from '../auth/policy.ts';
import type { CredentialRow, Db, IssuerRow } from '../store/schema.ts';
import { toCredentialId } from './credential-id.ts';
import { eraseCredential } from './erase.ts';
import { lastDaySql } from './last-day.ts';
import type { IssuanceDeps } from './use-cases.ts';

/*
 * A department says per type for how many months after its end a credential's claims are kept (issuing-rules.ts). A credential ends with its
 * last valid day, as extensions and notices move it, when it is revoked, or when it is replaced, whichever is first; one that failed ended when it was made. One that has no
 * end stays.
 */

/** At once; what is left comes with the next call. */
const MOST_ERASED = 500;

/** Erases what was kept for long enough; how many. Each is a transaction of its own, and stands in the audit log. */
export async function erasePastRetention(db: Db, deps: IssuanceDeps): Promise<number> {
  const past = await findPast(db, toDate(toHongKongDay(deps.now() / 1000)));
  const issuers = await db.selectFrom('issuers').selectAll().execute();
  for (const { issuer_id, id } of past) {
    const issuer = issuers.find((candidate) => candidate.id === issuer_id) as IssuerRow;
    const actor = createServiceActor(issuer, 'retention');
    await db.transaction().execute((tx) => eraseCredential(tx, deps, { actor, id: toCredentialId(id) }));
  }
  return past.length;
}

async function findPast(db: Db, today: string): Promise<Pick<CredentialRow, 'issuer_id' | 'id'>[]> {
  const { rows } = await sql<Pick<CredentialRow, 'issuer_id' | 'id'>>`
    select c.issuer_id, c.id from credentials c
    join issuing_rules r on r.issuer_id = c.issuer_id and r.code = c.code
    cross join lateral (
      select least(
        date '1970-01-01' + ${lastDaySql('c', 'intended')},
        (select min((s.final_at at time zone 'Asia/Hong_Kong')::date) from status_changes s
          where s.credential_seq = c.seq and s.state = 'final' and s.act in ('revoke', 'amend')),
        case when c.state = 'failed' then (c.created_at at time zone 'Asia/Hong_Kong')::date end
      ) as last_day
    ) as ended
    where c.erased_at is null and c.state in ('final', 'failed')
      and (ended.last_day + make_interval(months => r.retention_months))::date < ${today}::date
      and not exists (select from status_changes s where s.credential_seq = c.seq and s.state not in ('final', 'failed'))
    order by c.seq limit ${MOST_ERASED}`.execute(db);
  return rows;
}
