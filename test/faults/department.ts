import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';

/*
 * A department's system, as it has to work with any service that can die: it remembers each request under a key of its own, asks again
 * under the same key until there is an answer, and keeps what it was told. The guarantees are about what it was told.
 */
export interface Department {
  /** Null where the connection ended without an answer: `finish` asks again. @throws Error where the request was refused */
  post(path: string, body: object | string, by?: string): Promise<Json | null>;
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
  const ask = async (asked: Asked): Promise<Json | null> => {
    const answer = await send(url(), asked);
    if (answer === null) return null;
    open.delete(asked.idempotencyKey);
    told.push({ path: asked.path, answer });
    return answer;
  };
  return {
    told,
    post(path, body, by = apiKey) {
      const asked = { idempotencyKey: randomUUID(), path, body, by };
      open.set(asked.idempotencyKey, asked);
      return ask(asked);
    },
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
