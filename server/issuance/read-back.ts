import { type Insertable, sql } from 'kysely';
import { sealBatch } from '../../proof/batch.ts';
import { decodeHex, isEqualBytes, toHex } from '../../proof/bytes.ts';
import { decodeCbor } from '../../proof/cbor.ts';
import { decodeHeaderItems } from '../../proof/header.ts';
import type { BatchReading } from '../../proof/reading.ts';
import { batchId, recoverSigner } from '../../proof/signature.ts';
import { recordAudit } from '../audit/record.ts';
import { createServiceActor } from '../auth/policy.ts';
import type { Relayer } from '../chain/relayer.ts';
import { failpoint } from '../failpoint.ts';
import type { CredentialsTable, IssuerRow, Tx } from '../store/schema.ts';
import { findAnchorLog } from './anchor.ts';
import { NOTHING_PERSONAL } from './drafts.ts';
import { type Manifest, ManifestError, type ManifestFolder } from './manifest.ts';
import { hashIntoWithOpenssl } from './openssl-hash.ts';
import type { IssuanceDeps } from './use-cases.ts';

/*
 * An older backup was restored: the chain has a batch that the database does not know. Its manifest says which credentials its leaves are.
 *   1. the manifest is believed because it leads to the batch id that the chain has; the signature comes from the transaction that
 *      anchored it
 *   2. a credential that the backup has as issued or submitted takes its place in the batch and becomes final like any other, so that it
 *      is not sealed into a second one
 *   3. every other leaf becomes a row of header, content hash and status alone, like one that was erased: nobody knows its claims any
 *      more, but it can be revoked
 */

export interface ReadBackDeps extends Relayer, Pick<IssuanceDeps, 'findDefinition'> {
  findManifest: ManifestFolder['find'];
}

/** How many of the batch's credentials the database had, and of how many the claims are lost. */
export interface ReadBack {
  known: number;
  lost: number;
}

interface Unknown {
  issuer: IssuerRow;
  reading: BatchReading;
}

/** Takes in one batch: all of it or nothing. @throws ManifestError where that cannot be done, and why */
export async function readBack(deps: ReadBackDeps, unknown: Unknown): Promise<ReadBack> {
  const manifest = await deps.findManifest(unknown.reading.id);
  if (!manifest) throw new ManifestError('there is no manifest of it');
  requireSameBatch(deps, { ...unknown, manifest });
  const anchoring = await findAnchoring(deps, manifest);
  return deps.db.transaction().execute((tx) => take(tx, deps, { ...unknown, manifest, ...anchoring }));
}

function requireSameBatch(
  { registry }: ReadBackDeps,
  { issuer, reading, manifest }: Unknown & { manifest: Manifest },
): void {
  const leaves = manifest.leaves.map(({ content }) => decodeHex(content));
  const { root, size } = sealBatch(leaves, hashIntoWithOpenssl);
  const facts = { issuer: issuer.number as number, definition: decodeHex(manifest.definition), root, size };
  if (manifest.root !== toHex(root) || !isEqualBytes(batchId(registry.address, facts), reading.id))
    throw new ManifestError('its manifest does not lead to the batch that the chain has');
}

interface Anchoring {
  blockNumber: number;
  transactionHash: string;
  signature: Uint8Array;
}

async function findAnchoring(deps: ReadBackDeps, { batch, root }: Manifest): Promise<Anchoring> {
  const log = await findAnchorLog(deps, { id: decodeHex(batch) });
  const batches = log ? await deps.registry.anchoredBy(log.transactionHash) : [];
  const own = batches.find((candidate) => toHex(candidate.root) === root);
  if (!log || !own) throw new ManifestError('the transaction that anchored it does not show its signature');
  return { blockNumber: log.blockNumber, transactionHash: log.transactionHash, signature: own.signature };
}

type ToTake = Unknown & Anchoring & { manifest: Manifest };

async function take(tx: Tx, deps: ReadBackDeps, toTake: ToTake): Promise<ReadBack> {
  const { issuer, manifest, reading } = toTake;
  const batchSeq = await insertBatch(tx, toTake);
  const known = await placeKnown(tx, toTake, batchSeq);
  const lost = manifest.leaves.flatMap(({ content, header }, leaf) =>
    header === null || known.has(content) ? [] : [toLostRow(deps, { ...toTake, batchSeq }, { content, header, leaf })],
  );
  if (lost.length > 0)
    await tx
      .insertInto('credentials_and_copies')
      .values(await asCopies(tx, lost))
      .execute();
  const counts = { known: known.size, lost: lost.length };
  const actor = createServiceActor(issuer, 'read-back');
  await recordAudit(tx, actor, { act: 'batch.read-back', object: `0x${toHex(reading.id)}`, after: { ...counts } });
  failpoint('batch-taken-back');
  return counts;
}

