import { AppError } from '../app-error.ts';
import { type AuditFacts, recordAudit } from '../audit/record.ts';
import type { ApiKeyRow, Db, Tx } from '../store/schema.ts';
import { createApiKeySecret, keptOf, toKeyActorId } from './api-key.ts';
import { type Act, type Actor, requireAct } from './policy.ts';
import { findTold } from './same-person.ts';

/*
 * Life of a key that a department makes for itself: active → expired or deactivated. A rotation gives it another secret; for the time
 * that was asked for, the one before works too. Id, scopes and what stands beside its acts stay.
 */

export interface KeyDeps {
  now(): number;
  isTest: boolean;
}

export type ApiKeyState = 'active' | 'expired' | 'deactivated';

/** A key as a department's administrator sees it. */
export interface ApiKeyView {
  /** "key_12" */
  id: string;
  name: string;
  /** Its first characters. */
  prefix: string;
  mode: 'test' | 'live';
  scopes: string[];
  state: ApiKeyState;
  /** As it stands beside what somebody does; null for a key from before this was kept, and for what the operator set up. */
  createdBy: string | null;
  /** Whoever was told one of its secrets, and so cannot approve what was prepared with it. */
  people: string[];
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  rotatedAt: string | null;
  /** Until when the secret before the last rotation works, and its last use. */
  previousUntil: string | null;
  previousLastUsedAt: string | null;
}

/** `secret` is told once: what is kept is its hash. */
export type WithSecret = ApiKeyView & { secret: string };

export interface NewDepartmentKey {
  name: string;
  scopes: readonly Act[];
  mode?: 'test' | 'live' | undefined;
  /** A year from now where it is left out. */
  expiresAt?: Date | undefined;
}

interface One {
  actor: Actor;
  id: string;
}

const MOST_KEYS = 50;
const DAY_MS = 86_400_000;
const USUAL_LIFE_MS = 365 * DAY_MS;
export const LONGEST_LIFE_DAYS = 730;
export const LONGEST_OVERLAP_HOURS = 168;

