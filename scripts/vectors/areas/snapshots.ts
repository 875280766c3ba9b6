import { toHex } from '../../../proof/bytes.ts';
import type { Json, JsonObject } from '../../../proof/json.ts';
import type { Proof } from '../../../proof/proof.ts';
import { encodeNotices, encodePageReading, encodeRecords } from '../abi.ts';
import type { Kind } from '../issuing.ts';
import type { VectorFile } from '../vectors.ts';
import { createWorld } from '../world.ts';

type Page = JsonObject & { answers: JsonObject; block: JsonObject };

/** Files of what the registry said, and what they give for a question. */
export function snapshots(): VectorFile {
  const { registry, other, proofs, kinds, idOf, trust } = createWorld();
  const newest = registry.blocks.at(-1)!;
  const keep = (issuer: number, page: number, block = newest): Page => {
    const reading = registry.readPage(block, issuer, page);
    const amended = reading.batches.filter((batch) => batch.amended !== 0n);
    const noticed = reading.types.filter(({ noticeCount }) => noticeCount > 0);
    return {
      chainId: registry.address.chainId,
      address: registry.address.address,
      issuer,
      page,
      block: { number: block.number, hash: block.hash, time: block.time },
      agreed: 2,
      answers: {
        page: encodePageReading(reading),
        records: Object.fromEntries(
          amended.map(({ id }) => [toHex(id), encodeRecords(registry.readRecords(block, id))]),
        ),
        notices: Object.fromEntries(
          noticed.map(({ number }) => [`${number}`, encodeNotices(registry.readNotices(block, issuer, number))]),
        ),
      },
    };
  };
  const [first, second, third] = [keep(1, 0), keep(1, 1), keep(2, 0)];
  const older = keep(1, 0, registry.blocks.at(-2)!);
  const textOf = (pages: readonly Json[]) => JSON.stringify({ format: 'eproof-snapshot/1', pages });
  const questionOf = (proof: Proof, kind: Kind = kinds.tiny) => ({
    registry: proof.registry,
    issuer: proof.header.issuer,
    batch: toHex(idOf(proof, kind)),
    locator: proof.locator,
  });
  const asked = (name: string, pages: readonly Json[], question: JsonObject, expect: Json) => ({
    name,
    text: textOf(pages),
    question,
    expect,
  });
  const inForce = questionOf(proofs.standings[0]!);
  const found = { block: newest.number, isSnapshot: true };
  const failed = { failure: 'NODE_ANSWER_INVALID' };
  const spoilt = (change: (page: Page) => JsonObject): Json[] => [change(structuredClone(first))];
  const answers = (page: Page, change: JsonObject): Page => ({ ...page, answers: { ...page.answers, ...change } });
  const refused = (name: string, text: string) => ({ name, text, code: 'SNAPSHOT_INVALID' });
  const changed = (name: string, from: string, to: string) => refused(name, replaced(textOf([third]), from, to));
  return {
    about:
      'Sections 9.12 and 9.13. Valid: the text of a snapshot, a question (registry by its place in the trust data of verdicts.json), and what follows: the number of the block of the reading, null where no page holds the batch, or a failure. Invalid: texts that are no snapshot.',
    registries: trust.registries.map(({ chainId, address }) => ({ chainId, address })),
    valid: [
      asked('a page that holds the batch', [third, second, first], inForce, found),
      asked('the batch without its number', [third, second, first], { ...inForce, locator: null }, found),
      asked('the newest of two', [older, first], inForce, found),
      asked(
        'the older of two, where the newer does not hold the batch',
        [older, { ...first, page: 1 }],
        { ...inForce, locator: 0 },
        {
          ...found,
          block: newest.number - 1,
        },
      ),
      asked('a batch with records', [first], questionOf(proofs.acts[0]!), found),
      asked('a batch of a type with notices', [first], questionOf(proofs.noticed[0]!, kinds.plain), found),
      asked('no pages', [], inForce, null),
      asked('pages of others', [second, third], inForce, null),
      asked('a batch that is not in its page', [first], { ...questionOf(proofs.unanchored), locator: 0 }, null),
      asked('a batch of another registry', [first], questionOf(proofs.elsewhere), null),
      asked(
        'a page of another registry',
        spoilt((page) => ({ ...page, ...other.address })),
        inForce,
        null,
      ),
      asked('an address in capitals in the question', [first], { ...inForce, capitals: true }, found),
      asked(
        'records of another batch are missing',
        spoilt((page) => answers(page, { records: {} })),
        questionOf(proofs.beforeCompromise),
        found,
      ),
      asked(
        'a page that cannot be read',
        spoilt((page) => answers(page, { page: '0x' })),
        inForce,
        failed,
      ),
      asked(
        'a page that cannot be read, behind a newer one',
        [...spoilt((page) => ({ ...answers(page, { page: '0x' }), block: { ...page.block, number: 1 } })), first],
        inForce,
        found,
      ),
      asked(
        'records are missing',
        spoilt((page) => answers(page, { records: {} })),
        inForce,
        failed,
      ),
      asked(
        'notices are missing',
        spoilt((page) => answers(page, { notices: {} })),
        questionOf(proofs.noticed[0]!, kinds.plain),
        failed,
      ),
      asked(
        'the answer of another page',
        spoilt((page) => ({ ...page, answers: second.answers })),
        inForce,
        failed,
      ),
      asked(
        'the answer of another issuer',
        spoilt((page) => ({ ...page, answers: third.answers })),
        inForce,
        failed,
      ),
      asked(
        'a page that stops before its count',
        spoilt((page) => answers(page, { page: shorter(registry.readPage(newest, 1, 0)) })),
        inForce,
        failed,
      ),
      asked(
        'another block number',
        spoilt((page) => ({ ...page, block: { ...page.block, number: 1 } })),
        inForce,
        failed,
      ),
      asked(
        'another block time',
        spoilt((page) => ({ ...page, block: { ...page.block, time: newest.time + 1 } })),
        inForce,
        failed,
      ),
    ],
    invalid: [
      refused('nothing', ''),
      refused('a list', '[]'),
      refused('a text that breaks off', textOf([third]).slice(0, -1)),
      refused('a name twice', replaced(textOf([third]), '{"format"', '{"pages":[],"format"')),
      changed('another format', 'snapshot/1', 'snapshot/2'),
      refused('pages that are no list', '{"format":"eproof-snapshot/1","pages":{}}'),
      refused('a page that is none', textOf([1])),
      changed('no block', '"block"', '"blocks"'),
      changed('a hash that is cut', newest.hash, newest.hash.slice(0, -1)),
      changed('a number below 0', '"issuer":2', '"issuer":-2'),
      changed('a number in words', '"issuer":2', '"issuer":"2"'),
      changed('an address in capitals', '0xe7e7', '0xE7e7'),
      changed('an answer in capitals', '"page":"0x', '"page":"0xAB'),
      changed('records that are a list', '"records":{}', '"records":[]'),
      changed('no notices', '"notices"', '"notice"'),
    ],
  };
}

/** The page without its last batch, which it still counts. */
function shorter(page: Parameters<typeof encodePageReading>[0]): string {
  return encodePageReading({ ...page, batches: page.batches.slice(0, -1) });
}

function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new TypeError(`there is no ${from}`);
  return text.replace(from, to);
}
