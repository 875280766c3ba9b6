import { createHash } from 'node:crypto';
import type pg from 'pg';
import { readRecords } from '../../catalogue/csv-records.ts';
import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import { BOM } from '../csv.ts';
import { failpoint } from '../failpoint.ts';
import { requireOpenType } from '../issuance/issue.ts';
import { requireNoApproval } from '../issuance/issuing-rules.ts';
import { findParents, type ParentDeps } from '../issuance/parent.ts';
import type { OpenType } from '../issuance/prepare.ts';
import type { SealingRule } from '../issuance/seal.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import type { Db, ImportFormat, ImportMode, ImportRow } from '../store/schema.ts';
import { lookAtYoungTables } from '../store/young-tables.ts';
import type { CheckedPiece, ImportSettings, Parents, PieceBytes } from './check.ts';
import type { Checker } from './checker.ts';
import { readHeader } from './columns.ts';
import { finishImport } from './finish.ts';
import { TOO_LARGE } from './rows.ts';
import { type ByteSource, createByteSource, type Piece, sha256, splitRows, takeFirstRow } from './split.ts';
import { ParentsMoved, storePiece } from './store.ts';

const MOST_ROWS = 1_000_000;
/** About how much is checked by a thread and stored by a transaction in one go. */
const PIECE_BYTES = 2_097_152;
const MOST_TRIES = 5;

export interface ImportParts {
  /** Of the department whose import it is. */
  db: Db;
  /** The owner's, because PostgreSQL takes no COPY where row-level security is on. */
  pool: pg.Pool;
  deps: Pick<IssuanceDeps, 'findType' | 'now' | 'randomBytes' | 'registry'> & ParentDeps;
  sealing: SealingRule;
  checker: Checker;
  pieceBytes?: number;
}

export interface ImportRequest {
  actor: Actor;
  idempotencyKey: string;
  code: string;
  mode: ImportMode;
  dryRun: boolean;
  /** Whether its rows wait until somebody else has approved them. */
  forApproval: boolean;
  format: ImportFormat;
  /** Where in the file the body starts. */
  offset: number;
  /** Whether the file ends where the body does. */
  isComplete: boolean;
  body: AsyncIterable<Buffer>;
}

/**
 * Takes a file, or what is left of one. What is known by the Idempotency-Key goes on where it stopped:
 *   - a body from an offset must start where the database has got to
 *   - a body from the start is compared with what was received, by the hashes of its pieces, and its rest is taken
 * A cut connection leaves whole pieces and how far they reach, in one transaction each.
 * @throws AppError IMPORT_HEADER_INVALID, IMPORT_OFFSET_WRONG, IMPORT_TOO_LARGE, IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_CONFLICT and as issueCredential
 */
export async function receiveImport(
  parts: ImportParts,
  request: ImportRequest,
): Promise<{ row: ImportRow; replayed: boolean }> {
  requireAct(request.actor, request.forApproval ? 'credentials.prepare' : 'credentials.issue');
  const source = createByteSource(request.body);
  const known = await findByKey(parts, request);
  if (known) requireSame(known, request);
  if (known && request.offset === 0) await skipReceived(parts, known, source);
  if (request.offset !== 0 && request.offset !== (known?.received_bytes ?? 0)) throw wrongOffset(known);
  if (known && known.state !== 'receiving') {
    if ((await source.read()) !== null) throw reused();
    return { row: known, replayed: true };
  }
  if (!request.forApproval) await requireNoApproval(parts.db, { issuer: request.actor.issuer, code: request.code });
  const open = await requireOpenType(parts.db, parts.deps, { issuer: request.actor.issuer, code: request.code });
  const started = known ?? (await start(parts, request, { open, source }));
  failpoint('import-begun');
  if (started.definition !== open.type.sha256)
    throw new AppError('TYPE_NOT_OPEN', '"type" has a new version since this import began: send the file as a new one');
  return { row: await receiveRows(parts, request, { row: started, open, source }), replayed: false };
}

async function findByKey(
  { db }: ImportParts,
  { actor, idempotencyKey }: ImportRequest,
): Promise<ImportRow | undefined> {
  return db
    .selectFrom('imports')
    .selectAll()
    .where('issuer_id', '=', actor.issuer.id)
    .where('idempotency_key', '=', idempotencyKey)
    .executeTakeFirst();
}

// What somebody began, nobody else goes on with: its rows say who issued them.
function requireSame(row: ImportRow, { actor, code, mode, dryRun, forApproval, format }: ImportRequest): void {
  if (row.requested_by !== actor.id)
    throw new AppError('IDEMPOTENCY_KEY_REUSED', 'this "Idempotency-Key" was used by somebody else of the department');
  const isSame =
    row.code === code &&
    row.mode === mode &&
    row.dry_run === dryRun &&
    row.for_approval === forApproval &&
    row.format === format;
  if (!isSame) throw reused();
}

