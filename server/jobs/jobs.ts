import { sql } from 'kysely';
import { toHongKongDay } from '../../proof/day.ts';
import { AppError } from '../app-error.ts';
import { anchorHeads, confirmHeads, type HeadDeps } from '../audit/anchor-head.ts';
import { linkRecords } from '../audit/link.ts';
import { recordReads } from '../audit/reads.ts';
import { forgetAccessTokens } from '../auth/access-token.ts';
import { forgetEndedSessions } from '../auth/session.ts';
import { type Relayer, settleTransactions } from '../chain/relayer.ts';
import { forgetCompanyActs } from '../companies/acts.ts';
import { endCopiesOfFormerDelegates, forgetCopies } from '../copies/copies.ts';
import { sweepImports } from '../imports/finish.ts';
import { settleImports } from '../imports/release.ts';
import { carryBatches, settleBatches } from '../issuance/anchor.ts';
import { carryNotices, settleNotices } from '../issuance/carry-notices.ts';
import { carryStatusChanges, type StatusDeps, settleStatusChanges } from '../issuance/carry-status.ts';
import { confirmBatches } from '../issuance/confirm-batches.ts';
import { confirmNotices, reconcileNotices, watchNotices } from '../issuance/confirm-notices.ts';
import { confirmStatusChanges } from '../issuance/confirm-status.ts';
import { fillSearchTerms } from '../issuance/fill-search-terms.ts';
import type { FinalityDeps } from '../issuance/finality.ts';
import { forgetOldAnswers } from '../issuance/idempotency.ts';
import { type ReconcileDeps, reconcile } from '../issuance/reconcile.ts';
import { reconcileStatus } from '../issuance/reconcile-status.ts';
import { giveReminders } from '../issuance/reminders.ts';
import { nameSuccessors } from '../issuance/replacement.ts';
import { erasePastRetention } from '../issuance/retention.ts';
import { type SealDeps, sealDue } from '../issuance/seal.ts';
import { type SignDeps, signDue } from '../issuance/sign.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import { createBatchWatch } from '../issuance/watch-batches.ts';
import { forgetAttempts } from '../look-ups/attempts.ts';
import { deliverMails, type MailDeps } from '../mail/deliver.ts';
import { forgetRequests } from '../requests/requests.ts';
import { forgetShares } from '../shares/shares.ts';
import { createWatch, type WatchDeps } from '../signing-keys/watch.ts';
import { forgetRateCounts } from '../store/rate-counts.ts';
import { withLock } from '../store/store.ts';
import { lookAtYoungTables } from '../store/young-tables.ts';
import { type TypeWatchDeps, takeIntoUse } from '../type-versions/watch.ts';
import { type DeliverDeps, deliverDue } from '../webhooks/deliver.ts';
import { recallFromFuture } from './clock.ts';
import { type Loop, startLoop } from './loop.ts';

export interface JobDeps {
  sealing: SealDeps & SignDeps;
  relaying: StatusDeps & ReconcileDeps;
  heads: HeadDeps;
  delivering: DeliverDeps;
  mailing: MailDeps;
  confirming: FinalityDeps;
  watching: WatchDeps;
  publishing: TypeWatchDeps & { load(): Promise<boolean> };
  erasing: IssuanceDeps;
  /** How long an idle job waits before it looks again. */
  pollMs: number;
  /** A job failed and will be tried again; told once for each of its back-offs. Never carries a claim. */
  onFault(what: string, error: unknown): void;
}

export interface Jobs {
  /** What is under way is finished first. */
  stop(): Promise<void>;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A minute with the usual pause: a notice is withdrawn, a key reported, and a clock set right, once in years. */
const POLLS_BETWEEN_WATCHES = 240;
const CLEANING_MS = 10 * MINUTE_MS;

/**
 * Starts everything that carries credentials from "issued" to "final". Resolves when the chain was asked what is true, or does not
 * answer: then the jobs ask on, and seal and send nothing before.
 * @throws AppError CHAIN_REFUSED where the chain is not the one that the configuration names
 */
export async function startJobs(deps: JobDeps): Promise<Jobs> {
  const gate = { isOpen: false };
  await reconcileOnce(deps, gate).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'CHAIN_UNREACHABLE') throw error;
    deps.onFault('reconciliation', error);
  });
  const start = (name: string, step: () => Promise<boolean>) =>
    startLoop({ name, step, pollMs: deps.pollMs, onFault: deps.onFault });
  const reconcileDaily = onceADay(deps.relaying.now, async () => {
    await reconcileStatus(deps.confirming);
    await reconcileNotices(deps.confirming);
  });
  const watch = createWatch(deps.watching);
  const batches = createBatchWatch(deps.relaying);
  const watchBatches = onceIn(POLLS_BETWEEN_WATCHES, () => asRelayer(deps, () => batches.look()));
  const loops: Loop[] = [
    start('reconciliation', async () => !gate.isOpen && (await reconcileOnce(deps, gate))),
    start('sealing', async () => gate.isOpen && (await seal(deps))),
    start('relaying', async () => gate.isOpen && (await relay(deps))),
    start('finality', async () => gate.isOpen && (await confirm(deps))),
    start('imports', () => settleImports(deps.relaying.db, deps.erasing)),
    start('webhooks', () => deliverDue(deps.delivering)),
    start('mail', () => deliverMails(deps.mailing)),
    start('audit', () => linkRecords(deps.relaying.db)),
    startLoop({
      name: 'reads',
      step: () => recordReads(deps.relaying.db, deps.relaying.now()),
      pollMs: MINUTE_MS,
      onFault: deps.onFault,
    }),
    startLoop({
      name: 'audit heads',
      step: async () => gate.isOpen && (await anchorHeads(deps.heads)) > 0,
      pollMs: MINUTE_MS,
      onFault: deps.onFault,
    }),
    startLoop({
      name: 'status reconciliation',
      step: async () => gate.isOpen && (await reconcileDaily()),
      pollMs: MINUTE_MS,
      onFault: deps.onFault,
    }),
    startLoop({
      name: 'reminders',
      step: async () => (await giveReminders(deps.relaying.db, deps.erasing)) > 0,
      pollMs: HOUR_MS,
      onFault: deps.onFault,
    }),
    startLoop({
      name: 'notices',
      step: async () => gate.isOpen && (await watchNotices(deps.confirming)),
      pollMs: deps.pollMs * POLLS_BETWEEN_WATCHES,
      onFault: deps.onFault,
    }),
    startLoop({
      name: 'signing keys',
      step: async () => gate.isOpen && (await watch.look()),
      pollMs: deps.pollMs * POLLS_BETWEEN_WATCHES,
      onFault: deps.onFault,
    }),
    start('unknown batches', async () => gate.isOpen && (await watchBatches())),
    startLoop({ name: 'types', step: deps.publishing.load, pollMs: SECOND_MS, onFault: deps.onFault }),
    startLoop({
      name: 'types to publish',
      step: async () => gate.isOpen && (await takeIntoUse(deps.publishing)),
      pollMs: 2 * SECOND_MS,
      onFault: deps.onFault,
    }),
    startLoop({
      name: 'clock',
      step: async () => {
        await recallFromFuture(deps.relaying.db, deps.relaying.now());
        return false;
      },
      pollMs: deps.pollMs * POLLS_BETWEEN_WATCHES,
      onFault: deps.onFault,
    }),
    startLoop({
      name: 'search terms',
      step: () => fillSearchTerms(deps.relaying.db, deps.erasing),
      pollMs: MINUTE_MS,
      onFault: deps.onFault,
    }),
    startLoop({ name: 'cleaning', step: () => clean(deps), pollMs: CLEANING_MS, onFault: deps.onFault }),
  ];
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

