import { rename, rm, writeFile } from 'node:fs/promises';

/** A reader of the file never sees half of it, and what it held before is only lost for all of the new. @throws Error of the file system */
export async function writeWhole(
  file: string,
  content: Uint8Array | string | AsyncIterable<string>,
  mode = 0o600,
): Promise<void> {
  const draft = `${file}.new`;
  try {
    await writeFile(draft, content, { mode });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
