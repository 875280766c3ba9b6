import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { toHex } from '../../proof/bytes.ts';
import { writeDurably } from '../keys/keystore.ts';

const HASH = z.string().regex(/^[0-9a-f]{64}$/);

const MANIFEST = z.strictObject({
  format: z.literal('eproof-manifest/2'),
  batch: HASH,
  /** The issuer's number in the registry. */
  issuer: z.number().int().positive(),
  definition: HASH,
  root: HASH,
  /** In the order of the tree: the content hash, and the header's bytes in hex; null where the leaf is no credential. */
  leaves: z
    .array(
      z.strictObject({
        content: HASH,
        header: z
          .string()
          .regex(/^([0-9a-f]{2})+$/)
          .nullable(),
      }),
    )
    .min(1)
    .max(256),
});

/**
 * What a batch is made of, kept apart from the database: enough to know every leaf again after an old backup was restored, and which
 * credential it was. It says nothing of a claim.
 */
export type Manifest = z.output<typeof MANIFEST>;

/** Why a batch cannot be read back from its manifest, for people. */
export class ManifestError extends Error {
  override name = 'ManifestError';
}

export type KeepManifest = (batch: Uint8Array, manifest: Omit<Manifest, 'format' | 'batch'>) => Promise<void>;

export interface ManifestFolder {
  /** It is there in whole and on the disk before the promise resolves. */
  keep: KeepManifest;
  /** Null where there is none. @throws ManifestError where the file is no manifest of this batch */
  find(batch: Uint8Array): Promise<Manifest | null>;
}

/** Manifests as files of a folder, one a batch. */
export async function openManifestFolder(folder: string): Promise<ManifestFolder> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pathOf = (batch: Uint8Array) => join(folder, `${toHex(batch)}.json`);
  return {
    keep: (batch, manifest) => {
      const whole: Manifest = { format: 'eproof-manifest/2', batch: toHex(batch), ...manifest };
      return writeDurably(pathOf(batch), `${JSON.stringify(whole)}\n`);
    },
    async find(batch) {
      const text = await readFile(pathOf(batch), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      });
      return text === null ? null : readManifest(text, toHex(batch));
    },
  };
}

function readManifest(text: string, batch: string): Manifest {
  const read = MANIFEST.safeParse(parseOrNull(text));
  if (read.success && read.data.batch === batch) return read.data;
  throw new ManifestError(`the file ${batch}.json is no manifest of that batch in the form "eproof-manifest/2"`);
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
