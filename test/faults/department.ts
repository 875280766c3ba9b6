import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

/*
 * A department's system, as it has to work with any service that can die: it remembers each request under a key of its own, asks again
 * under the same key until there is an answer, and keeps what it was told. The guarantees are about what it was told.
 */
export interface Department {
  /** Null where the connection ended without an answer: `finish` asks again. @throws Error where the request was refused */
  post(path: string, body: object | string, by?: string): Promise<Json | null>;
  /** The same request twice at once, as a system does that believes the first one to be lost. @throws Error also where the answers differ */
  postTwice(path: string, body: object): Promise<Json | null>;
  get(path: string): Promise<{ status: number; json: Json; text: string }>;
  /** Asks again for everything that has no answer yet. */
  finish(): Promise<void>;
  told: readonly Told[];
}

export interface Told {
  path: string;
  answer: Json;
}

// biome-ignore lint/suspicious/noExplicitAny: answers whose shape the guarantees assert
export type Json = any;

interface Asked {
  idempotencyKey: string;
  path: string;
  body: object | string;
  /** The API key. */
  by: string;
}

/** `url` is asked for with every request: a service that was started again has another one. */
export function createDepartment(url: () => string, apiKey: string): Department {
  const open = new Map<string, Asked>();
  const told: Told[] = [];
  const ask = async (asked: Asked, times = 1): Promise<Json | null> => {
    const answers = await Promise.all(Array.from({ length: times }, () => send(url(), asked)));
    const [answer, ...others] = answers.filter((given) => given !== null);
    if (answer === undefined) return null;
    if (others.some((other) => !isDeepStrictEqual(other, answer))) throw new Error(`${asked.path} has two answers`);
    open.delete(asked.idempotencyKey);
    told.push({ path: asked.path, answer });
    return answer;
  };
  const remember = (path: string, body: object | string, by = apiKey) => {
    const asked = { idempotencyKey: randomUUID(), path, body, by };
    open.set(asked.idempotencyKey, asked);
    return asked;
  };
  return {
    told,
    post: (path, body, by) => ask(remember(path, body, by)),
    postTwice: (path, body) => ask(remember(path, body), 2),
    async get(path) {
      const response = await fetch(url() + path, { headers: { authorization: `Bearer ${apiKey}` } });
      const text = await response.text();
      return { status: response.status, text, json: parseOrNull(text) };
    },
    async finish() {
      for (const asked of [...open.values()]) while ((await ask(asked)) === null) await setTimeout(100);
    },
  };
}

function parseOrNull(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** No answer: the connection ended, or another request under the key is still being worked on. */
async function send(url: string, { idempotencyKey, path, body, by }: Asked): Promise<Json | null> {
  const isFile = typeof body === 'string';
  try {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${by}`,
        'content-type': isFile ? 'application/x-ndjson' : 'application/json',
        'idempotency-key': idempotencyKey,
      },
      body: isFile ? body : JSON.stringify(body),
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text);
    if (response.status >= 500 || parseOrNull(text)?.code === 'IDEMPOTENCY_CONFLICT') return null;
    throw new Error(`${path} was refused: ${text}`);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
