import { sql } from 'kysely';
import { toHex } from '../../proof/bytes.ts';
import { decodeCbor } from '../../proof/cbor.ts';
import { LAST_DAY, toDate, toHongKongDay } from '../../proof/day.ts';
import { ProofError } from '../../proof/errors.ts';
import { decodeHeaderItems } from '../../proof/header.ts';
import { toReference } from '../../proof/reference.ts';
import { moveByNotices } from '../../proof/standing.ts';
import { AppError } from '../app-error.ts';
import { requireAct } from '../auth/policy.ts';
import { newestMailBeside, toMailView } from '../mail/outbox.ts';
import { isDisbelieved } from '../signing-keys/disbelieved.ts';
import { askAlike, askTogether } from '../store/asked-together.ts';
import type { CredentialRow, Db, IssuerRow, StatusAct, StatusChangeState, Tx } from '../store/schema.ts';
import { fromCredentialId, fromReference, toCredentialId } from './credential-id.ts';
import { isInState, toState } from './credential-state.ts';
import { isReleased } from './held.ts';
import { SEEN_BY_HOLDERS } from './holder.ts';
import { suspensionOn } from './intended-status.ts';
import { farthestMove, lastDaySql, seenNotices } from './last-day.ts';
import { claimsOfPayload, decryptPayload } from './payload.ts';
import { searchTermsFor } from './search-terms.ts';
import type {
  Cipher,
  CredentialDetail,
  CredentialPage,
  CredentialStatus,
  CredentialView,
  GetCredential,
  IssuanceDeps,
  ListCredentials,
  ListFilters,
  ListHolderCredentials,
} from './use-cases.ts';

interface OneCredential {
  issuer: IssuerRow;
  id: string;
}

export const getCredential: GetCredential = (tx, deps, one) =>
  readDetail(async (issuer, id) => (await findDetails(tx, issuer, [id])).get(id), deps, one);

/**
 * The same for many at a time: what a department asks for while it is told of others is read together. Each of them asks apart, so that the
 * question stays behind the wall of whoever asks.
 */
export function createGetCredential(db: Db, deps: IssuanceDeps) {
  const askers = new Map<number, (id: string) => Promise<DetailRow | undefined>>();
  const find: FindDetail = (issuer, id) => {
    const ask = askers.get(issuer.id) ?? askTogether((ids) => findDetails(db, issuer, ids));
    askers.set(issuer.id, ask);
    return ask(id);
  };
  return (one: AskedFor) => readDetail(find, deps, one);
}

type AskedFor = Parameters<GetCredential>[2];
/** By its id in hexadecimal. */
type FindDetail = (issuer: IssuerRow, id: string) => Promise<DetailRow | undefined>;

async function readDetail(find: FindDetail, deps: IssuanceDeps, { actor, id: text }: AskedFor) {
  requireAct(actor, 'credentials.read');
  const id = fromCredentialId(text);
  const row = id && (await find(actor.issuer, id.toString('hex')));
  return row ? toDetail(row, deps) : null;
}

function toDetail(row: DetailRow, deps: IssuanceDeps): CredentialDetail {
  const type = deps.findDefinition(row.definition);
  if (!type) throw unknownDefinition(row.definition);
  const view = toView(row, deps);
  const mail = row.mail && toMailView(row.mail);
  if (row.erased_at !== null) return { ...view, claims: null, holder: null, mail };
  const payload = decryptPayload(row, deps.cipher);
  return { ...view, claims: claimsOfPayload(type.definition, payload), holder: payload.holder, mail };
}

export const listCredentials: ListCredentials = async (tx, deps, { actor, ...asked }) => {
  requireAct(actor, 'credentials.read');
  return findPage(tx, deps, { issuer: actor.issuer, ...asked });
};

