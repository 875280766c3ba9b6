import { toHex } from '../../proof/bytes.ts';
import { decodeCbor } from '../../proof/cbor.ts';
import { decodeHeaderItems } from '../../proof/header.ts';
import type { BatchReading, KeyReading, PageReading, TypeReading } from '../../proof/reading.ts';
import { type Act, isBelieved, type LeafRecords, type NoticeReading } from '../../proof/records.ts';
import { toReference } from '../../proof/reference.ts';
import { type StandingCode, standingOf } from '../../proof/standing.ts';
import { judgeKey } from '../../proof/verdict.ts';
import { AppError } from '../app-error.ts';
import { HEAD_DEFINITIONS } from '../audit/definition.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import { type RegistryState, readAllPages } from '../chain/registry-state.ts';
import { toCredentialId } from '../issuance/credential-id.ts';
import type { KeyPurpose } from '../keys/department-signers.ts';
import type { Db, IssuerRow } from '../store/schema.ts';
import { isGenuine } from './disbelieved.ts';
import { faultOf } from './fault.ts';
import { atRegistry, findKey, type SigningKeyDeps, toInstant } from './signing-key.ts';
import { requireReportable } from './transaction.ts';

/*
 * What verifiers would say after a report, computed by the verifier's own functions (proof/verdict.ts, proof/standing.ts):
 *   1. the registry is read at one block
 *   2. in what was read, the report is written where the registry would write it: the key is not believed from that time on
 *   3. the same function judges both readings, and what it says differently is told
 * Batches come from the registry and not from the database: a thief's batches are only there.
 */

