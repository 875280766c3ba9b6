import type { CatalogueType } from '../../catalogue/catalogue.ts';
import { decodeHex } from '../../proof/bytes.ts';
import { decodeDate } from '../../proof/day.ts';
import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import type { CredentialRow, CredentialTypeRow, Db, IssuerRow, Tx } from '../store/schema.ts';
import { openChanges } from './change-status.ts';
import { toCredentialId } from './credential-id.ts';
import { hasEmail } from './holder.ts';
import { requireNoApproval } from './issuing-rules.ts';
import { requireTerm } from './next-term.ts';
import { readParent } from './parent.ts';
import { type Draft, type OpenType, type PreparedRow, readDraft, toRow } from './prepare.ts';
import { findRow, findView } from './query.ts';
import { boundTo, requireReplaceable, requireSuccessorType } from './replacement.ts';
import type { CredentialView, IssuanceDeps, IssueCredential, NewCredential, ReplaceCredential } from './use-cases.ts';

export const issueCredential: IssueCredential = async (tx, deps, { actor, request }) => {
  requireAct(actor, 'credentials.issue');
  await requireNoApproval(tx, { issuer: actor.issuer, code: request.type });
  return acceptCredential(tx, deps, { actor, request, replacesSeq: null });
};

/** The old credential names the new one as its successor as soon as the new one is final and in force (replacement.ts). */
export const replaceCredential: ReplaceCredential = async (tx, deps, { actor, id, request, appliedOn }) => {
  requireAct(actor, 'credentials.issue');
  await requireNoApproval(tx, { issuer: actor.issuer, code: request.type });
  const old = await findRow(tx, { issuer: actor.issuer, id, lock: true });
  await requireReplaceable(tx, old, await openChanges(tx, old));
  requireSuccessorType(deps, old.code, request.type);
  const view = await acceptCredential(tx, deps, { actor, request, replacesSeq: old.seq, boundTo: boundTo(old) });
  const validUntil = view.validUntil === null ? null : decodeDate(view.validUntil);
  const renewedOn = await requireTerm(tx, deps, { old, code: request.type, validUntil, appliedOn });
  const { state } = old;
  await recordAudit(tx, actor, {
    object: id,
    before: { state },
    ...(renewedOn === null
      ? { act: 'credential.replace' }
      : { act: 'credential.renew', after: { successor: view.id, appliedOn: renewedOn } }),
  });
  return view;
};

interface Acceptance {
  actor: Actor;
  request: NewCredential;
  replacesSeq: number | null;
  /** The hash of the holder's key to which it stays bound, where the request says nothing of a key. */
  boundTo?: Uint8Array | null;
}

/** Whoever calls it has asked the policy, and whether one call may issue the type. */
export async function acceptCredential(tx: Tx, deps: IssuanceDeps, acceptance: Acceptance): Promise<CredentialView> {
  const { actor } = acceptance;
  const draft = await composeCredential(tx, deps, acceptance);
  const id = await insert(tx, deps, { ...acceptance, draft, state: 'issued', preparedBy: actor.id });
  const view = (await findView(tx, deps, { issuer: actor.issuer, id: toCredentialId(id) })) as CredentialView;
  const { state, replaces } = view;
  await recordAudit(tx, actor, {
    act: 'credential.issue',
    object: view.id,
    after: { type: draft.open.type.code, state, replaces },
  });
  return view;
}

/** Made as for one that is issued at once; nothing seals it before it was approved (drafts.ts). */
export async function submitCredential(
  tx: Tx,
  deps: IssuanceDeps,
  { preparedBy, ...acceptance }: Acceptance & { preparedBy: string },
): Promise<Pick<CredentialRow, 'seq' | 'content_hash' | 'valid_until'>> {
  const draft = await composeCredential(tx, deps, acceptance);
  const id = await insert(tx, deps, { ...acceptance, draft, state: 'submitted', preparedBy });
  return tx
    .selectFrom('credentials')
    .select(['seq', 'content_hash', 'valid_until'])
    .where('issuer_id', '=', acceptance.actor.issuer.id)
    .where('id', '=', Buffer.from(id))
    .executeTakeFirstOrThrow();
}

/** What a request becomes, and whose child it is. */
interface Composed extends Draft {
  parentSeq: number | null;
}

type Request = Pick<Acceptance, 'actor' | 'request' | 'boundTo'>;

/** What a request would become, and nothing of it kept. @throws AppError as IssueCredential, with everything that is wrong with it */
export async function composeCredential(
  tx: Db | Tx,
  deps: IssuanceDeps,
  { actor, request: asked, boundTo: key }: Request,
): Promise<Composed> {
  const { issuer } = actor;
  const open = await requireOpenType(tx, deps, { issuer, code: asked.type });
  const { seq: parentSeq, request } = await readParent(tx, deps, { issuer, open, request: asked });
  return { ...(await readDraft(open, key ? { ...request, boundTo: key } : request, deps)), parentSeq };
}