/** The same for many at a time: a page that several of a department ask for is read once for all who wait. */
export function createListCredentials(db: Db, deps: IssuanceDeps) {
  const find = askAlike((asked: PageRequest) => findPage(db, deps, asked));
  return async ({ actor, ...asked }: Parameters<ListCredentials>[2]) => {
    requireAct(actor, 'credentials.read');
    return find({ issuer: actor.issuer, ...asked });
  };
}

type PageRequest = Omit<Parameters<ListCredentials>[2], 'actor'> & { issuer: IssuerRow };

async function findPage(
  tx: Db | Tx,
  deps: IssuanceDeps,
  { issuer, filters, limit, cursor, order = 'desc' }: PageRequest,
): Promise<CredentialPage> {
  const start = cursor === undefined ? undefined : decodeCursor(cursor, order);
  let query = filter(select(tx, issuer), filters, { issuer, today: todayOf(deps), cipher: deps.cipher });
  if (start !== undefined) query = query.where('c.seq', order === 'desc' ? '<' : '>', start);
  const rows = await query.orderBy('c.seq', order).limit(rowsFor(limit)).execute();
  return toPage(rows, { limit, order }, deps);
}

/**
 * Enough to know whether another page follows, and one of a few numbers that stand in the text of the query: where the limit is a parameter,
 * PostgreSQL takes it for a tenth of all rows, and so plans the query anew each time, which takes longer than to answer it.
 */
function rowsFor(limit: number) {
  return sql.lit(1 + (PAGES.find((most) => limit <= most) ?? limit));
}

const PAGES = [1, 20, 50, 100, 200];

function toPage(rows: readonly ViewRow[], { limit, order }: { limit: number; order: Order }, deps: IssuanceDeps) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map((row) => toView(row, deps)),
    next: rows.length > limit && last ? encodeCursor(last.seq, order) : null,
  };
}

export const listHolderCredentials: ListHolderCredentials = async (tx, deps, { holder, limit, cursor }) => {
  let query = selectViews(tx)
    .where('c.holder_subject_hmac', '=', holder.subjectHmac)
    .where('c.state', 'in', SEEN_BY_HOLDERS);
  if (cursor !== undefined) query = query.where('c.seq', '<', decodeCursor(cursor, 'desc'));
  const rows = await query.orderBy('c.seq', 'desc').limit(rowsFor(limit)).execute();
  return toPage(rows, { limit, order: 'desc' }, deps);
};

/** The view of one credential; null for another department's. */
export async function findView(tx: Db | Tx, deps: IssuanceDeps, one: OneCredential): Promise<CredentialView | null> {
  const id = fromCredentialId(one.id);
  const row = id && (await select(tx, one.issuer).where('c.id', '=', id).executeTakeFirst());
  return row ? toView(row, deps) : null;
}

/** The same of several, by their ids as they are shown. */
export async function findViews(
  tx: Db | Tx,
  deps: IssuanceDeps,
  { issuer, ids }: { issuer: IssuerRow; ids: readonly Uint8Array[] },
): Promise<Map<string, CredentialView>> {
  const named = sql<Buffer>`any(${ids.map((id) => Buffer.from(id))}::bytea[])`;
  const rows = await select(tx, issuer).where('c.id', '=', named).execute();
  return new Map(rows.map((row) => [toCredentialId(row.id), toView(row, deps)]));
}

/** The whole row, locked until the transaction ends where asked. @throws AppError CREDENTIAL_NOT_FOUND */
export async function findRow(tx: Db | Tx, one: OneCredential & { lock?: boolean }): Promise<CredentialRow> {
  const id = fromCredentialId(one.id);
  let query = tx
    .selectFrom('credentials')
    .selectAll()
    .where('issuer_id', '=', one.issuer.id)
    .where('state', '!=', 'submitted')
    .where(isReleased('credentials'))
    .where('id', '=', id ?? Buffer.alloc(0));
  if (one.lock) query = query.forUpdate();
  const row = id === null ? undefined : await query.executeTakeFirst();
  if (!row) throw new AppError('CREDENTIAL_NOT_FOUND', 'there is no such credential');
  return row;
}

