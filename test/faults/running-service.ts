import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FromService, ServiceStart, ToService } from './service-process.ts';

const program = fileURLToPath(new URL('./service-process.ts', import.meta.url));

export interface RunningService {
  /** `http://host:port`. */
  url: string;
  /** Resolves when the process will die there, or has another time. */
  tell(message: ToService): Promise<void>;
  /** Resolves with the signal that ended the process; null where it ended by itself. */
  ended: Promise<NodeJS.Signals | null>;
  /** What it logged. */
  log(): string;
  /** Ends it as by `kill -9`. */
  kill(): Promise<void>;
}

/** Null where the process died before it was ready, as it may have been told to. */
export async function startServiceProcess(start: ServiceStart): Promise<RunningService | null> {
  const child = spawn(process.execPath, [program, JSON.stringify(start)], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const logged = collect(child);
  const ended = once(child, 'exit').then(([, signal]) => signal as NodeJS.Signals | null);
  const ready = await Promise.race([nextMessage(child), ended]);
  if (ready === null) throw new Error(`the service did not start: ${logged()}`);
  if (typeof ready === 'string') return null;
  return {
    url: (ready as { url: string }).url,
    ended,
    log: logged,
    async tell(message) {
      const obeyed = nextMessage(child);
      child.send(message);
      await obeyed;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function nextMessage(child: ChildProcess): Promise<FromService> {
  const [message] = await once(child, 'message');
  return message as FromService;
}

function collect(child: ChildProcess): () => string {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => lines.push(String(chunk)));
  return () => lines.join('').slice(-4_000);
}
