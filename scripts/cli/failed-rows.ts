import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import type { ImportError } from '../../client/api.ts';
import type { Client } from '../../client/client.ts';
import { type CsvRecord, toCsv, toSpreadsheetCsv } from '../../server/csv.ts';

const PAGE_ITEMS = 200;

/** All that is wrong with the rows of an import, a page at a time: a connection that is cut costs a page and not the file. */
export async function writeFailedRows(
  client: Client,
  { id, file, signal }: { id: string; file: string; signal: AbortSignal },
): Promise<void> {
  const draft = `${file}.new`;
  const stream = createWriteStream(draft, { mode: 0o600 });
  try {
    stream.write(toSpreadsheetCsv([['row', 'column', 'pointer', 'kind', 'code', 'detail']]));
    for await (const fault of client.list('listImportErrors', { id, query: { limit: PAGE_ITEMS }, signal }))
      if (!stream.write(toCsv([toRecord(fault)]))) await once(stream, 'drain');
    await finished(stream.end());
    await rename(draft, file);
  } catch (error) {
    stream.destroy();
    await rm(draft, { force: true });
    throw error;
  }
}

function toRecord({ row, column, pointer, kind, code, detail }: ImportError): CsvRecord {
  return [row, column, pointer, kind, code, detail];
}
