import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Catalogue } from '../../catalogue/catalogue.ts';
import { writeDurably } from './durable-file.ts';

/** What a verifier trusts, kept in the data folder as well: so the command line verifies also when the service does not run. */
export async function keepPublication(
  dataFolder: string,
  { service, catalogue }: { service: string; catalogue: Catalogue },
): Promise<void> {
  const folder = path.join(dataFolder, 'publication');
  await keepFiles(path.join(folder, 'types'), catalogue.types);
  await keepFiles(path.join(folder, 'issuers'), catalogue.departments);
  const response = await fetch(`${service}/trust.json`);
  if (!response.ok) throw new Error(`${service}/trust.json answered ${response.status}`);
  writeDurably(path.join(folder, 'trust.json'), await response.text());
}

async function keepFiles(folder: string, files: Iterable<{ sha256: string; bytes: Uint8Array }>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { sha256, bytes } of files) await writeFile(path.join(folder, `${sha256}.json`), bytes);
}
