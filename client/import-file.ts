import type { Import, Operations } from './api.ts';
import type { Client } from './client.ts';
import { backOffMs, pause } from './patience.ts';
import { ApiProblem, NoAnswer } from './problem.ts';

export type FileImport = Operations['receiveImport']['call'] & {
  /** All of it; parts are read when they are sent. */
  file: Blob;
  /** Has to follow from what the file holds, so that no other file goes on where this one broke off. */
  idempotencyKey: string;
  /** Told how far it is: what was there before, and after each part. */
  onProgress?: (view: Import) => void;
  signal?: AbortSignal | undefined;
  partBytes?: number;
};

/** A few seconds' work of the service: so often there is progress to tell, and no more is sent again after a cut. */
const PART_BYTES = 16 * 1024 * 1024;
/** How long the service may be busy with a part of which the answer was lost. */
const LONGEST_STANDSTILL_MS = 60_000;

/**
 * Sends a file from where the service has it to its end, and resolves to what became of it. Nothing goes on blindly:
 *   1. The service keeps whole rows, and a part may end anywhere: the next one starts where the service says.
 *   2. A part in which no row ends is sent again with more of the file.
 *   3. A part arrived and its answer did not: sent again it is refused, and the service is asked how far it is.
 * @throws ApiProblem, NoAnswer, and what the caller aborted with; called again it goes on
 */
export async function importFile(client: Client, wanted: FileImport): Promise<Import> {
  const { file, onProgress, signal, partBytes = PART_BYTES } = wanted;
  let view = await findImport(client, wanted);
  let sizeBytes = partBytes;
  let gainedAt = Date.now();
  for (let losses = 0; ; ) {
    if (view) onProgress?.(view);
    if (view && view.state !== 'receiving') return view;
    const offset: number = view?.received.bytes ?? 0;
    if (offset > file.size) throw new TypeError('"idempotencyKey" must follow from what the file holds');
    const { now, lost }: Sent = await sendPart(client, wanted, { offset, sizeBytes });
    const hasGained = now !== null && (now.received.bytes > offset || now.state !== 'receiving');
    if (hasGained) {
      gainedAt = Date.now();
      losses = 0;
      sizeBytes = partBytes;
    } else if (lost === null) sizeBytes *= 2;
    else if (lost instanceof NoAnswer || Date.now() - gainedAt > LONGEST_STANDSTILL_MS) throw lost;
    else await pause(backOffMs(losses++), signal);
    view = now;
  }
}

/** Null where nothing of it is there. */
async function findImport(client: Client, { idempotencyKey, signal }: FileImport): Promise<Import | null> {
  const query = { idempotency_key: idempotencyKey, limit: 1 };
  return (await client.call('listImports', { query, signal })).items[0] ?? null;
}

interface Sent {
  now: Import | null;
  /** Why the service had to be asked how far it is. */
  lost: ApiProblem | NoAnswer | null;
}

async function sendPart(
  client: Client,
  wanted: FileImport,
  { offset, sizeBytes }: { offset: number; sizeBytes: number },
): Promise<Sent> {
  const { file, query, mediaType, idempotencyKey, signal } = wanted;
  const end = offset + sizeBytes;
  const part = { bytes: file.slice(offset, end), offset, isLast: end >= file.size };
  try {
    const { body } = await client.upload('receiveImport', { query, mediaType, idempotencyKey, signal, part });
    return { now: body, lost: null };
  } catch (error) {
    if (!mayHaveArrived(error)) throw error;
    return { now: await findImport(client, wanted), lost: error };
  }
}

function mayHaveArrived(error: unknown): error is ApiProblem | NoAnswer {
  if (error instanceof ApiProblem) return ['IMPORT_OFFSET_WRONG', 'IDEMPOTENCY_CONFLICT'].includes(error.code);
  return error instanceof NoAnswer;
}
