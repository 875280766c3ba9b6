import { MOST_FILE_BYTES } from '../limits.ts';
import type { RefusalCode } from '../refusal.ts';
import { readReferences } from './references.ts';
import type { Row } from './row.ts';
import { readZip, type ZipEntry } from './zip.ts';

/** What was chosen, or dropped: a folder comes as an entry of it. */
export type Given = File | FileSystemEntry;

/** More rows than this are not listed; the page says how many. */
export const MOST_ROWS = 2_000;
/** Of all files of one archive together, so that no archive keeps the page busy for hours. */
const MOST_ARCHIVE_BYTES = 2 * 1024 * 1024 * 1024;
const MOST_LIST_BYTES = 1024 * 1024;
/** What systems put into every folder, and nobody knows of. */
const LITTER = /(^|\/)(__MACOSX\/|\.|Thumbs\.db$|desktop\.ini$)/i;

/** A row for each file of what was given: folders are walked, archives opened, lists of references read. Rows come in the order of their names. */
export async function* gather(given: readonly Given[]): AsyncGenerator<Row> {
  for (const each of [...given].sort((a, b) => compareNames(pathOf(a), pathOf(b)))) {
    if (each instanceof File) yield* ofFile(each, pathOf(each));
    else yield* ofEntry(each);
  }
}

function pathOf(given: Given): string {
  return given instanceof File ? given.webkitRelativePath || given.name : given.fullPath.slice(1);
}

async function* ofEntry(entry: FileSystemEntry): AsyncGenerator<Row> {
  const path = pathOf(entry);
  if (entry.isFile) {
    const file = await openEntry(entry as FileSystemFileEntry).catch(() => null);
    if (file) yield* ofFile(file, path);
    else yield refused(path, 'FILE_UNREADABLE');
    return;
  }
  const children = await listFolder((entry as FileSystemDirectoryEntry).createReader()).catch(() => null);
  if (!children) return yield refused(path, 'FILE_UNREADABLE');
  for (const child of children.sort((a, b) => compareNames(a.name, b.name))) yield* ofEntry(child);
}

function openEntry(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

// A reader gives a hundred at a time, and nothing at the end.
async function listFolder(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const children: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return children;
    children.push(...some);
  }
}

// By the name alone: a Word file is an archive, too, and a list has no mark at all.
async function* ofFile(file: File, path: string): AsyncGenerator<Row> {
  if (LITTER.test(path)) return;
  if (/\.zip$/i.test(path)) yield* ofArchive(file, path);
  else if (/\.csv$/i.test(path)) yield* ofList(file, path);
  else yield { name: path, open: async () => file, result: null };
}

async function* ofArchive(archive: File, path: string): AsyncGenerator<Row> {
  const entries = await readZip(archive).catch(() => null);
  if (!entries) return yield refused(path, 'FILE_UNREADABLE');
  let totalBytes = 0;
  for (const entry of entries.sort((a, b) => compareNames(a.path, b.path))) {
    if (LITTER.test(entry.path)) continue;
    totalBytes += entry.sizeBytes;
    const isTooLarge = entry.sizeBytes > MOST_FILE_BYTES || totalBytes > MOST_ARCHIVE_BYTES;
    yield isTooLarge ? refused(`${path}/${entry.path}`, 'FILE_TOO_LARGE') : packed(`${path}/${entry.path}`, entry);
  }
}

function packed(name: string, entry: ZipEntry): Row {
  return { name, open: async () => new File([await entry.open()], entry.path), result: null };
}

async function* ofList(file: File, path: string): AsyncGenerator<Row> {
  if (file.size > MOST_LIST_BYTES) return yield refused(path, 'FILE_TOO_LARGE');
  const text = await file.text().catch(() => null);
  if (text === null) return yield refused(path, 'FILE_UNREADABLE');
  for (const { typed, reference } of readReferences(text))
    yield reference === null
      ? { name: typed, result: { kind: 'no-reference' } }
      : { name: typed, reference, result: null };
}

function refused(name: string, code: RefusalCode): Row {
  return { name, result: { kind: 'refusal', code, host: '' } };
}

// 2.pdf before 10.pdf, in every language the same.
const { compare: compareNames } = new Intl.Collator('en', { numeric: true });
