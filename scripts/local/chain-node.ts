import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openFollower } from './chain-follower.ts';
import { type Journal, journalPath, openJournal, readFirstLine } from './chain-journal.ts';
import { beginChain, openLeader } from './chain-leader.ts';
import { answerCall, type ChainNode } from './chain-methods.ts';
import { openReplica, type Replica } from './chain-replica.ts';
import { serveRpc } from './chain-rpc.ts';
import type { Log } from './child.ts';
import { LocalError } from './local-error.ts';
import { acquireLock } from './lock.ts';
import { serveParent } from './parent.ts';

// One node of the development chain, as a process of its own.

export interface NodeStart {
  role: 'leader' | 'follower';
  folder: string;
  /** 0: any. */
  port: number;
  idleBlockSeconds: number;
}

export interface NodeReady {
  port: number;
  chainId: number;
}

const PREDECESSOR_MS = 10_000;
const JOURNAL_POLL_MS = 50;

serveParent<NodeStart, NodeReady>(async (start, { log, stopping }) => {
  const node = start.role === 'leader' ? await lead(start, log) : await follow(start, stopping);
  const server = await serveRpc(start.port, (method, params) => answerCall(node, method, params));
  const chainId = Number(await node.read('eth_chainId', []));
  return {
    ready: { port: server.port, chainId },
    ended: node.ended,
    async stop() {
      await server.close();
      await node.close();
    },
  };
});

async function lead({ folder, idleBlockSeconds }: NodeStart, log: Log): Promise<ChainNode> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // the node of a start that was killed ends by itself, after the block that it is making
  if (!acquireLock(join(folder, 'lock'), PREDECESSOR_MS))
    throw new LocalError(`another process writes the chain in "${folder}"`);
  const path = journalPath(folder);
  const journal: Journal = await openJournal(path, log);
  if (journal.isEmpty) await beginChain(journal);
  return openLeader({ journal, idleBlockSeconds, log, openReplica: () => replay(folder) });
}

async function follow({ folder }: NodeStart, stopping: AbortSignal): Promise<ChainNode> {
  const path = journalPath(folder);
  // at the first start the leader makes it meanwhile
  while (!(await readFirstLine(path))) await sleep(JOURNAL_POLL_MS, undefined, { signal: stopping });
  return openFollower(path, await replay(folder));
}

async function replay(folder: string): Promise<Replica> {
  const replica = await openReplica(journalPath(folder));
  await replica.catchUp();
  return replica;
}
