import { toHex } from '../../proof/bytes.ts';
import { toHongKongDay } from '../../proof/day.ts';
import type { JsonObject } from '../../proof/json.ts';
import { AppError, type Problem } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import { failpoint } from '../failpoint.ts';
import { nextVersion, requireSeenVersion } from '../seen-version.ts';
import type { CredentialRow, Db, DraftRow, DraftState, Tx } from '../store/schema.ts';
import {
  type ApprovalView,
  type Approved,
  approvalsNeeded,
  approve,
  contentOf,
  findApprovals,
  requireSeen,
  requireUnchanged,
  toApprovalView,
} from './approvals.ts';
import { openChanges } from './change-status.ts';
import { toCredentialId } from './credential-id.ts';
import { requireTies } from './draft-ties.ts';
import { composeCredential, requireReady, requireType, submitCredential } from './issue.ts';
import { requireTerm } from './next-term.ts';
import { findRow } from './query.ts';
import { readAppliedOn } from './renew.ts';
import { boundTo, requireReplaceable, requireSuccessorType } from './replacement.ts';
import { keepReplacementNote } from './replacement-note.ts';
import type { HolderContact, IssuanceDeps, NewCredential } from './use-cases.ts';

/*
 * Life of a draft: draft → submitted → issued, or discarded.
 *   1. what was typed, right or wrong, is kept encrypted under a key of its own
 *   2. submitted: the credential is made as for one that is issued at once, with its id, dates, seeds and content hash, in the
 *      state "submitted", in which nothing seals it; approvers are shown that credential, not what was typed
 *   3. the last approval that the type needs makes it "issued", in the transaction of that approval
 * Edited, withdrawn or returned, it is a draft again and the submitted credential is gone; submitted again, it is another one with
 * another hash. The row of the draft is locked first by everything that changes it.
 */

/** What somebody typed so far. */
export interface DraftContent {
  type: string;
  claims?: JsonObject | undefined;
  validity?:
    | { validFrom?: string | undefined; validUntil?: string | null | undefined; issued?: string | undefined }
    | undefined;
  holder?: HolderContact | undefined;
  /** Null: bound to none, also where what it replaces is. */
  holderKey?: string | null | undefined;
  /** The id of the credential whose place it takes. */
  replaces?: string | undefined;
  /** Where it gives the next term: the day on which that was applied for. */
  appliedOn?: string | undefined;
  /** Why it takes that place, for the department's eyes. */
  note?: string | undefined;
  /** The id of the credential that it belongs to. */
  parent?: string | undefined;
}

export interface DraftView {
  /** "drf_12" */
  id: string;
  type: string;
  state: DraftState;
  /** The id of the credential that it became, from "issued" on. */
  credential: string | null;
  preparedBy: string;
  /** Whoever prepared, edited or submitted it. */
  people: string[];
  returnedBy: string | null;
  /** 64 hex digits: what an approval is for. Null before it is submitted. */
  contentHash: string | null;
  approvals: ApprovalView[];
  approvalsNeeded: number;
  createdAt: string;
  changedAt: string;
}

export interface DraftDetail extends DraftView {
  /** Of what is submitted: as it will be signed. Null when it is issued or discarded. */
  content: DraftContent | null;
  /** Why it cannot be submitted as it is. */
  problems: readonly Problem[];
  /** Why it was returned, and what was submitted then; both are kept until it is issued or discarded. */
  note: string | null;
  returnedContent: DraftContent | null;
  /** Whether what is submitted is bound to a key of its holder; null where nothing is. */
  bound: boolean | null;
}

export interface OneDraft {
  actor: Actor;
  id: string;
}

export async function createDraft(
  tx: Tx,
  deps: IssuanceDeps,
  { actor, content }: { actor: Actor; content: DraftContent },
): Promise<DraftDetail> {
  return toDetail(tx, deps, { actor, draft: await insertDraft(tx, deps, { actor, content, people: [actor.id] }) });
}

/**
 * Handed in as it is made: of several people who had a hand in it, none approves it. The caller keeps nothing of it where it is refused.
 * @throws AppError as submitDraft
 */
