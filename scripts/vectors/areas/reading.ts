import { toHex } from '../../../proof/bytes.ts';
import type { Json, JsonObject } from '../../../proof/json.ts';
import {
  decodeStatusEvent,
  encodeRead,
  encodeReadAmendments,
  encodeReadPage,
  type PageReading,
} from '../../../proof/reading.ts';
import { encodeAmendments, encodePageReading, word } from '../abi.ts';
import { namedBytes } from '../seed.ts';
import type { VectorFile } from '../vectors.ts';
import { createWorld } from '../world.ts';

function pageJson({ profile, types, keys, batches, ...page }: PageReading): JsonObject {
  return {
    ...page,
    profile: toHex(profile),
    types: types.map((type) => ({ ...type, definition: toHex(type.definition) })),
    keys: keys.map((key) => ({ ...key })),
    batches: batches.map(({ id, revoked, suspended, amended, ...batch }) => ({
      ...batch,
      id: toHex(id),
      revoked: word(revoked),
      suspended: word(suspended),
      amended: word(amended),
    })),
  };
}

export function readings(): VectorFile {
  const { registry, proofs, idOf } = createWorld({ batches: 0 });
  const block = registry.blocks.at(-1)!;
  const batch = idOf(proofs.standings[0]!);
  const page = registry.read(block, batch);
  const two = { ...registry.readPage(block, 1, 0), batches: registry.readPage(block, 1, 0).batches.slice(0, 2) };
  const encoded = encodePageReading(two);
  const withWord = (index: number, value: number | bigint) =>
    encoded.slice(0, 2 + 64 * index) + word(value) + encoded.slice(2 + 64 * (index + 1));
  const invalid = (name: string, page: string) => ({ name, page, code: 'READING_INVALID' });
  const changed = (name: string, change: (reading: PageReading) => void) => {
    const reading = structuredClone(two);
    change(reading);
    return invalid(name, encodePageReading(reading));
  };
  const amendments = registry.readAmendments(block, batch);
  const logs = registry.logs(block, []);
  return {
    about:
      'Sections 9.2 to 9.7. Valid: questions and their call data, answers and what they say, logs and what they tell. Status words are 32 bytes of hex. Invalid: answers that must be refused.',
    valid: [
      { call: 'readPage', issuer: 1, page: 2, data: encodeReadPage(1, 2) },
      { call: 'read', batch: toHex(batch), data: encodeRead(batch) },
      { call: 'readAmendments', batch: toHex(batch), data: encodeReadAmendments(batch) },
      { name: 'one batch', page: encodePageReading(page), reading: pageJson(page) },
      {
        name: 'a page',
        page: encodePageReading(registry.readPage(block, 1, 0)),
        reading: pageJson(registry.readPage(block, 1, 0)),
      },
      {
        name: 'an unknown batch',
        page: encodePageReading(registry.read(block, namedBytes('nobody', 32))),
        reading: pageJson(registry.read(block, namedBytes('nobody', 32))),
      },
      { name: 'words that nothing points to', page: encodePageReading(page) + word(7), reading: pageJson(page) },
      {
        amendments: encodeAmendments(amendments),
        list: amendments.map((amendment) => ({
          batch: toHex(amendment.batch),
          leaf: amendment.leaf,
          successorBatch: toHex(amendment.successorBatch),
          successorLeaf: amendment.successorLeaf,
        })),
      },
      { amendments: encodeAmendments([]), list: [] },
      ...[logs[0]!, logs[2]!, logs[4]!].map((log): Json => {
        const { batch: id, leaves, ...event } = decodeStatusEvent(log);
        return {
          log: { topics: log.topics, data: log.data },
          event: { ...event, batch: toHex(id), leaves: word(leaves) },
        };
      }),
    ],
    invalid: [
      invalid('nothing', '0x'),
      invalid('half a word', `${encoded}00`),
      invalid('no hex', `${encoded.slice(0, -1)}g`),
      invalid('cut by a word', encoded.slice(0, -64)),
      invalid('an offset that is no multiple of 32', withWord(0, 33)),
      invalid(
        'an offset of a list that is no multiple of 32',
        misaligned(encodePageReading(registry.read(block, namedBytes('nobody', 32)))),
      ),
      invalid('an offset beyond the end', withWord(0, 2 ** 30)),
      invalid('an offset above 2^53', withWord(0, 2n ** 200n)),
      invalid('a list beyond the end', withWord(10, 2 ** 30)),
      invalid('a list longer than the answer', withWord(13, 1_000)),
      invalid('a list of 2^255', withWord(13, 2n ** 255n)),
      invalid('a block number above 2^53', withWord(2, 2n ** 53n)),
      invalid('an unknown issuer state', withWord(6, 4)),
      invalid('an unknown type state', withWord(16, 3)),
      invalid('an address of 21 bytes', withWord(25, 2n ** 160n)),
      invalid('an unknown purpose', withWord(26, 3)),
      changed('a batch twice', ({ batches }) => Object.assign(batches[1]!, { id: batches[0]!.id })),
      changed('a batch number twice', ({ batches }) => Object.assign(batches[1]!, { number: 0 })),
      changed('a batch beyond the count', (reading) => Object.assign(reading, { batchCount: 1 })),
      changed('a batch of size 0', ({ batches }) => Object.assign(batches[0]!, { size: 0 })),
      changed('a batch of size 257', ({ batches }) => Object.assign(batches[0]!, { size: 257 })),
      changed('a status beyond the batch', ({ batches }) => Object.assign(batches[0]!, { suspended: 1n << 13n })),
      changed('a batch from the future', ({ batches }) => Object.assign(batches[0]!, { anchoredAt: block.time + 1 })),
      changed('a batch without its type', (reading) => Object.assign(reading, { types: [] })),
      changed('a batch without its key', (reading) => Object.assign(reading, { keys: [] })),
      changed('two keys of one number', ({ keys }) => keys.push({ ...keys[0]! })),
      changed('two types of one number', ({ types }) => types.push({ ...types[0]! })),
      invalid(
        '65 batches',
        encodePageReading({
          ...two,
          batchCount: 65,
          batches: Array.from({ length: 65 }, (_, number) => ({
            ...two.batches[0]!,
            id: namedBytes(`${number}`, 32),
            number,
          })),
        }),
      ),
    ],
  };
}

/** Lists that are empty, the first of them read a byte further on, where there are zeros too. */
function misaligned(encoded: string): string {
  const offset = 2 + 64 * 10;
  return encoded.slice(0, offset) + word(12 * 32 + 1) + encoded.slice(offset + 64) + word(0);
}
