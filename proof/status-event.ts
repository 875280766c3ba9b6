import { decodeWords, pick, refuseReading, topic } from './abi-words.ts';
import { decodeHex } from './bytes.ts';

/**
 * An event that explains a status: today's status is decided by the words and records of the registry, never by events. What the
 * status was on a day in the past follows from events alone, and is not told where they do not lead to today's.
 */
export interface StatusEvent {
  /** 32 bytes. */
  batch: Uint8Array;
  act: 'revoke' | 'suspend' | 'reinstate' | 'succeed' | 'extend';
  /** One bit a leaf. */
  leaves: bigint;
  /** Of a suspension the last suspended day, of an extension the last valid one; null: no end. */
  until: number | null;
  /** A public code (FORMAT.md section 9). */
  reason: number;
  /** The leaf of another batch that stands in its place; null but for `succeed`. */
  successor: { batch: Uint8Array; leaf: number } | null;
  /** Whose act it was: 0x and 40 lower-case hex digits. */
  key: string;
  /** Seconds since 1970 UTC. */
  time: number;
}

export const STATUS_CHANGED_TOPIC = topic(
  'StatusChanged(uint32,uint32,bytes32,uint8,uint256,uint24,uint16,address,uint40)',
);
export const SUCCESSOR_NAMED_TOPIC = topic('SuccessorNamed(uint32,uint32,bytes32,uint8,bytes32,uint8,address,uint40)');
export const VALIDITY_EXTENDED_TOPIC = topic(
  'ValidityExtended(uint32,uint32,bytes32,uint8,uint24,uint16,address,uint40)',
);

/** The page that events name of a batch that was not anchored yet. */
export const NO_PAGE = 0xffff_ffff;

const REPLACED = 6;
const ACTS = ['revoke', 'suspend', 'reinstate'] as const;

/** One log of the three status events. @throws ProofError READING_INVALID */
export function decodeStatusEvent(log: { topics: readonly string[]; data: string }): StatusEvent {
  const words = decodeWords(log.data);
  const batch = decodeHex(log.topics[3] ?? '', 'READING_INVALID');
  if (batch.length !== 32) refuseReading('has a log of no batch');
  const bit = () => {
    const leaf = words.number(0);
    return leaf > 255 ? refuseReading('has a log of a leaf that no batch has') : 1n << BigInt(leaf);
  };
  switch (log.topics[0]) {
    case STATUS_CHANGED_TOPIC:
      return {
        batch,
        act: pick(ACTS, words.number(0)),
        leaves: words.big(1),
        until: words.number(2) || null,
        reason: words.number(3),
        successor: null,
        key: words.address(4),
        time: words.number(5),
      };
    case SUCCESSOR_NAMED_TOPIC:
      return {
        batch,
        act: 'succeed',
        leaves: bit(),
        until: null,
        reason: REPLACED,
        successor: { batch: words.bytes(1), leaf: words.number(2) },
        key: words.address(3),
        time: words.number(4),
      };
    case VALIDITY_EXTENDED_TOPIC:
      return {
        batch,
        act: 'extend',
        leaves: bit(),
        until: words.number(1),
        reason: words.number(2),
        successor: null,
        key: words.address(3),
        time: words.number(4),
      };
    default:
      return refuseReading('has a log of an event that was not asked for');
  }
}
