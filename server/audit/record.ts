import { createHash } from 'node:crypto';
import type { Actor } from '../auth/policy.ts';
import { insertMany } from '../store/insert-many.ts';
import type { AuditRecordRow, Db, Tx } from '../store/schema.ts';

/** States, codes, ids and counts; never a claim, a name or a note. */
export type AuditFacts = Readonly<Record<string, string | number | boolean | null>>;

export interface AuditEvent {
  /** What was done: the kind of thing and the verb, such as "credential.revoke". Never renamed. */
  act: `${string}.${string}`;
  /** The id of what it was done to, such as "crd_…". */
  object?: string | null;
  before?: AuditFacts | null;
  after?: AuditFacts | null;
}

/**
 * Tells the audit log, in the transaction of the change that it tells of: a crash leaves both or neither. For a bulk act there is one
 * record, with the count and a hash over what was accepted in `after`. Linking (link.ts) follows after the commit.
 */
export async function recordAudit(tx: Db | Tx, actor: Actor, event: AuditEvent): Promise<void> {
  await tx.insertInto('audit_records').values(toRow(actor, event)).execute();
}

/** The same of what several actors have done in one transaction. */
export async function recordAudits(tx: Tx, all: readonly { actor: Actor; event: AuditEvent }[]): Promise<void> {
  await insertMany(tx, {
    table: 'audit_records',
    types: {
      ...{ issuer_id: 'int', actor: 'text', act: 'text', object: 'text', allowed: 'boolean' },
      ...{ before: 'jsonb', after: 'jsonb', request_id: 'text', address: 'text' },
    },
    rows: all.map(({ actor, event }) => toRow(actor, event)),
  });
}

function toRow({ issuer, id, origin }: Actor, { act, object = null, before = null, after = null }: AuditEvent) {
  return {
    issuer_id: issuer.id,
    actor: id,
    act,
    object,
    allowed: true,
    before: before && JSON.stringify(before),
    after: after && JSON.stringify(after),
    request_id: origin?.requestId ?? null,
    address: origin?.address ?? null,
  };
}

/** One record as the log is exported, without its hash: the order of the fields is the order of the bytes that are hashed. */
export interface AuditRecord {
  position: number;
  /** The department's code, or "platform" for what no department can be told of. */
  issuer: string;
  at: string;
  actor: string;
  act: string;
  object: string | null;
  allowed: boolean;
  /** Why it was refused. */
  code: string | null;
  before: AuditFacts | null;
  after: AuditFacts | null;
  requestId: string | null;
  address: string | null;
}

export const PLATFORM = 'platform';

export function toRecord(row: AuditRecordRow, place: { position: number; issuer: string }): AuditRecord {
  return {
    position: place.position,
    issuer: place.issuer,
    at: row.at.toISOString(),
    actor: row.actor,
    act: row.act,
    object: row.object,
    allowed: row.allowed,
    code: row.code,
    before: sortFacts(row.before),
    after: sortFacts(row.after),
    requestId: row.request_id,
    address: row.address,
  };
}

function sortFacts(facts: AuditFacts | null): AuditFacts | null {
  return facts && Object.fromEntries(Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What the first record of a department's chain follows: so no chain can pass for another department's. */
export function chainStart(issuer: string): Buffer {
  return createHash('sha256').update(`eProof1B${issuer}`).digest();
}

/** SHA-256 of tag, the hash before, and the record's JSON. */
export function hashRecord(previous: Uint8Array, record: AuditRecord): Buffer {
  return createHash('sha256').update('eProof1A').update(previous).update(JSON.stringify(record)).digest();
}
