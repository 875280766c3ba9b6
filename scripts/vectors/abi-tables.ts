import {
  CREDENTIAL_AMENDED_TOPIC,
  encodeRead,
  encodeReadAmendments,
  encodeReadPage,
  STATUS_CHANGED_TOPIC,
} from '../../proof/reading.ts';

/** The tables of FORMAT.md whose numbers are hashes of names. */
export function createAbiTables(): Record<string, string> {
  const batch = new Uint8Array(32);
  return {
    'abi-calls': table(
      ['call', 'data starts with', 'arguments'],
      [
        ['`readPage(uint32,uint32)`', encodeReadPage(0, 0).slice(0, 10), 'issuer, page'],
        ['`read(bytes32)`', encodeRead(batch).slice(0, 10), 'batch id'],
        ['`readAmendments(bytes32)`', encodeReadAmendments(batch).slice(0, 10), 'batch id'],
      ],
    ),
    'abi-events': table(
      ['event', 'topic 0'],
      [
        ['`StatusChanged(uint32,uint32,bytes32,uint8,uint256,uint16,address,uint40)`', STATUS_CHANGED_TOPIC],
        ['`CredentialAmended(uint32,uint32,bytes32,uint8,bytes32,uint8,address,uint40)`', CREDENTIAL_AMENDED_TOPIC],
      ],
    ),
  };
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => (cell.startsWith('0x') ? `\`${cell}\`` : cell)).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
