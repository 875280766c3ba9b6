import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, type Log, startChild } from './child.ts';
import { reasonOf } from './local-error.ts';
import { freePort, rememberedPort, rememberPort } from './ports.ts';
import { addRoles, type Cluster, openCluster } from './postgres-cluster.ts';
import type { KeeperReady, KeeperStart } from './postgres-keeper.ts';
import { clusterName, stopOrphans } from './postgres-orphans.ts';

export interface Postgres {
  /** `postgres://…`: the role `eproof`, which owns the database `eproof`, may create others and is no superuser. */
  url: string;
  /** The server's process. */
  pid: number;
  /** Its data directory: in the data folder, unless root's server cannot enter that. */
  folder: string;
  /** Resolves when the server ends, with the reason. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** The path that `openDataFolder` gave: its lock is what keeps a second server away. */
  dataFolder: string;
  log: Log;
}

const PORT_ATTEMPTS = 3;

/** Runs the data folder's own PostgreSQL, reachable from this machine only; whatever an earlier start left behind is recovered first. */
export async function startPostgres({ dataFolder, log }: PostgresOptions): Promise<Postgres> {
  const cluster = await openCluster(dataFolder, log);
  await stopOrphans(clusterName(cluster.folder), log);
  // none of its processes is alive now: what is left of its lock file names a process id that may be somebody else's by now
  rmSync(join(cluster.folder, 'postmaster.pid'), { force: true });
  if (!cluster.hasRoles) await addRoles(dataFolder, cluster);
  const { port, keeper } = await startOnFreePort(cluster, { dataFolder, log });
  const moved = rememberPort(dataFolder, 'postgres', port);
  if (moved) log(moved);
  return {
    url: `postgres://eproof:${cluster.password}@127.0.0.1:${port}/eproof`,
    pid: keeper.ready.pid,
    folder: cluster.folder,
    ended: keeper.ended,
    async stop() {
      await keeper.stop();
      await stopOrphans(clusterName(cluster.folder), log); // only where the keeper was killed before
    },
  };
}

async function startOnFreePort(
  cluster: Cluster,
  { dataFolder, log }: PostgresOptions,
): Promise<{ port: number; keeper: Child<KeeperReady> }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort(attempt === 1 ? rememberedPort(dataFolder, 'postgres') : 0);
    try {
      return { port, keeper: await startKeeper(cluster, { port, dataFolder, log }) };
    } catch (error) {
      // between the probe and the server's own bind another program may take the port
      if (attempt === PORT_ATTEMPTS || !reasonOf(error).includes('could not bind')) throw error;
    }
  }
}

function startKeeper(
  cluster: Cluster,
  { port, dataFolder, log }: PostgresOptions & { port: number },
): Promise<Child<KeeperReady>> {
  const { binaries, folder, user } = cluster;
  const args = [
    '-D',
    folder,
    ...Object.entries(settings(folder, port)).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const logFile = join(dataFolder, 'postgres', 'postgres.log');
  const start: KeeperStart = { postgres: binaries.postgres, args, logFile, ...(user && { user }) };
  return startChild({ name: 'PostgreSQL', file: './postgres-keeper.ts', start, log });
}

/** Everything that makes an answered commit durable (fsync, full pages, synchronous commit) is PostgreSQL's default and stays so. */
function settings(folder: string, port: number): Record<string, string | number> {
  return {
    cluster_name: clusterName(folder),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port,
    // eight instances of the service, and who works on the database beside them
    max_connections: 200,
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    // failed statements are not logged: they and their details carry claims
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
  };
}
