import { setTimeout } from 'node:timers/promises';
import { sampleClaims } from '../../catalogue/samples.ts';
import { toDate, toHongKongDay } from '../../proof/day.ts';
import { type Actor, createServiceActor } from '../../server/auth/policy.ts';
import { revokeCredential, suspendCredential } from '../../server/issuance/change-status.ts';
import { toCredentialId } from '../../server/issuance/credential-id.ts';
import { issueCredential, replaceCredential } from '../../server/issuance/issue.ts';
import { getCredential } from '../../server/issuance/query.ts';
import type { CredentialDetail, HolderContact, IssuanceDeps, NewCredential } from '../../server/issuance/use-cases.ts';
import type { Db, IssuerRow, Tx } from '../../server/store/schema.ts';
import { DEMO_COMPANY } from './people.ts';

/** One credential that shows one standing. */
interface SamplePlan {
  /** Known by this name in the database: who "prepared" it. */
  name: string;
  type: string;
  standing: string;
  /** Days from today to the day on which it is issued. */
  issuedInDays: number;
  /** How many of its kind are issued together; the sample is the first. */
  count: number;
  afterwards: 'revoke' | 'suspend' | 'replace' | null;
  holder: HolderContact | null;
}

const YEAR = 365;
/** Of the demonstration's people: whoever signs in so finds all samples but the company's and those of the large batch. */
const HOLDER: HolderContact = { subject: 'holder-1' };

const PLANS: readonly SamplePlan[] = [
  plan('in-force', 'FEHD-GRL', 'in-force'),
  plan('expired', 'EMSD-REW', 'expired', { issuedInDays: -4 * YEAR }),
  plan('not-yet-in-force', 'HAD-GH', 'not-yet-in-force', { issuedInDays: 30 }),
  plan('partly-expired', 'TD-DL', 'partly-expired', { issuedInDays: -2 * YEAR }),
  plan('suspended', 'FEHD-LRR', 'suspended', { afterwards: 'suspend' }),
  plan('revoked', 'EAA-EAI', 'revoked', { afterwards: 'revoke' }),
  plan('superseded', 'TIA-TAL', 'superseded', { afterwards: 'replace' }),
  plan('batch', 'NCHK-PC', 'in-force', { count: 256, holder: null }),
  plan('company', 'EMSD-REC', 'in-force', { holder: { company: DEMO_COMPANY.number } }),
];

function plan(name: string, type: string, standing: string, more: Partial<SamplePlan> = {}): SamplePlan {
  return { name, type, standing, issuedInDays: 0, count: 1, afterwards: null, holder: HOLDER, ...more };
}

export interface Sample {
  type: string;
  id: string;
  standing: string;
  issuer: IssuerRow;
}

export interface SampleParts {
  db: Db;
  deps: IssuanceDeps;
  /** By department code. */
  issuers: ReadonlyMap<string, IssuerRow>;
  signal: AbortSignal;
}

/** Issues the samples that are not there yet and does to them what their standing needs; resolves when all of it is final. */
export async function issueSamples(parts: SampleParts): Promise<Sample[]> {
  const samples = [];
  for (const sample of PLANS) samples.push(await issueOnce(parts, sample));
  for (const [i, sample] of PLANS.entries()) await bringToStanding(parts, sample, samples[i] as Sample);
  return samples;
}

async function issueOnce({ db, deps, issuers }: SampleParts, sample: SamplePlan): Promise<Sample> {
  const issuer = issuers.get(sample.type.split('-')[0] as string);
  if (!issuer) throw new Error(`the catalogue has no department for ${sample.type}`);
  const actor = createServiceActor(issuer, `demo ${sample.name}`);
  // one transaction: whoever restarts finds all of a sample or nothing, and a batch is sealed in one piece
  const id = await db.transaction().execute(async (tx) => {
    const found = await findFirst(tx, actor);
    if (found) return found;
    for (let seed = 0; seed < sample.count; seed++)
      await issueCredential(tx, deps, { actor, request: toRequest(deps, sample, seed) });
    return (await findFirst(tx, actor)) as string;
  });
  return { type: sample.type, id, standing: sample.standing, issuer };
}

async function findFirst(tx: Tx, { issuer, id: by }: Actor): Promise<string | null> {
  const row = await tx
    .selectFrom('credentials')
    .select('id')
    .where('issuer_id', '=', issuer.id)
    .where('prepared_by', '=', by)
    .orderBy('seq')
    .executeTakeFirst();
  return row ? toCredentialId(row.id) : null;
}

function toRequest(deps: IssuanceDeps, { type, issuedInDays, holder }: SamplePlan, seed: number): NewCredential {
  const day = toDate(toHongKongDay(deps.now() / 1000) + issuedInDays);
  const { claims, validity } = sampleClaims(type, day, seed);
  const issued = issuedInDays > 0 ? toDate(toHongKongDay(deps.now() / 1000)) : validity.issued;
  return { type, claims, validity: { ...validity, issued }, ...(holder ? { holder } : {}) };
}

async function bringToStanding(parts: SampleParts, sample: SamplePlan, { id, issuer }: Sample): Promise<void> {
  const settled = await waitUntil(parts, { id, issuer }, isSettled);
  if (sample.afterwards === null || settled.status !== 'in-force') return;
  await parts.db.transaction().execute((tx) => change(tx, parts.deps, { sample, id, issuer }));
  await waitUntil(parts, { id, issuer }, (view) => isSettled(view) && view.status !== 'in-force');
}

const CHANGES = { revoke: revokeCredential, suspend: suspendCredential };

async function change(
  tx: Tx,
  deps: IssuanceDeps,
  { sample, id, issuer }: { sample: SamplePlan; id: string; issuer: IssuerRow },
): Promise<void> {
  const actor = createServiceActor(issuer, `demo ${sample.name} change`);
  const { afterwards } = sample;
  if (afterwards === 'replace') {
    // a restart between the new one's acceptance and its finality finds it here
    if (!(await findFirst(tx, actor)))
      await replaceCredential(tx, deps, { actor, id, request: toRequest(deps, sample, 1) });
  } else if (afterwards !== null) {
    await CHANGES[afterwards](tx, deps, {
      actor,
      id,
      reason: afterwards === 'suspend' ? 'conditions-breached' : 'ceased',
    });
  }
}

function isSettled({ state, pendingChange }: CredentialDetail): boolean {
  return state === 'final' && pendingChange === null;
}

const POLL_MS = 200;

/** Waits for as long as it takes: the chain may be down, and comes back. */
async function waitUntil(
  { db, deps, signal }: SampleParts,
  { id, issuer }: { id: string; issuer: IssuerRow },
  isThere: (view: CredentialDetail) => boolean,
): Promise<CredentialDetail> {
  const actor = createServiceActor(issuer, 'demo');
  for (;;) {
    const view = await getCredential(db, deps, { actor, id });
    if (view?.state === 'failed') throw new Error(`the sample ${id} failed: ${view.failure}`);
    if (view && isThere(view)) return view;
    await setTimeout(POLL_MS, undefined, { signal });
  }
}