/** A step that works at first, and again when a day has passed since it did without a fault. */
function onceADay(now: () => number, work: () => Promise<unknown>): () => Promise<boolean> {
  let last = Number.NEGATIVE_INFINITY;
  return async () => {
    // also where the clock was set back by more than that
    if (Math.abs(now() - last) < DAY_MS) return false;
    await work();
    last = now();
    return false;
  };
}

/** A step that works at the first poll and then once in so many, and at each until it has worked. */
function onceIn(polls: number, work: () => Promise<boolean>): () => Promise<boolean> {
  let left = 0;
  return async () => {
    left--;
    if (left < 0 && (await work())) left = polls;
    return false;
  };
}

// Another instance that relays at this moment has reconciled before it did, so whoever finds the lock taken asks again.
async function reconcileOnce(deps: JobDeps, gate: { isOpen: boolean }): Promise<boolean> {
  gate.isOpen = await asRelayer(deps, () => reconcile(deps.relaying));
  return false;
}

/** What one instance does at a time; whether it was this one. */
async function asRelayer({ relaying }: JobDeps, work: () => Promise<void>): Promise<boolean> {
  const done = await withLock(relaying.db, 'relay', async () => {
    await work();
    return true;
  });
  return done === true;
}

async function seal({ sealing }: JobDeps): Promise<boolean> {
  await endCopiesOfFormerDelegates(sealing.db, new Date(sealing.now()));
  const sealed = await sealDue(sealing);
  if (sealed > 0) await lookAtYoungTables((query) => sql.raw(query).execute(sealing.db));
  const signed = await signDue(sealing);
  return sealed + signed > 0;
}

async function relay({ relaying }: JobDeps): Promise<boolean> {
  const isBusy = await withLock(relaying.db, 'relay', () => relayAlone(relaying));
  return isBusy ?? false;
}

async function relayAlone(relaying: StatusDeps): Promise<boolean> {
  await settleAll(relaying);
  const hasBatches = await carryBatches(relaying);
  const hasChanges = await carryStatusChanges(relaying);
  const hasNotices = await carryNotices(relaying);
  const isBusy = hasBatches || hasChanges || hasNotices;
  if (isBusy) await settleAll(relaying);
  return isBusy;
}

async function settleAll(relayer: Relayer): Promise<void> {
  await settleTransactions(relayer);
  await settleBatches(relayer);
  await settleStatusChanges(relayer);
  await settleNotices(relayer);
}

async function confirm({ confirming }: JobDeps): Promise<boolean> {
  const hasBatches = await confirmBatches(confirming);
  const hasHeads = await confirmHeads(confirming);
  const now = confirming.now();
  const day = { now: new Date(now), today: toHongKongDay(now / 1000) };
  const hasSuccessors = await nameSuccessors(confirming.db, day);
  const hasNotices = await confirmNotices(confirming);
  return (await confirmStatusChanges(confirming)) || hasBatches || hasHeads || hasSuccessors || hasNotices;
}

async function clean({ relaying, erasing }: JobDeps): Promise<boolean> {
  await forgetOldAnswers(relaying.db);
  await sweepImports(relaying.db);
  const now = new Date(relaying.now());
  await forgetEndedSessions(relaying.db, now);
  await forgetRateCounts(relaying.db, now);
  await forgetAttempts(relaying.db, now);
  await forgetAccessTokens(relaying.db, now);
  await forgetShares(relaying.db, now);
  await forgetCopies(relaying.db, now);
  await forgetCompanyActs(relaying.db, now);
  await forgetRequests(relaying.db, now);
  return (await erasePastRetention(relaying.db, erasing)) > 0;
}