function reused(): AppError {
  return new AppError('IDEMPOTENCY_KEY_REUSED', 'this "Idempotency-Key" was used for a different file');
}

function wrongOffset(row: ImportRow | undefined): AppError {
  return new AppError(
    'IMPORT_OFFSET_WRONG',
    `"Upload-Offset" must be ${row?.received_bytes ?? 0}: so many bytes are received, which end with a whole row`,
  );
}

async function skipReceived({ db }: ImportParts, row: ImportRow, source: ByteSource): Promise<void> {
  const chunks = await db
    .selectFrom('import_chunks')
    .select(['size_bytes', 'sha256'])
    .where('issuer_id', '=', row.issuer_id)
    .where('import_seq', '=', row.seq)
    .orderBy('start_byte')
    .execute();
  for (const { size_bytes, sha256 } of chunks) if (!(await hashNext(source, size_bytes)).equals(sha256)) throw reused();
}

async function hashNext(source: ByteSource, sizeBytes: number): Promise<Buffer> {
  const hash = createHash('sha256');
  for (let left = sizeBytes; left > 0; ) {
    const bytes = await source.read();
    if (bytes === null) throw reused();
    hash.update(bytes.subarray(0, left));
    source.unread(bytes.subarray(left));
    left -= Math.min(left, bytes.length);
  }
  return hash.digest();
}

async function start(
  parts: ImportParts,
  { actor, idempotencyKey, mode, dryRun, forApproval, format }: ImportRequest,
  { open, source }: { open: OpenType; source: ByteSource },
): Promise<ImportRow> {
  const first = format === 'csv' ? await takeHeader(open, source) : null;
  return parts.db.transaction().execute(async (tx) => {
    const row = await tx
      .insertInto('imports')
      .values({
        issuer_id: actor.issuer.id,
        idempotency_key: idempotencyKey,
        code: open.type.code,
        definition: open.type.sha256,
        type_number: open.number,
        mode,
        dry_run: dryRun,
        format,
        columns: first && (JSON.stringify(first.cells) as unknown as string[]),
        holds: (mode === 'all' || forApproval) && !dryRun,
        for_approval: forApproval,
        received_bytes: first?.bytes.length ?? 0,
        lines: first ? 1 : 0,
        requested_by: actor.id,
      })
      .onConflict((conflict) => conflict.columns(['issuer_id', 'idempotency_key']).doNothing())
      .returningAll()
      .executeTakeFirst();
    if (!row) throw new AppError('IDEMPOTENCY_CONFLICT', 'another request with this "Idempotency-Key" sends this file');
    const after = { type: row.code, mode, dryRun, forApproval };
    await recordAudit(tx, actor, { act: 'import.begin', object: `imp_${row.seq}`, after });
    if (first)
      await tx
        .insertInto('import_chunks')
        .values({
          issuer_id: row.issuer_id,
          import_seq: row.seq,
          start_byte: 0,
          size_bytes: first.bytes.length,
          sha256: sha256(first.bytes),
        })
        .execute();
    return row;
  });
}

/** A file whose first line is wrong is refused at once and whole: every row would be. */
async function takeHeader(open: OpenType, source: ByteSource): Promise<{ bytes: Buffer; cells: string[] }> {
  const bytes = await takeFirstRow(source);
  const text = bytes?.toString('utf8') ?? '';
  if (bytes === null || text.includes('\ufffd') || text.includes('\0'))
    throw new AppError(
      'IMPORT_HEADER_INVALID',
      'the file must start with a line of column names in UTF-8: save it as "CSV UTF-8", or start from the template',
    );
  const cells = readRecords(text.startsWith(BOM) ? text.slice(1) : text)[0] ?? [];
  readHeader(open.type, cells);
  return { bytes, cells };
}

interface Receiving {
  row: ImportRow;
  open: OpenType;
  source: ByteSource;
}

async function receiveRows(parts: ImportParts, request: ImportRequest, receiving: Receiving): Promise<ImportRow> {
  const row = await storeRows(parts, request, receiving);
  return request.isComplete ? finishImport(parts.db, request.actor, { row, open: receiving.open }) : row;
}

