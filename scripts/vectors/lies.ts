import type { Json, JsonObject } from '../../proof/json.ts';
import { decodePageReading, encodeReadPage, type PageReading } from '../../proof/reading.ts';
import { encodeReadNotices, encodeReadRecords } from '../../proof/records.ts';
import { encodePageReading, word } from './abi.ts';
import type { Draw } from './draw.ts';
import type { NodeModel, Request } from './node.ts';
import { namedBytes } from './seed.ts';

/** What a node sends instead of the truth: for the whole answer's text, or for one result of it. */
export type Lie = (honest: NodeModel, draw: Draw) => (requests: readonly Numbered[]) => string;

export interface Numbered extends Request {
  id: number;
}

/** The answer of a node that does not lie. */
export function tellTruth(honest: NodeModel): (requests: readonly Numbered[]) => string {
  return (requests) => JSON.stringify(requests.map((request) => toAnswer(request.id, honest(request))));
}

/** A node that works its answers out once: those who are honest are asked the same again and again. */
export function remember(node: NodeModel): NodeModel {
  const known = new Map<string, Json>();
  return (request) => {
    const key = JSON.stringify(request);
    if (!known.has(key)) known.set(key, node(request));
    return known.get(key) as Json;
  };
}

function toAnswer(id: number, result: Json): JsonObject {
  return { jsonrpc: '2.0', id, result };
}

function text(make: (truth: string, draw: Draw) => string): Lie {
  return (honest, draw) => (requests) => make(tellTruth(honest)(requests), draw);
}

function result(method: string, make: (truth: Json, draw: Draw, request: Request) => Json): Lie {
  return (honest, draw) => (requests) =>
    JSON.stringify(
      requests.map((request) => {
        const truth = honest(request);
        return toAnswer(request.id, request.method === method ? make(truth, draw, request) : truth);
      }),
    );
}

const isCallOf = (request: Request, data: string): boolean =>
  ((request.params[0] as JsonObject).data as string).startsWith(data.slice(0, 10));

/** A page of the right shape that says something else. */
function page(change: (page: PageReading, draw: Draw) => void): Lie {
  return result('eth_call', (truth, draw, request) => {
    if (!isCallOf(request, encodeReadPage(0, 0))) return truth;
    const reading = decodePageReading(truth as string);
    change(reading, draw);
    return encodePageReading(reading);
  });
}

function words(change: (hex: string, draw: Draw) => string): Lie {
  return result('eth_call', (truth, draw) => (typeof truth === 'string' ? change(truth, draw) : truth));
}

function records(change: (hex: string, draw: Draw) => string): Lie {
  return result('eth_call', (truth, draw, request) =>
    isCallOf(request, encodeReadRecords(new Uint8Array(32))) ? change(truth as string, draw) : truth,
  );
}

function notices(change: (hex: string, draw: Draw) => string): Lie {
  return result('eth_call', (truth, draw, request) =>
    isCallOf(request, encodeReadNotices(0, 0)) ? change(truth as string, draw) : truth,
  );
}

const withWord = (hex: string, index: number, value: number | bigint): string =>
  hex.slice(0, 2 + 64 * index) + word(value) + hex.slice(2 + 64 * (index + 1));
const hex = (value: number): string => `0x${value.toString(16)}`;
const anyHash = (draw: Draw): string => `0x${word(draw.number(2 ** 32)).replaceAll('0', 'f')}`;
const block = (change: (block: Record<string, Json>, draw: Draw) => void): Lie =>
  result('eth_getBlockByNumber', (truth, draw) => {
    const copy = { ...(truth as JsonObject) };
    change(copy, draw);
    return copy;
  });

