import { hash } from 'node:crypto';
import { type Catalogue, type CatalogueType, openVersion } from '../../catalogue/catalogue.ts';
import { toDate, toHongKongDay } from '../../proof/day.ts';
import { decodeJson, isJsonObject, type JsonObject } from '../../proof/json.ts';
import { AppError, type Problem } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import { encodeCall } from '../chain/registry.ts';
import type { PreviewSource } from '../issuance/preview.ts';
import { previewOf } from '../issuance/preview.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import { requireSeenVersion } from '../seen-version.ts';
import { atRegistry, type SigningKeyDeps } from '../signing-keys/signing-key.ts';
import type { Db, Tx, TypeVersionRow, TypeVersionState } from '../store/schema.ts';
import { changesBetween, type DefinitionChange } from './changes.ts';
import { toBytes, toDefinition } from './definition-file.ts';
import { faultsOf } from './faults.ts';
import { sampleOf } from './sample.ts';

/*
 * A new version of a credential type:
 *   draft      what was typed is kept, right or wrong
 *   prepared   its bytes are fixed; the department's admin registers their hash, whose key this service does not have
 *   published  the registry has it: what is prepared from now on is of this version (watch.ts)
 * What was prepared is taken back by whoever changes it: it has other bytes then, and is registered anew.
 */

type Deps = Pick<IssuanceDeps, 'now'> & { catalogue: Catalogue };
type RegistryDeps = Deps & SigningKeyDeps;

export interface TypeVersionSummary {
  /** "tvn_7" */
  id: string;
  /** The type's code. */
  type: string;
  /** The number that it has, or will have. */
  version: number;
  state: TypeVersionState;
  /** The SHA-256 of its file, when that is fixed. */
  sha256: string | null;
  createdBy: string;
  createdAt: string;
  changedBy: string;
  changedAt: string;
  preparedBy: string | null;
  preparedAt: string | null;
  publishedAt: string | null;
}

export interface TypeVersionView extends TypeVersionSummary {
  /** The file as it is or will be; in a draft it may be wrong. */
  definition: JsonObject;
  /** All that keeps it from being prepared. */
  faults: readonly Problem[];
  /** Against the version in force, or the one that was; none where it has faults. */
  changes: readonly DefinitionChange[];
}

export interface TypeTransaction {
  chainId: number;
  /** The department's admin, who alone can send it. */
  from: string;
  /** The registry. */
  to: string;
  data: string;
  call: { name: 'openCredentialType'; arguments: { issuer: number; definition: string } };
}

interface One {
  actor: Actor;
  id: string;
}

