import { isEqualBytes, toHex } from '../../proof/bytes.ts';
import { toDate, toHongKongDay } from '../../proof/day.ts';
import type { RegistryAddress } from '../../proof/signature.ts';
import { AppError } from '../app-error.ts';
import { failpoint } from '../failpoint.ts';
import { forgetIfGone } from '../issuance/confirm-batches.ts';
import { type FinalityDeps, readBatch } from '../issuance/finality.ts';
import type { KeepManifest } from '../issuance/manifest.ts';
import type { SignHead } from '../keys/audit-head-signer.ts';
import type { BatchRow, Db, IssuerRow, Tx } from '../store/schema.ts';
import { AUDIT_DEFINITION, definitionOf, HEAD_DEFINITIONS, PLATFORM_DEFINITION } from './definition.ts';
import { type AuditHead, toHeadBatch } from './head.ts';
import { PLATFORM } from './record.ts';

export interface HeadDeps {
  db: Db;
  registry: RegistryAddress;
  now(): number;
  /** The signer of an address; undefined where this service does not have the key. */
  findHeadSigner(address: string): SignHead | undefined;
  keepManifest: KeepManifest;
  onFault(what: string, error: unknown): void;
}

/**
 * Anchors where each department's log ended yesterday, and the platform's, if it grew: a batch of its own in the state "signed", which the jobs that carry
 * batches take from there. How many.
 *   1. the department's row is locked: two instances anchor one head
 *   2. the manifest is on the disk of the second store
 *   3. head, batch and signature are stored in one transaction; a crash before it makes the same ones again
 * A department whose head cannot be signed does not stop the others.
 */
export async function anchorHeads(deps: HeadDeps): Promise<number> {
  const issuers = await deps.db
    .selectFrom('issuers as i')
    .innerJoin('credential_types as t', 't.issuer_id', 'i.id')
    .select(['i.id', 't.number as typeNumber', 't.definition'])
    .where('t.definition', 'in', HEAD_DEFINITIONS)
    .where('i.state', '=', 'active')
    .where('i.anchor_fault', 'is', null)
    .orderBy('i.id')
    .execute();
  // one of them carries the platform's: whoever opened its type first
  const carrier = issuers.find(({ definition }) => definition === PLATFORM_DEFINITION);
  const due = issuers.filter((one) => one.definition === AUDIT_DEFINITION || one === carrier);
  let anchored = 0;
  for (const { id, typeNumber, definition } of due) {
    const isPlatform = definition === PLATFORM_DEFINITION;
    try {
      if (!(await deps.db.transaction().execute((tx) => anchorHead(tx, deps, { id, typeNumber, isPlatform }))))
        continue;
      failpoint('head-stored');
      anchored++;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      deps.onFault('the head of an audit log cannot be signed', error);
    }
  }
  return anchored;
}

const DAY_SECONDS = 86_400;
const HONG_KONG_AHEAD_SECONDS = 8 * 3_600;

/** Whose log it is, and who anchors it. */
interface Due {
  id: number;
  typeNumber: number;
  isPlatform: boolean;
}

async function anchorHead(tx: Tx, deps: HeadDeps, { id, typeNumber, isPlatform }: Due): Promise<boolean> {
  const issuer = await tx.selectFrom('issuers').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
  const today = toHongKongDay(deps.now() / 1000);
  const head = await findDue(tx, isPlatform ? null : issuer, today);
  if (!head) return false;
  const signHead = issuer.anchor_key === null ? undefined : deps.findHeadSigner(issuer.anchor_key);
  if (!signHead) throw new AppError('KEY_UNKNOWN', `the anchor key of ${issuer.code} is not in this service`);
  const number = issuer.number as number;
  const { content, root, id: batch } = toHeadBatch(deps.registry, number, head);
  await deps.keepManifest(batch, {
    issuer: number,
    definition: definitionOf(head.issuer),
    root: toHex(root),
    leaves: [{ content: toHex(content), header: null }],
  });
  const { signature } = await signHead(number, head);
  failpoint('head-signed');
  const { seq } = await tx
    .insertInto('batches')
    .values({
      id: Buffer.from(batch),
      issuer_id: id,
      type_number: typeNumber,
      definition: definitionOf(head.issuer),
      root: Buffer.from(root),
      size: 1,
      state: 'signed',
      signature: Buffer.from(signature),
      key: issuer.anchor_key,
    })
    .returning('seq')
    .executeTakeFirstOrThrow();
  const { day, position, hash } = head;
  await tx
    .insertInto('audit_heads')
    .values({ issuer_id: id, of_platform: isPlatform, day, position, hash: Buffer.from(hash, 'hex'), batch_seq: seq })
    .execute();
  return true;
}

/** Where the log of a department, or the platform's, ended before today, if no head says so yet. */
async function findDue(tx: Tx, issuer: IssuerRow | null, today: number): Promise<AuditHead | null> {
  const day = toDate(today - 1);
  const heads = tx
    .selectFrom('audit_heads')
    .select(['day', 'position'])
    .where('of_platform', '=', issuer === null);
  const last = await (issuer ? heads.where('issuer_id', '=', issuer.id) : heads)
    .orderBy('day', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last && last.day >= day) return null;
  const end = await tx
    .selectFrom('audit_records')
    .select(['position', 'hash'])
    .where('issuer_id', issuer ? '=' : 'is', issuer?.id ?? null)
    .where('position', '>', last?.position ?? 0)
    .where('at', '<', new Date((today * DAY_SECONDS - HONG_KONG_AHEAD_SECONDS) * 1000))
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!end) return null;
  return { issuer: issuer?.code ?? PLATFORM, day, position: end.position as number, hash: toHex(end.hash as Buffer) };
}

/** Makes final the heads that the nodes agree on, deep enough; whether any was. There is no credential in their batches to verify. */
export async function confirmHeads(deps: FinalityDeps): Promise<boolean> {
  const waiting = await deps.db
    .selectFrom('batches')
    .selectAll()
    .where('state', '=', 'anchored')
    .where('definition', 'in', HEAD_DEFINITIONS)
    .execute();
  let isBusy = false;
  for (const batch of waiting) isBusy = (await confirmHead(deps, batch)) || isBusy;
  return isBusy;
}

async function confirmHead(deps: FinalityDeps, batch: BatchRow): Promise<boolean> {
  const issuer = await deps.db
    .selectFrom('issuers')
    .select('number')
    .where('id', '=', batch.issuer_id)
    .executeTakeFirstOrThrow();
  const reading = await readBatch(deps, { issuer: issuer.number as number, batch: batch.id, locator: batch.number });
  if (!reading.page.batches.some(({ id }) => isEqualBytes(id, batch.id))) {
    await deps.db.transaction().execute((tx) => forgetIfGone(tx, deps, batch));
    return false;
  }
  const { numUpdatedRows } = await deps.db
    .updateTable('batches')
    .set({ state: 'final', final_at: new Date(deps.now()) })
    .where('seq', '=', batch.seq)
    .where('state', '=', 'anchored')
    .executeTakeFirst();
  failpoint('head-final');
  return numUpdatedRows > 0n;
}
