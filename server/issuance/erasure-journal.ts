import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../keys/keystore.ts';

/** That a credential was erased, kept apart from the database: a backup that is older than the erasure must not bring the person back. */
export interface Erasure {
  format: 'eproof-erasure/1';
  /** The credential's id: 12 hex digits. */
  credential: string;
  erasedAt: string;
}

export interface ErasureJournal {
  /** On the disk before it resolves; keeping the same erasure again changes nothing. */
  keep(erasure: Erasure): Promise<void>;
  /** The credentials that were erased: hex ids. */
  list(): Promise<string[]>;
  /** @throws Error where the file is not an erasure */
  find(credential: string): Promise<Erasure>;
}

/** Erasures as files of a folder, one a credential, so that several instances write without waiting for each other. */
export function openErasureJournal(folder: string): ErasureJournal {
  const pathOf = (credential: string) => join(folder, `${credential}.json`);
  return {
    async keep(erasure) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeDurably(pathOf(erasure.credential), `${JSON.stringify(erasure)}\n`);
    },
    async list() {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const names = await readdir(folder);
      return names.flatMap((name) => /^([0-9a-f]{12})\.json$/.exec(name)?.[1] ?? []);
    },
    async find(credential) {
      const found = JSON.parse(await readFile(pathOf(credential), 'utf8')) as Erasure;
      if (found.format !== 'eproof-erasure/1') throw new Error(`"${pathOf(credential)}" is not an erasure`);
      return found;
    },
  };
}
