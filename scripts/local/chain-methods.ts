import { INVALID_PARAMS, METHOD_NOT_FOUND, RpcError } from './chain-rpc.ts';

export interface ChainNode {
  read(method: string, params: unknown[]): Promise<unknown>;
  /** Takes a raw transaction; returns its hash. */
  send(raw: string): Promise<string>;
  /** Resolves with the reason when the node can no longer go on. */
  ended: Promise<string>;
  close(): Promise<void>;
}

/** What reads, and nothing that holds keys, keeps state for a caller, or changes the chain's rules. */
const READS = new Set([
  'eth_blockNumber',
  'eth_call',
  'eth_chainId',
  'eth_estimateGas',
  'eth_feeHistory',
  'eth_getBalance',
  'eth_getBlockByHash',
  'eth_getBlockByNumber',
  'eth_getCode',
  'eth_getLogs',
  'eth_getProof',
  'eth_getStorageAt',
  'eth_getTransactionByHash',
  'eth_getTransactionCount',
  'eth_getTransactionReceipt',
  'eth_syncing',
  'net_version',
  'web3_clientVersion',
]);

const FREE = new Set(['eth_gasPrice', 'eth_maxPriorityFeePerGas']);

export async function answerCall(node: ChainNode, method: string, params: unknown[]): Promise<unknown> {
  if (READS.has(method)) return node.read(method, params);
  if (FREE.has(method)) return '0x0';
  if (method === 'eth_sendRawTransaction') return node.send(rawTransaction(params));
  throw new RpcError(METHOD_NOT_FOUND, `method "${method.slice(0, 64)}" is not served`);
}

function rawTransaction([raw]: unknown[]): string {
  if (typeof raw === 'string' && /^0x[0-9a-f]+$/i.test(raw)) return raw;
  throw new RpcError(INVALID_PARAMS, 'expected a raw transaction in hex');
}
