import { toHex } from '../../proof/bytes.ts';
import type { RegistryAddress } from '../../proof/signature.ts';
import { AppError } from '../app-error.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import type { AuditRecordRow, Db } from '../store/schema.ts';
import { definitionOf } from './definition.ts';
import { findHead } from './link.ts';
import { type AuditRecord, chainStart, PLATFORM, toRecord } from './record.ts';

export interface AuditFilters {
  act?: string | undefined;
  actor?: string | undefined;
  object?: string | undefined;
  allowed?: boolean | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

export interface AuditRequest {
  actor: Actor;
  filters: AuditFilters;
  limit: number;
  cursor?: string | undefined;
}

export type LinkedRecord = AuditRecord & { hash: string };

export interface AuditPage {
  items: LinkedRecord[];
  next: string | null;
}

/** A page of the department's own log, newest first: what is linked, which is what was recorded up to a second ago. */
export async function listAudit(db: Db, { actor, filters, limit, cursor }: AuditRequest): Promise<AuditPage> {
  requireAct(actor, 'audit.read');
  const { act, actor: who, object, allowed, from, to } = filters;
  let query = selectLinked(db, actor.issuer.id)
    .orderBy('position', 'desc')
    .limit(limit + 1);
  if (cursor !== undefined) query = query.where('position', '<', decodeCursor(cursor));
  if (act !== undefined) query = query.where('act', '=', act);
  if (who !== undefined) query = query.where('actor', '=', who);
  if (object !== undefined) query = query.where('object', '=', object);
  if (allowed !== undefined) query = query.where('allowed', '=', allowed);
  if (from !== undefined) query = query.where('at', '>=', from);
  if (to !== undefined) query = query.where('at', '<', to);
  const rows = await query.execute();
  const items = rows.slice(0, limit).map((row) => toLinked(row, actor.issuer.code));
  return { items, next: rows.length > limit ? String(items.at(-1)?.position) : null };
}

/** Of a department, or for null of the platform itself. */
function selectLinked(db: Db, issuerId: number | null) {
  return db
    .selectFrom('audit_records')
    .selectAll()
    .where('issuer_id', issuerId === null ? 'is' : '=', issuerId)
    .where('position', 'is not', null);
}

function toLinked(row: AuditRecordRow, issuer: string): LinkedRecord {
  return { ...toRecord(row, { position: row.position as number, issuer }), hash: (row.hash as Buffer).toString('hex') };
}

function decodeCursor(cursor: string): number {
  if (!/^[1-9]\d{0,14}$/.test(cursor)) throw new AppError('CURSOR_INVALID', '"starting_after" is not of this list');
  return Number(cursor);
}

const LINES_AT_ONCE = 1_000;

/**
 * The department's whole log as JSON lines: what it is, its records in order with the anchored heads between them, and where it ends.
 * `eproof audit verify` proves it without the service.
 */
export async function* exportAudit(db: Db, registry: RegistryAddress, actor: Actor): AsyncGenerator<string> {
  requireAct(actor, 'audit.read');
  const { code, number, id } = actor.issuer;
  yield* exportChain(db, registry, { code, number, id });
}

/** The same of the platform's own chain, which no department may read: for whoever has the database. Its heads say who carried them. */
export function exportPlatformAudit(db: Db, registry: RegistryAddress): AsyncGenerator<string> {
  return exportChain(db, registry, { code: PLATFORM, number: null, id: null });
}

interface Chain {
  code: string;
  number: number | null;
  id: number | null;
}

async function* exportChain(db: Db, registry: RegistryAddress, { code, number, id }: Chain): AsyncGenerator<string> {
  // what is linked while the export runs is the next one's
  const end = (await findHead(db, id)) ?? { position: 0, hash: chainStart(code) };
  const heads = await findHeads(db, id);
  yield line({ format: 'eproof-audit/1', issuer: code, number, registry, definition: definitionOf(code) });
  for (let after = 0; after < end.position; after += LINES_AT_ONCE) {
    const rows = await selectLinked(db, id)
      .where('position', '>', after)
      .where('position', '<=', Math.min(after + LINES_AT_ONCE, end.position))
      .orderBy('position')
      .execute();
    yield rows.map((row) => line(toLinked(row, code)) + (heads.get(row.position as number) ?? '')).join('');
  }
  yield line({ end: { position: end.position, hash: end.hash.toString('hex') } });
}

/** The lines of the anchored heads, by the position after which they stand. */
async function findHeads(db: Db, issuerId: number | null): Promise<Map<number, string>> {
  const ofAll = db
    .selectFrom('audit_heads as h')
    .innerJoin('batches as b', 'b.seq', 'h.batch_seq')
    .innerJoin('issuers as i', 'i.id', 'h.issuer_id')
    .select(['h.day', 'h.position', 'h.hash', 'b.id as batch', 'i.number'])
    .where('h.of_platform', '=', issuerId === null)
    .where('b.state', '=', 'final');
  const rows = await (issuerId === null ? ofAll : ofAll.where('h.issuer_id', '=', issuerId)).orderBy('h.day').execute();
  const lines = new Map<number, string>();
  for (const { day, position, hash, batch, number } of rows) {
    const carrier = issuerId === null ? { number } : {};
    const head = { day, position, hash: toHex(hash), batch: `0x${toHex(batch)}`, ...carrier };
    lines.set(position, (lines.get(position) ?? '') + line({ head }));
  }
  return lines;
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
