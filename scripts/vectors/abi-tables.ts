import { encodeRead, encodeReadPage } from '../../proof/reading.ts';
import { encodeReadKeys, encodeReadNotices, encodeReadRecords } from '../../proof/records.ts';
import { STATUS_CHANGED_TOPIC, SUCCESSOR_NAMED_TOPIC, VALIDITY_EXTENDED_TOPIC } from '../../proof/status-event.ts';

/** The tables of FORMAT.md whose numbers are hashes of names. */
export function createAbiTables(): Record<string, string> {
  const batch = new Uint8Array(32);
  return {
    'abi-calls': table(
      ['call', 'data starts with', 'arguments'],
      [
        ['`readPage(uint32,uint32)`', encodeReadPage(0, 0).slice(0, 10), 'issuer, page'],
        ['`read(bytes32)`', encodeRead(batch).slice(0, 10), 'batch id'],
        ['`readRecords(bytes32)`', encodeReadRecords(batch).slice(0, 10), 'batch id'],
        ['`readNotices(uint32,uint32)`', encodeReadNotices(0, 0).slice(0, 10), 'issuer, type number'],
        ['`readKeys(address[])`', encodeReadKeys([]).slice(0, 10), '32, how many, then the addresses'],
      ],
    ),
    'abi-events': table(
      ['event', 'topic 0'],
      [
        ['`StatusChanged(uint32,uint32,bytes32,uint8,uint256,uint24,uint16,address,uint40)`', STATUS_CHANGED_TOPIC],
        ['`SuccessorNamed(uint32,uint32,bytes32,uint8,bytes32,uint8,address,uint40)`', SUCCESSOR_NAMED_TOPIC],
        ['`ValidityExtended(uint32,uint32,bytes32,uint8,uint24,uint16,address,uint40)`', VALIDITY_EXTENDED_TOPIC],
      ],
    ),
  };
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => (cell.startsWith('0x') ? `\`${cell}\`` : cell)).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
