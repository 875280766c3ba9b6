import { toHex } from '../../proof/bytes.ts';
import type { AmendmentReading, BatchReading, KeyReading, PageReading, TypeReading } from '../../proof/reading.ts';

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

export function encodeAmendments(amendments: readonly AmendmentReading[]): string {
  const words = encodeList(amendments, (amendment) => [
    toHex(amendment.batch),
    word(amendment.leaf),
    toHex(amendment.successorBatch),
    word(amendment.successorLeaf),
  ]);
  return `0x${[word(32), ...words].join('')}`;
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

function typeWords({ number, definition, state }: TypeReading): string[] {
  return [word(number), toHex(definition), word(['none', 'open', 'closed'].indexOf(state))];
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
    word(batch.revoked),
    word(batch.suspended),
    word(batch.amended),
  ];
}
