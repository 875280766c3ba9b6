import { Signature, Transaction } from 'ethers';
import { decodeHex } from '../../proof/bytes.ts';
import { splitSignature } from '../keys/signer.ts';
import type { SigningKey } from '../keys/signing-key.ts';
import { type Rpc, RpcError } from './rpc.ts';

export interface Fees {
  /** Null where the chain has no base fee: transactions then carry a plain gas price. */
  maxFeePerGas: bigint | null;
  tip: bigint;
}

/** Enough for six full blocks in a row, after which the base fee has doubled. */
const BASE_FEE_FACTOR = 2n;

export async function readFees(rpc: Rpc): Promise<Fees> {
  const block = await rpc.call<{ baseFeePerGas?: string }>('eth_getBlockByNumber', ['latest', false]);
  if (block.baseFeePerGas === undefined)
    return { maxFeePerGas: null, tip: BigInt(await rpc.call<string>('eth_gasPrice', [])) };
  const baseFee = BigInt(block.baseFeePerGas);
  // where gas is free, accounts have no money, and a tip that a node proposes all the same could not be paid
  const tip = baseFee === 0n ? 0n : BigInt(await rpc.call<string>('eth_maxPriorityFeePerGas', []));
  return { maxFeePerGas: baseFee * BASE_FEE_FACTOR + tip, tip };
}

export interface TransactionRequest {
  chainId: number;
  nonce: number;
  to: string;
  data: string;
  gasLimit: bigint;
  fees: Fees;
}

export interface SignedTransaction {
  hash: string;
  raw: string;
}

export function signTransaction(key: SigningKey, request: TransactionRequest): SignedTransaction {
  const { fees, ...common } = request;
  const transaction = Transaction.from(
    fees.maxFeePerGas === null
      ? { ...common, type: 0, gasPrice: fees.tip }
      : { ...common, type: 2, maxFeePerGas: fees.maxFeePerGas, maxPriorityFeePerGas: fees.tip },
  );
  transaction.signature = Signature.from(splitSignature(key.sign(decodeHex(transaction.unsignedHash))));
  return { hash: transaction.hash as string, raw: transaction.serialized };
}

/** A fifth more than the node's estimate, for what other transactions do to the state in between. */
export async function estimateGas(rpc: Rpc, call: { from: string; to: string; data: string }): Promise<bigint> {
  const gas = BigInt(await rpc.call<string>('eth_estimateGas', [call, 'latest']));
  return (gas * 6n) / 5n;
}

export async function countTransactions(rpc: Rpc, sender: string, tag: 'latest' | 'pending'): Promise<number> {
  return Number(await rpc.call<string>('eth_getTransactionCount', [sender, tag]));
}

export interface Receipt {
  isSuccess: boolean;
  blockNumber: number;
}

export async function findReceipt(rpc: Rpc, hash: string): Promise<Receipt | null> {
  const receipt = await rpc.call<{ status: string; blockNumber: string } | null>('eth_getTransactionReceipt', [hash]);
  return receipt && { isSuccess: Number(receipt.status) === 1, blockNumber: Number(receipt.blockNumber) };
}

export type Sent = 'accepted' | 'underpriced' | 'refused';

/**
 * Hands a signed transaction to the node. That the node has it already, or has mined it, is success; every node says so in words of
 * its own, so the words decide only how soon we look again: what is true is what the receipt says.
 */
export async function sendRaw(rpc: Rpc, raw: string): Promise<{ outcome: Sent; reason: string }> {
  try {
    await rpc.call<string>('eth_sendRawTransaction', [raw]);
    return { outcome: 'accepted', reason: '' };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const reason = error.message.slice(0, 300);
    if (/already known|known transaction|already imported|nonce.*too low/i.test(reason))
      return { outcome: 'accepted', reason };
    if (/underpriced|fee.*(too low|less than)/i.test(reason)) return { outcome: 'underpriced', reason };
    // Hardhat mines while it answers, and reports a transaction that reverted as an error although it is in a block
    return { outcome: 'refused', reason };
  }
}
