import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Log } from './child.ts';
import { syncFolder } from './durable-file.ts';
import { LocalError } from './local-error.ts';

/** What the first block and every later one depend on; the first line of the journal. */
export interface Genesis {
  format: 'eproof-chain/1';
  chainId: number;
  /** The timestamp of block 0, in seconds. */
  timestamp: number;
  hardfork: string;
  blockGasLimit: number;
  /** The version that wrote it: another one may make other blocks of the same transactions. */
  engine: string;
  hash: string;
}

/** One block; each later line of the journal. */
export interface Block {
  number: number;
  timestamp: number;
  hash: string;
  /** Raw signed transactions in their order. */
  transactions: string[];
}

export interface JournalLine {
  text: string;
  /** Where the next line begins. */
  end: number;
}

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 0x0a;

export function journalPath(folder: string): string {
  return join(folder, 'journal.jsonl');
}

/**
 * Reads the published lines from `start` on. The newline publishes: a line is made durable first and gets its newline then, so that whoever
 * reads complete lines only, from any process, sees no block that a crash could take back.
 */
export async function* readLines(path: string, start = 0): AsyncGenerator<JournalLine> {
  const file = await open(path, 'r');
  try {
    let rest = Buffer.alloc(0);
    let position = start;
    for (;;) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, position + rest.length);
      if (bytesRead === 0) return;
      rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      for (let newline = rest.indexOf(NEWLINE); newline !== -1; newline = rest.indexOf(NEWLINE)) {
        position += newline + 1;
        yield { text: rest.toString('utf8', 0, newline), end: position };
        rest = rest.subarray(newline + 1);
      }
    }
  } finally {
    await file.close();
  }
}

/** The first published line, which is the genesis; undefined while there is none. */
export async function readFirstLine(path: string): Promise<JournalLine | undefined> {
  if (!existsSync(path)) return undefined;
  for await (const line of readLines(path)) return line;
  return undefined;
}

/** Opens the journal for the one process that writes it, after settling what a crash left behind its last newline. */
export async function openJournal(path: string, log: Log): Promise<Journal> {
  const file = await openOrCreate(path);
  const end = await settleTail(path, file, log);
  return new Journal(file, end);
}

export class Journal {
  readonly #file: FileHandle;
  #end: number;

  constructor(file: FileHandle, end: number) {
    this.#file = file;
    this.#end = end;
  }

  get isEmpty(): boolean {
    return this.#end === 0;
  }

  /** When this resolves the line is durable and published; when it rejects it is not, and nothing may be appended any more. */
  async append(line: Genesis | Block): Promise<void> {
    const bytes = Buffer.from(JSON.stringify(line));
    await writeAll(this.#file, bytes, this.#end);
    await this.#file.datasync();
    await writeAll(this.#file, Buffer.of(NEWLINE), this.#end + bytes.length);
    this.#end += bytes.length + 1;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

async function openOrCreate(path: string): Promise<FileHandle> {
  if (existsSync(path)) return open(path, 'r+');
  const file = await open(path, 'wx+', 0o600);
  syncFolder(dirname(path));
  return file;
}

/**
 * A whole last line without its newline was durable, or is at least as good as if nobody had seen its block: it is published now. A torn
 * one was never published and is cut off. Returns the end of the last published line.
 */
async function settleTail(path: string, file: FileHandle, log: Log): Promise<number> {
  let end = 0;
  for await (const line of readLines(path)) end = line.end;
  const { size } = await file.stat();
  if (size === end) return end;
  const tail = Buffer.alloc(size - end);
  await file.read(tail, 0, tail.length, end);
  const isWhole = isJson(tail.toString('utf8'));
  if (isWhole) await writeAll(file, Buffer.of(NEWLINE), size);
  else await file.truncate(end);
  await file.datasync();
  log(
    isWhole
      ? 'the last block was journalled and not yet shown; it is now'
      : `cut ${size - end} bytes of a block that was never finished off the journal`,
  );
  return isWhole ? size + 1 : end;
}

/** A disk that is nearly full takes a part. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

export function parseGenesis({ text }: JournalLine, path: string): Genesis {
  const genesis = parse(text, path, 1);
  if (genesis.format === 'eproof-chain/1') return genesis as unknown as Genesis;
  throw new LocalError(
    `"${path}" is not a journal that this version can read; move the folder away to begin a new chain`,
  );
}

export function parseBlock({ text }: JournalLine, path: string, number: number): Block {
  const block = parse(text, path, number + 1);
  if (block.number === number && Array.isArray(block.transactions)) return block as unknown as Block;
  throw damaged(path, number + 1);
}

function parse(text: string, path: string, lineNumber: number): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged(path, lineNumber);
  }
}

function damaged(path: string, lineNumber: number): LocalError {
  return new LocalError(
    `line ${lineNumber} of "${path}" is damaged; restore the file, or move its folder away to begin a new chain`,
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
