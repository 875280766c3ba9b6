import { type TransactionLike, Wallet } from 'ethers';

export type Rpc = <Result = string>(method: string, ...params: unknown[]) => Promise<Result>;

export interface BlockJson {
  number: string;
  hash: string;
  parentHash: string;
  timestamp: string;
  baseFeePerGas: string;
  gasUsed: string;
  stateRoot: string;
  transactions: string[];
}

export interface ReceiptJson {
  transactionHash: string;
  blockHash: string;
  blockNumber: string;
  status: string;
  contractAddress: string | null;
}

/** Calls one method and answers with its result; a node's error becomes an exception with its code and data. */
export function rpcOf(url: string): Rpc {
  return async (method, ...params) => {
    const { result, error } = await postJson(url, { jsonrpc: '2.0', id: 1, method, params });
    if (error) throw Object.assign(new Error(error.message), error);
    return result;
  };
}

export async function postJson(url: string, body: unknown) {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  return response.json();
}

/** An account without funds that signs free transactions, one nonce after the other. */
export class Sender {
  readonly wallet = Wallet.createRandom();
  #nonce = 0;

  sign(transaction: TransactionLike = {}): Promise<string> {
    const nonce = this.#nonce++;
    const free = { type: 2, chainId: 24_601, maxFeePerGas: 0, maxPriorityFeePerGas: 0, gasLimit: 1_000_000 };
    return this.wallet.signTransaction({ ...free, nonce, to: this.wallet.address, ...transaction });
  }

  deploy(runtime: string): Promise<string> {
    return this.sign({ to: null, data: creationOf(runtime) });
  }
}

export async function untilMined(rpc: Rpc, hash: string): Promise<ReceiptJson> {
  for (;;) {
    const receipt = await rpc<ReceiptJson | null>('eth_getTransactionReceipt', hash);
    if (receipt) return receipt;
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Code that returns the block's number, timestamp, parent hash and base fee. */
export const ENVIRONMENT_CODE = '4360005242602052600143034060405248606052 60806000f3'.replaceAll(' ', '');
/** Code that without input returns what it stored last, and with a word as input stores that and logs it as a topic. */
export const STORE_CODE = '36600f57 6000546000526020 6000f3 5b 600035 80 600055 6000 6000 a1 00'.replaceAll(' ', '');
/** Code that reverts with the word 0x2a. */
export const REVERT_CODE = '602a60005260206000fd';
/** Code that writes to new storage until its gas is spent. */
export const BURN_CODE = '5b 6001 5a 55 600056'.replaceAll(' ', '');

/** The transaction data that creates a contract of this code (under 256 bytes). */
function creationOf(runtime: string): string {
  const length = (runtime.length / 2).toString(16).padStart(2, '0');
  return `0x60${length}600c60003960${length}6000f3${runtime}`;
}

export function word(value: number): string {
  return `0x${value.toString(16).padStart(64, '0')}`;
}
