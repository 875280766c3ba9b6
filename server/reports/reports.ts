import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import type { HolderPerson } from '../auth/session.ts';
import { recordCompanyAct } from '../companies/acts.ts';
import { fromCredentialId, toCredentialId } from '../issuance/credential-id.ts';
import { holderActor } from '../issuance/holder.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import { answerMailBeside, type MailProgress, queueAnswer, type ShownMail, toMailProgress } from '../mail/outbox.ts';
import type { Db, ReportRow, Tx } from '../store/schema.ts';

/*
 * What a holder tells the department of a document: that something in it is wrong, that it was lost, that it is not theirs. The department answers
 * once. What either writes is personal: it is kept under a key of its own, and is in no log.
 */

export const REPORT_KINDS = ['wrong', 'lost', 'not-mine', 'other'] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];
export const MOST_REPORT_LENGTH = 1000;
/** Of one document, that nobody has answered. */
const MOST_OPEN_REPORTS = 3;

export interface ReportView {
  /** "rep_" and a number. */
  id: string;
  credential: string;
  kind: ReportKind;
  message: string;
  createdAt: string;
  answer: string | null;
  answeredAt: string | null;
}

/** With who answered, for the department alone. */
export interface DepartmentReport extends ReportView {
  answeredBy: string | null;
  /** What became of the mail that tells of the answer; null where there is none. */
  mail: MailProgress | null;
}

type Deps = Pick<IssuanceDeps, 'cipher' | 'now'>;

export interface NewReport {
  holder: HolderPerson;
  idempotencyKey: string;
  credential: string;
  kind: ReportKind;
  message: string;
}

