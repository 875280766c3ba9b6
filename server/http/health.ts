import { z } from 'zod';
import { openRoute, type Route } from './route.ts';

/** How one part of the service does: `ok`, and the facts that explain it. */
export interface PartReading {
  ok: boolean;
  [fact: string]: unknown;
}

/** A question about one part; to reject, or to take too long, is to be not well. */
export type Check = () => Promise<PartReading>;

const PATIENCE_MS = 3_000;

const readiness = z
  .strictObject({ ready: z.boolean(), parts: z.record(z.string(), z.looseObject({ ok: z.boolean() })) })
  .meta({ id: 'Readiness' });

export function livezRoute(): Route {
  return openRoute({
    path: '/livez',
    name: 'livez',
    summary: 'Whether the process answers',
    answer: {
      status: 200,
      description: 'It does',
      schema: z.strictObject({ live: z.boolean() }).meta({ id: 'Liveness' }),
    },
    problems: [],
    handle: () => ({ status: 200, body: { live: true } }),
  });
}

export function readyzRoute(checks: Readonly<Record<string, Check>>): Route {
  return openRoute({
    path: '/readyz',
    name: 'readyz',
    summary: 'Whether every part of the service does its work; 503 with the same body where one does not',
    answer: { status: 200, description: 'All parts are well', schema: readiness },
    problems: [],
    async handle() {
      const parts = await Promise.all(
        Object.entries(checks).map(async ([name, check]) => [name, await ask(check)] as const),
      );
      const ready = parts.every(([, { ok }]) => ok);
      return { status: ready ? 200 : 503, body: { ready, parts: Object.fromEntries(parts) } };
    },
  });
}

async function ask(check: Check): Promise<PartReading> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<PartReading>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, { ok: false, reason: `no answer in ${PATIENCE_MS} ms` });
  });
  try {
    return await Promise.race([check(), late]);
  } catch {
    // why is in the log of whoever failed; an open address repeats no message that may name hosts or users
    return { ok: false, reason: 'it cannot be asked' };
  } finally {
    clearTimeout(timer);
  }
}
