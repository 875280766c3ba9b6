import { sql } from 'kysely';
import type { CatalogueType } from '../../catalogue/catalogue.ts';
import { decodeHex, toHex } from '../../proof/bytes.ts';
import { decodeDate } from '../../proof/day.ts';
import { AppError } from '../app-error.ts';
import { recordAudit, recordAudits } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import type { Outcome } from '../store/done-together.ts';
import { insertMany } from '../store/insert-many.ts';
import type { CredentialRow, CredentialTypeRow, Db, IssuerRow, Tx } from '../store/schema.ts';
import { openChanges } from './change-status.ts';
import { fromCredentialId, toCredentialId } from './credential-id.ts';
import { hasEmail } from './holder.ts';
import { requireNoApproval } from './issuing-rules.ts';
import { requireTerm } from './next-term.ts';
import { readParent } from './parent.ts';
import { type Draft, type OpenType, type PreparedRow, readDraft, toRow } from './prepare.ts';
import { findRow, findViews } from './query.ts';
import { boundTo, requireReplaceable, requireSuccessorType } from './replacement.ts';
import { keepReplacementNote } from './replacement-note.ts';
import type { CredentialView, IssuanceDeps, IssueCredential, NewCredential, ReplaceCredential } from './use-cases.ts';

export const issueCredential: IssueCredential = async (tx, deps, asked) => {
  const [outcome] = await issueCredentials(tx, deps, [asked]);
  if (outcome instanceof AppError) throw outcome;
  return outcome as CredentialView;
};

/** What several callers of one department ask for. Each has an outcome of its own: what is refused was not begun. */
export async function issueCredentials(
  tx: Tx,
  deps: IssuanceDeps,
  all: readonly Parameters<IssueCredential>[2][],
): Promise<Outcome<CredentialView>[]> {
  const asks = once(tx, deps);
  const composed: Outcome<Accepted>[] = [];
  for (const { actor, request } of all)
    composed.push(
      await outcomeOf(async () => {
        requireAct(actor, 'credentials.issue');
        await asks.requireNoApproval({ issuer: actor.issuer, code: request.type });
        const acceptance = { actor, request, replacesSeq: null };
        return { ...acceptance, draft: await composeCredential(tx, deps, acceptance, asks) };
      }),
    );
  const accepted = composed.filter((one): one is Accepted => !(one instanceof AppError));
  const views = (await acceptAll(tx, deps, accepted)).values();
  return composed.map((one) => (one instanceof AppError ? one : (views.next().value as CredentialView)));
}

async function outcomeOf<Done>(work: () => Promise<Done>): Promise<Outcome<Done>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** What is the same for all that one department issues of a type in one transaction, asked once. */
function once(tx: Tx, deps: IssuanceDeps) {
  return {
    requireNoApproval: perCode((type) => requireNoApproval(tx, type)),
    requireOpenType: perCode((type) => requireOpenType(tx, deps, type)),
  };
}

interface OfType {
  issuer: IssuerRow;
  code: string;
}

function perCode<Answer>(ask: (type: OfType) => Promise<Answer>): (type: OfType) => Promise<Answer> {
  const asked = new Map<string, Promise<Answer>>();
  return (type) => {
    const answer = asked.get(type.code) ?? ask(type);
    asked.set(type.code, answer);
    return answer;
  };
}