/** What no honest node sends: alone it must end in "could not be checked", never in a fault of the document. */
export const FAILURES: Readonly<Record<string, Lie>> = {
  'no connection': () => () => {
    throw new Error('no connection');
  },
  'an empty answer': text(() => ''),
  'a web page': text(() => '<!doctype html><title>502</title>'),
  'a cut answer': text((truth, draw) => truth.slice(0, draw.number(truth.length))),
  'two answers in one': text((truth) => truth + truth),
  'an endless answer': text((truth) => truth.replace('0x', `0x${'0'.repeat(1_100_000)}`)),
  'a deep answer': text((_, draw) => '['.repeat(17 + draw.number(10_000))),
  'one answer without a list': text((truth) => JSON.stringify((JSON.parse(truth) as Json[])[0])),
  'an empty list': text(() => '[]'),
  'a list of nothing': text(() => '[null,null,null]'),
  'answers with text for numbers': text((truth) => truth.replace(/"id":(\d)/g, '"id":"$1"')),
  'answers to other questions': text((truth) =>
    truth.replace(/"id":(\d)/g, (_, id: string) => `"id":${Number(id) + 7}`),
  ),
  'answers in each other’s place': text((truth) =>
    truth.replace(/"id":(\d)/g, (_, id: string) => `"id":${{ 0: 1, 1: 0 }[id] ?? id}`),
  ),
  'errors for results': (_, draw) => (requests) =>
    JSON.stringify(requests.map(({ id }) => ({ jsonrpc: '2.0', id, error: { code: -32_000 - draw.number(99) } }))),
  'null for results': (honest) => (requests) => {
    void honest;
    return JSON.stringify(requests.map(({ id }) => toAnswer(id, null)));
  },
  'a name twice': text((truth) => truth.replace('"jsonrpc"', '"id":0,"id":1,"jsonrpc"')),
  'another chain': result('eth_chainId', (_, draw) => hex(1 + draw.number(30_000))),
  'a chain as a number': result('eth_chainId', (truth) => Number(truth)),
  'a chain in words': result('eth_chainId', () => 'Hong Kong'),
  'a newest block in words': result('eth_blockNumber', () => 'latest'),
  'a newest block of 20 digits': result('eth_blockNumber', () => `0x${'f'.repeat(20)}`),
  'a newest block that nobody has': result('eth_blockNumber', (_, draw) => hex(1_000_000 + draw.number(2 ** 30))),
  'another block than asked for': block((copy, draw) => {
    copy.number = hex(Number(copy.number) + 1 + draw.number(9));
  }),
  'a block without a hash': block((copy) => {
    copy.hash = null;
  }),
  'a block of another time than the page': block((copy, draw) => {
    copy.timestamp = hex(Number(copy.timestamp) + 1 + draw.number(99));
  }),
  'a block in the past': (honest, draw) => {
    const seconds = 301 + draw.number(2 ** 30);
    return (requests) => {
      const truth = JSON.parse(tellTruth(honest)(requests)) as { result: Json }[];
      for (const answer of truth) {
        const found = answer.result;
        if (typeof found === 'object' && found !== null && 'timestamp' in found)
          answer.result = { ...found, timestamp: hex(Number(found.timestamp) - seconds) };
        else if (typeof found === 'string' && found.length > 770)
          answer.result = withWord(found, 3, Number.parseInt(found.slice(2 + 64 * 3, 2 + 64 * 4), 16) - seconds);
      }
      return JSON.stringify(truth);
    };
  },
  'another contract': result('eth_getProof', (_, draw) => ({ codeHash: anyHash(draw) })),
  'no account': result('eth_getProof', () => 'none'),
  'an account without code': result('eth_getProof', () => ({ balance: '0x0' })),
  'no contract at the address': words(() => '0x'),
  'a page of another chain': page((reading, draw) => {
    reading.chainId = 1 + draw.number(30_000);
  }),
  'a page of another block': page((reading, draw) => {
    reading.blockNumber += 1 + draw.number(9);
  }),
  'a page of another issuer': page((reading) => {
    reading.issuer += 1;
  }),
  'a page of another page': page((reading) => {
    for (const batch of reading.batches) batch.number += 64;
    reading.batchCount += 64;
  }),
  'a page with batches left out': page((reading, draw) => {
    reading.batches.splice(draw.number(reading.batches.length), 1);
  }),
  'a page that stops before its count': page((reading) => {
    reading.batchCount += 1;
  }),
  'a page without keys': page((reading) => {
    reading.keys = [];
  }),
  'a page without types': page((reading) => {
    reading.types = [];
  }),
  'a page with two keys of one number': page((reading, draw) => {
    reading.keys.push({ ...draw.pick(reading.keys), address: hex(draw.number(2 ** 40)).padEnd(42, '0') });
  }),
  'a page with a batch from the future': page((reading) => {
    reading.batches[0]!.anchoredAt = reading.blockTime + 1;
  }),
  'a page of half words': words((truth, draw) => truth.slice(0, 2 + 64 * draw.number(truth.length / 64) + 7)),
  'a page that is cut': words((truth, draw) => truth.slice(0, 2 + 64 * draw.number((truth.length - 2) / 64))),
  'lists of enormous length': words((truth, draw) => withWord(truth, 13, 2n ** BigInt(20 + draw.number(200)))),
  'lists that start elsewhere': words((truth, draw) =>
    withWord(truth, 10 + draw.number(3), 2 ** (20 + draw.number(30))),
  ),
  'lists that are each other': words((truth) => {
    const batches = Number.parseInt(truth.slice(2 + 64 * 12, 2 + 64 * 13), 16);
    return withWord(withWord(truth, 10, batches), 11, batches);
  }),
};

/** A word at the same places of every record. */
function withEach(truth: string, places: readonly number[], value: number): string {
  const count = Number.parseInt(truth.slice(2 + 64, 2 + 128), 16);
  return Array.from({ length: count }, (_, i) => places.map((place) => place + 17 * i))
    .flat()
    .reduce((changed, place) => withWord(changed, place, value), truth);
}

