import { join } from 'node:path';
import type { NodeReady, NodeStart } from './chain-node.ts';
import { type Child, type Log, startChild } from './child.ts';
import { type PortName, rememberedPort, rememberPort } from './ports.ts';

export interface Chain {
  /** The JSON-RPC of the node that takes transactions and makes the blocks. */
  url: string;
  /** The JSON-RPC of a second node, which replays the blocks on an engine of its own and only reads. */
  follower?: string;
  chainId: number;
  /** Resolves when a node ends, with the reason. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

export interface ChainOptions {
  /** The path that `openDataFolder` gave. */
  dataFolder: string;
  log: Log;
  /** Whether to run a second node; yes unless told otherwise. */
  hasFollower?: boolean;
  /** How long a chain without transactions waits with its next block. */
  idleBlockSeconds?: number;
}

type ChainNode = Child<NodeReady>;

/**
 * Runs the development chain: the same one as before, block for block, or a new one in an empty data folder. Gas costs nothing on it, so
 * every account can send, and none is funded.
 */
export async function startChain({
  dataFolder,
  log,
  hasFollower = true,
  idleBlockSeconds = 60,
}: ChainOptions): Promise<Chain> {
  const folder = join(dataFolder, 'chain');
  const roles: NodeStart['role'][] = hasFollower ? ['leader', 'follower'] : ['leader'];
  const nodes = await allOrNone(roles, (role, signal) =>
    startNode({ dataFolder, log, signal }, { role, folder, idleBlockSeconds }),
  );
  const [leader, follower] = nodes;
  return {
    url: urlOf(leader!),
    ...(follower && { follower: urlOf(follower) }),
    chainId: leader!.ready.chainId,
    ended: Promise.race(nodes.map((node) => node.ended)),
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

async function startNode(
  options: ChainOptions & { signal: AbortSignal },
  start: Omit<NodeStart, 'port'>,
): Promise<ChainNode> {
  const { dataFolder, log, signal } = options;
  const isLeader = start.role === 'leader';
  const port: PortName = isLeader ? 'chain' : 'follower';
  const node: ChainNode = await startChild({
    name: isLeader ? 'chain' : 'second chain node',
    file: './chain-node.ts',
    start: { ...start, port: rememberedPort(dataFolder, port) } satisfies NodeStart,
    log,
    signal,
  });
  const moved = rememberPort(dataFolder, port, node.ready.port);
  if (moved) log(moved);
  return node;
}

/** Starts all side by side; where one fails the others are ended, and its reason is the one to tell. */
async function allOrNone(
  roles: NodeStart['role'][],
  start: (role: NodeStart['role'], signal: AbortSignal) => Promise<ChainNode>,
): Promise<ChainNode[]> {
  const abort = new AbortController();
  const starting = roles.map((role) => start(role, abort.signal));
  try {
    return await Promise.all(starting);
  } catch (error) {
    abort.abort();
    await Promise.allSettled(starting);
    throw error;
  }
}

function urlOf({ ready }: ChainNode): string {
  return `http://127.0.0.1:${ready.port}`;
}