function select(tx: Db | Tx, issuer: IssuerRow) {
  // what waits for approval is a draft (drafts.ts): it can still vanish, and nobody may act on it as a credential
  return selectViews(tx).where('c.issuer_id', '=', issuer.id).where('c.state', '!=', sql.lit('submitted'));
}

/** All that is shown of a credential. */
function selectDetails(db: Db | Tx, issuer: IssuerRow) {
  return select(db, issuer).select(['c.wrapped_key', 'c.payload', newestMailBeside(db, issuer.id).as('mail')]);
}

type DetailRow = Awaited<ReturnType<ReturnType<typeof selectDetails>['execute']>>[number];

/** By their ids in hexadecimal. */
async function findDetails(db: Db | Tx, issuer: IssuerRow, ids: readonly string[]): Promise<Map<string, DetailRow>> {
  const bytes = ids.map((id) => Buffer.from(id, 'hex'));
  const rows = await selectDetails(db, issuer).where('c.id', '=', sql<Buffer>`any(${bytes}::bytea[])`).execute();
  return new Map(rows.map((row) => [row.id.toString('hex'), row]));
}

/** Of every department: whoever calls it says whose. */
function selectViews(tx: Db | Tx) {
  return tx
    .selectFrom('credentials as c')
    .leftJoin('batches as b', 'b.seq', 'c.batch_seq')
    .leftJoin('credentials as old', 'old.seq', 'c.replaces_seq')
    .leftJoin('credentials as new', 'new.seq', 'c.superseded_by_seq')
    .leftJoin('credentials as parent', 'parent.seq', 'c.parent_seq')
    .leftJoinLateral(
      (from) =>
        from
          .selectFrom('status_changes as s')
          .select(['s.seq', 's.act', 's.until', 's.state'])
          .whereRef('s.credential_seq', '=', 'c.seq')
          .where(sql<boolean>`s.state not in ('final', 'failed')`)
          .orderBy('s.seq', 'desc')
          .limit(sql.lit(1))
          .as('change'),
      (join) => join.onTrue(),
    )
    .where(isReleased('c'))
    .select([
      'c.seq',
      'c.id',
      'c.issuer_id',
      'c.type_number',
      'c.code',
      'c.version',
      'c.definition',
      'c.state',
      'c.failure',
      'c.header',
      'c.issued',
      'c.valid_from',
      'c.valid_until',
      'c.partly_until',
      'c.leaf',
      'c.revoked',
      'c.suspended',
      'c.suspended_at',
      'c.suspended_until',
      'c.extended_until',
      'c.superseded_by_seq',
      'c.created_at',
      'c.final_at',
      'c.erased_at',
      'b.state as batch_state',
      'b.id as batch_id',
      'b.root as batch_root',
      'b.number as batch_number',
      'b.size as batch_size',
      'b.disbelieved',
      'b.block_number as batch_block',
      'b.transaction_hash as batch_transaction',
      'old.id as replaces_id',
      'new.id as successor_id',
      'parent.id as parent_id',
      'change.seq as change_seq',
      'change.act as change_act',
      'change.until as change_until',
      'change.state as change_state',
    ])
    .select((from) =>
      from
        .selectFrom('credentials as child')
        .select(({ fn }) => fn.countAll<string>().as('n'))
        .whereRef('child.parent_seq', '=', 'c.seq')
        .where(sql<boolean>`child.state not in ('submitted', 'failed')`)
        .as('children'),
    )
    .select(seenNotices('c').as('notices'));
}

type Selection = ReturnType<typeof select>;
type ViewRow = Awaited<ReturnType<Selection['execute']>>[number];

