import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

/*
 * node load.ts <Load as JSON>: sends requests from a process of its own, so that its processor time is not counted as the service's, and
 * prints a Loaded as JSON.
 */

export interface Load {
  url: string;
  connections: number;
  seconds: number;
  headers: Record<string, string>;
  /** A file of bodies, one a line, which are sent again and again, each time under a key of its own; without it the address is read. */
  bodies?: string;
  /** What is read instead of the address alone, one after another: no two at once are the same where there are as many as connections. */
  paths?: readonly string[];
}

export interface Loaded {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Answers that are not 2xx, and connections that broke. */
  failed: number;
}

const { url, connections, seconds, headers, bodies, paths } = JSON.parse(process.argv[2] as string) as Load;
const lines = bodies === undefined ? [] : readFileSync(bodies, 'utf8').trimEnd().split('\n');
let next = 0;

function setupRead(request: autocannon.Request): autocannon.Request {
  return { ...request, path: paths?.[next++ % paths.length] as string };
}

function setupRequest(request: autocannon.Request): autocannon.Request {
  const at = next++;
  return {
    ...request,
    body: lines[at % lines.length] as string,
    headers: { ...headers, 'idempotency-key': `load-${process.pid}-${at}` },
  };
}

const done = await autocannon({
  url,
  connections,
  duration: seconds,
  headers,
  ...(bodies === undefined ? {} : { requests: [{ method: 'POST' as const, setupRequest }] }),
  ...(paths === undefined ? {} : { requests: [{ method: 'GET' as const, setupRequest: setupRead }] }),
});
const { errors, non2xx, latency, requests } = done;
const loaded: Loaded = {
  perSecond: requests.average,
  p50Ms: latency.p50,
  p99Ms: latency.p99,
  failed: errors + non2xx,
};
process.stdout.write(JSON.stringify(loaded));
