import { watch } from 'node:fs';
import { createGate } from './chain-gate.ts';
import type { ChainNode } from './chain-methods.ts';
import type { Replica } from './chain-replica.ts';
import { NOT_SUPPORTED, RpcError } from './chain-rpc.ts';
import { reasonOf } from './local-error.ts';

/** The system tells of changes at once where it can; this is for where it does not. */
const POLL_MS = 500;

/** Starts a node that replays the journal and follows it: a second opinion, from an engine of its own, on what the leader says. */
export async function openFollower(path: string, replica: Replica): Promise<ChainNode> {
  const gate = createGate();
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  let catchingUp = Promise.resolve();
  let isBehind = false;
  const follow = () => {
    if (isBehind) return; // a run is queued that will see this change too
    isBehind = true;
    catchingUp = catchingUp.then(() => gate.alone(catchUp)).catch((error) => end(reasonOf(error)));
  };
  const catchUp = () => {
    isBehind = false;
    return replica.catchUp();
  };
  const watcher = watch(path, follow);
  const timer = setInterval(follow, POLL_MS);
  follow();
  return {
    ended,
    read: (method, params) => gate.shared(() => replica.engine.request(method, params)),
    async send() {
      throw new RpcError(
        NOT_SUPPORTED,
        'this node follows the chain and takes no transactions; send them to the first one',
      );
    },
    async close() {
      watcher.close();
      clearInterval(timer);
      await catchingUp;
    },
  };
}