function filter(
  query: Selection,
  filters: ListFilters,
  { issuer, today, cipher }: { issuer: IssuerRow; today: number; cipher: Cipher },
): Selection {
  const {
    type,
    state,
    status,
    reference,
    text,
    createdFrom,
    createdTo,
    expiringFrom,
    expiringTo,
    parent,
    disbelieved,
  } = filters;
  let narrowed = query;
  if (type !== undefined) narrowed = narrowed.where('c.code', '=', type);
  if (state !== undefined) narrowed = narrowed.where(isInState(state, issuer.id));
  if (status !== undefined) narrowed = narrowed.where(statusSql(today), '=', status);
  if (reference !== undefined) narrowed = narrowed.where('c.id', '=', fromReference(reference) ?? Buffer.alloc(0));
  if (text !== undefined)
    narrowed = narrowed.where('c.id', 'in', isFoundBy(searchTermsFor(text, { issuer, cipher }), issuer));
  if (createdFrom !== undefined) narrowed = narrowed.where('c.created_at', '>=', createdFrom);
  if (createdTo !== undefined) narrowed = narrowed.where('c.created_at', '<', createdTo);
  if (expiringFrom !== undefined || expiringTo !== undefined)
    narrowed = narrowed.where(isExpiring(issuer.id, expiringFrom ?? 0, expiringTo ?? LAST_DAY));
  if (parent !== undefined) narrowed = narrowed.where('parent.id', '=', fromCredentialId(parent) ?? Buffer.alloc(0));
  if (disbelieved) narrowed = narrowed.where(isDisbelieved('c', issuer.id));
  return narrowed;
}

/** Compared by what row-level security lets PostgreSQL look up in an index: only operators that tell nothing of rows which they are not shown. */
function isFoundBy(terms: readonly Uint8Array[], issuer: IssuerRow) {
  const hashes = terms.map((term) => Buffer.from(term));
  return sql<Buffer>`(select credential_id from search_terms where issuer_id = ${issuer.id} and hash = any(${hashes}::bytea[]))`;
}

/** In the words of the index "credentials_ending". What is in force until further notice ends on no day. */
function isExpiring(issuerId: number, from: number, to: number) {
  const last = Math.min(to, LAST_DAY - 1);
  return sql<boolean>`(c.state = 'final' and not c.revoked and c.superseded_by_seq is null
    and coalesce(c.extended_until, c.valid_until) between ${from} - ${farthestMove(issuerId)} and ${last}
    and ${lastDaySql('c', 'seen')} between ${from} and ${last})`;
}

// The same precedence as the verdict's: DESIGN names it once, `statusOf` and this say it in two languages.
export function statusSql(today: number) {
  return sql<CredentialStatus>`case when c.revoked then 'revoked' when c.superseded_by_seq is not null then 'superseded'
    when c.suspended and (c.suspended_until is null or c.suspended_until >= ${today}) then 'suspended' else 'in-force' end`;
}

function statusOf(
  row: Pick<CredentialRow, 'revoked' | 'suspended' | 'suspended_until' | 'superseded_by_seq'>,
  today: number,
): CredentialStatus {
  if (row.revoked) return 'revoked';
  if (row.superseded_by_seq !== null) return 'superseded';
  return isSuspended(row, today) ? 'suspended' : 'in-force';
}

function isSuspended(row: Pick<CredentialRow, 'suspended' | 'suspended_until'>, today: number): boolean {
  return row.suspended && suspensionOn(today, { until: row.suspended_until }) !== null;
}

function todayOf(deps: IssuanceDeps): number {
  return toHongKongDay(deps.now() / 1000);
}

