import { AppError, type Problem } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import { open, seal } from '../companies/company.ts';
import { holderSubjectHmac } from '../issuance/holder.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import { queueRequest } from '../mail/outbox.ts';
import type { ConsentRequestRow, Db, Tx } from '../store/schema.ts';

/*
 * What a department asks of a holder: claims of a document that another department issued. Nobody but the holder answers it, and the department is not told whether
 * there is such a holder, or such a document.
 */

/** For how long at most a holder may think about it, and a department may read. */
export const MOST_ANSWER_DAYS = 90;
export const MOST_READ_DAYS = 366;
export const MOST_PURPOSE_LENGTH = 500;
/** Of one department and one holder, that wait for an answer. */
export const MOST_OPEN_REQUESTS = 20;
const DAY_MS = 86_400_000;

export const REQUEST_STATES = ['open', 'overdue', 'refused', 'consented', 'withdrawn', 'over', 'ended'] as const;
/**
 * open: waits. overdue: not answered in time. consented: can be read. withdrawn: the holder took it back. over: the agreed time is past, or the document was erased.
 * ended: the department needs it no longer.
 */
export type RequestState = (typeof REQUEST_STATES)[number];

export interface RequestView {
  /** "req_7" */
  id: string;
  /** The code of a credential type. */
  type: string;
  claims: readonly string[];
  purpose: string;
  state: RequestState;
  createdAt: string;
  answerBy: string;
  readUntil: string;
  answeredAt: string | null;
}

/** For the department alone. */
export interface DepartmentRequest extends RequestView {
  /** The department's own number for what it is about. */
  caseNumber: string;
  askedBy: string;
}

type Deps = Pick<
  IssuanceDeps,
  'cipher' | 'now' | 'hashHolderSubject' | 'hashCompanyNumber' | 'findType' | 'findDepartment'
>;

export interface NewRequest {
  actor: Actor;
  holder: { subject?: string | undefined; company?: string | undefined };
  type: string;
  claims: readonly string[];
  purpose: string;
  caseNumber: string;
  answerBy: Date;
  readUntil: Date;
}

interface Sealed {
  purpose: string;
  caseNumber: string;
}