/** Newest first; a page. @throws AppError FORBIDDEN, CURSOR_INVALID */
export async function listTypeVersions(
  db: Db,
  deps: Deps,
  asked: { actor: Actor; type?: string | undefined; limit: number; cursor: string | undefined },
): Promise<{ items: TypeVersionSummary[]; next: string | null }> {
  const { actor, type, limit, cursor } = asked;
  requireAct(actor, 'department.read');
  const before = cursor === undefined ? null : readSeq(cursor);
  if (before === undefined) throw new AppError('CURSOR_INVALID', '"starting_after" must be the "next" of this list');
  const rows = await db
    .selectFrom('type_versions')
    .selectAll()
    .where('issuer_id', '=', actor.issuer.id)
    .where('state', '<>', 'discarded')
    .$if(type !== undefined, (query) => query.where('code', '=', type as string))
    .$if(before !== null, (query) => query.where('seq', '<', before as number))
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map((row) => toSummary(row, deps));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** Begins with what the version in force says. @throws AppError FORBIDDEN, TYPE_NOT_FOUND, TYPE_VERSION_OPEN */
export async function createTypeVersion(
  tx: Tx,
  deps: Deps,
  { actor, type: code }: { actor: Actor; type: string },
): Promise<TypeVersionView> {
  requireAct(actor, 'types.publish');
  const type = findOwn(deps, { actor, code });
  const now = new Date(deps.now());
  const row = await tx
    .insertInto('type_versions')
    .values({
      ...{ issuer_id: actor.issuer.id, code, state: 'draft', definition: new TextDecoder().decode(type.bytes) },
      ...{ created_by: actor.id, created_at: now, changed_by: actor.id, changed_at: now },
    })
    // of two who begin at once, one is told of the other's
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (!row)
    throw new AppError('TYPE_VERSION_OPEN', 'somebody has begun a new version of this type already: go on with it');
  await recordAudit(tx, actor, { act: 'type-version.create', object: toTypeVersionId(row), after: { code } });
  return toView(row, deps);
}

/** @throws AppError FORBIDDEN, TYPE_VERSION_NOT_FOUND */
export async function getTypeVersion(db: Db | Tx, deps: Deps, { actor, id }: One): Promise<TypeVersionView> {
  requireAct(actor, 'department.read');
  return toView(await findRow(db, { actor, id }), deps);
}

/**
 * Keeps it as it was typed. What was prepared is a draft again. `changedAt` is that of what was edited.
 * @throws AppError FORBIDDEN, TYPE_VERSION_NOT_FOUND, TYPE_VERSION_STATE, DRAFT_CHANGED
 */
export async function updateTypeVersion(
  tx: Tx,
  deps: Deps,
  { actor, id, definition, changedAt }: One & { definition: JsonObject; changedAt?: string | undefined },
): Promise<TypeVersionView> {
  requireAct(actor, 'types.publish');
  const row = await lockOpen(tx, { actor, id });
  requireSeenVersion('DRAFT_CHANGED', row.changed_at, changedAt);
  const file = toDefinition(definition, typeOf(deps, row.code));
  const kept = await tx
    .updateTable('type_versions')
    .set({
      ...{ state: 'draft', definition: JSON.stringify(file), bytes: null, sha256: null, version: null },
      ...{ prepared_by: null, prepared_at: null, changed_by: actor.id, changed_at: new Date(deps.now()) },
    })
    .where('issuer_id', '=', actor.issuer.id)
    .where('seq', '=', row.seq)
    .returningAll()
    .executeTakeFirstOrThrow();
  await recordAudit(tx, actor, {
    act: 'type-version.update',
    object: id,
    before: { state: row.state },
    after: { state: 'draft' },
  });
  return toView(kept, deps);
}

/**
 * Fixes its bytes, and says what the department's admin sends to the registry. Said again for what is prepared already.
 * @throws AppError FORBIDDEN, TYPE_VERSION_NOT_FOUND, TYPE_VERSION_STATE, DRAFT_CHANGED, VALIDATION_FAILED, ISSUER_NOT_READY, REGISTRY_UNAVAILABLE,
 *   REGISTRY_REFUSES
 */
export async function prepareTypeVersion(
  tx: Tx,
  deps: RegistryDeps,
  { actor, id, changedAt }: One & { changedAt: string },
): Promise<{ version: TypeVersionView; transaction: TypeTransaction }> {
  requireAct(actor, 'types.publish');
  const row = await lockOpen(tx, { actor, id });
  requireSeenVersion('DRAFT_CHANGED', row.changed_at, changedAt);
  const prepared = row.state === 'prepared' ? row : await fix(tx, deps, { actor, row });
  const transaction = await toTransaction(deps, { actor, sha256: prepared.sha256 as string });
  await recordAudit(tx, actor, {
    act: 'type-version.prepare',
    object: id,
    after: { code: row.code, version: prepared.version, definition: prepared.sha256 },
  });
  return { version: toView(prepared, deps), transaction };
}

async function fix(tx: Tx, deps: Deps, { actor, row }: { actor: Actor; row: TypeVersionRow }): Promise<TypeVersionRow> {
  const view = toView(row, deps);
  const nothing: Problem[] =
    view.faults.length === 0 && view.changes.length === 0
      ? [{ pointer: '', code: 'NOTHING_CHANGED', message: 'the definition says what the version in force says' }]
      : [];
  const problems = [...view.faults, ...nothing];
  if (problems.length > 0)
    throw new AppError('VALIDATION_FAILED', 'the definition cannot be published as it is', { problems });
  const bytes = toBytes(view.definition);
  const sha256 = hash('sha256', bytes);
  return tx
    .updateTable('type_versions')
    .set({
      ...{ state: 'prepared', definition: JSON.stringify(view.definition), bytes: Buffer.from(bytes), sha256 },
      ...{ version: view.version, prepared_by: actor.id, prepared_at: new Date(deps.now()) },
    })
    .where('issuer_id', '=', actor.issuer.id)
    .where('seq', '=', row.seq)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The registry itself is asked whether it takes it. */
function toTransaction(
  deps: RegistryDeps,
  { actor, sha256 }: { actor: Actor; sha256: string },
): Promise<TypeTransaction> {
  return atRegistry(actor, deps, async (state, issuer) => {
    const given = { issuer, definition: `0x${sha256}` };
    const data = encodeCall('openCredentialType', Object.values(given));
    const from = await state.adminOf(issuer);
    const refusal = await state.refusalOf({ from, data });
    // what the registry has already is taken into use by itself
    if (refusal && !refusal.reason.startsWith('CredentialTypeAlreadyOpened'))
      throw new AppError('REGISTRY_REFUSES', `the registry does not take it as it stands: ${refusal.reason}`);
    return {
      chainId: state.chainId,
      from,
      to: state.address,
      data,
      call: { name: 'openCredentialType', arguments: given },
    };
  });
}

/** What was typed is gone. @throws AppError FORBIDDEN, TYPE_VERSION_NOT_FOUND, TYPE_VERSION_STATE */
export async function discardTypeVersion(tx: Tx, deps: Deps, { actor, id }: One): Promise<TypeVersionView> {
  requireAct(actor, 'types.publish');
  const row = await lockOpen(tx, { actor, id });
  const kept = await tx
    .updateTable('type_versions')
    .set({
      ...{ state: 'discarded', bytes: null, sha256: null, version: null, prepared_by: null, prepared_at: null },
      ...{ changed_by: actor.id, changed_at: new Date(deps.now()) },
    })
    .where('issuer_id', '=', actor.issuer.id)
    .where('seq', '=', row.seq)
    .returningAll()
    .executeTakeFirstOrThrow();
  await recordAudit(tx, actor, { act: 'type-version.discard', object: id, before: { state: row.state } });
  return toView(kept, deps);
}

/**
 * What a document of it would look like, with invented values.
 * @throws AppError FORBIDDEN, TYPE_VERSION_NOT_FOUND, VALIDATION_FAILED where it has faults, ISSUER_NOT_READY, QR_TOO_LARGE, CREDENTIAL_TOO_LARGE
 */
export async function previewTypeVersion(
  db: Db,
  deps: IssuanceDeps & { catalogue: Catalogue },
  { actor, id }: One,
): Promise<PreviewSource> {
  const { definition, faults } = await getTypeVersion(db, deps, { actor, id });
  if (faults.length > 0) throw new AppError('VALIDATION_FAILED', 'the definition has faults', { problems: faults });
  const type = openVersion(deps.catalogue, toBytes(definition));
  return previewOf(deps, { actor, type, request: sampleOf(type, toDate(toHongKongDay(deps.now() / 1000))) });
}

function findOwn(deps: Deps, { actor, code }: { actor: Actor; code: string }): CatalogueType {
  const type = deps.catalogue.types.findLast((one) => one.code === code);
  if (type?.definition.department !== actor.issuer.code)
    throw new AppError('TYPE_UNKNOWN', 'your department has no credential type with this code', {
      problems: [{ pointer: '/type', code: 'TYPE_UNKNOWN', message: '"type" is no type of your department' }],
    });
  return type;
}

/** The version in force. */
function typeOf({ catalogue }: Deps, code: string): CatalogueType {
  return catalogue.types.findLast((type) => type.code === code) as CatalogueType;
}

async function findRow(db: Db | Tx, { actor, id }: One): Promise<TypeVersionRow> {
  const row = await byId(db, { actor, id }).executeTakeFirst();
  if (!row) throw notFound();
  return row;
}

/** One that can still be changed. */
async function lockOpen(tx: Tx, { actor, id }: One): Promise<TypeVersionRow> {
  const row = await byId(tx, { actor, id }).forUpdate().executeTakeFirst();
  if (!row) throw notFound();
  if (row.state === 'published' || row.state === 'discarded')
    throw new AppError('TYPE_VERSION_STATE', `it is ${row.state}, and stays as it is`);
  return row;
}

function byId(db: Db | Tx, { actor, id }: One) {
  return db
    .selectFrom('type_versions')
    .selectAll()
    .where('issuer_id', '=', actor.issuer.id)
    .where('seq', '=', readSeq(id) ?? 0);
}

function notFound(): AppError {
  return new AppError('TYPE_VERSION_NOT_FOUND', 'your department has no such version of a type');
}

export function toTypeVersionId({ seq }: Pick<TypeVersionRow, 'seq'>): string {
  return `tvn_${seq}`;
}

function readSeq(id: string): number | undefined {
  const [, seq] = /^tvn_([1-9]\d{0,14})$/.exec(id) ?? [];
  return seq === undefined ? undefined : Number(seq);
}

function toSummary(row: TypeVersionRow, deps: Deps): TypeVersionSummary {
  // whoever is told that it is in use finds it so: this instance may look a second later than the one that noted it
  const isKnown = deps.catalogue.types.some(({ sha256 }) => sha256 === row.sha256);
  const isAwaited = row.state === 'published' && !isKnown;
  return {
    id: toTypeVersionId(row),
    type: row.code,
    version: row.version ?? typeOf(deps, row.code).version + 1,
    state: isAwaited ? 'prepared' : row.state,
    sha256: row.sha256,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    changedBy: row.changed_by,
    changedAt: row.changed_at.toISOString(),
    preparedBy: row.prepared_by,
    preparedAt: row.prepared_at?.toISOString() ?? null,
    publishedAt: isAwaited ? null : (row.published_at?.toISOString() ?? null),
  };
}

function toView(row: TypeVersionRow, deps: Deps): TypeVersionView {
  const newest = typeOf(deps, row.code);
  const summary = toSummary(row, deps);
  const kept = decodeJson(row.definition);
  const typed = isJsonObject(kept) ? kept : {};
  if (row.bytes) {
    const before = deps.catalogue.types.findLast(({ code, version }) => code === row.code && version < summary.version);
    const { definition } = openVersion(deps.catalogue, new Uint8Array(row.bytes));
    return {
      ...summary,
      definition: typed,
      faults: [],
      changes: changesBetween((before ?? newest).definition, definition),
    };
  }
  // the version in force may be another than when it was begun
  const definition = toDefinition(typed, newest);
  const faults = faultsOf(definition, newest.definition, deps.catalogue);
  const changes =
    faults.length > 0
      ? []
      : changesBetween(newest.definition, openVersion(deps.catalogue, toBytes(definition)).definition);
  return { ...summary, definition, faults, changes };
}
