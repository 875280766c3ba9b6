import type { Post } from '../proof/nodes.ts';
import type { Snapshot } from '../proof/snapshot.ts';
import { decodeTrust, type Trust } from '../proof/trust.ts';
import type { Sources } from '../proof/verification.ts';
import { ask, askTrust } from './ask.ts';

const MOST_ANSWER_BYTES = 1024 * 1024;
/** A page that stays open for days must hear of new departments and keys. */
const TRUST_AGE_MS = 5 * 60_000;

export interface Origin {
  /** What a verification needs, with the trust list as fresh as can be had. Never rejects. */
  sources(): Promise<Sources>;
  /** Whether the last trust list says that this is a test system. */
  isTest(): boolean;
  /** Where officers read what only they may: as the last trust list says, else beside the page. */
  console(): string;
}

/**
 * Everything that the page fetches: files of its own folder, and the nodes that its trust list names; and what this device keeps of the register,
 * where it keeps anything. `asked` is the answer to a first request for the trust list, where there was one.
 */
export function createOrigin(
  base: URL,
  kept: () => Promise<Snapshot | undefined>,
  asked: Promise<Response> | undefined,
): Origin {
  let trust: Promise<Trust> | null = null;
  let loadedAt = 0;
  let latest: Trust | null = null;
  let early = asked;

  async function loadTrust(): Promise<Trust> {
    const answer = early ?? askTrust(base);
    early = undefined;
    const bytes = await toBytes(await answer);
    latest = decodeTrust(new TextDecoder().decode(bytes));
    loadedAt = Date.now();
    return latest;
  }

  function freshTrust(): Promise<Trust> {
    if (trust && Date.now() - loadedAt < TRUST_AGE_MS) return trust;
    const attempt = loadTrust();
    attempt.catch(() => {
      if (trust === attempt) trust = null;
    });
    loadedAt = Date.now();
    trust = attempt;
    return attempt;
  }

  return {
    async sources() {
      return {
        // Without a list of registries nothing can be genuine, and nothing is held against the document either.
        trust: await freshTrust().catch(() => latest ?? trustNothing(base)),
        loadFile: (path) => fetchBytes(new URL(path, base), {}),
        post,
        snapshot: await kept(),
        now: () => Math.floor(Date.now() / 1000),
      };
    },
    isTest: () => latest?.test ?? false,
    console: () => latest?.console ?? 'console/',
  };
}

function trustNothing(base: URL): Trust {
  return { test: false, verifiers: [base.href], maxBlockAgeSeconds: 0, maxSnapshotAgeSeconds: 0, registries: [] };
}

const post: Post = async (url, body) =>
  new TextDecoder().decode(
    await fetchBytes(new URL(url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      cache: 'no-store',
    }),
  );

const fetchBytes = async (url: URL, options: RequestInit): Promise<Uint8Array> => toBytes(await ask(url, options));

function toBytes({ ok, body, url, status }: Response): Promise<Uint8Array> {
  if (!ok || !body) throw new Error(`${url} answered ${status}`);
  return readBounded(body, MOST_ANSWER_BYTES);
}

/** All bytes of a stream; rejects as soon as there are more than allowed, so that no answer and no file can fill the memory. */
export async function readBounded(
  stream: ReadableStream<Uint8Array>,
  mostBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    sizeBytes += value.length;
    if (sizeBytes > mostBytes) {
      await reader.cancel();
      throw new Error(`more than ${mostBytes} bytes`);
    }
    chunks.push(value);
  }
  const all = new Uint8Array(sizeBytes);
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}
