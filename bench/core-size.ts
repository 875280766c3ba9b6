import { gzipSync } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';
import type { Table } from './table.ts';

/** What a page may carry before the first scan, in kB of gzip; 1 kB is 1,024 bytes. */
const MOST_KB = 40;

/** The script that a verifier has to carry, beside what a page carries that reads a contract with ethers. */
export async function measureCoreSize(): Promise<Table> {
  const core = await bundle("export * from './proof/verification.ts'");
  const holder = await bundle("export * from './proof/holder-key.ts'");
  const noble = await bundle(
    "export { secp256k1 } from '@noble/curves/secp256k1.js'; export { keccak_256 } from '@noble/hashes/sha3.js'; export { sha256 } from '@noble/hashes/sha2.js'",
  );
  const ethers = await bundle("export { Contract, JsonRpcProvider } from 'ethers'");
  const row = (name: string, kb: number) => [name, kb, `${(ethers / kb).toFixed(1)} ×`];
  return {
    title: 'Script of the verdict, minified and gzipped',
    columns: ['', 'kB', 'smaller than ethers'],
    rows: [
      row('proof/: every way in, readings, verdict', core),
      row('of it: signatures and hashes alone (noble)', noble),
      row('of it: holder keys alone (noble P-256)', holder),
      row('ethers, provider and contract alone', ethers),
    ],
    notes: [
      `the limit for the core is ${MOST_KB} kB; the parts share code, so that they add up to more than the whole`,
    ],
  };
}

async function bundle(contents: string): Promise<number> {
  const options: BuildOptions = {
    stdin: { contents, resolveDir: new URL('../', import.meta.url).pathname, loader: 'ts' },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    minify: true,
    legalComments: 'none',
    logLevel: 'silent',
  };
  const { outputFiles } = await build({ ...options, write: false });
  return gzipSync((outputFiles[0] as { contents: Uint8Array }).contents, { level: 9 }).length / 1024;
}