/** What an honest node could send if the world were another: only the other nodes can contradict it. */
export const FALSEHOODS: Readonly<Record<string, Lie>> = {
  'an older newest block': result('eth_blockNumber', (truth, draw) =>
    hex(Math.max(0, Number(truth) - 1 - draw.number(9))),
  ),
  'the first block': result('eth_blockNumber', () => '0x0'),
  'another block hash': block((copy, draw) => {
    copy.hash = anyHash(draw);
  }),
  'nothing revoked': page((reading) => {
    for (const batch of reading.batches) batch.revoked = 0n;
  }),
  'nothing suspended': page((reading) => {
    for (const batch of reading.batches) batch.suspended = 0n;
  }),
  'nothing amended': page((reading) => {
    for (const batch of reading.batches) batch.amended = 0n;
  }),
  'everything revoked': page((reading) => {
    for (const batch of reading.batches) batch.revoked = (1n << BigInt(batch.size)) - 1n;
  }),
  'one leaf revoked': page((reading, draw) => {
    for (const batch of reading.batches) batch.revoked ^= 1n << BigInt(draw.number(batch.size));
  }),
  'no batches': page((reading) => {
    Object.assign(reading, { batches: [], batchCount: 0, types: [], keys: [] });
  }),
  'other batches': page((reading, draw) => {
    for (const batch of reading.batches) batch.id = namedBytes(`other ${batch.number} ${draw.number(99)}`, 32);
  }),
  'another key': page((reading, draw) => {
    for (const key of reading.keys) key.address = `0x${word(draw.number(2 ** 48)).slice(24)}`;
  }),
  'keys for status alone': page((reading) => {
    for (const key of reading.keys) key.purpose = 'status';
  }),
  'compromised keys': page((reading) => {
    for (const key of reading.keys) key.invalidFrom = 1;
  }),
  'good keys': page((reading) => {
    for (const key of reading.keys)
      Object.assign(key, { purpose: 'anchor', validFrom: 0, validUntil: 0, invalidFrom: 0 });
  }),
  'ended keys': page((reading) => {
    for (const key of reading.keys) key.validUntil = 1;
  }),
  'other sizes': page((reading) => {
    for (const batch of reading.batches) batch.size = 256;
  }),
  'other types': page((reading, draw) => {
    for (const type of reading.types) type.definition = namedBytes(`definition ${draw.number(99)}`, 32);
  }),
  'another profile': page((reading, draw) => {
    reading.profile = namedBytes(`profile ${draw.number(99)}`, 32);
  }),
  'no issuer': page((reading) => {
    reading.issuerState = 'none';
  }),
  'a suspended issuer': page((reading) => {
    reading.issuerState = 'suspended';
  }),
  'any word changed': words((truth, draw) =>
    withWord(truth, draw.number((truth.length - 2) / 64), BigInt(draw.number(2 ** 48)) << BigInt(draw.number(200))),
  ),
  'any bit flipped': words((truth, draw) => {
    const at = 2 + draw.number(truth.length - 2);
    const digit = Number.parseInt(truth[at] as string, 16) ^ (1 << draw.number(4));
    return truth.slice(0, at) + digit.toString(16) + truth.slice(at + 1);
  }),
  'words after the last': words((truth) => truth + word(0)),
  'no records': records(() => `0x${word(32)}${word(0)}`),
  'records that are none': records(() => '0x'),
  'another successor': records((truth, draw) => withWord(truth, 3 + 17 * draw.number(3), draw.number(2 ** 40))),
  'a suspension that is over': records((truth, draw) => withWord(truth, 11 + 17 * draw.number(3), 1)),
  'records of stolen keys': records((truth) => withEach(truth, [7, 10, 14, 18], 1)),
  'records of good keys': records((truth) => withEach(truth, [7, 10, 14, 18], 0)),
  'another end': records((truth, draw) => withEach(truth, [15], 1 + draw.number(2_932_896))),
  'no notices': notices(() => `0x${word(32)}${word(0)}`),
  'notices that are none': notices(() => '0x'),
  'a notice that moves further': notices((truth) => withWord(truth, 4, 2_932_896)),
  'a notice that is withdrawn': notices((truth) => withWord(truth, 9, 1)),
  'void batches': page((reading) => {
    for (const batch of reading.batches) batch.judgement = 'void';
  }),
  'endorsed batches': page((reading) => {
    for (const batch of reading.batches) batch.judgement = 'endorsed';
  }),
  'flagged batches': page((reading) => {
    for (const batch of reading.batches) batch.flagged = !batch.flagged;
  }),
  'no types with notices': page((reading) => {
    for (const type of reading.types) type.noticeCount = 0;
  }),
  'no explanation': result('eth_getLogs', () => null),
  'no events': result('eth_getLogs', () => []),
  'events that are none': result('eth_getLogs', (_, draw) =>
    draw.pick<Json>([1, 'x', {}, [null], [1], [{}], [{ topics: 1, data: '0x' }], [{ topics: [1], data: '0x' }]]),
  ),
  'events of other reasons': result('eth_getLogs', (truth) =>
    (truth as JsonObject[]).map((log) => ({
      ...log,
      data: `0x${word(0)}${word(2n ** 256n - 1n)}${word(7)}${word(0)}${word(1)}`,
    })),
  ),
  'the truth in capitals': words((truth) => `0x${truth.slice(2).toUpperCase()}`),
};

export const LIES: Readonly<Record<string, Lie>> = { ...FAILURES, ...FALSEHOODS };
