import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeSnapshot, type Snapshot } from '../../proof/snapshot.ts';
import { decodeTrust, type Trust } from '../../proof/trust.ts';
import type { Sources } from '../../proof/verification.ts';
import { UsageError } from './command.ts';
import { createPost } from './post.ts';

interface TrustOptions {
  rpc: readonly string[];
  trust: string | undefined;
  snapshot?: string | undefined;
}

/** Of every command that asks the chain. */
export const TRUST_OPTIONS = {
  rpc: { type: 'string', multiple: true, default: [] as string[] },
  trust: { type: 'string' },
} as const;

/** The addresses given with --rpc. @throws UsageError */
export function checkNodes(urls: string[]): string[] {
  const wrong = urls.find((url) => !/^https?:\/\//.test(url) || !URL.canParse(url));
  if (wrong !== undefined) throw new UsageError(`"--rpc" must be an http or https address, got ${wrong}`);
  return urls;
}

/** The trust file and what it refers to, from a folder or from the verifier's own origin. @throws UsageError */
export async function openTrust({ rpc, trust: where, snapshot }: TrustOptions): Promise<Sources> {
  const location = where ?? path.join(process.env.EPROOF_DATA_DIR ?? '.eproof', 'publication', 'trust.json');
  const load = /^https?:\/\//.test(location)
    ? (name: string) => fetchFile(new URL(name, location))
    : (name: string) => readFile(path.join(path.dirname(location), name));
  const kept = await openSnapshot(snapshot);
  try {
    const trust = decodeTrust(Buffer.from(await load(path.basename(location))).toString('utf8'));
    return {
      trust: rpc.length === 0 ? trust : withNodes(trust, rpc),
      loadFile: load,
      post: createPost(),
      snapshot: kept,
      now: () => Math.floor(Date.now() / 1000),
    };
  } catch (error) {
    throw new UsageError(
      `could not read the trust file ${location} (${(error as Error).message}); name one with --trust, or run npm start once`,
    );
  }
}

async function openSnapshot(file: string | undefined): Promise<Snapshot | undefined> {
  if (file === undefined) return undefined;
  try {
    return decodeSnapshot(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UsageError(
      `could not read the snapshot ${file} (${(error as Error).message}); make one with eproof snapshot`,
    );
  }
}

function withNodes(trust: Trust, rpc: readonly string[]): Trust {
  const nodes = [...new Set(rpc)];
  return { ...trust, registries: trust.registries.map((registry) => ({ ...registry, nodes, agree: nodes.length })) };
}

async function fetchFile(url: URL): Promise<Uint8Array> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