export async function submitNewDraft(
  tx: Tx,
  deps: IssuanceDeps,
  { actor, ...made }: { actor: Actor; content: DraftContent; people: readonly string[] },
): Promise<{ seq: number }> {
  const draft = await insertDraft(tx, deps, { actor, ...made });
  await submitDraft(tx, deps, { actor, id: toDraftId(draft) });
  return draft;
}

async function insertDraft(
  tx: Tx,
  deps: IssuanceDeps,
  { actor, content, people }: { actor: Actor; content: DraftContent; people: readonly string[] },
): Promise<DraftRow> {
  requireAct(actor, 'credentials.prepare');
  await requireType(tx, deps, { issuer: actor.issuer, code: content.type });
  const { wrapped } = deps.cipher.createDataKey();
  const now = new Date(deps.now());
  const draft = await tx
    .insertInto('drafts')
    .values({
      issuer_id: actor.issuer.id,
      code: content.type,
      state: 'draft',
      wrapped_key: Buffer.from(wrapped),
      content: Buffer.alloc(0),
      prepared_by: actor.id,
      people: [...people],
      created_at: now,
      changed_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return keepContent(tx, deps, { actor, draft, content });
}

/**
 * What was submitted is withdrawn by it, and approvals of it count no more. `changedAt` is that of the draft which was edited.
 * @throws AppError DRAFT_CHANGED where it is another one now
 */
export async function updateDraft(
  tx: Tx,
  deps: IssuanceDeps,
  { actor, id, content, changedAt }: OneDraft & { content: DraftContent; changedAt?: string | undefined },
): Promise<DraftDetail> {
  requireAct(actor, 'credentials.prepare');
  const draft = await openDraft(tx, { actor, id }, ['draft', 'submitted']);
  requireSeenVersion('DRAFT_CHANGED', draft.changed_at, changedAt);
  await requireType(tx, deps, { issuer: actor.issuer, code: content.type });
  await takeBack(tx, deps, draft);
  return toDetail(tx, deps, { actor, draft: await keepContent(tx, deps, { actor, draft, content }) });
}

/**
 * `changedAt` is that of the draft which was seen.
 * @throws AppError DRAFT_NOT_FOUND, DRAFT_STATE, DRAFT_CHANGED, and as IssueCredential and ReplaceCredential where it is not right yet
 */
export async function submitDraft(
  tx: Tx,
  deps: IssuanceDeps,
  { changedAt, ...one }: OneDraft & { changedAt?: string | undefined },
): Promise<DraftDetail> {
  const { actor } = one;
  requireAct(actor, 'credentials.prepare');
  const draft = await openDraft(tx, one, ['draft']);
  // who hands in what a colleague has changed since would hand in the colleague's
  requireSeenVersion('DRAFT_CHANGED', draft.changed_at, changedAt);
  const content = readContent(draft, deps);
  const old =
    content.replaces === undefined ? null : await findReplaced(tx, actor, { id: content.replaces, lock: true });
  const credential = await submitCredential(tx, deps, {
    actor,
    request: toRequest(content),
    replacesSeq: old?.seq ?? null,
    boundTo: old && boundTo(old),
    preparedBy: draft.prepared_by,
  });
  if (old && content.note !== undefined)
    await keepReplacementNote(tx, deps, { old, successorSeq: credential.seq, note: content.note });
  const renewedOn = await requireSuccession(tx, deps, { old, content, validUntil: credential.valid_until });
  const submitted = await change(tx, draft, {
    ...{ state: 'submitted', credential_seq: credential.seq, replaces_seq: old?.seq ?? null },
    ...{ people: withPerson(draft, actor), changed_at: new Date(deps.now()) },
  });
  const after = {
    ...{ type: draft.code, contentHash: toHex(credential.content_hash) },
    ...(old && renewedOn !== null ? { renews: toCredentialId(old.id), appliedOn: renewedOn } : {}),
  };
  await recordAudit(tx, actor, { act: 'draft.submit', object: toDraftId(draft), after });
  return toDetail(tx, deps, { actor, draft: submitted });
}

/**
 * @throws AppError DRAFT_NOT_FOUND, DRAFT_STATE, CONTENT_CHANGED, SAME_PERSON, ISSUER_NOT_READY, ISSUER_HELD, and as submission where what it
 * belongs to, or replaces, has ended meanwhile
 */
export async function approveDraft(
  tx: Tx,
  deps: IssuanceDeps,
  { contentHash, ...one }: OneDraft & { contentHash: string },
): Promise<DraftDetail> {
  const { actor } = one;
  requireAct(actor, 'credentials.approve');
  const draft = await openDraft(tx, one, ['submitted']);
  const credential = await findSubmitted(tx, draft);
  requireSeen(contentHash, credential);
  await requireUnchanged(tx, deps, credential);
  await requireTies(tx, deps, { actor, credential, parent: readContent(draft, deps).parent });
  const given = await approve(tx, actor, {
    of: toApproved(draft, credential),
    people: draft.people,
    at: new Date(deps.now()),
  });
  await recordAudit(tx, actor, { act: 'draft.approve', object: toDraftId(draft), after: { contentHash } });
  const needed = await approvalsNeeded(tx, actor, draft.code);
  const isLast = given >= needed;
  return toDetail(tx, deps, {
    actor,
    draft: isLast ? await release(tx, deps, { actor, draft, credential, needed }) : draft,
  });
}

function toApproved({ issuer_id, seq }: DraftRow, { content_hash }: CredentialRow): Approved {
  return { issuer_id, draft_seq: seq, content_hash };
}

interface Release {
  actor: Actor;
  draft: DraftRow;
  credential: CredentialRow;
  /** Approvals. */
  needed: number;
}

async function release(tx: Tx, deps: IssuanceDeps, { actor, draft, credential, needed }: Release): Promise<DraftRow> {
  requireReady(actor.issuer);
  const at = new Date(deps.now());
  await tx
    .updateTable('credentials')
    // what is written here is the state alone: content and hash stay as they were approved
    .set({ state: 'issued', approved_by: actor.id, approved_at: at, created_at: at })
    .where('issuer_id', '=', draft.issuer_id)
    .where('seq', '=', credential.seq)
    .execute();
  await recordAudit(tx, actor, {
    act: 'credential.issue',
    object: toCredentialId(credential.id),
    after: { type: draft.code, state: 'issued', draft: toDraftId(draft), contentHash: toHex(credential.content_hash) },
  });
  failpoint('draft-released');
  return change(tx, draft, { state: 'issued', approvals_needed: needed, changed_at: at, ...NOTHING_PERSONAL });
}

/** Of a draft that has ended. */
export const NOTHING_PERSONAL = { wrapped_key: null, content: null, note: null, returned_content: null } as const;

/** Back to its preparer, with a note. */
export async function returnDraft(
  tx: Tx,
  deps: IssuanceDeps,
  { note, ...one }: OneDraft & { note: string },
): Promise<DraftDetail> {
  const { actor } = one;
  requireAct(actor, 'credentials.approve');
  const draft = await openDraft(tx, one, ['submitted']);
  const content = submittedContent(deps, draft, await findSubmitted(tx, draft));
  await takeBack(tx, deps, draft);
  const returned = await change(tx, draft, {
    returned_by: actor.id,
    note: seal('note', { draft, text: note }, deps),
    returned_content: seal('returned', { draft, text: JSON.stringify(content) }, deps),
  });
  await recordAudit(tx, actor, { act: 'draft.return', object: toDraftId(draft) });
  return toDetail(tx, deps, { actor, draft: returned });
}

/** Back to a draft, by those who prepare. */
export async function withdrawDraft(tx: Tx, deps: IssuanceDeps, one: OneDraft): Promise<DraftDetail> {
  requireAct(one.actor, 'credentials.prepare');
  const draft = await openDraft(tx, one, ['submitted']);
  const withdrawn = await takeBack(tx, deps, draft);
  await recordAudit(tx, one.actor, { act: 'draft.withdraw', object: toDraftId(draft) });
  return toDetail(tx, deps, { actor: one.actor, draft: withdrawn });
}

/** For ever: nothing of what it said is kept. */
export async function discardDraft(tx: Tx, deps: IssuanceDeps, one: OneDraft): Promise<DraftDetail> {
  requireAct(one.actor, 'credentials.prepare');
  const draft = await openDraft(tx, one, ['draft', 'submitted']);
  await takeBack(tx, deps, draft);
  const discarded = await change(tx, draft, { state: 'discarded', ...NOTHING_PERSONAL });
  await recordAudit(tx, one.actor, { act: 'draft.discard', object: toDraftId(draft) });
  return toDetail(tx, deps, { actor: one.actor, draft: discarded });
}

/** @throws AppError DRAFT_NOT_FOUND */
export async function getDraft(db: Db | Tx, deps: IssuanceDeps, one: OneDraft): Promise<DraftDetail> {
  requireAct(one.actor, 'credentials.read');
  return toDetail(db, deps, { actor: one.actor, draft: await findDraft(db, one) });
}

/**
 * What a preview is made of: of what is submitted the credential itself, of what is not the request that it would be.
 * @throws AppError DRAFT_NOT_FOUND, DRAFT_STATE
 */
export async function openPreview(
  db: Db | Tx,
  deps: IssuanceDeps,
  one: OneDraft,
): Promise<{ credential: CredentialRow } | { request: NewCredential }> {
  const draft = await findDraft(db, one);
  requireState(draft, ['draft', 'submitted']);
  if (draft.state === 'submitted') return { credential: await findSubmitted(db, draft) };
  return { request: toRequest(readContent(draft, deps)) };
}

export interface DraftListRequest {
  actor: Actor;
  state?: DraftState | undefined;
  type?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** Newest first. @throws AppError CURSOR_INVALID */
export async function listDrafts(
  db: Db,
  { actor, state, type, limit, cursor }: DraftListRequest,
): Promise<{ items: DraftView[]; next: string | null }> {
  requireAct(actor, 'credentials.read');
  let query = db.selectFrom('drafts').selectAll().where('issuer_id', '=', actor.issuer.id);
  if (state !== undefined) query = query.where('state', '=', state);
  if (type !== undefined) query = query.where('code', '=', type);
  if (cursor !== undefined) query = query.where('seq', '<', readCursor(cursor));
  const rows = await query
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .execute();
  const items: DraftView[] = [];
  for (const draft of rows.slice(0, limit)) items.push(await toView(db, { actor, draft }));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

function readCursor(cursor: string): number {
  const seq = fromDraftId(cursor);
  if (seq === null)
    throw new AppError('CURSOR_INVALID', '"starting_after" must be the "next" of a page of this very list');
  return seq;
}

function toDraftId({ seq }: Pick<DraftRow, 'seq'>): string {
  return `drf_${seq}`;
}

function fromDraftId(id: string): number | null {
  const [, seq] = /^drf_([1-9]\d{0,14})$/.exec(id) ?? [];
  return seq === undefined ? null : Number(seq);
}

/** @throws AppError DRAFT_NOT_FOUND */
async function findDraft(tx: Db | Tx, { actor, id, lock }: OneDraft & { lock?: boolean }): Promise<DraftRow> {
  let query = tx
    .selectFrom('drafts')
    .selectAll()
    .where('issuer_id', '=', actor.issuer.id)
    .where('seq', '=', fromDraftId(id) ?? 0);
  if (lock) query = query.forUpdate();
  const draft = await query.executeTakeFirst();
  if (!draft) throw new AppError('DRAFT_NOT_FOUND', 'there is no such draft');
  return draft;
}

/** Locked, so that two who act on it at once act one after the other, and the second sees what the first has done. */
async function openDraft(tx: Tx, one: OneDraft, states: readonly DraftState[]): Promise<DraftRow> {
  const draft = await findDraft(tx, { ...one, lock: true });
  requireState(draft, states);
  return draft;
}

function requireState({ state }: DraftRow, states: readonly DraftState[]): void {
  if (!states.includes(state))
    throw new AppError('DRAFT_STATE', `"state" is ${state}, and this is for ${states.join(' or ')}`);
}

async function findSubmitted(tx: Db | Tx, { issuer_id, credential_seq }: DraftRow): Promise<CredentialRow> {
  return tx
    .selectFrom('credentials')
    .selectAll()
    .where('issuer_id', '=', issuer_id)
    .where('seq', '=', credential_seq)
    .executeTakeFirstOrThrow();
}

async function findReplaced(
  tx: Db | Tx,
  { issuer }: Actor,
  one: { id: string; lock: boolean },
): Promise<CredentialRow> {
  const old = await findRow(tx, { issuer, ...one });
  await requireReplaceable(tx, old, await openChanges(tx, old));
  return old;
}

interface Succession {
  /** Null where it replaces nothing. */
  old: CredentialRow | null;
  content: DraftContent;
  validUntil: number | null;
}

/** The day on which the next term was applied for; null where it gives none. */
async function requireSuccession(tx: Db | Tx, deps: IssuanceDeps, { old, content, validUntil }: Succession) {
  const { type: code, appliedOn } = content;
  // also where it replaces nothing: a draft lists what is wrong with it
  readAppliedOn(appliedOn, toHongKongDay(deps.now() / 1000));
  if (!old) {
    if (content.note !== undefined) throw refuseNote();
    return null;
  }
  requireSuccessorType(deps, old.code, code);
  return requireTerm(tx, deps, { old, code, validUntil, appliedOn });
}

function refuseNote(): AppError {
  const message = '"note" says why a credential takes the place of another: it needs "replaces"';
  return new AppError('VALIDATION_FAILED', 'there is nothing to give a reason for', {
    problems: [{ pointer: '/note', code: 'REPLACES_MISSING', message }],
  });
}

type Change = Partial<Omit<DraftRow, 'seq' | 'issuer_id' | 'prepared_by' | 'created_at'>>;

function change(tx: Tx, { issuer_id, seq }: DraftRow, set: Change): Promise<DraftRow> {
  return tx
    .updateTable('drafts')
    .set(set)
    .where('issuer_id', '=', issuer_id)
    .where('seq', '=', seq)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The submitted credential was nobody's yet: it goes, its approvals stay as a record of what was approved. */
async function takeBack(tx: Tx, deps: IssuanceDeps, draft: DraftRow): Promise<DraftRow> {
  const set = { state: 'draft', credential_seq: null, replaces_seq: null, changed_at: new Date(deps.now()) } as const;
  const back = await change(tx, draft, set);
  if (draft.credential_seq !== null)
    await tx
      .deleteFrom('credentials')
      .where('issuer_id', '=', draft.issuer_id)
      .where('seq', '=', draft.credential_seq)
      .where('state', '=', 'submitted')
      .execute();
  return back;
}

interface Keeping {
  actor: Actor;
  draft: DraftRow;
  content: DraftContent;
}

function keepContent(tx: Tx, deps: IssuanceDeps, { actor, draft, content }: Keeping): Promise<DraftRow> {
  return change(tx, draft, {
    code: content.type,
    content: seal('content', { draft, text: JSON.stringify(content) }, deps),
    people: withPerson(draft, actor),
    changed_at: nextVersion(draft.changed_at, deps.now()),
  });
}

function withPerson({ people }: DraftRow, { id }: Actor): string[] {
  return [...new Set([...people, id])];
}

function readContent(draft: DraftRow, deps: IssuanceDeps): DraftContent {
  return JSON.parse(unseal('content', { draft, bytes: draft.content as Buffer }, deps)) as DraftContent;
}

/** What is kept of a draft, each under the one data key. */
type Kept = 'content' | 'note' | 'returned';

function seal(what: Kept, { draft, text }: { draft: DraftRow; text: string }, deps: IssuanceDeps): Buffer {
  return Buffer.from(keyOf(draft, deps).encrypt(Buffer.from(text), contextOf(what, draft)));
}

function unseal(what: Kept, { draft, bytes }: { draft: DraftRow; bytes: Buffer }, deps: IssuanceDeps): string {
  return Buffer.from(keyOf(draft, deps).decrypt(bytes, contextOf(what, draft))).toString();
}

function keyOf(draft: DraftRow, { cipher }: IssuanceDeps) {
  return cipher.openDataKey(draft.wrapped_key as Buffer);
}

function contextOf(what: Kept, { issuer_id, seq }: DraftRow): string {
  return `draft-${what}:${issuer_id}:${seq}`;
}

/** What is missing is looked at as empty, so that it is named like everything else that is wrong. */
function toRequest({ type, claims = {}, validity = {}, ...rest }: DraftContent): NewCredential {
  const { holder, holderKey, parent } = rest;
  return { type, claims, validity: { ...validity, validFrom: validity.validFrom ?? '' }, holder, holderKey, parent };
}

async function findProblems(tx: Db | Tx, deps: IssuanceDeps, { actor, draft }: Shown): Promise<readonly Problem[]> {
  const content = readContent(draft, deps);
  const { replaces: id } = content;
  try {
    const { header } = await composeCredential(tx, deps, { actor, request: toRequest(content) });
    const old = id === undefined ? null : await findReplaced(tx, actor, { id, lock: false });
    await requireSuccession(tx, deps, { old, content, validUntil: header.validUntil });
    return [];
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'DATA_UNREADABLE') throw error;
    const { code, message, problems } = error;
    return problems.length > 0 ? problems : [{ pointer: '', code, message }];
  }
}

interface Shown {
  actor: Actor;
  draft: DraftRow;
}

async function toView(tx: Db | Tx, { actor, draft }: Shown, found?: CredentialRow | null): Promise<DraftView> {
  const credential = found ?? (draft.credential_seq === null ? null : await findSubmitted(tx, draft));
  const approvals = credential ? await findApprovals(tx, toApproved(draft, credential)) : [];
  return {
    id: toDraftId(draft),
    type: draft.code,
    state: draft.state,
    credential: credential && draft.state === 'issued' ? toCredentialId(credential.id) : null,
    preparedBy: draft.prepared_by,
    people: draft.people,
    returnedBy: draft.returned_by,
    contentHash: credential && toHex(credential.content_hash),
    approvals: approvals.map(toApprovalView),
    approvalsNeeded: await approvalsNeeded(tx, actor, draft.code),
    createdAt: draft.created_at.toISOString(),
    changedAt: draft.changed_at.toISOString(),
  };
}

async function toDetail(tx: Db | Tx, deps: IssuanceDeps, shown: Shown): Promise<DraftDetail> {
  const { draft } = shown;
  const credential = draft.credential_seq === null ? null : await findSubmitted(tx, draft);
  const view = await toView(tx, shown, credential);
  if (draft.state === 'issued' || draft.state === 'discarded')
    return { ...view, content: null, problems: [], note: null, returnedContent: null, bound: null };
  const { note, returned_content: returned } = draft;
  const kept = {
    ...view,
    note: note && unseal('note', { draft, bytes: note }, deps),
    returnedContent: returned && (JSON.parse(unseal('returned', { draft, bytes: returned }, deps)) as DraftContent),
  };
  if (credential) {
    const content = submittedContent(deps, draft, credential);
    return { ...kept, content, problems: [], bound: boundTo(credential) !== null };
  }
  const problems = await findProblems(tx, deps, shown);
  return { ...kept, content: readContent(draft, deps), problems, bound: null };
}

/** Not out of what was typed, but for what the credential refers to. */
function submittedContent(deps: IssuanceDeps, draft: DraftRow, credential: CredentialRow): DraftContent {
  const { replaces, appliedOn, note, parent } = readContent(draft, deps);
  return { type: credential.code, ...contentOf(deps, credential), replaces, appliedOn, note, parent };
}
