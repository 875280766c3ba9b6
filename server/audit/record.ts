import { createHash } from 'node:crypto';
import type { Actor } from '../auth/policy.ts';
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
  const { act, object = null, before = null, after = null } = event;
  await tx
    .insertInto('audit_records')
    .values({
      issuer_id: actor.issuer.id,
      actor: actor.id,
      act,
      object,
      allowed: true,
      before: before && JSON.stringify(before),
      after: after && JSON.stringify(after),
      request_id: actor.origin?.requestId ?? null,
      address: actor.origin?.address ?? null,
    })
    .execute();
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
