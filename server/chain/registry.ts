import { Interface, isHexString, type Result } from 'ethers';
import { decodeHex, toHex } from '../../proof/bytes.ts';
import { decodePageReading, encodeRead, encodeReadPage, type PageReading } from '../../proof/reading.ts';
import { decodeNotices, encodeReadNotices, type NoticeReading } from '../../proof/records.ts';
import type { RegistryAddress } from '../../proof/signature.ts';
import { joinSignature, splitSignature, toActNumber } from '../keys/signer.ts';
import { registryAbi } from './registry-abi.ts';
import { type Rpc, RpcError } from './rpc.ts';

const abi = new Interface(registryAbi);

export interface SignedBatch {
  issuer: number;
  /** 32 bytes each. */
  definition: Uint8Array;
  root: Uint8Array;
  size: number;
  signature: Uint8Array;
}

export interface StatusCall {
  batch: Uint8Array;
  act: 'revoke' | 'suspend' | 'reinstate';
  leaves: bigint;
  /** The last suspended day in Hong Kong, in days since 1970-01-01; 0 for an open suspension and for any other act. */
  until: number;
  reason: number;
}

export interface SuccessionCall {
  batch: Uint8Array;
  leaf: number;
  successorBatch: Uint8Array;
  successorLeaf: number;
}

export interface ExtensionCall {
  batch: Uint8Array;
  leaf: number;
  /** The last valid day in Hong Kong, in days since 1970-01-01. */
  validUntil: number;
  reason: number;
}

export interface NoticeCall {
  issuer: number;
  /** The type's number at the issuer. */
  credentialType: number;
  /** Days in Hong Kong since 1970-01-01. */
  from: number;
  to: number;
  validUntil: number;
  /** 32 bytes. */
  law: Uint8Array;
}

export interface RegistryLog {
  args: Result;
  transactionHash: string;
  blockNumber: number;
}

/** The registry's calls as data, and its answers as values. */
export interface Registry {
  address: RegistryAddress;
  rpc: Rpc;
  read(batch: Uint8Array): Promise<PageReading>;
  readPage(issuer: number, page: number): Promise<PageReading>;
  /** What it says of a type's notices, in the order in which they were posted; of the newest block. */
  readNotices(issuer: number, credentialType: number): Promise<NoticeReading[]>;
  /** The next nonce of a key that signs changes of status. */
  nonceOf(key: string): Promise<number>;
  /** Events of one name, oldest first, of one block or of all; `indexed` are the values of its indexed parameters, null for any. */
  logs(event: string, indexed: readonly (number | string | null)[], block?: number): Promise<RegistryLog[]>;
  /** The batches that a transaction of a relayer brought; none where another contract called the registry. */
  anchoredBy(transactionHash: string): Promise<SignedBatch[]>;
}

export function createRegistry(address: RegistryAddress, rpc: Rpc): Registry {
  const view = (data: string) => rpc.call<string>('eth_call', [{ to: address.address, data }, 'latest']);
  return {
    address,
    rpc,
    read: async (batch) => decodePageReading(await view(encodeRead(batch))),
    readPage: async (issuer, page) => decodePageReading(await view(encodeReadPage(issuer, page))),
    readNotices: async (issuer, credentialType) => toNotices(await view(encodeReadNotices(issuer, credentialType))),
    async nonceOf(key) {
      const [nonce] = abi.decodeFunctionResult('nonces', await view(abi.encodeFunctionData('nonces', [key])));
      return Number(nonce);
    },
    async logs(event, indexed, block) {
      const topics = abi.encodeFilterTopics(event, [...indexed]);
      const logs = await rpc.call<RawLog[]>('eth_getLogs', [{ address: address.address, ...toRange(block), topics }]);
      return logs.map((log) => ({
        args: abi.decodeEventLog(event, log.data, log.topics),
        transactionHash: log.transactionHash,
        blockNumber: Number(log.blockNumber),
      }));
    },
    async anchoredBy(transactionHash) {
      const transaction = await rpc.call<{ to: string | null; input: string } | null>('eth_getTransactionByHash', [
        transactionHash,
      ]);
      const isDirect = transaction?.to?.toLowerCase() === address.address.toLowerCase();
      return isDirect ? decodeAnchor(transaction.input) : [];
    },
  };
}

/** Whoever asks for a type's notices alone is not told before how many there are: the answer says it in its second word. */
export function toNotices(answer: string, blockTime = Number.MAX_SAFE_INTEGER): NoticeReading[] {
  return decodeNotices(answer, Number(`0x${answer.slice(66, 130)}`), blockTime);
}

function toRange(block: number | undefined): { fromBlock: string; toBlock: string } {
  if (block === undefined) return { fromBlock: '0x0', toBlock: 'latest' };
  const tag = `0x${block.toString(16)}`;
  return { fromBlock: tag, toBlock: tag };
}