function toView(row: ViewRow, deps: IssuanceDeps): CredentialView {
  const type = deps.findDefinition(row.definition);
  if (!type) throw unknownDefinition(row.definition);
  return {
    id: toCredentialId(row.id),
    reference: toReference(row.id),
    type: row.code,
    typeTitle: type.definition.title,
    version: row.version,
    definition: row.definition,
    state: toState(row.state, row.batch_state),
    failure: row.failure,
    disbelieved: row.disbelieved === true,
    status: statusOf(row, todayOf(deps)),
    suspension: toSuspension(row, todayOf(deps)),
    extension: toExtension(row),
    notice: toNotice(row),
    endsOn: toEnd(row),
    pendingChange: toPendingChange(row),
    issued: toDate(row.issued),
    validFrom: toDate(row.valid_from),
    validUntil: row.valid_until === null ? null : toDate(row.valid_until),
    partlyUntil: row.partly_until === null ? null : toDate(row.partly_until),
    bound: isBound(row.header),
    batch: toBatchView(row),
    replaces: row.replaces_id && toCredentialId(row.replaces_id),
    supersededBy: row.successor_id && toCredentialId(row.successor_id),
    parent: row.parent_id && toCredentialId(row.parent_id),
    children: Number(row.children),
    createdAt: row.created_at.toISOString(),
    finalAt: row.final_at?.toISOString() ?? null,
    erasedAt: row.erased_at?.toISOString() ?? null,
  };
}

// A row that was changed behind the service's back is refused where it would be sealed; here it must still be seen.
function isBound(header: Uint8Array): boolean {
  try {
    return decodeHeaderItems(decodeCbor(header)).holderKey !== null;
  } catch (error) {
    if (error instanceof ProofError) return false;
    throw error;
  }
}

function toSuspension(row: ViewRow, today: number): CredentialView['suspension'] {
  if (row.suspended_at === null || !isSuspended(row, today)) return null;
  const { suspended_at: since, suspended_until: until } = row;
  return { since: since.toISOString(), until: until === null ? null : toDate(until) };
}

function toExtension({ extended_until: day }: ViewRow): CredentialView['extension'] {
  if (day === null) return null;
  return { validUntil: day === LAST_DAY ? null : toDate(day), pendingRenewal: day === LAST_DAY };
}

function toNotice(row: ViewRow): CredentialView['notice'] {
  const moved = moveByNotices(ownEnd(row), row.notices ?? []);
  return moved && { validUntil: toDate(moved.day), law: moved.law };
}

function toEnd(row: ViewRow): string | null {
  const day = moveByNotices(ownEnd(row), row.notices ?? [])?.day ?? ownEnd(row);
  return day === null || day === LAST_DAY ? null : toDate(day);
}

function ownEnd(row: ViewRow): number | null {
  return row.extended_until ?? row.valid_until;
}

function toPendingChange(row: ViewRow): CredentialView['pendingChange'] {
  if (row.change_seq === null) return null;
  return {
    id: toChangeId(row.change_seq),
    act: row.change_act as StatusAct,
    until: row.change_until === null ? null : toDate(row.change_until),
    state: row.change_state as StatusChangeState,
  };
}

function toBatchView(row: ViewRow): CredentialView['batch'] {
  if (row.batch_id === null || row.batch_root === null || row.batch_size === null || row.leaf === null) return null;
  return {
    id: `0x${toHex(row.batch_id)}`,
    root: `0x${toHex(row.batch_root)}`,
    number: row.batch_number,
    index: row.leaf,
    size: row.batch_size,
    block: row.batch_block,
    transaction: row.batch_transaction,
  };
}

export function toChangeId(seq: number): string {
  return `chg_${seq}`;
}

function unknownDefinition(definition: string): Error {
  return new Error(
    `the catalogue has no credential type with the hash ${definition}: a version of a type is never removed`,
  );
}

type Order = 'asc' | 'desc';

function encodeCursor(seq: number, order: Order): string {
  return Buffer.from(`${order}:${seq}`).toString('base64url');
}

function decodeCursor(cursor: string, order: Order): number {
  const [, direction, seq] = /^(asc|desc):([1-9]\d{0,14})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (direction !== order)
    throw new AppError('CURSOR_INVALID', '"starting_after" must be the "next" of a page of this very list');
  return Number(seq);
}
