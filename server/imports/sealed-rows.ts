import type pg from 'pg';
import { HASH_BYTES } from '../../proof/commitment.ts';
import { type SealDeps, shuffle, toBatch, toSize } from '../issuance/seal.ts';
import type { ImportRow } from '../store/schema.ts';
import type { CheckedPiece } from './check.ts';
import { COPY_HEAD, COPY_TAIL, TupleWriter } from './tuples.ts';

/** What it takes to seal rows in the transaction that stores them. */
export interface RowSealing extends Pick<SealDeps, 'now' | 'randomBytes' | 'registry' | 'sealing'> {
  /** The issuer's number in the registry. */
  issuer: number;
}

/** Good rows of a piece, by their index in it, and where each stands in its batch. */
export interface PlacedRow {
  index: number;
  /** Null: it waits for others of its type (issuance/seal.ts). */
  place: { batch: number; leaf: number } | null;
}

/**
 * Seals as many rows as fill whole batches, in the transaction that stores them and as the job would do it: the job would have to write every one of
 * them once more, which costs twice as much as to store it.
 */
export async function sealRows(
  client: pg.ClientBase,
  sealing: RowSealing,
  { row, checked, fresh }: { row: ImportRow; checked: CheckedPiece; fresh: readonly number[] },
): Promise<PlacedRow[]> {
  const size = toSize(sealing.sealing);
  const count = row.holds ? 0 : fresh.length - (fresh.length % size);
  const shuffled = shuffle(fresh.slice(0, count), sealing.randomBytes);
  const groups = Array.from({ length: count / size }, (_, i) => shuffled.slice(i * size, (i + 1) * size));
  const seqs = await insertBatches(client, sealing, { row, checked, groups });
  const placed = groups.flatMap((indexes, i) => {
    const batch = seqs?.[i];
    return indexes.map((index, leaf) => ({ index, place: batch === undefined ? null : { batch, leaf } }));
  });
  const waiting = fresh.slice(count).map((index) => ({ index, place: null }));
  return [...placed.sort((a, b) => a.index - b.index), ...waiting];
}

/** Their seqs, in order; null where the department may have nothing sealed at present. */
async function insertBatches(
  client: pg.ClientBase,
  sealing: RowSealing,
  { row, checked, groups }: { row: ImportRow; checked: CheckedPiece; groups: readonly (readonly number[])[] },
): Promise<number[] | null> {
  if (groups.length === 0) return null;
  const { issuer_id, type_number, definition } = row;
  const batches = groups.map((indexes) =>
    toBatch(
      sealing,
      { issuer: sealing.issuer, definition },
      indexes.map((index) => contentAt(checked, index)),
    ),
  );
  const { rows } = await client.query<{ seq: number; id: Buffer }>(
    `insert into batches (id, issuer_id, type_number, definition, root, size, state, created_at)
     select b.id, i.id, $2, $3, b.root, b.size, 'open', $4
     from issuers i, unnest($5::bytea[], $6::bytea[], $7::int[]) as b (id, root, size)
     where i.id = $1 and i.state = 'active' returning seq, id`,
    [
      issuer_id,
      type_number,
      definition,
      new Date(sealing.now()),
      batches.map(({ id }) => Buffer.from(id)),
      batches.map(({ root }) => Buffer.from(root)),
      batches.map(({ size }) => size),
    ],
  );
  if (rows.length === 0) return null;
  const seqs = new Map(rows.map(({ seq, id }) => [id.toString('hex'), seq]));
  return batches.map(({ id }) => seqs.get(Buffer.from(id).toString('hex')) as number);
}

function contentAt({ contents }: CheckedPiece, index: number): Uint8Array {
  return contents.subarray(HASH_BYTES * index, HASH_BYTES * (index + 1));
}

const writer = new TupleWriter();

/**
 * The rows as COPY takes them: their tuples, and behind each what it became: this is the one place that says what an imported row is.
 * `unplaced` is the state of those that stand in no batch.
 */
export function encodeRows(
  { tuples, ends }: CheckedPiece,
  rows: readonly PlacedRow[],
  unplaced: 'issued' | 'submitted',
): Buffer {
  writer.reset();
  writer.raw(COPY_HEAD);
  for (const { index, place } of rows) {
    writer.raw(pieceAt(tuples, ends, index));
    writer.text(place ? 'sealed' : unplaced);
    if (place) writer.int8(place.batch);
    else writer.int4(null);
    writer.int4(place?.leaf ?? null);
  }
  writer.raw(COPY_TAIL);
  return writer.take();
}

/** By which the rows are found, as COPY takes it. */
export function encodeTerms({ terms, termEnds }: CheckedPiece, rows: readonly number[]): Buffer {
  writer.reset();
  writer.raw(COPY_HEAD);
  for (const index of rows) writer.raw(pieceAt(terms, termEnds, index));
  writer.raw(COPY_TAIL);
  return writer.take();
}

function pieceAt(bytes: Uint8Array, ends: Uint32Array, index: number): Uint8Array {
  return bytes.subarray(index === 0 ? 0 : ends[index - 1], ends[index]);
}