/** @throws AppError CREDENTIAL_NOT_FOUND, REPORT_LIMIT */
export async function createReport(db: Db, deps: Deps, report: NewReport): Promise<ReportView> {
  const { holder, idempotencyKey, credential, kind, message } = report;
  const { issuer } = await holderActor(db, { holder, id: credential });
  return db.transaction().execute(async (tx) => {
    // one at a time of one document: its reports are counted, and what is erased meanwhile is nobody's any more
    const found = await tx
      .selectFrom('credentials')
      .select('seq')
      .where('issuer_id', '=', issuer.id)
      .where('id', '=', Buffer.from(fromCredentialId(credential) as Uint8Array))
      .where('holder_subject_hmac', '=', holder.subjectHmac)
      .forUpdate()
      .executeTakeFirst();
    if (!found) throw new AppError('CREDENTIAL_NOT_FOUND', 'there is no such credential');
    const known = await tx
      .selectFrom('reports')
      .selectAll()
      .where('holder_subject_hmac', '=', holder.subjectHmac)
      .where('idempotency_key', '=', idempotencyKey)
      .executeTakeFirst();
    if (known) return same(view(deps, known, credential), report);
    await requireRoom(tx, found.seq);
    const key = deps.cipher.createDataKey();
    const row = await tx
      .insertInto('reports')
      .values({
        ...{ issuer_id: issuer.id, credential_seq: found.seq, holder_subject_hmac: holder.subjectHmac },
        ...{ idempotency_key: idempotencyKey, kind, data_key: Buffer.from(key.wrapped) },
        message: Buffer.from(key.encrypt(Buffer.from(message), contextOf('message', found.seq))),
        created_at: new Date(deps.now()),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await recordCompanyAct(tx, holder, { act: 'report.create', object: credential, now: new Date(deps.now()) });
    return view(deps, row, credential);
  });
}

function same(known: ReportView, { credential, kind, message }: NewReport): ReportView {
  if (known.credential === credential && known.kind === kind && known.message === message) return known;
  throw new AppError('IDEMPOTENCY_KEY_REUSED', 'the key was used for something else: take a new one');
}

async function requireRoom(tx: Tx, credentialSeq: number): Promise<void> {
  const open = await tx
    .selectFrom('reports')
    .select('seq')
    .where('credential_seq', '=', credentialSeq)
    .where('answered_at', 'is', null)
    .execute();
  if (open.length >= MOST_OPEN_REPORTS)
    throw new AppError('REPORT_LIMIT', `at most ${MOST_OPEN_REPORTS} reports of a document wait for an answer`);
}

/** Of one document, newest first. @throws AppError CREDENTIAL_NOT_FOUND */
export async function listOwnReports(
  db: Db,
  deps: Deps,
  { holder, credential }: { holder: HolderPerson; credential: string },
): Promise<ReportView[]> {
  const { issuer } = await holderActor(db, { holder, id: credential });
  const rows = await db
    .selectFrom('reports')
    .innerJoin('credentials as c', 'c.seq', 'reports.credential_seq')
    .selectAll('reports')
    .where('reports.issuer_id', '=', issuer.id)
    .where('c.id', '=', Buffer.from(fromCredentialId(credential) as Uint8Array))
    .where('reports.holder_subject_hmac', '=', holder.subjectHmac)
    .orderBy('reports.seq', 'desc')
    .limit(50)
    .execute();
  return rows.map((row) => view(deps, row, credential));
}

export interface ReportListRequest {
  actor: Actor;
  state?: 'open' | 'answered' | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** Newest first. @throws AppError CURSOR_INVALID */
export async function listReports(
  db: Db,
  deps: Deps,
  { actor, state, limit, cursor }: ReportListRequest,
): Promise<{ items: DepartmentReport[]; next: string | null }> {
  requireAct(actor, 'credentials.read');
  let query = ofDepartment(db, actor);
  if (state !== undefined) query = query.where('reports.answered_at', state === 'open' ? 'is' : 'is not', null);
  if (cursor !== undefined) query = query.where('reports.seq', '<', readSeq('', cursor, 'CURSOR_INVALID'));
  const rows = await query
    .orderBy('reports.seq', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit);
  return {
    items: items.map((row) => departmentView(deps, row)),
    next: rows.length > limit ? String(items.at(-1)?.seq) : null,
  };
}

/** @throws AppError REPORT_NOT_FOUND */
export async function getReport(db: Db, deps: Deps, { actor, id }: OneReport): Promise<DepartmentReport> {
  requireAct(actor, 'credentials.read');
  return departmentView(deps, await findReport(db, { actor, id }));
}

interface OneReport {
  actor: Actor;
  id: string;
}

/** Once. @throws AppError REPORT_NOT_FOUND, REPORT_ANSWERED */
export async function answerReport(
  tx: Tx,
  deps: Deps,
  { actor, id, answer }: OneReport & { answer: string },
): Promise<DepartmentReport> {
  requireAct(actor, 'credentials.prepare');
  const row = await findReport(tx, { actor, id }, 'lock');
  const key = deps.cipher.openDataKey(row.data_key);
  const sealed = Buffer.from(key.encrypt(Buffer.from(answer), contextOf('answer', row.credential_seq)));
  const at = new Date(deps.now());
  const answered = { answer: sealed, answered_by: actor.id, answered_at: at };
  const { numUpdatedRows } = await tx
    .updateTable('reports')
    .set(answered)
    .where('issuer_id', '=', actor.issuer.id)
    .where('seq', '=', row.seq)
    .where('answered_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) {
    // while its document was being erased it was waited for, and is gone
    await findReport(tx, { actor, id });
    throw new AppError('REPORT_ANSWERED', 'the report was answered already');
  }
  await queueAnswer(tx, row, at);
  await recordAudit(tx, actor, { act: 'report.answer', object: id, after: { credential: toCredentialId(row.id) } });
  return departmentView(deps, await findReport(tx, { actor, id }));
}

type FoundReport = ReportRow & { id: Buffer; mail: ShownMail | null };

function ofDepartment(db: Db | Tx, { issuer }: Actor) {
  return db
    .selectFrom('reports')
    .innerJoin('credentials as c', 'c.seq', 'reports.credential_seq')
    .selectAll('reports')
    .select(['c.id', answerMailBeside(db, issuer.id).as('mail')])
    .where('c.issuer_id', '=', issuer.id)
    .where('reports.issuer_id', '=', issuer.id);
}

async function findReport(db: Db | Tx, { actor, id }: OneReport, lock?: 'lock'): Promise<FoundReport> {
  let query = ofDepartment(db, actor).where('reports.seq', '=', readSeq('rep_', id, 'REPORT_NOT_FOUND'));
  // the document before its report, as an erasure takes them: else each would wait for the other
  if (lock) query = query.forKeyShare('c');
  const row = await query.executeTakeFirst();
  if (!row) throw new AppError('REPORT_NOT_FOUND', 'there is no such report');
  return row;
}

function readSeq(prefix: string, text: string, code: 'REPORT_NOT_FOUND' | 'CURSOR_INVALID'): number {
  const digits = text.startsWith(prefix) ? text.slice(prefix.length) : '';
  if (/^[1-9]\d{0,14}$/.test(digits)) return Number(digits);
  throw new AppError(
    code,
    code === 'CURSOR_INVALID'
      ? '"starting_after" must be the "next" of a page of this very list'
      : 'there is no such report',
  );
}

function departmentView(deps: Deps, row: FoundReport): DepartmentReport {
  const mail = row.mail && toMailProgress(row.mail);
  return { ...view(deps, row, toCredentialId(row.id)), answeredBy: row.answered_by, mail };
}

function view({ cipher }: Deps, row: ReportRow, credential: string): ReportView {
  const key = cipher.openDataKey(row.data_key);
  const open = (sealed: Buffer, part: 'message' | 'answer') =>
    Buffer.from(key.decrypt(sealed, contextOf(part, row.credential_seq))).toString();
  return {
    id: `rep_${row.seq}`,
    credential,
    kind: row.kind,
    message: open(row.message, 'message'),
    createdAt: row.created_at.toISOString(),
    answer: row.answer && open(row.answer, 'answer'),
    answeredAt: row.answered_at?.toISOString() ?? null,
  };
}

function contextOf(part: 'message' | 'answer', credentialSeq: number): string {
  return `report-${part}:${credentialSeq}`;
}