/** The old credential names the new one as its successor as soon as the new one is final and in force (replacement.ts). */
export const replaceCredential: ReplaceCredential = async (tx, deps, { actor, id, request, appliedOn, note }) => {
  requireAct(actor, 'credentials.issue');
  await requireNoApproval(tx, { issuer: actor.issuer, code: request.type });
  const old = await findRow(tx, { issuer: actor.issuer, id, lock: true });
  await requireReplaceable(tx, old, await openChanges(tx, old));
  requireSuccessorType(deps, old.code, request.type);
  const view = await acceptCredential(tx, deps, { actor, request, replacesSeq: old.seq, boundTo: boundTo(old) });
  if (note !== undefined)
    await keepReplacementNote(tx, deps, { old, successorSeq: await findSeq(tx, actor, view.id), note });
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

/** @param id of a credential of the department that is there */
export async function findSeq(tx: Tx, { issuer }: Actor, id: string): Promise<number> {
  const { seq } = await tx
    .selectFrom('credentials')
    .select('seq')
    .where('issuer_id', '=', issuer.id)
    .where('id', '=', Buffer.from(fromCredentialId(id) as Uint8Array))
    .executeTakeFirstOrThrow();
  return seq;
}

interface Acceptance {
  actor: Actor;
  request: NewCredential;
  replacesSeq: number | null;
  /** The hash of the holder's key to which it stays bound, where the request says nothing of a key. */
  boundTo?: Uint8Array | null;
}

/** Whoever calls it has asked the policy, and whether one call may issue the type. */
export async function acceptCredential(tx: Tx, deps: IssuanceDeps, acceptance: Acceptance): Promise<CredentialView> {
  const draft = await composeCredential(tx, deps, acceptance);
  const [view] = await acceptAll(tx, deps, [{ ...acceptance, draft }]);
  return view as CredentialView;
}

interface Accepted extends Acceptance {
  draft: Composed;
}

/** In their order. */
async function acceptAll(tx: Tx, deps: IssuanceDeps, all: readonly Accepted[]): Promise<CredentialView[]> {
  const [first] = all;
  if (!first) return [];
  const ids = await insertAll(
    tx,
    deps,
    all.map((one) => ({ ...one, state: 'issued', preparedBy: one.actor.id })),
  );
  const found = await findViews(tx, deps, { issuer: first.actor.issuer, ids });
  const views = ids.map((id) => found.get(toCredentialId(id)) as CredentialView);
  await recordAudits(
    tx,
    views.map(({ id: object, type, state, replaces }, i) => ({
      actor: (all[i] as Accepted).actor,
      event: { act: 'credential.issue', object, after: { type, state, replaces } },
    })),
  );
  return views;
}

/** Made as for one that is issued at once; nothing seals it before it was approved (drafts.ts). */
export async function submitCredential(
  tx: Tx,
  deps: IssuanceDeps,
  { preparedBy, ...acceptance }: Acceptance & { preparedBy: string },
): Promise<Pick<CredentialRow, 'seq' | 'content_hash' | 'valid_until'>> {
  const draft = await composeCredential(tx, deps, acceptance);
  const [id] = await insertAll(tx, deps, [{ ...acceptance, draft, state: 'submitted', preparedBy }]);
  return tx
    .selectFrom('credentials')
    .select(['seq', 'content_hash', 'valid_until'])
    .where('issuer_id', '=', acceptance.actor.issuer.id)
    .where('id', '=', Buffer.from(id as Uint8Array))
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
  asks: { requireOpenType(type: OfType): Promise<OpenType> } = {
    requireOpenType: (type) => requireOpenType(tx, deps, type),
  },
): Promise<Composed> {
  const { issuer } = actor;
  const open = await asks.requireOpenType({ issuer, code: asked.type });
  const { seq: parentSeq, request } = await readParent(tx, deps, { issuer, open, request: asked });
  return { ...(await readDraft(open, key ? { ...request, boundTo: key } : request, deps)), parentSeq };
}

/** What a department may issue at present. @throws AppError ISSUER_NOT_READY, ISSUER_HELD, TYPE_UNKNOWN, TYPE_NOT_YOURS, TYPE_NOT_OPEN */
export async function requireOpenType(
  tx: Db | Tx,
  deps: Pick<IssuanceDeps, 'findType'>,
  ofType: OfType,
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
  { issuer, code }: OfType,
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

/** Their ids, in their order. One that is taken (one in millions) is drawn again. */
async function insertAll(tx: Tx, deps: IssuanceDeps, all: readonly Insertion[]): Promise<Uint8Array[]> {
  const now = new Date(deps.now());
  const drawn = all.map((insertion) => ({ insertion, row: toRow(insertion.draft, deps) }));
  let waiting = drawn;
  for (let tries = 0; tries < MOST_ID_TRIES; tries++) {
    const seqs = await insertRows(tx, waiting, now);
    const taken: Drawn[] = [];
    const images: DrawnImage[] = [];
    const inserted: Drawn[] = [];
    for (const one of waiting) {
      const id = toHex(one.row.id);
      const seq = seqs.get(id);
      if (seq === undefined) taken.push(one);
      else {
        inserted.push(one);
        images.push(...one.row.images.map((image) => ({ seq, issuer: one.insertion.draft.open.issuer.id, image })));
      }
      // of two that drew the same, the first has it
      seqs.delete(id);
    }
    await insertImages(tx, images);
    await insertSearchTerms(tx, inserted);
    if (taken.length === 0) return drawn.map(({ row }) => row.id);
    for (const one of taken) one.row = toRow(one.insertion.draft, deps);
    waiting = taken;
  }
  throw new Error('no free credential id was drawn');
}

interface Drawn {
  insertion: Insertion;
  row: PreparedRow;
}

/** The seqs of those whose id was free, by their ids in hexadecimal. */
async function insertRows(tx: Tx, all: readonly Drawn[], now: Date): Promise<Map<string, number>> {
  const rows = await insertMany<'credentials', keyof typeof CREDENTIAL_TYPES, { id: Buffer; seq: number }>(tx, {
    table: 'credentials',
    types: CREDENTIAL_TYPES,
    rows: all.map((one) => toCredentialRow(one, now)),
    more: sql`on conflict (id) where copy_of is null do nothing returning id, seq`,
  });
  return new Map(rows.map(({ id, seq }) => [toHex(id), seq]));
}

const CREDENTIAL_TYPES = {
  ...{ id: 'bytea', issuer_id: 'int', type_number: 'int', code: 'text', version: 'int', definition: 'text' },
  ...{ state: 'text', header: 'bytea', issued: 'int', valid_from: 'int', valid_until: 'int', partly_until: 'int' },
  ...{ content_hash: 'bytea', wrapped_key: 'bytea', payload: 'bytea', holder_subject_hmac: 'bytea' },
  ...{ has_email: 'boolean', identity: 'bytea', replaces_seq: 'bigint', parent_seq: 'bigint', takes_over_on: 'int' },
  ...{ prepared_by: 'text', submitted_by: 'text', approved_by: 'text', approved_at: 'timestamptz' },
  ...{ created_at: 'timestamptz' },
} as const;

function toCredentialRow({ insertion, row }: Drawn, now: Date) {
  const { draft, actor, replacesSeq, state } = insertion;
  const { header, open } = draft;
  return {
    id: Buffer.from(row.id),
    issuer_id: open.issuer.id,
    type_number: open.number,
    code: open.type.code,
    version: open.type.version,
    definition: open.type.sha256,
    state,
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
    replaces_seq: replacesSeq,
    parent_seq: draft.parentSeq,
    takes_over_on: replacesSeq === null ? null : header.validFrom,
    prepared_by: insertion.preparedBy,
    submitted_by: actor.id,
    approved_by: state === 'issued' ? actor.id : null,
    approved_at: state === 'issued' ? now : null,
    created_at: now,
  };
}

interface DrawnImage {
  seq: number;
  issuer: number;
  image: PreparedRow['images'][number];
}

async function insertImages(tx: Tx, all: readonly DrawnImage[]): Promise<void> {
  await insertMany(tx, {
    table: 'images',
    types: {
      ...{
        issuer_id: 'int',
        credential_seq: 'bigint',
        claim: 'text',
        media_type: 'text',
        sha256: 'bytea',
        data: 'bytea',
      },
    },
    rows: all.map(({ seq, issuer, image }) => ({
      issuer_id: issuer,
      credential_seq: seq,
      claim: image.claim,
      media_type: image.mediaType,
      sha256: Buffer.from(decodeHex(image.sha256)),
      data: Buffer.from(image.data),
    })),
  });
}

async function insertSearchTerms(tx: Tx, all: readonly Drawn[]): Promise<void> {
  await insertMany(tx, {
    table: 'search_terms',
    types: { hash: 'bytea', issuer_id: 'int', credential_id: 'bytea' },
    rows: all.flatMap(({ insertion: { draft }, row }) =>
      draft.searchTerms.map((hash) => ({
        hash: Buffer.from(hash),
        issuer_id: draft.open.issuer.id,
        credential_id: Buffer.from(row.id),
      })),
    ),
  });
}