/** As anchored: the nodes that verifiers ask have to agree on it before it is final. */
async function insertBatch(tx: Tx, { issuer, reading, manifest, ...anchoring }: ToTake): Promise<number> {
  const { seq } = await tx
    .insertInto('batches')
    .values({
      id: Buffer.from(reading.id),
      issuer_id: issuer.id,
      type_number: reading.credentialType,
      definition: manifest.definition,
      root: Buffer.from(manifest.root, 'hex'),
      size: reading.size,
      state: 'anchored',
      signature: Buffer.from(anchoring.signature),
      key: recoverSigner(reading.id, anchoring.signature),
      number: reading.number,
      block_number: anchoring.blockNumber,
      anchored_at: new Date(reading.anchoredAt * 1000),
      transaction_hash: anchoring.transactionHash,
    })
    .returning('seq')
    .executeTakeFirstOrThrow();
  return seq;
}

/** The content hashes of those that the database has. @throws ManifestError where one of them is in another place already */
async function placeKnown(tx: Tx, { issuer, manifest }: ToTake, batchSeq: number): Promise<ReadonlySet<string>> {
  const contents = manifest.leaves.map(({ content }) => Buffer.from(content, 'hex'));
  const { rows } = await sql<{ seq: number; content_hash: Buffer }>`
    update credentials_and_copies set state = 'sealed', batch_seq = ${batchSeq}, leaf = place.ordinality - 1
    from unnest(${contents}::bytea[]) with ordinality as place(content, ordinality)
    where issuer_id = ${issuer.id} and content_hash = place.content and state in ('issued', 'submitted')
    returning seq, content_hash`.execute(tx);
  const known = new Set(rows.map((row) => toHex(row.content_hash)));
  await issueDrafts(
    tx,
    issuer,
    rows.map(({ seq }) => seq),
  );
  const elsewhere = await tx
    .selectFrom('credentials_and_copies')
    .select('seq')
    .where('issuer_id', '=', issuer.id)
    .where('content_hash', 'in', contents)
    .where((where) => where.or([where('batch_seq', 'is', null), where('batch_seq', '!=', batchSeq)]))
    .executeTakeFirst();
  if (elsewhere) throw new ManifestError('the database has a credential of it in another place');
  return known;
}

/** What waited for approval in the backup was approved after it. */
async function issueDrafts(tx: Tx, { id }: IssuerRow, credentialSeqs: readonly number[]): Promise<void> {
  if (credentialSeqs.length === 0) return;
  await tx
    .updateTable('drafts')
    .set({ state: 'issued', ...NOTHING_PERSONAL })
    .where('issuer_id', '=', id)
    .where('credential_seq', 'in', credentialSeqs)
    .where('state', '=', 'submitted')
    .execute();
}

interface Leaf {
  content: string;
  header: string;
  leaf: number;
}

/** What has the id of a credential that is there is a copy of it for a device: an original is anchored before its copies. */
async function asCopies(
  tx: Tx,
  lost: readonly Insertable<CredentialsTable>[],
): Promise<Insertable<CredentialsTable>[]> {
  const ids = lost.map(({ id }) => id);
  const originals = await tx.selectFrom('credentials').select(['id', 'seq']).where('id', 'in', ids).execute();
  const seqs = new Map(originals.map(({ id, seq }) => [toHex(id), seq]));
  return lost.map((row) => ({ ...row, copy_of: seqs.get(toHex(row.id)) ?? null }));
}

const LOST = 'its claims were not in the backup that was restored, and are lost';
const NOTHING = Buffer.alloc(0);

function toLostRow(
  deps: ReadBackDeps,
  { issuer, reading, manifest, batchSeq }: ToTake & { batchSeq: number },
  { content, header, leaf }: Leaf,
): Insertable<CredentialsTable> {
  const type = deps.findDefinition(manifest.definition);
  if (!type) throw new ManifestError(`the catalogue lacks its type ${manifest.definition}`);
  const bytes = Buffer.from(header, 'hex');
  const { id, issued, validFrom, validUntil, partlyUntil } = decodeHeaderItems(decodeCbor(bytes));
  return {
    id: Buffer.from(id),
    issuer_id: issuer.id,
    type_number: reading.credentialType,
    code: type.code,
    version: type.definition.version,
    definition: manifest.definition,
    state: 'sealed',
    header: bytes,
    issued,
    valid_from: validFrom,
    valid_until: validUntil,
    partly_until: partlyUntil,
    content_hash: Buffer.from(content, 'hex'),
    wrapped_key: NOTHING,
    payload: NOTHING,
    erased_at: new Date(deps.now()),
    batch_seq: batchSeq,
    leaf,
    prepared_by: 'service:read-back',
    failure: LOST,
  };
}
