import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { AppError } from '../../server/app-error.ts';
import { toRefusal } from '../../server/chain/registry.ts';
import { createRpc, type Rpc, RpcError } from '../../server/chain/rpc.ts';
import {
  countTransactions,
  estimateGas,
  findReceipt,
  readFees,
  sendRaw,
  signTransaction,
} from '../../server/chain/transaction.ts';
import { openKeystore } from '../../server/keys/keystore.ts';
import type { SigningKey } from '../../server/keys/signing-key.ts';
import { EXIT } from './api-access.ts';
import { UsageError } from './command.ts';
import { toPrintable } from './printable.ts';

/** Where the admin's key is, and a node of the chain. */
export interface AdminHand {
  keyFile: string;
  passwordFile: string;
  rpcUrl: string;
}

/** Of the options, all or none. @throws UsageError */
export function readAdminHand(values: {
  'admin-key'?: string | undefined;
  'password-file'?: string | undefined;
  rpc?: string | undefined;
}): AdminHand | null {
  const { 'admin-key': keyFile, 'password-file': passwordFile, rpc: rpcUrl } = values;
  if (keyFile === undefined && passwordFile === undefined && rpcUrl === undefined) return null;
  if (!keyFile || !passwordFile || !rpcUrl)
    throw new UsageError('"--admin-key", "--password-file" and "--rpc" go together: without them nothing is signed');
  if (!keyFile.endsWith('.json'))
    throw new UsageError('"--admin-key" must be a keystore file, such as FEHD-admin.json');
  if (!/^https?:$/.test(URL.parse(rpcUrl)?.protocol ?? ''))
    throw new UsageError('"--rpc" must be the http or https address of a node of the chain');
  return { keyFile, passwordFile, rpcUrl };
}

/**
 * `admin`: the account that it must be; where it is not known, the registry refuses another one.
 * @throws AppError KEY_UNREADABLE, KEY_UNKNOWN where it is not the admin's
 */
export async function openAdminKey(hand: AdminHand, admin?: string): Promise<SigningKey> {
  const password = await readFile(hand.passwordFile, 'utf8').catch((cause: Error) => {
    throw new AppError('KEY_UNREADABLE', `"--password-file" cannot be read: ${cause.message}`, { cause });
  });
  const keystore = await openKeystore(dirname(hand.keyFile), password.trim());
  const key = await keystore.findKey(basename(hand.keyFile, '.json'));
  if (!key) throw new AppError('KEY_UNREADABLE', `there is no file "${hand.keyFile}"`);
  if (admin !== undefined && key.address !== admin)
    throw new AppError('KEY_UNKNOWN', `"--admin-key" is the key of ${key.address}, the department's admin is ${admin}`);
  return key;
}

/** What is sent, to which registry of which chain. */
export interface AdminCall {
  chainId: number;
  to: string;
  data: string;
}

export interface Mined {
  hash: string;
  block: number;
}

/**
 * Signs, sends, and waits until it is mined. What a lost answer leaves open, the same command again finds out: the registry takes it once.
 * @throws AppError CHAIN_UNREACHABLE, CHAIN_REFUSED
 */
export async function sendAsAdmin(key: SigningKey, transaction: AdminCall, rpcUrl: string): Promise<Mined> {
  const rpc = createRpc([rpcUrl]);
  const { chainId, to, data } = transaction;
  const found = Number(await rpc.call<string>('eth_chainId', []));
  if (found !== chainId)
    throw new AppError('CHAIN_REFUSED', `"--rpc" is a node of chain ${found}, the registry is on ${chainId}`);
  const gasLimit = await estimate(rpc, { from: key.address, to, data });
  const nonce = await countTransactions(rpc, key.address, 'pending');
  const signed = signTransaction(key, { chainId, nonce, to, data, gasLimit, fees: await readFees(rpc) });
  const { outcome, reason } = await sendRaw(rpc, signed.raw);
  if (outcome !== 'accepted') throw new AppError('CHAIN_REFUSED', `the node refuses the transaction: ${reason}`);
  return { hash: signed.hash, block: await untilMined(rpc, signed.hash) };
}

async function estimate(rpc: Rpc, call: { from: string; to: string; data: string }): Promise<bigint> {
  try {
    return await estimateGas(rpc, call);
  } catch (cause) {
    if (!(cause instanceof RpcError)) throw cause;
    throw new AppError('CHAIN_REFUSED', `the registry refuses it: ${toRefusal(cause).reason}`, { cause });
  }
}

const LOOK_EVERY_MS = 500;
const MOST_LOOKS = 600;

async function untilMined(rpc: Rpc, hash: string): Promise<number> {
  for (let look = 0; look < MOST_LOOKS; look++) {
    const receipt = await findReceipt(rpc, hash);
    if (receipt?.isSuccess) return receipt.blockNumber;
    if (receipt) throw new AppError('CHAIN_REFUSED', `the transaction ${hash} reverted`);
    await setTimeout(LOOK_EVERY_MS);
  }
  throw new AppError('CHAIN_UNREACHABLE', `the transaction ${hash} is sent, and not mined yet`);
}

/** What cannot be signed or sent becomes words and an exit code. */
export async function tellingRefusals(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`eproof: ${toPrintable(error.message)} (${error.code})\n`);
    return error.code === 'CHAIN_UNREACHABLE' ? EXIT.unreachable : EXIT.refused;
  }
}

/** @throws UsageError where something would be signed and there is nobody to say so */
export function requireConfirmable(hand: AdminHand | null, { isSure, look }: { isSure: boolean; look: string }): void {
  const canAsk = process.stdin.isTTY === true && process.stderr.isTTY === true;
  if (hand && !isSure && !canAsk)
    throw new UsageError(`there is nobody to ask: look with "${look}", and sign with "--yes"`);
}
