import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './child.ts';
import { LocalError } from './local-error.ts';

const PATIENCE_MS = 5_000;
const POLL_MS = 20;

interface Process {
  pid: number;
  command: string;
}

/** The name that PostgreSQL gives all processes of a cluster: it finds them again, and nobody else's, whatever has become of their parents. */
export function clusterName(cluster: string): string {
  return `eproof-${createHash('sha256').update(cluster).digest('hex').slice(0, 16)}`;
}

/**
 * Stops what an earlier start left running: its keeper may still be shutting the server down, or was killed with it. Afterwards no
 * process of the cluster is alive.
 */
export async function stopOrphans(name: string, log: Log): Promise<void> {
  if (processesOf(name).length > 0) log('an earlier PostgreSQL on this data folder is still running; stopping it');
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    const deadline = Date.now() + PATIENCE_MS;
    sendTo(processesOf(name), signal);
    while (processesOf(name).length > 0 && Date.now() < deadline) await sleep(POLL_MS);
    if (processesOf(name).length === 0) return;
  }
  const left = processesOf(name).map(({ pid }) => pid);
  throw new LocalError(
    `an earlier PostgreSQL on this data folder does not stop; end process ${left.join(', ')} by hand`,
  );
}

/** Signals the postmaster, which stops its children; children without one stop by themselves unless they hang. */
function sendTo(processes: Process[], signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): void {
  const postmasters = processes.filter(({ command }) => command.includes('cluster_name='));
  for (const { pid } of postmasters.length > 0 ? postmasters : processes) {
    try {
      process.kill(pid, signal);
    } catch {
      // it ended in between
    }
  }
}

function processesOf(name: string): Process[] {
  if (process.platform === 'win32') return []; // PostgreSQL's own check of its lock file has to do there
  return listProcesses().filter(({ command }) => command.includes(name) && /(^|\/)postgres[:\s]/.test(command));
}

function listProcesses(): Process[] {
  if (process.platform !== 'linux') return parsePs(execFileSync('ps', ['-axo', 'pid=,command='], { encoding: 'utf8' }));
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => ({ pid: Number(entry), command: readCommand(entry) }));
}

function parsePs(output: string): Process[] {
  return output
    .split('\n')
    .map((line) => ({ pid: Number.parseInt(line, 10), command: line.replace(/^\s*\d+\s+/, '') }));
}

function readCommand(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // it ended in between
  }
}