/** Threads work ahead while a piece is stored; pieces are stored in the order of the file. */
async function storeRows(
  parts: ImportParts,
  request: ImportRequest,
  { row: started, open, source }: Receiving,
): Promise<ImportRow> {
  const settings: ImportSettings = {
    open,
    format: started.format,
    header: started.columns,
    importSeq: started.seq,
    actor: started.requested_by,
    forApproval: started.for_approval,
  };
  const ahead: { piece: Piece; checked: Promise<CheckedPiece> }[] = [];
  let row = started;
  const storeNext = async () => {
    const next = ahead.shift() as (typeof ahead)[number];
    const isFirst = next.piece.startByte === started.received_bytes;
    await withConnection(parts, async (client) => {
      row = await storeChecked(parts, client, { ...next, row, settings });
      failpoint('import-piece-stored');
      if (isFirst) await lookAtYoungTables((query) => client.query(query));
    });
  };
  const pieces = splitRows(source, {
    format: started.format,
    startByte: started.received_bytes,
    firstLine: started.lines + 1,
    pieceBytes: parts.pieceBytes ?? PIECE_BYTES,
    isComplete: request.isComplete,
  });
  let failure: { error: unknown } | null = null;
  try {
    for await (const piece of pieces) {
      requireFewRows(started, piece);
      const checked = check(parts, piece, settings);
      // whoever awaits it comes later, and must find its error there
      checked.catch(() => {});
      ahead.push({ piece, checked });
      if (ahead.length > parts.checker.threads + 1) await storeNext();
    }
  } catch (error) {
    failure = { error };
  }
  // what was received whole before the connection was cut need not be sent again
  while (ahead.length > 0) await storeNext();
  if (failure) throw failure.error;
  return row;
}

/** For one piece: a body may take as long as its sender likes, and a few slow ones must not have all connections. */
async function withConnection<T>({ pool }: ImportParts, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}

function requireFewRows({ format }: ImportRow, { firstLine, lines }: Piece): void {
  const headers = format === 'csv' ? 1 : 0;
  if (firstLine - 1 + lines - headers > MOST_ROWS)
    throw new AppError(
      'IMPORT_TOO_LARGE',
      `a file has at most ${MOST_ROWS} rows: split it, each part under a key of its own`,
    );
}

const NO_ROWS: Omit<CheckedPiece, 'problems' | 'malformed'> = {
  tuples: new Uint8Array(0),
  ends: new Uint32Array(0),
  lines: new Uint32Array(0),
  identities: new Uint8Array(0),
  contents: new Uint8Array(0),
  terms: new Uint8Array(0),
  termEnds: new Uint32Array(0),
  images: [],
  parents: [],
};

async function check(parts: ImportParts, { bytes, firstLine }: Piece, settings: ImportSettings): Promise<CheckedPiece> {
  if (bytes !== null) {
    const piece = { bytes, firstLine };
    return parts.checker.check(piece, settings, await readParents(parts, piece, settings));
  }
  return { ...NO_ROWS, malformed: 1, problems: [{ ...TOO_LARGE, line: firstLine, column: null }] };
}

/** Of the few types that may have one: the rows are read twice, so that the database is asked once for a piece, and never by a thread. */
async function readParents(
  { db, deps, checker }: ImportParts,
  piece: PieceBytes,
  settings: ImportSettings,
): Promise<Parents> {
  const { type, issuer } = settings.open;
  if (type.lifecycle.parent === null) return new Map();
  return findParents(db, deps, { issuer: issuer.id, ids: await checker.findNamed(piece, settings) });
}

interface CheckedWork {
  row: ImportRow;
  piece: Piece;
  checked: Promise<CheckedPiece>;
  settings: ImportSettings;
}

/** A piece of which an id is taken is made again with other ids, one of which a parent may have ended with what is known of it then. */
async function storeChecked(parts: ImportParts, client: pg.ClientBase, work: CheckedWork): Promise<ImportRow> {
  const { row, piece, settings } = work;
  const identityPlace = placeOfNumber(settings);
  const sealing = { ...parts.deps, sealing: parts.sealing, issuer: settings.open.issuer.number };
  for (let tries = 1; ; tries++) {
    const checked = tries === 1 ? await work.checked : await check(parts, piece, settings);
    try {
      return await storePiece(client, { row, piece, checked, identityPlace, sealing });
    } catch (error) {
      if (tries >= MOST_TRIES || !(isIdTaken(error) || error instanceof ParentsMoved)) throw error;
    }
  }
}

function isIdTaken(error: unknown): boolean {
  const { code, constraint } = error as { code?: string; constraint?: string };
  return code === '23505' && constraint === 'credentials_id';
}

function placeOfNumber({ open, header }: ImportSettings): { pointer: string; column: string | null } {
  const number = open.type.definition.claims.find((claim) => claim.role === 'number');
  if (!number) return { pointer: '', column: null };
  const pointer = `/claims/${number.name}`;
  const at = header ? readHeader(open.type, header).findIndex((column) => column.pointer === pointer) : -1;
  return { pointer, column: header?.[at] ?? null };
}