/** @throws AppError FORBIDDEN, SCOPES_EXCEEDED, VALIDATION_FAILED, API_KEY_LIMIT */
export async function createDepartmentKey(
  tx: Tx,
  deps: KeyDeps,
  { actor, key }: { actor: Actor; key: NewDepartmentKey },
): Promise<WithSecret> {
  requireAct(actor, 'keys.manage');
  requireOwnScopes(actor, key.scopes);
  requireMode(key.mode, deps);
  const expiresAt = readEnd(key.expiresAt, deps);
  await requireRoom(tx, actor, new Date(deps.now()));
  const secret = createApiKeySecret(deps.isTest);
  const row = await tx
    .insertInto('api_keys')
    .values({
      issuer_id: actor.issuer.id,
      name: key.name,
      ...keptOf(secret),
      scopes: [...new Set(key.scopes)].sort(),
      created_by: actor.id,
      people: await findTold(tx, actor),
      expires_at: expiresAt,
      created_at: new Date(deps.now()),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await recordAudit(tx, actor, { act: 'key.create', object: toKeyId(row), after: toFacts(row) });
  return { ...toView(row, deps), secret };
}

/** Nobody hands on what they may not do themselves. */
function requireOwnScopes({ may }: Actor, scopes: readonly string[]): void {
  const problems = scopes.flatMap((scope, i) =>
    may.has(scope as Act)
      ? []
      : [
          {
            pointer: `/scopes/${i}`,
            code: 'SCOPES_EXCEEDED',
            message: `you do not have the right "${scope}" yourself`,
          },
        ],
  );
  if (problems.length > 0)
    throw new AppError('SCOPES_EXCEEDED', '"scopes" must be rights that you have yourself', { problems });
}

function requireMode(mode: NewDepartmentKey['mode'], { isTest }: KeyDeps): void {
  const own = isTest ? 'test' : 'live';
  if (mode !== undefined && mode !== own) throw invalid('mode', 'KEY_MODE', `must be "${own}", as this service is`);
}

function readEnd(wanted: Date | undefined, { now }: KeyDeps): Date {
  const end = wanted?.getTime() ?? now() + USUAL_LIFE_MS;
  if (end <= now()) throw invalid('expiresAt', 'TIME_PASSED', 'must be in the future');
  if (end > now() + LONGEST_LIFE_DAYS * DAY_MS)
    throw invalid('expiresAt', 'TIME_TOO_FAR', `must be at most ${LONGEST_LIFE_DAYS} days away`);
  return new Date(end);
}

function invalid(field: string, code: string, rule: string): AppError {
  const message = `"${field}" ${rule}`;
  return new AppError('VALIDATION_FAILED', message, { problems: [{ pointer: `/${field}`, code, message }] });
}

async function requireRoom(tx: Tx, { issuer }: Actor, now: Date): Promise<void> {
  // two that are made at once wait here for one another
  await tx.selectFrom('issuers').select('id').where('id', '=', issuer.id).forNoKeyUpdate().execute();
  const { n } = await tx
    .selectFrom('api_keys')
    .select((from) => from.fn.countAll<number>().as('n'))
    .where('issuer_id', '=', issuer.id)
    .where('revoked_at', 'is', null)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .executeTakeFirstOrThrow();
  if (n >= MOST_KEYS)
    throw new AppError('API_KEY_LIMIT', `a department has at most ${MOST_KEYS} active API keys: deactivate one`);
}

export interface ApiKeyPage {
  items: ApiKeyView[];
  next: string | null;
}

/** Newest first. @throws AppError FORBIDDEN, CURSOR_INVALID */
export async function listDepartmentKeys(
  db: Db,
  deps: KeyDeps,
  { actor, limit, cursor }: { actor: Actor; limit: number; cursor?: string | undefined },
): Promise<ApiKeyPage> {
  requireAct(actor, 'keys.manage');
  let query = db.selectFrom('api_keys').selectAll().where('issuer_id', '=', actor.issuer.id);
  if (cursor !== undefined) query = query.where('id', '<', readCursor(cursor));
  const rows = await query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map((row) => toView(row, deps));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

function readCursor(cursor: string): number {
  const id = fromKeyId(cursor);
  if (id === null)
    throw new AppError('CURSOR_INVALID', '"starting_after" must be the "next" of a page of this very list');
  return id;
}

/** @throws AppError FORBIDDEN, API_KEY_NOT_FOUND */
export async function getDepartmentKey(db: Db, deps: KeyDeps, one: One): Promise<ApiKeyView> {
  requireAct(one.actor, 'keys.manage');
  return toView(await findKey(db, one), deps);
}

export interface Rotation {
  /** For how long the secret that there is goes on working. */
  overlapHours: number;
  expiresAt?: Date | undefined;
}

/**
 * A key may rotate itself, because whoever has it gains nothing; the end it has stays. Of two rotations within the overlap, the second
 * ends the oldest secret: never do more than two work.
 * @throws AppError FORBIDDEN, API_KEY_NOT_FOUND, API_KEY_INACTIVE, SCOPES_EXCEEDED, VALIDATION_FAILED
 */
export async function rotateDepartmentKey(
  tx: Tx,
  deps: KeyDeps,
  { actor, id, rotation }: One & { rotation: Rotation },
): Promise<WithSecret> {
  const isItself = isOwn(actor, id) && rotation.expiresAt === undefined;
  if (!isItself) requireAct(actor, 'keys.manage');
  const old = await openKey(tx, deps, { actor, id });
  // whoever rotates is told the secret, and so could do what the key may
  if (!isItself) requireOwnScopes(actor, old.scopes);
  const secret = createApiKeySecret(deps.isTest);
  const now = new Date(deps.now());
  const row = await change(tx, old, {
    ...keptOf(secret),
    last_used_at: null,
    rotated_at: now,
    previous_sha256: old.key_sha256,
    previous_until: new Date(now.getTime() + rotation.overlapHours * 3_600_000),
    previous_used_at: old.last_used_at,
    people: [...new Set([...old.people, ...(await findTold(tx, actor))])],
    ...(rotation.expiresAt === undefined ? {} : { expires_at: readEnd(rotation.expiresAt, deps) }),
  });
  await recordAudit(tx, actor, { act: 'key.rotate', object: id, before: toFacts(old), after: toFacts(row) });
  return { ...toView(row, deps), secret };
}

function isOwn(actor: Actor, id: string): boolean {
  const number = fromKeyId(id);
  // a token would else turn its few minutes into a secret that lasts
  return number !== null && actor.id === toKeyActorId(number) && !actor.isToken;
}

/** For ever, and at once, both secrets of it; what is inactive already stays so. @throws AppError FORBIDDEN, API_KEY_NOT_FOUND */
export async function deactivateDepartmentKey(tx: Tx, deps: KeyDeps, one: One): Promise<ApiKeyView> {
  requireAct(one.actor, 'keys.manage');
  const old = await findKey(tx, { ...one, lock: true });
  if (old.revoked_at !== null) return toView(old, deps);
  const row = await change(tx, old, { revoked_at: new Date(deps.now()) });
  await recordAudit(tx, one.actor, {
    act: 'key.deactivate',
    object: one.id,
    before: { active: true },
    after: { active: false },
  });
  return toView(row, deps);
}

async function openKey(tx: Tx, deps: KeyDeps, one: One): Promise<ApiKeyRow> {
  const row = await findKey(tx, { ...one, lock: true });
  const state = stateOf(row, deps);
  if (state !== 'active')
    throw new AppError('API_KEY_INACTIVE', `the API key is ${state}: make another one with POST /v1/api-keys`);
  return row;
}

async function findKey(db: Db | Tx, { actor, id, lock }: One & { lock?: boolean }): Promise<ApiKeyRow> {
  let query = db
    .selectFrom('api_keys')
    .selectAll()
    .where('issuer_id', '=', actor.issuer.id)
    .where('id', '=', fromKeyId(id) ?? 0);
  if (lock) query = query.forUpdate();
  const row = await query.executeTakeFirst();
  if (!row) throw new AppError('API_KEY_NOT_FOUND', 'there is no such API key');
  return row;
}

type Change = Partial<Omit<ApiKeyRow, 'id' | 'issuer_id' | 'scopes' | 'created_by' | 'created_at'>>;

function change(tx: Tx, { issuer_id, id }: ApiKeyRow, set: Change): Promise<ApiKeyRow> {
  return tx
    .updateTable('api_keys')
    .set(set)
    .where('issuer_id', '=', issuer_id)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

function toFacts({ prefix, scopes, expires_at, previous_until }: ApiKeyRow): AuditFacts {
  return {
    prefix,
    scopes: scopes.join(' '),
    expiresAt: expires_at?.toISOString() ?? null,
    previousUntil: previous_until?.toISOString() ?? null,
  };
}

function stateOf({ revoked_at, expires_at }: ApiKeyRow, { now }: KeyDeps): ApiKeyState {
  if (revoked_at !== null) return 'deactivated';
  return expires_at !== null && expires_at.getTime() <= now() ? 'expired' : 'active';
}

function toView(row: ApiKeyRow, deps: KeyDeps): ApiKeyView {
  return {
    id: toKeyId(row),
    name: row.name,
    prefix: row.prefix,
    mode: row.prefix.startsWith('ep_live_') ? 'live' : 'test',
    scopes: row.scopes,
    state: stateOf(row, deps),
    createdBy: row.created_by,
    people: row.people,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    rotatedAt: row.rotated_at?.toISOString() ?? null,
    previousUntil: row.previous_until?.toISOString() ?? null,
    previousLastUsedAt: row.previous_used_at?.toISOString() ?? null,
  };
}

function toKeyId({ id }: Pick<ApiKeyRow, 'id'>): string {
  return `key_${id}`;
}

/** Within PostgreSQL's integer; null for what is no key's id. */
function fromKeyId(text: string): number | null {
  const id = Number(/^key_([1-9]\d{0,9})$/.exec(text)?.[1]);
  return id <= 2_147_483_647 ? id : null;
}