/** What a department may issue at present. @throws AppError ISSUER_NOT_READY, ISSUER_HELD, TYPE_UNKNOWN, TYPE_NOT_YOURS, TYPE_NOT_OPEN */
export async function requireOpenType(
  tx: Db | Tx,
  deps: Pick<IssuanceDeps, 'findType'>,
  ofType: { issuer: IssuerRow; code: string },
): Promise<OpenType> {
  const { issuer } = ofType;
  requireReady(issuer);
  const { type, row } = await requireType(tx, deps, ofType);
  return { type, number: row.number, issuer: { id: issuer.id, number: requireNumber(issuer) } };
}

/** @throws AppError ISSUER_NOT_READY, ISSUER_HELD */
export function requireReady({ state, held_reason }: IssuerRow): void {
  if (state === 'provisioning')
    throw new AppError('ISSUER_NOT_READY', 'this department is not registered on the chain yet');
  if (state === 'held') throw new AppError('ISSUER_HELD', `this department issues nothing for now: ${held_reason}`);
}

export function requireNumber({ number }: IssuerRow): number {
  if (number === null) throw new AppError('ISSUER_NOT_READY', 'this department is not registered on the chain yet');
  return number;
}

/** @throws AppError TYPE_UNKNOWN, TYPE_NOT_YOURS, TYPE_NOT_OPEN */
export async function requireType(
  tx: Db | Tx,
  deps: Pick<IssuanceDeps, 'findType'>,
  { issuer, code }: { issuer: IssuerRow; code: string },
): Promise<{ type: CatalogueType; row: CredentialTypeRow }> {
  const type = deps.findType(code);
  if (!type) throw refuseType('TYPE_UNKNOWN', 'is not a type of the catalogue');
  const row = await tx
    .selectFrom('credential_types')
    .selectAll()
    .where('issuer_id', '=', issuer.id)
    .where('definition', '=', type.sha256)
    .executeTakeFirst();
  if (row) return { type, row };
  if (type.definition.department !== issuer.code) throw refuseType('TYPE_NOT_YOURS', 'belongs to another department');
  throw refuseType('TYPE_NOT_OPEN', 'is not registered on the chain yet');
}

function refuseType(code: 'TYPE_UNKNOWN' | 'TYPE_NOT_YOURS' | 'TYPE_NOT_OPEN', rule: string): AppError {
  const message = `"type" ${rule}`;
  return new AppError(code, message, { problems: [{ pointer: '/type', code, message }] });
}

interface Insertion extends Acceptance {
  state: 'submitted' | 'issued';
  preparedBy: string;
  draft: Composed;
}

const MOST_ID_TRIES = 5;

/** An id that is taken (one in millions) is drawn again. */
async function insert(tx: Tx, deps: IssuanceDeps, insertion: Insertion): Promise<Uint8Array> {
  for (let tries = 0; tries < MOST_ID_TRIES; tries++) {
    const row = toRow(insertion.draft, deps);
    if (await insertRow(tx, deps, { ...insertion, row })) return row.id;
  }
  throw new Error('no free credential id was drawn');
}

async function insertRow(tx: Tx, deps: IssuanceDeps, insertion: Insertion & { row: PreparedRow }): Promise<boolean> {
  const { draft, actor, row } = insertion;
  const { header, open } = draft;
  const now = new Date(deps.now());
  const inserted = await tx
    .insertInto('credentials')
    .values({
      id: Buffer.from(row.id),
      issuer_id: open.issuer.id,
      type_number: open.number,
      code: open.type.code,
      version: open.type.version,
      definition: open.type.sha256,
      state: insertion.state,
      header: Buffer.from(row.header),
      issued: header.issued,
      valid_from: header.validFrom,
      valid_until: header.validUntil,
      partly_until: header.partlyUntil,
      content_hash: Buffer.from(row.contentHash),
      wrapped_key: Buffer.from(row.wrappedKey),
      payload: Buffer.from(row.payload),
      holder_subject_hmac: draft.holderSubjectHmac && Buffer.from(draft.holderSubjectHmac),
      has_email: hasEmail(draft.payload.holder),
      identity: Buffer.from(draft.identity),
      replaces_seq: insertion.replacesSeq,
      parent_seq: draft.parentSeq,
      takes_over_on: insertion.replacesSeq === null ? null : header.validFrom,
      prepared_by: insertion.preparedBy,
      submitted_by: actor.id,
      approved_by: insertion.state === 'issued' ? actor.id : null,
      approved_at: insertion.state === 'issued' ? now : null,
      created_at: now,
    })
    .onConflict((conflict) => conflict.column('id').where('copy_of', 'is', null).doNothing())
    .returning('seq')
    .executeTakeFirst();
  if (!inserted) return false;
  if (row.images.length === 0) return true;
  await tx
    .insertInto('images')
    .values(
      row.images.map((image) => ({
        issuer_id: open.issuer.id,
        credential_seq: inserted.seq,
        claim: image.claim,
        media_type: image.mediaType,
        sha256: Buffer.from(decodeHex(image.sha256)),
        data: Buffer.from(image.data),
      })),
    )
    .execute();
  return true;
}
