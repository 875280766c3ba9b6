import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceConfig } from '../../server/main.ts';
import { type Child, type Log, startChild } from './child.ts';
import type { InstanceReady, InstanceStart, Pages } from './instance.ts';
import { reasonOf } from './local-error.ts';

type Instance = Child<InstanceReady>;

/** The processes that are the service, which answer at one address. */
export interface Instances {
  url: string;
  publicUrl: string;
  verifier: string;
  /** Of those that run at this moment. */
  pids(): number[];
  /** From now on they say that they are ready, and so does who is started again. */
  setPrepared(): void;
  stop(): Promise<void>;
}

export interface InstancesOptions {
  count: number;
  config: ServiceConfig;
  pages: Pages;
  log: Log;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** Who ran for so long did not die of what it was started with. */
const STEADY_MS = 60_000;

/**
 * Runs the service in `count` processes, and starts each again when it ends, after a pause that doubles until one runs for a minute.
 * Where `signal` aborts they end, ready or not.
 * @throws LocalError where one cannot be started the first time
 */
export async function startInstances(options: InstancesOptions, signal: AbortSignal): Promise<Instances> {
  const ending = new AbortController();
  const end = AbortSignal.any([signal, ending.signal]);
  const running = new Map<number, Instance>();
  let isPrepared = false;

  async function start(number: number): Promise<Instance> {
    const instance = await startInstance(options, { number, isPrepared, signal: end });
    running.set(number, instance);
    instance.ended.then(() => running.delete(number));
    if (isPrepared) instance.tell({ isPrepared });
    return instance;
  }

  const starting = Array.from({ length: options.count }, (_, i) => start(i + 1));
  const keeping: Promise<void>[] = [];
  const stop = async () => {
    ending.abort();
    await Promise.allSettled(starting);
    await Promise.all([...running.values()].map((instance) => instance.stop()));
    await Promise.all(keeping);
  };
  const first = await Promise.all(starting).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  for (const [i, instance] of first.entries())
    keeping.push(keepRunning(instance, { startAgain: () => start(i + 1), log: options.log, end }));
  const { url, publicUrl, verifier } = (first[0] as Instance).ready;
  return {
    url,
    publicUrl,
    verifier,
    pids: () => [...running.values()].map(({ ready }) => ready.pid),
    setPrepared() {
      isPrepared = true;
      for (const instance of running.values()) instance.tell({ isPrepared });
    },
    stop,
  };
}

function startInstance(
  { count, config, pages, log }: InstancesOptions,
  { number, isPrepared, signal }: { number: number; isPrepared: boolean; signal: AbortSignal },
): Promise<Instance> {
  const { metrics } = config;
  // whoever reads metrics means one process, and not whichever is next
  const own = { ...config, metrics: metrics && { ...metrics, port: metrics.port + number - 1 } };
  return startChild<InstanceStart, InstanceReady>({
    name: count === 1 ? 'the service' : `instance ${number}`,
    file: './instance.ts',
    start: { number, config: own, pages, isPrepared },
    log,
    signal,
    sharesPorts: true,
  });
}

interface Keeping {
  startAgain(): Promise<Instance>;
  log: Log;
  end: AbortSignal;
}

async function keepRunning(first: Instance, { startAgain, log, end }: Keeping): Promise<void> {
  let pauseMs = FIRST_PAUSE_MS;
  let life = await liveThrough(first);
  while (!end.aborted) {
    if (life.ranMs > STEADY_MS) pauseMs = FIRST_PAUSE_MS;
    log(`${life.reason}; it is started again in ${pauseMs / 1000} s`);
    await sleep(pauseMs, undefined, { signal: end }).catch(() => {});
    if (end.aborted) return;
    pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
    life = await startAgain().then(
      (instance) => {
        log(`${instance.name} runs again, as process ${instance.ready.pid}`);
        return liveThrough(instance);
      },
      (error: unknown) => ({ reason: reasonOf(error), ranMs: 0 }),
    );
  }
}

async function liveThrough({ ended }: Instance): Promise<{ reason: string; ranMs: number }> {
  const since = performance.now();
  return { reason: await ended, ranMs: performance.now() - since };
}