export interface EffectsRequest {
  actor: Actor;
  address: string;
  /** Reported compromised since this time; left out: what it means to end the key. */
  since?: Date | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** Batches, the credentials in them, and how many of the batches hold the head of an audit log instead. */
export interface Count {
  batches: number;
  credentials: number;
  auditHeads: number;
}

export interface FailingBatch {
  /** 0x and 64 hex digits. */
  id: string;
  number: number;
  /** The code of its type; null where this service does not know it. */
  type: string | null;
  size: number;
  anchoredAt: string;
  /** False for a batch that is in the registry and not in this service: who anchored it? */
  isKnown: boolean;
}

export interface ChangedStanding {
  /** Null where the credential is not in this service. */
  credential: string | null;
  reference: string | null;
  act: 'suspend' | 'reinstate' | 'succeed' | 'extend';
  at: string;
  /** What verifiers say of it now, and would say; null where the credential is not in this service. */
  before: StandingCode | null;
  after: StandingCode | null;
}

export interface KeyEffects {
  address: string;
  purpose: KeyPurpose;
  act: 'end' | 'report';
  since: string | null;
  block: { number: number; time: string };
  /** Genuine now, and would be no more. */
  failing: Count & { unknownBatches: number; types: { type: string | null; batches: number; credentials: number }[] };
  /** Of the failing batches, a page. */
  items: FailingBatch[];
  next: string | null;
  /** Anchored by the key and genuine afterwards: before that time, or because the admin endorsed it. */
  staying: { before: Count; endorsed: Count };
  /** Anchored by the key and not genuine now: void, or reported before. */
  failingAlready: Count;
  /** What the key did to the status of credentials that would count no more. Revocations stay. */
  ignored: {
    acts: number;
    /** At most 200 of them: those that change what verifiers say come first. */
    changes: ChangedStanding[];
    notices: { type: string | null; from: number; to: number; validUntil: number; law: string | null }[];
  };
  /** What this service signs with the key, and with which other key it would go on; null: it would stop. */
  signing: { isInUse: boolean; next: string | null };
}

const MOST_CHANGES = 200;

/**
 * @throws AppError FORBIDDEN, ISSUER_NOT_READY, REGISTRY_UNAVAILABLE, SIGNING_KEY_NOT_FOUND, CURSOR_INVALID, VALIDATION_FAILED where no
 *   report could be made since then
 */
export async function previewEffects(db: Db, deps: SigningKeyDeps, request: EffectsRequest): Promise<KeyEffects> {
  requireAct(request.actor, 'signing-keys.read');
  return atRegistry(request.actor, deps, async (state, issuer) => {
    const address = request.address.toLowerCase();
    const key = await findKey(state, issuer, address);
    const { since } = request;
    if (since !== undefined) await requireReportable(state, issuer, { address, since });
    const sinceSeconds = since === undefined ? null : Math.floor(since.getTime() / 1000);
    const question = { key, since: sinceSeconds, issuer: request.actor.issuer };
    const pages = await readAllPages(state, issuer);
    const [batches, ignored, next] = await Promise.all([
      sortBatches(db, question, pages),
      findIgnored(db, state, { ...question, pages }),
      findNextKey(state, deps, question),
    ]);
    const isInUse = address === request.actor.issuer.anchor_key || address === request.actor.issuer.status_key;
    return {
      address,
      purpose: key.purpose === 'anchor' ? 'anchor' : 'status',
      act: since === undefined ? 'end' : 'report',
      since: sinceSeconds === null ? null : toInstant(sinceSeconds),
      block: { number: state.block.number, time: toInstant(state.block.time) },
      ...batches,
      ...pageOf(batches.items, request),
      ignored,
      signing: { isInUse, next },
    };
  });
}

interface Question {
  key: KeyReading;
  /** Seconds since 1970 UTC; null: the key is ended. */
  since: number | null;
  issuer: IssuerRow;
}

/** What the registry would say of the key. An end never reaches back. */
function afterwards({ key, since }: Question): KeyReading {
  return since === null ? key : { ...key, invalidFrom: since };
}

type Sorted = Pick<KeyEffects, 'failing' | 'staying' | 'failingAlready' | 'items'>;

async function sortBatches(db: Db, question: Question, pages: readonly PageReading[]): Promise<Sorted> {
  const known = await findKnown(db, question);
  const types = await findTypes(db, question.issuer, pages);
  const sorted: Sorted = {
    failing: { ...nothing(), unknownBatches: 0, types: [] },
    items: [],
    staying: { before: nothing(), endorsed: nothing() },
    failingAlready: nothing(),
  };
  const after = afterwards(question);
  for (const batch of pages.flatMap((page) => page.batches).filter(({ key }) => key === question.key.number)) {
    const type = types.get(batch.credentialType) ?? { code: null, isHead: false };
    if (!isGenuine(batch, question.key)) count(sorted.failingAlready, batch, type);
    else if (!isGenuine(batch, after)) addFailing(sorted, batch, { type, isKnown: known.has(toHex(batch.id)) });
    else
      count(judgeKey(batch, after) === 'KEY_ENDORSED' ? sorted.staying.endorsed : sorted.staying.before, batch, type);
  }
  return sorted;
}

function nothing(): Count {
  return { batches: 0, credentials: 0, auditHeads: 0 };
}

interface TypeOf {
  code: string | null;
  /** Whether its batches hold heads of audit logs. */
  isHead: boolean;
}

function count(sum: Count, { size }: BatchReading, { isHead }: TypeOf): void {
  sum.batches++;
  if (isHead) sum.auditHeads++;
  else sum.credentials += size;
}

function addFailing(
  { failing, items }: Sorted,
  batch: BatchReading,
  { type, isKnown }: { type: TypeOf; isKnown: boolean },
) {
  count(failing, batch, type);
  if (!isKnown) failing.unknownBatches++;
  items.push({
    id: `0x${toHex(batch.id)}`,
    number: batch.number,
    type: type.code,
    size: batch.size,
    anchoredAt: toInstant(batch.anchoredAt),
    isKnown,
  });
  if (type.isHead) return;
  const ofType = failing.types.find((each) => each.type === type.code);
  if (ofType) {
    ofType.batches++;
    ofType.credentials += batch.size;
  } else failing.types.push({ type: type.code, batches: 1, credentials: batch.size });
}

async function findKnown(db: Db, { issuer, since }: Question): Promise<ReadonlySet<string>> {
  if (since === null) return new Set();
  const rows = await db
    .selectFrom('batches')
    .select('id')
    .where('issuer_id', '=', issuer.id)
    // what the registry has and is not noted yet is not a stranger's
    .where((where) => where.or([where('anchored_at', 'is', null), where('anchored_at', '>=', new Date(since * 1000))]))
    .execute();
  return new Set(rows.map(({ id }) => toHex(id)));
}

async function findTypes(
  db: Db,
  { id }: IssuerRow,
  pages: readonly PageReading[],
): Promise<ReadonlyMap<number, TypeOf>> {
  const rows = await db.selectFrom('credential_types').select(['number', 'code']).where('issuer_id', '=', id).execute();
  const codes = new Map(rows.map(({ number, code }) => [number, code]));
  const types = pages.flatMap((page) => page.types);
  return new Map(
    types.map(({ number, definition }) => [
      number,
      { code: codes.get(number) ?? null, isHead: HEAD_DEFINITIONS.includes(toHex(definition)) },
    ]),
  );
}

function pageOf(all: readonly FailingBatch[], { limit, cursor }: EffectsRequest): Pick<KeyEffects, 'items' | 'next'> {
  const from = cursor === undefined ? -1 : readCursor(cursor);
  const left = all.filter(({ number }) => number > from);
  const items = left.slice(0, limit);
  return { items, next: left.length > limit ? String(items.at(-1)?.number) : null };
}

function readCursor(cursor: string): number {
  if (!/^\d{1,10}$/.test(cursor))
    throw new AppError('CURSOR_INVALID', '"starting_after" must be the "next" of a page of this very list');
  return Number(cursor);
}

type Asked = Question & { pages: readonly PageReading[] };

async function findIgnored(db: Db, state: RegistryState, asked: Asked): Promise<KeyEffects['ignored']> {
  if (asked.since === null) return { acts: 0, changes: [], notices: [] };
  const changes = await findChanges(db, state, asked as Asked & { since: number });
  const isChange = ({ before, after }: ChangedStanding) => before !== after;
  return {
    acts: changes.length,
    changes: changes.toSorted((a, b) => Number(isChange(b)) - Number(isChange(a))).slice(0, MOST_CHANGES),
    notices: await findNotices(db, state, asked as Asked & { since: number }),
  };
}

interface Touched {
  batch: BatchReading;
  leaf: number;
  act: ChangedStanding['act'];
  at: number;
}

async function findChanges(db: Db, state: RegistryState, asked: Asked & { since: number }): Promise<ChangedStanding[]> {
  const { key, since, pages } = asked;
  const issuer = asked.issuer.number as number;
  const after = afterwards(asked);
  const batches = new Map(pages.flatMap((page) => page.batches).map((batch) => [toHex(batch.id), batch]));
  const keys = new Map(pages.flatMap((page) => page.keys).map((one) => [one.number, one]));
  const types = new Map(pages.flatMap((page) => page.types).map((type) => [type.number, type]));
  const events = (await state.statusEventsOf(issuer, since)).filter((event) => event.key === key.address);
  const touched = events.flatMap(({ batch: id, act, leaves, time }): Touched[] => {
    const batch = batches.get(toHex(id));
    // of what is not genuine anyway nobody asks how it stands
    if (act === 'revoke' || !batch || !staysGenuine(batch, keys.get(batch.key), after)) return [];
    return leavesOf(leaves).map((leaf) => ({ batch, leaf, act, at: time }));
  });
  const changes: ChangedStanding[] = [];
  for (const [id, all] of Map.groupBy(touched, ({ batch }) => toHex(batch.id))) {
    const batch = batches.get(id) as BatchReading;
    const records = await state.recordsOf(batch);
    const notices = await state.noticesOf(issuer, types.get(batch.credentialType) as TypeReading);
    const rows = await findRows(db, asked.issuer, batch);
    for (const one of newestOfEach(all)) {
      // an act that another one followed counts no more already
      if (!isRecorded(records, one, key.address, since)) continue;
      changes.push(compare(one, { records, notices, row: rows.get(one.leaf), report: after, now: state.block.time }));
    }
  }
  return changes;
}

function staysGenuine(batch: BatchReading, key: KeyReading | undefined, after: KeyReading): boolean {
  return key !== undefined && isGenuine(batch, key.number === after.number ? after : key);
}

function leavesOf(word: bigint): number[] {
  return Array.from({ length: 256 }, (_, leaf) => leaf).filter((leaf) => (word >> BigInt(leaf)) & 1n);
}

/** The last act of each kind on each leaf: it is the one of which there is a record. */
function newestOfEach(touched: readonly Touched[]): Touched[] {
  return [...new Map(touched.map((one) => [`${one.leaf} ${one.act}`, one])).values()];
}

function isRecorded(records: readonly LeafRecords[], { leaf, act }: Touched, key: string, since: number): boolean {
  const record = records.find((one) => one.leaf === leaf);
  const found = {
    suspend: record?.suspension,
    reinstate: record?.lift,
    succeed: record?.succession,
    extend: record?.extension,
  }[act];
  return found?.key === key && found.at >= since && isBelieved(found);
}

type Row = Awaited<ReturnType<typeof findRows>> extends Map<number, infer One> ? One : never;

async function findRows(db: Db, { id }: IssuerRow, batch: BatchReading) {
  const rows = await db
    .selectFrom('credentials as c')
    .innerJoin('batches as b', 'b.seq', 'c.batch_seq')
    .select(['c.id', 'c.header', 'c.leaf'])
    .where('c.issuer_id', '=', id)
    .where('b.id', '=', Buffer.from(batch.id))
    .execute();
  return new Map(rows.map((row) => [row.leaf as number, row]));
}

interface Comparison {
  records: readonly LeafRecords[];
  notices: readonly NoticeReading[];
  row: Row | undefined;
  report: KeyReading;
  now: number;
}

function compare(
  { batch, leaf, act, at }: Touched,
  { records, notices, row, report, now }: Comparison,
): ChangedStanding {
  const told = { act, at: toInstant(at) };
  if (!row) return { credential: null, reference: null, ...told, before: null, after: null };
  const one = { index: leaf, header: decodeHeaderItems(decodeCbor(row.header)) };
  const before = standingOf(one, batch, { records, notices, events: null }, now).code;
  const reported = {
    records: records.map((record) => reportIn(record, report)),
    notices: notices.map((notice) => ({ ...notice, posted: reportedAct(notice.posted, report) })),
    events: null,
  };
  const after = standingOf(one, batch, reported, now).code;
  return { credential: toCredentialId(row.id), reference: toReference(row.id), ...told, before, after };
}

/** The record as the registry would give it after the report. */
function reportIn({ leaf, succession, suspension, lift, extension }: LeafRecords, report: KeyReading): LeafRecords {
  return {
    leaf,
    succession: succession && reportedAct(succession, report),
    suspension: suspension && reportedAct(suspension, report),
    lift: lift && reportedAct(lift, report),
    extension: extension && reportedAct(extension, report),
  };
}

function reportedAct<T extends Act>(act: T, { address, invalidFrom }: KeyReading): T {
  return act.key === address ? { ...act, invalidFrom } : act;
}

async function findNotices(db: Db, state: RegistryState, asked: Asked & { since: number }) {
  const issuer = asked.issuer.number as number;
  const after = afterwards(asked);
  const codes = await findTypes(db, asked.issuer, asked.pages);
  const types = new Map(asked.pages.flatMap((page) => page.types).map((type) => [type.number, type]));
  const notices: KeyEffects['ignored']['notices'] = [];
  for (const type of types.values())
    for (const { posted, withdrawnAt, from, to, validUntil, law } of await state.noticesOf(issuer, type)) {
      const isLost = withdrawnAt === 0 && isBelieved(posted) && !isBelieved(reportedAct(posted, after));
      if (isLost) notices.push({ type: codes.get(type.number)?.code ?? null, from, to, validUntil, law });
    }
  return notices;
}

/** Of the keys that this service has, the newest other one that does the same. */
async function findNextKey(
  state: RegistryState,
  deps: SigningKeyDeps,
  { key, issuer }: Question,
): Promise<string | null> {
  const purpose = key.purpose === 'anchor' ? 'anchor' : 'status';
  const question = { issuer: issuer.number as number, purpose, time: state.block.time } as const;
  const keys = await state.keysOf(question.issuer);
  const good = keys.filter(
    (one) =>
      one.address !== key.address &&
      one.purpose === purpose &&
      deps.hasKey(one.address) &&
      faultOf(one, question) === null,
  );
  return good.at(-1)?.address ?? null;
}
