import type { RequestHandler } from 'express';
import { sql } from 'kysely';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { HEAD_DEFINITIONS } from '../audit/definition.ts';
import type { Rpc } from '../chain/rpc.ts';
import { isWaiting } from '../issuance/credential-state.ts';
import { isReleased } from '../issuance/held.ts';
import type { Db } from '../store/schema.ts';

export interface Metrics {
  /** Measures every request by the pattern of its route. */
  requests: RequestHandler;
  /** What Prometheus reads; the database and the chain are asked at that moment. */
  text(): Promise<string>;
  contentType: string;
}

export interface MetricsParts {
  db: Db;
  rpc: Rpc;
  /** Milliseconds since 1970 UTC. */
  now(): number;
}

/** Labels are states, route patterns, methods and statuses: never an id, a department's data or anything that a caller chose. */
export function createMetrics(parts: MetricsParts): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const duration = new Histogram({
    name: 'eproof_http_request_seconds',
    help: 'Requests by the pattern of their route',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [register],
  });
  const collect = createCollector(register, parts);
  return {
    contentType: register.contentType,
    requests: (request, response, next) => {
      const stop = duration.startTimer();
      response.once('close', () => {
        const status = response.writableFinished ? response.statusCode : 0;
        stop({ method: methodOf(request.method), route: response.locals.route ?? 'none', status });
      });
      next();
    },
    async text() {
      await collect();
      return register.metrics();
    },
  };
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

function methodOf(method: string): string {
  return METHODS.includes(method) ? method : 'other';
}

function createCollector(register: Registry, parts: MetricsParts): () => Promise<void> {
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `eproof_${name}`, help, labelNames, registers: [register] });
  const gauges = {
    credentials: gauge('credentials_waiting', 'Credentials under way, by state', ['state']),
    oldest: gauge('credentials_oldest_waiting_seconds', 'Age of the oldest credential that is not final'),
    batches: gauge('batches_waiting', 'Batches under way, by state', ['state']),
    changes: gauge('status_changes_waiting', 'Changes of status and notices under way, by state', ['state']),
    imports: gauge('imports', 'Imports by state', ['state']),
    importRows: gauge('import_rows', 'Rows of imports by what became of them', ['outcome']),
    transactions: gauge('transactions', 'Transactions by state', ['state']),
    deliveries: gauge(
      'webhook_deliveries',
      'Deliveries of events by state; "paused" waits for a webhook that is paused',
      ['state'],
    ),
    mails: gauge('mails', 'E-mails to holders by state', ['state']),
    unlinked: gauge('audit_records_unlinked', 'Records of the audit log that have no place in their chain yet'),
    unknown: gauge(
      'unknown_batches',
      'Batches that the chain has in the name of a department and this service does not know, and that verifiers believe',
    ),
    lockedLookUps: gauge('look_up_references_locked', 'References for which facts were guessed too often'),
    headAge: gauge('chain_head_age_seconds', "Age of the chain's newest block; -1 where no node answers"),
    headBlock: gauge('chain_head_block', "Number of the chain's newest block; -1 where no node answers"),
  };
  return async () => {
    await Promise.all([countRows(gauges, parts), measureHead(gauges, parts)]);
  };
}

type Gauges = Record<
  | 'credentials'
  | 'oldest'
  | 'batches'
  | 'changes'
  | 'imports'
  | 'importRows'
  | 'transactions'
  | 'deliveries'
  | 'mails'
  | 'unlinked'
  | 'unknown'
  | 'lockedLookUps'
  | 'headAge'
  | 'headBlock',
  Gauge
>;

const COUNTED = [
  'credentials',
  'batches',
  'changes',
  'imports',
  'importRows',
  'transactions',
  'deliveries',
  'mails',
] as const;

interface Count {
  what: (typeof COUNTED)[number];
  state: string;
  n: number;
}

async function countRows(gauges: Gauges, { db, now }: MetricsParts): Promise<void> {
  const { rows } = await sql<Count>`
    select 'credentials' as what, 'issued' as state, count(*)::int as n from credentials_and_copies c
      where ${isWaiting('c')} and ${isReleased('c')} having count(*) > 0
    union all select 'credentials', case state when 'anchored' then state else 'sealed' end, sum(size)::int from batches
      where state not in ('final', 'failed') and definition <> all(${HEAD_DEFINITIONS}) group by 2
    union all select 'batches', state, count(*)::int from batches where state not in ('final', 'failed') group by state
    union all select 'changes', state, count(*)::int from (
      select state from status_changes where state not in ('final', 'failed')
      union all select state from notice_posts where state <> 'final') as acts group by state
    union all select 'imports', state, count(*)::int from imports group by state
    union all select 'importRows', outcome, n::bigint from (
      select sum(ready) as ready, sum(malformed) as malformed, sum(duplicates) as duplicate,
        sum(already_issued) as already_issued from imports) as sums,
      lateral (values ('ready', ready), ('malformed', malformed), ('duplicate', duplicate),
        ('already-issued', already_issued)) as each(outcome, n) where n is not null
    union all select 'transactions', state, count(*)::int from transactions group by state
    union all select 'deliveries', case when d.state = 'waiting' and w.paused_at is not null and not d.is_ping then 'paused' else d.state end,
      count(*)::int from webhook_deliveries d join webhooks w on w.id = d.webhook_id group by 2
    union all select 'mails', state, count(*)::int from mails group by state`.execute(db);
  for (const what of COUNTED) gauges[what].reset();
  for (const { what, state, n } of rows) gauges[what].set(what === 'importRows' ? { outcome: state } : { state }, n);
  const { rows: ages } = await sql<{ oldest: Date | null; unlinked: number; unknown: number; locked: number }>`
    select least(
        (select min(created_at) from credentials_and_copies c where ${isWaiting('c')} and ${isReleased('c')}),
        (select min(c.created_at) from credentials_and_copies c join batches b on b.seq = c.batch_seq
          where b.state not in ('final', 'failed'))) as oldest,
      (select count(*)::int from audit_records where position is null) as unlinked,
      (select count(*)::int from unknown_batches where outcome is null) as unknown,
      (select count(*)::int from look_up_attempts where open_at > ${new Date(now())}) as locked`.execute(db);
  const oldest = ages[0]?.oldest?.getTime();
  gauges.oldest.set(oldest === undefined ? 0 : Math.max(0, (now() - oldest) / 1000));
  gauges.unlinked.set(ages[0]?.unlinked ?? 0);
  gauges.unknown.set(ages[0]?.unknown ?? 0);
  gauges.lockedLookUps.set(ages[0]?.locked ?? 0);
}

// A chain that does not answer is a measurement too: the rest is told all the same.
async function measureHead({ headAge, headBlock }: Gauges, { rpc, now }: MetricsParts): Promise<void> {
  try {
    const head = await rpc.call<{ number: string; timestamp: string }>('eth_getBlockByNumber', ['latest', false]);
    headBlock.set(Number(head.number));
    headAge.set(Math.max(0, Math.floor(now() / 1000) - Number(head.timestamp)));
  } catch {
    headBlock.set(-1);
    headAge.set(-1);
  }
}
