import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex } from '../../proof/bytes.ts';
import { writeDurably } from '../keys/keystore.ts';

/** What a batch is made of, kept apart from the database: enough to know every leaf again after an old backup was restored. */
export interface Manifest {
  format: 'eproof-manifest/1';
  batch: string;
  /** The issuer's number in the registry. */
  issuer: number;
  definition: string;
  root: string;
  /** Hex, in the order of their leaves. */
  contents: readonly string[];
}

export type KeepManifest = (batch: Uint8Array, manifest: Manifest) => Promise<void>;

/** Manifests as files of a folder, one a batch, there in whole and on the disk before the promise resolves. */
export async function openManifestFolder(folder: string): Promise<KeepManifest> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return (batch, manifest) => writeDurably(join(folder, `${toHex(batch)}.json`), `${JSON.stringify(manifest)}\n`);
}
