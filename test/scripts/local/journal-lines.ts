import { type JournalLine, readLines } from '../../../scripts/local/chain-journal.ts';

/** All lines that the journal has published, from a position on. */
export async function linesOf(path: string, start = 0): Promise<JournalLine[]> {
  const lines: JournalLine[] = [];
  for await (const line of readLines(path, start)) lines.push(line);
  return lines;
}