/** @throws AppError FORBIDDEN, TYPE_UNKNOWN, VALIDATION_FAILED, REQUEST_LIMIT */
export async function createRequest(tx: Tx, deps: Deps, request: NewRequest): Promise<DepartmentRequest> {
  const { actor, holder, type, purpose, caseNumber, answerBy, readUntil } = request;
  requireAct(actor, 'holders.ask');
  const now = new Date(deps.now());
  requireAskable(deps, request, now);
  const subjectHmac = holderSubjectHmac(deps, holder) as Buffer;
  await requireRoom(tx, { actor, subjectHmac, now });
  const key = deps.cipher.createDataKey();
  const row = await tx
    .insertInto('consent_requests')
    .values({
      ...{ issuer_id: actor.issuer.id, holder_subject_hmac: subjectHmac, type, claims: [...new Set(request.claims)] },
      data_key: Buffer.from(key.wrapped),
      sealed: seal(key, { purpose, caseNumber } satisfies Sealed, CONTEXT),
      ...{ asked_by: actor.id, created_at: now, answer_by: answerBy, read_until: readUntil },
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await queueRequest(tx, row, now);
  const asked = { type, claims: row.claims.join(' '), readUntil: readUntil.toISOString() };
  await recordAudit(tx, actor, { act: 'request.make', object: toRequestId(row.seq), after: asked });
  return departmentView(deps, row);
}

function requireAskable(deps: Deps, { actor, type: code, claims, answerBy, readUntil }: NewRequest, now: Date): void {
  const type = deps.findType(code);
  if (!type) throw new AppError('TYPE_UNKNOWN', 'there is no such credential type');
  const problems: Problem[] = [];
  const invalid = (pointer: string, message: string) => problems.push({ pointer, code: 'FIELD_INVALID', message });
  if (type.definition.department === actor.issuer.code)
    invalid('/type', '"type" must be of another department: GET /v1/credentials has your own');
  for (const [i, name] of claims.entries())
    if (!type.definition.claims.some((claim) => claim.name === name))
      invalid(`/claims/${i}`, `"claims/${i}" must be the name of a claim of ${code}`);
  if (answerBy <= now || answerBy.getTime() > now.getTime() + MOST_ANSWER_DAYS * DAY_MS)
    invalid('/answerBy', `"answerBy" must be to come, and within ${MOST_ANSWER_DAYS} days`);
  if (readUntil <= answerBy || readUntil.getTime() > now.getTime() + MOST_READ_DAYS * DAY_MS)
    invalid('/readUntil', `"readUntil" must be after "answerBy", and within ${MOST_READ_DAYS} days`);
  if (problems.length > 0) throw new AppError('VALIDATION_FAILED', 'this cannot be asked of a holder', { problems });
}

async function requireRoom(
  tx: Tx,
  { actor, subjectHmac, now }: { actor: Actor; subjectHmac: Buffer; now: Date },
): Promise<void> {
  const open = await tx
    .selectFrom('consent_requests')
    .select('seq')
    .where('issuer_id', '=', actor.issuer.id)
    .where('holder_subject_hmac', '=', subjectHmac)
    .where('answer', 'is', null)
    .where('ended_at', 'is', null)
    .where('answer_by', '>', now)
    .limit(MOST_OPEN_REQUESTS)
    .execute();
  if (open.length >= MOST_OPEN_REQUESTS)
    throw new AppError('REQUEST_LIMIT', `at most ${MOST_OPEN_REQUESTS} requests to one holder wait for an answer`);
}

/** Newest first. @throws AppError FORBIDDEN, CURSOR_INVALID */
export async function listRequests(
  db: Db,
  deps: Deps,
  { actor, limit, cursor }: { actor: Actor; limit: number; cursor?: string | undefined },
): Promise<{ items: DepartmentRequest[]; next: string | null }> {
  requireAct(actor, 'holders.ask');
  let query = db.selectFrom('consent_requests').selectAll().where('issuer_id', '=', actor.issuer.id);
  if (cursor !== undefined) {
    const before = readRequestId(cursor);
    if (before === null)
      throw new AppError('CURSOR_INVALID', '"starting_after" must be the "next" of a page of this very list');
    query = query.where('seq', '<', before);
  }
  const rows = await query
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map((row) => departmentView(deps, row));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

interface OneRequest {
  actor: Actor;
  id: string;
}

/** @throws AppError FORBIDDEN, REQUEST_NOT_FOUND */
export async function getRequest(db: Db, deps: Deps, one: OneRequest): Promise<DepartmentRequest> {
  requireAct(one.actor, 'holders.ask');
  return departmentView(deps, await findRequest(db, one));
}

/** The department needs it no longer: what it could read is gone. Ending it again answers the same. @throws AppError FORBIDDEN, REQUEST_NOT_FOUND */
export async function endRequest(tx: Tx, deps: Deps, one: OneRequest): Promise<DepartmentRequest> {
  requireAct(one.actor, 'holders.ask');
  const row = await findRequest(tx, one);
  if (row.ended_at !== null) return departmentView(deps, row);
  const ended = { ended_at: new Date(deps.now()), proof: null };
  await tx
    .updateTable('consent_requests')
    .set(ended)
    .where('issuer_id', '=', one.actor.issuer.id)
    .where('seq', '=', row.seq)
    .execute();
  await recordAudit(tx, one.actor, { act: 'request.end', object: one.id });
  return departmentView(deps, { ...row, ...ended });
}

/** Of the department. @throws AppError REQUEST_NOT_FOUND */
export async function findRequest(db: Db | Tx, { actor, id }: OneRequest): Promise<ConsentRequestRow> {
  const row = await db
    .selectFrom('consent_requests')
    .selectAll()
    .where('issuer_id', '=', actor.issuer.id)
    .where('seq', '=', readRequestId(id) ?? 0)
    .executeTakeFirst();
  if (!row) throw noRequest();
  return row;
}

export function noRequest(): AppError {
  return new AppError('REQUEST_NOT_FOUND', 'there is no such request');
}

export function toRequestId(seq: number): string {
  return `req_${seq}`;
}

export function readRequestId(id: string): number | null {
  return Number(/^req_([1-9]\d{0,14})$/.exec(id)?.[1] ?? 0) || null;
}

const CONTEXT = 'consent-request';

export function stateOf(row: ConsentRequestRow, now: Date): RequestState {
  if (row.ended_at !== null) return 'ended';
  if (row.withdrawn_at !== null) return 'withdrawn';
  if (row.answer === 'refused') return 'refused';
  if (row.answer === 'consented') return row.proof === null || row.read_until <= now ? 'over' : 'consented';
  return row.answer_by <= now ? 'overdue' : 'open';
}

export function viewRequest({ cipher, now }: Pick<Deps, 'cipher' | 'now'>, row: ConsentRequestRow) {
  const { purpose, caseNumber } = open<Sealed>(cipher.openDataKey(row.data_key), row.sealed, CONTEXT);
  const view: RequestView = {
    ...{ id: toRequestId(row.seq), type: row.type, claims: row.claims, purpose },
    state: stateOf(row, new Date(now())),
    createdAt: row.created_at.toISOString(),
    answerBy: row.answer_by.toISOString(),
    readUntil: row.read_until.toISOString(),
    answeredAt: row.answered_at?.toISOString() ?? null,
  };
  return { view, caseNumber };
}

function departmentView(deps: Deps, row: ConsentRequestRow): DepartmentRequest {
  const { view, caseNumber } = viewRequest(deps, row);
  return { ...view, caseNumber, askedBy: row.asked_by };
}

/** What may be read no longer goes at once; a year later so does that it was ever asked. */
export async function forgetRequests(db: Db, now: Date): Promise<void> {
  await db
    .updateTable('consent_requests')
    .set({ proof: null })
    .where('read_until', '<=', now)
    .where('proof', 'is not', null)
    .execute();
  await db
    .deleteFrom('consent_requests')
    .where('read_until', '<', new Date(now.getTime() - MOST_READ_DAYS * DAY_MS))
    .execute();
}
