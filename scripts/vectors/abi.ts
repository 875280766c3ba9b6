import { toHex } from '../../proof/bytes.ts';
import type { BatchReading, KeyReading, PageReading, TypeReading } from '../../proof/reading.ts';
import type { Act, LeafRecords, NoticeReading } from '../../proof/records.ts';

/** What the registry answers to `readPage` and `read`, as ABI words: written apart from the decoder that it is for. */
export function encodePageReading(page: PageReading, parentHash: Uint8Array = new Uint8Array(32)): string {
  const head = [
    word(page.chainId),
    word(page.blockNumber),
    word(page.blockTime),
    toHex(parentHash),
    word(page.issuer),
    word(['none', 'active', 'suspended', 'ended'].indexOf(page.issuerState)),
    word(page.successor),
    toHex(page.profile),
    word(page.batchCount),
  ];
  const lists = [
    encodeList(page.types, typeWords),
    encodeList(page.keys, keyWords),
    encodeList(page.batches, batchWords),
  ];
  const offsets = lists.map((_, i) => word(32 * (head.length + lists.length + lists.slice(0, i).flat().length)));
  return `0x${[word(32), ...head, ...offsets, ...lists.flat()].join('')}`;
}

/** What it answers to `readRecords`. */
export function encodeRecords(records: readonly LeafRecords[]): string {
  return encodeAlone(records, ({ leaf, succession, suspension, lift, extension }) => [
    word(leaf),
    succession ? toHex(succession.batch) : word(0),
    word(succession?.leaf ?? 0),
    ...actWords(succession),
    ...actWords(suspension),
    word(suspension?.until ?? 0),
    ...actWords(lift),
    word(extension?.validUntil ?? 0),
    ...actWords(extension),
  ]);
}

/** What it answers to `readNotices`. */
export function encodeNotices(notices: readonly NoticeReading[]): string {
  return encodeAlone(notices, ({ from, to, validUntil, law, posted, withdrawnAt }) => [
    word(from),
    word(to),
    word(validUntil),
    toHex(new TextEncoder().encode(law ?? '\u0000')).padEnd(64, '0'),
    ...actWords(posted),
    word(withdrawnAt),
  ]);
}

/** What it answers to `readKeys`. */
export function encodeKeys(keys: readonly (KeyReading & { issuer: number })[]): string {
  return encodeAlone(keys, ({ issuer, ...key }) => [word(issuer), ...keyWords(key)]);
}

function encodeAlone<T>(items: readonly T[], toWords: (item: T) => string[]): string {
  return `0x${[word(32), ...encodeList(items, toWords)].join('')}`;
}

function actWords(act: Act | null): string[] {
  return act ? [addressWord(act.key), word(act.at), word(act.invalidFrom)] : [word(0), word(0), word(0)];
}

export function word(value: number | bigint): string {
  return value.toString(16).padStart(64, '0');
}

export function addressWord(address: string): string {
  return address.slice(2).toLowerCase().padStart(64, '0');
}

function encodeList<T>(items: readonly T[], toWords: (item: T) => string[]): string[] {
  return [word(items.length), ...items.flatMap(toWords)];
}

function typeWords({ number, definition, state, noticeCount }: TypeReading): string[] {
  return [word(number), toHex(definition), word(['none', 'open', 'closed'].indexOf(state)), word(noticeCount)];
}

function keyWords(key: KeyReading): string[] {
  return [
    word(key.number),
    addressWord(key.address),
    word(['none', 'anchor', 'status'].indexOf(key.purpose)),
    word(key.validFrom),
    word(key.validUntil),
    word(key.invalidFrom),
  ];
}

function batchWords(batch: BatchReading): string[] {
  return [
    toHex(batch.id),
    word(batch.number),
    word(batch.credentialType),
    word(batch.size),
    word(batch.key),
    word(batch.anchoredAt),
    word(['none', 'endorsed', 'void'].indexOf(batch.judgement)),
    word(batch.flagged ? 1 : 0),
    word(batch.revoked),
    word(batch.suspended),
    word(batch.amended),
  ];
}