interface RawLog {
  topics: string[];
  data: string;
  transactionHash: string;
  blockNumber: string;
}

export function encodeAnchor(batches: readonly SignedBatch[]): string {
  const rows = batches.map(({ issuer, definition, root, size, signature }) => ({
    issuer,
    credentialType: hex(definition),
    root: hex(root),
    size,
    ...splitSignature(signature),
  }));
  return abi.encodeFunctionData('anchor', [rows]);
}

/** None where the call is another one. */
function decodeAnchor(data: string): SignedBatch[] {
  if (!data.startsWith(abi.getFunction('anchor')?.selector ?? '')) return [];
  const [rows] = abi.decodeFunctionData('anchor', data) as unknown as [Result[]];
  return rows.map((row) => ({
    issuer: Number(row.issuer),
    definition: decodeHex(row.credentialType.slice(2)),
    root: decodeHex(row.root.slice(2)),
    size: Number(row.size),
    signature: joinSignature({ v: Number(row.v), r: row.r, s: row.s }),
  }));
}

/** The change as its key itself would send it: costs about the same, and shows before it is signed whether it would be refused. */
export function encodeStatusChange(change: StatusCall): string {
  return abi.encodeFunctionData('postStatus', [toChangeRow(change)]);
}

export function encodeRelayedStatusChange(change: StatusCall, nonce: number, signature: Uint8Array): string {
  return abi.encodeFunctionData('relayStatus', [toChangeRow(change), nonce, splitSignature(signature)]);
}

export function encodeSuccession(succession: SuccessionCall): string {
  return abi.encodeFunctionData('nameSuccessor', [toSuccessionRow(succession)]);
}

export function encodeRelayedSuccession(succession: SuccessionCall, nonce: number, signature: Uint8Array): string {
  return abi.encodeFunctionData('relaySuccession', [toSuccessionRow(succession), nonce, splitSignature(signature)]);
}

export function encodeExtension(extension: ExtensionCall): string {
  return abi.encodeFunctionData('extend', [toExtensionRow(extension)]);
}

export function encodeRelayedExtension(extension: ExtensionCall, nonce: number, signature: Uint8Array): string {
  return abi.encodeFunctionData('relayExtension', [toExtensionRow(extension), nonce, splitSignature(signature)]);
}

export function encodeNotice(notice: NoticeCall): string {
  return abi.encodeFunctionData('postNotice', [toNoticeRow(notice)]);
}

export function encodeRelayedNotice(notice: NoticeCall, nonce: number, signature: Uint8Array): string {
  return abi.encodeFunctionData('relayNotice', [toNoticeRow(notice), nonce, splitSignature(signature)]);
}

/** Any other call of the registry. */
export function encodeCall(name: string, args: readonly unknown[]): string {
  return abi.encodeFunctionData(name, args);
}

export interface NoticeWithdrawal {
  issuer: number;
  credentialType: number;
  index: number;
}

/** Null where the call is another one, or its data is none. */
export function decodeWithdrawal(data: string): NoticeWithdrawal | null {
  const call = isHexString(data) ? abi.parseTransaction({ data }) : null;
  if (call?.name !== 'withdrawNotice') return null;
  const [issuer, credentialType, index] = call.args.map(Number) as [number, number, number];
  return { issuer, credentialType, index };
}

function toChangeRow({ batch, act, leaves, until, reason }: StatusCall) {
  return { batch: hex(batch), act: toActNumber(act), leaves, until, reason };
}

function toSuccessionRow({ batch, leaf, successorBatch, successorLeaf }: SuccessionCall) {
  return { batch: hex(batch), leaf, successorBatch: hex(successorBatch), successorLeaf };
}

function toExtensionRow({ batch, leaf, validUntil, reason }: ExtensionCall) {
  return { batch: hex(batch), leaf, validUntil, reason };
}

function toNoticeRow({ law, ...notice }: NoticeCall) {
  return { ...notice, law: hex(law) };
}

export interface Refusal {
  /** The contract's error, such as "BatchKeyRefused(0, 0x…, …)", or the node's words. */
  reason: string;
  /** Which batch of several it is about. */
  index: number | null;
}

/** What a contract or node refused; anything else is thrown again. */
export function toRefusal(error: unknown): Refusal {
  if (!(error instanceof RpcError)) throw error;
  const parsed = error.data === null ? null : abi.parseError(error.data);
  if (!parsed) return { reason: error.message.slice(0, 300), index: null };
  const isIndexed = parsed.fragment.inputs[0]?.name === 'index';
  return {
    reason: `${parsed.name}(${parsed.args.map(String).join(', ')})`,
    index: isIndexed ? Number(parsed.args[0]) : null,
  };
}

function hex(bytes: Uint8Array): string {
  return `0x${toHex(bytes)}`;
}
