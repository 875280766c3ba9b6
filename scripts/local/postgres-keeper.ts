import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalError } from './local-error.ts';
import { type Running, serveParent } from './parent.ts';
import { serverEnvironment } from './postgres-cluster.ts';
import type { SystemUser } from './postgres-user.ts';

// The process between the start command and PostgreSQL: it lives as long as either, and lets neither outlive the other.

export interface KeeperStart {
  postgres: string;
  args: string[];
  user?: SystemUser;
  logFile: string;
}

export interface KeeperReady {
  pid: number;
}

const READY = 'database system is ready to accept connections';
const SHUTDOWN_MS = 10_000;
/** A worker of the server that outlives it keeps its output open. */
const LAST_WORDS_MS = 1_000;

serveParent<KeeperStart, KeeperReady>(async ({ postgres, args, user, logFile }, { stopping }) => {
  const server = spawn(postgres, args, {
    ...user,
    cwd: '/',
    env: serverEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = new Promise<string>((resolve) => {
    server.once('error', (error) => resolve(`PostgreSQL could not be started: ${error.message}`));
    server.once('exit', (code, signal) => resolve(`PostgreSQL ended (${signal ?? `exit code ${code}`})`));
  });
  stopping.addEventListener('abort', () => server.kill('SIGINT'));
  const log = createWriteStream(logFile, { mode: 0o600 });
  log.on('error', () => {}); // a full disk must not end the server
  await untilReady(server, { exited, log });
  return {
    ready: { pid: server.pid! },
    ended: exited,
    stop: () => stop(server, { exited, log }),
  } satisfies Running<KeeperReady>;
});

function untilReady(
  server: ChildProcess,
  { exited, log }: { exited: Promise<string>; log: WriteStream },
): Promise<void> {
  return new Promise((resolve, reject) => {
    let reason: string | undefined;
    createInterface({ input: server.stderr! }).on('line', (line) => {
      log.write(`${line}\n`);
      reason = /FATAL|PANIC|could not/.test(line) && !reason ? line.replace(/^.*?(LOG|FATAL|PANIC): +/, '') : reason;
      if (line.includes(READY)) resolve();
    });
    // after its last line, which tells the reason
    server.once('close', async () => {
      log.end();
      const how = await exited;
      reject(new LocalError(reason ? `${how}: ${reason}` : `${how}; "${log.path}" says why`));
    });
    server.once('error', async () => reject(new LocalError(await exited)));
  });
}

/** A fast shutdown; where that hangs, the one that leaves recovery to the next start. The log has its last words before this process ends. */
async function stop(
  server: ChildProcess,
  { exited, log }: { exited: Promise<string>; log: WriteStream },
): Promise<void> {
  server.kill('SIGINT');
  const timer = setTimeout(() => server.kill('SIGQUIT'), SHUTDOWN_MS);
  await exited;
  clearTimeout(timer);
  await Promise.race([finished(log).catch(() => {}), sleep(LAST_WORDS_MS)]);
}
