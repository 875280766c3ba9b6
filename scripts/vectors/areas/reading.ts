import { toHex } from '../../../proof/bytes.ts';
import type { Json, JsonObject } from '../../../proof/json.ts';
import { encodeRead, encodeReadPage, type PageReading } from '../../../proof/reading.ts';
import {
  type Act,
  encodeReadKeys,
  encodeReadNotices,
  encodeReadRecords,
  type LeafRecords,
  type NoticeReading,
} from '../../../proof/records.ts';
import { decodeStatusEvent } from '../../../proof/status-event.ts';
import { encodeKeys, encodeNotices, encodePageReading, encodeRecords, word } from '../abi.ts';
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

const actJson = (act: Act | null): Json => act && { ...act };

function recordJson({ succession, suspension, lift, extension, leaf }: LeafRecords): JsonObject {
  return {
    leaf,
    succession: succession && { ...succession, batch: toHex(succession.batch) },
    suspension: actJson(suspension),
    lift: actJson(lift),
    extension: actJson(extension),
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
  const records = registry.readRecords(block, batch);
  const found = page.batches[0]!;
  const recordsVector = (list: readonly LeafRecords[], of = found) => ({
    records: encodeRecords(list),
    of: { amended: word(of.amended), suspended: word(of.suspended), blockTime: block.time },
  });
  const badRecords = (name: string, change: (list: LeafRecords[]) => void, of = found) => {
    const list = structuredClone(records);
    change(list);
    return { name, ...recordsVector(list, of), code: 'READING_INVALID' };
  };
  const posted = registry.readNotices(block, 1, 3);
  const withNotices = { notices: encodeNotices(posted), count: posted.length, blockTime: block.time };
  const badNotices = (name: string, change: (list: NoticeReading[]) => void) => {
    const list = structuredClone(posted);
    change(list);
    return { name, ...withNotices, notices: encodeNotices(list), code: 'READING_INVALID' };
  };
  const actsBatch = registry.read(block, idOf(proofs.acts[0]!)).batches[0]!;
  const acts = registry.readRecords(block, actsBatch.id);
  const badActs = (name: string, change: (list: LeafRecords[]) => void) => {
    const list = structuredClone(acts);
    change(list);
    return { name, ...recordsVector(list, actsBatch), code: 'READING_INVALID' };
  };
  const lawVector = (law: string, shown: string | null): JsonObject => {
    const [notice] = posted as [NoticeReading];
    const text = encodeNotices([notice]);
    const at = 2 + 64 * (2 + 3);
    return {
      notices: text.slice(0, at) + law.padEnd(64, '0') + text.slice(at + 64),
      count: 1,
      blockTime: block.time,
      list: [{ ...notice, posted: { ...notice.posted }, law: shown }],
    };
  };
  const firstBatch = 15 + 4 * two.types.length + 1 + 6 * two.keys.length;
  const asked = [...new Set(registry.readPage(block, 1, 0).keys.map(({ address }) => address)), `0x${'77'.repeat(20)}`];
  const known = registry.readKeys(block, asked);
  const logs = registry.logs(block, []);
  return {
    about:
      'Sections 9.2 to 9.9. Valid: questions and their call data, answers and what they say, logs and what they tell. Status words are 32 bytes of hex. Invalid: answers that must be refused.',
    valid: [
      { call: 'readPage', issuer: 1, page: 2, data: encodeReadPage(1, 2) },
      { call: 'read', batch: toHex(batch), data: encodeRead(batch) },
      { call: 'readRecords', batch: toHex(batch), data: encodeReadRecords(batch) },
      { call: 'readNotices', issuer: 1, credentialType: 3, data: encodeReadNotices(1, 3) },
      { call: 'readKeys', keys: asked, data: encodeReadKeys(asked) },
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
      { ...recordsVector(records), list: records.map(recordJson) },
      { ...recordsVector(acts, actsBatch), list: acts.map(recordJson) },
      { ...recordsVector([], { ...found, amended: 0n, suspended: 0n }), list: [] },
      { ...withNotices, list: posted.map((notice) => ({ ...notice, posted: { ...notice.posted } })) },
      { notices: encodeNotices([]), count: 0, blockTime: block.time, list: [] },
      ...LAWS.map(([law, shown]) => lawVector(law, shown)),
      { keys: encodeKeys(known), asked, list: known.map(({ issuer, ...key }) => ({ ...key })) },
      ...kindsOf(logs).map((log): Json => {
        const { batch: id, leaves, successor, ...event } = decodeStatusEvent(log);
        return {
          log: { topics: log.topics, data: log.data },
          event: {
            ...event,
            batch: toHex(id),
            leaves: word(leaves),
            successor: successor && { ...successor, batch: toHex(successor.batch) },
          },
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
      invalid('an address of 21 bytes', withWord(28, 2n ** 160n)),
      invalid('an unknown purpose', withWord(29, 3)),
      invalid('an unknown judgement', withWord(firstBatch + 6, 3)),
      invalid('a flag that is neither', withWord(firstBatch + 7, 2)),
      changed('a batch twice', ({ batches }) => Object.assign(batches[1]!, { id: batches[0]!.id })),
      changed('a batch number twice', ({ batches }) => Object.assign(batches[1]!, { number: 0 })),
      changed('a batch beyond the count', (reading) => Object.assign(reading, { batchCount: 1 })),
      changed('a batch of size 0', ({ batches }) => Object.assign(batches[0]!, { size: 0 })),
      changed('a batch of size 257', ({ batches }) => Object.assign(batches[0]!, { size: 257 })),
      changed('a status beyond the batch', ({ batches }) => Object.assign(batches[0]!, { suspended: 1n << 13n })),
      changed('a suspension without a record', ({ batches }) => Object.assign(batches[0]!, { amended: 0n })),
      changed('a batch from the future', ({ batches }) => Object.assign(batches[0]!, { anchoredAt: block.time + 1 })),
      changed('a batch without its type', (reading) => Object.assign(reading, { types: [] })),
      changed('a batch without its key', (reading) => Object.assign(reading, { keys: [] })),
      changed('two keys of one number', ({ keys }) => keys.push({ ...keys[0]! })),
      changed('two types of one number', ({ types }) => types.push({ ...types[0]! })),
      badRecords('a record of the future', (list) => Object.assign(list[0]!.suspension!, { at: block.time + 1 })),
      badRecords('a report of the future', (list) =>
        Object.assign(list[0]!.suspension!, { invalidFrom: block.time + 1 }),
      ),
      badRecords('a record too few', (list) => list.pop()),
      badRecords('a record twice', (list) => list.push(list.at(-1)!)),
      badRecords('records out of order', (list) => list.reverse()),
      badRecords('a record of another leaf', (list) => Object.assign(list[0]!, { leaf: 0 })),
      badRecords('a record of leaf 256', (list) => Object.assign(list[0]!, { leaf: 256 })),
      badRecords('a record of nothing', (list) =>
        Object.assign(list[1]!, { suspension: null, lift: null, succession: null, extension: null }),
      ),
      badRecords('a lift of nothing', (list) => {
        const superseded = list.find(({ succession, suspension }) => succession && !suspension)!;
        superseded.lift = superseded.succession;
      }),
      badRecords('a suspension that was lifted, and is not', (list) =>
        Object.assign(list[0]!, { lift: list[0]!.suspension }),
      ),
      badRecords('a suspension that was not lifted, and is', (list) =>
        Object.assign(list.find(({ lift }) => lift)!, { lift: null }),
      ),
      badRecords('a day after the last', (list) => Object.assign(list[0]!.suspension!, { until: 2_932_897 })),
      badRecords('a successor at leaf 256', (list) =>
        Object.assign(list.find(({ succession }) => succession)!.succession!, { leaf: 256 }),
      ),
      badActs('an extension of the future', (list) =>
        Object.assign(list.find(({ extension }) => extension)!.extension!, { at: block.time + 1 }),
      ),
      badActs('an extension after the last day', (list) =>
        Object.assign(list.find(({ extension }) => extension)!.extension!, { validUntil: 2_932_897 }),
      ),
      badActs('a lift of the future', (list) =>
        Object.assign(list.find(({ lift }) => lift)!.lift!, { at: block.time + 1 }),
      ),
      badNotices('a notice of the future', (list) => Object.assign(list[0]!.posted, { at: block.time + 1 })),
      badNotices('a report of the future behind a notice', (list) =>
        Object.assign(list[0]!.posted, { invalidFrom: block.time + 1 }),
      ),
      badNotices('a withdrawal of the future', (list) => Object.assign(list[0]!, { withdrawnAt: block.time + 1 })),
      badNotices('a notice too few', (list) => list.pop()),
      badNotices('a notice of nobody', (list) => Object.assign(list[0]!.posted, { at: 0 })),
      badNotices('a notice that shortens', (list) => Object.assign(list[0]!, { validUntil: list[0]!.to - 1 })),
      badNotices('a notice from after to', (list) => Object.assign(list[0]!, { from: list[0]!.to + 1 })),
      badNotices('a notice until after the last day', (list) => Object.assign(list[0]!, { validUntil: 2_932_897 })),
      { name: 'other keys', keys: encodeKeys(known), asked: [...asked].reverse(), code: 'READING_INVALID' },
      { name: 'a key too few', keys: encodeKeys(known.slice(1)), asked, code: 'READING_INVALID' },
      ...badLogs(logs).map(([name, log]) => ({ name, log, code: 'READING_INVALID' })),
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

/** What stands on the chain as the law of a notice, in hex, and what is shown of it. */
const LAWS: readonly [law: string, shown: string | null][] = [
  ['4361702e20323138', 'Cap. 218'],
  ['e7acac203935e8999f', '第 95號'],
  ['3132333435363738393031323334353637383930313233343536373839303132', '12345678901234567890123456789012'],
  ['', null],
  ['610062', null],
  ['ff', null],
  ['e280ae61', null],
  ['61e280a862', null],
  ['2061', null],
  ['61e38080', null],
  ['610a62', null],
  ['65cc81', null],
  ['ee8080', null],
];

interface Log {
  topics: string[];
  data: string;
}

/** One log of each act. */
function kindsOf<T extends Log>(logs: readonly T[]): T[] {
  const kinds = new Map(logs.map((log) => [decodeStatusEvent(log).act, log]));
  return [...kinds.values()];
}

function badLogs(logs: readonly Log[]): [name: string, log: Log & JsonObject][] {
  const { topics, data } = logs.find((log) => decodeStatusEvent(log).act === 'succeed')!;
  const words = data.slice(2);
  return [
    ['a log of an unknown event', { topics: [`0x${'00'.repeat(32)}`, ...topics.slice(1)], data }],
    ['a log without a batch', { topics: topics.slice(0, 3), data }],
    ['a log of half a batch', { topics: [...topics.slice(0, 3), '0x1234'], data }],
    ['a log of leaf 256', { topics, data: `0x${word(256)}${words.slice(64)}` }],
    ['a log that is cut', { topics, data: data.slice(0, -64) }],
  ];
}

/** Lists that are empty, the first of them read a byte further on, where there are zeros too. */
function misaligned(encoded: string): string {
  const offset = 2 + 64 * 10;
  return encoded.slice(0, offset) + word(12 * 32 + 1) + encoded.slice(offset + 64) + word(0);
}
