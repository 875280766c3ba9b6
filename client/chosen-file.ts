import type { Operations } from './api.ts';
import { toHex } from './client.ts';

type MediaType = Operations['receiveImport']['call']['mediaType'];

/** Null where its name says neither: files of other formats are not guessed at. */
export function mediaTypeOf(name: string): MediaType | null {
  const extension = name.slice(name.lastIndexOf('.')).toLowerCase();
  if (extension === '.csv') return 'text/csv';
  return ['.ndjson', '.jsonl'].includes(extension) ? 'application/x-ndjson' : null;
}

/** What has to be saved as CSV first: nothing reads strangers' workbooks. */
export function isSpreadsheet(name: string): boolean {
  return /\.(?:xlsx?|xlsm|xlsb|ods|numbers)$/i.test(name);
}

interface Hash {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
}

/** An Idempotency-Key: the same for the same file and the same wish, after whatever ended who sent it. `sha256` is a fresh one. */
export async function importKey(file: Blob, wish: readonly string[], sha256: Hash): Promise<string> {
  sha256.update(new TextEncoder().encode(JSON.stringify(wish)));
  const reader = file.stream().getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) sha256.update(read.value);
  return `import-${toHex(sha256.digest())}`;
}
