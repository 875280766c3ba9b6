import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  type Block,
  type Genesis,
  Journal,
  openJournal,
  parseBlock,
  parseGenesis,
  readFirstLine,
} from '../../../scripts/local/chain-journal.ts';
import { LocalError } from '../../../scripts/local/local-error.ts';
import { linesOf } from './journal-lines.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const GENESIS: Genesis = {
  format: 'eproof-chain/1',
  chainId: 1,
  timestamp: 1_800_000_000,
  hardfork: 'cancun',
  blockGasLimit: 30_000_000,
  engine: 'test',
  hash: '0x00',
};

describe('the journal', () => {
  const temporary = useTemporaryFolder();
  const path = () => join(temporary(), 'journal.jsonl');
  let lines: string[] = [];
  beforeEach(() => {
    lines = [];
  });

  async function write(...blocks: Block[]): Promise<void> {
    const journal = await openJournal(path(), (line) => lines.push(line));
    if (journal.isEmpty) await journal.append(GENESIS);
    for (const block of blocks) await journal.append(block);
    await journal.close();
  }

  it('gives back what was appended, from any line on', async () => {
    await write(blockOf(1), blockOf(2, '牌'.repeat(1_000_000)), blockOf(3));
    const read = await linesOf(path());
    expect(read.map(({ text }) => JSON.parse(text).number)).to.deep.equal([undefined, 1, 2, 3]);
    const rest = await linesOf(path(), read[1]!.end);
    expect(rest).to.deep.equal(read.slice(2));
  });

  it('shows no line that lacks its newline', async () => {
    await write(blockOf(1));
    appendFileSync(path(), JSON.stringify(blockOf(2)));
    expect(await linesOf(path())).to.have.length(2);
  });

  it('has no first line while it is missing, empty or being written', async () => {
    expect(await readFirstLine(path())).to.equal(undefined);
    writeFileSync(path(), '');
    expect(await readFirstLine(path())).to.equal(undefined);
    writeFileSync(path(), '{"format":"eproof-chain/1"');
    expect(await readFirstLine(path())).to.equal(undefined);
  });

  for (const cut of [1, 2, 40, 100]) {
    it(`cuts the last line off where a crash left all but ${cut} bytes of it`, async () => {
      await write(blockOf(1));
      const before = readFileSync(path(), 'utf8');
      await write(blockOf(2));
      truncateSync(path(), readFileSync(path()).length - 1 - cut);
      await write();
      expect(readFileSync(path(), 'utf8')).to.equal(before);
      expect(lines.at(-1)).to.match(/^cut \d+ bytes of a block that was never finished off the journal$/);
    });
  }

  it('publishes the last line where a crash left all of it but the newline', async () => {
    await write(blockOf(1), blockOf(2));
    const before = readFileSync(path(), 'utf8');
    truncateSync(path(), before.length - 1);
    await write();
    expect(readFileSync(path(), 'utf8')).to.equal(before);
    expect(lines).to.deep.equal(['the last block was journalled and not yet shown; it is now']);
  });

  it('goes on after a tail that it settled', async () => {
    await write(blockOf(1));
    appendFileSync(path(), '{"number":2,"ti');
    await write(blockOf(2), blockOf(3));
    const read = await linesOf(path());
    expect(read.slice(1).map((line, index) => parseBlock(line, path(), index + 1).number)).to.deep.equal([1, 2, 3]);
  });

  it('begins anew where not even the first line was finished', async () => {
    writeFileSync(path(), '{"format":"eproof-ch');
    await write(blockOf(1));
    expect(parseGenesis((await readFirstLine(path()))!, path())).to.deep.equal(GENESIS);
  });

  it('rejects when the disk is full', async function () {
    if (process.platform !== 'linux') this.skip();
    const journal = new Journal(await open('/dev/full', 'r+'), 0);
    const error = await journal.append(blockOf(1)).catch((reason) => reason);
    await journal.close();
    expect(error.code).to.equal('ENOSPC');
  });

  it('names the line that is damaged', async () => {
    await write(blockOf(1));
    const line = { text: '{"number":1', end: 0 };
    expect(() => parseBlock(line, path(), 1)).to.throw(LocalError, /^line 2 of ".*journal\.jsonl" is damaged; /);
    expect(() => parseBlock({ text: '{"number":7,"transactions":[]}', end: 0 }, path(), 1)).to.throw(/^line 2 of/);
  });

  it('refuses the first line of another format', () => {
    const line = { text: '{"format":"eproof-chain/2"}', end: 0 };
    expect(() => parseGenesis(line, path())).to.throw(LocalError, /not a journal that this version can read/);
  });
});

function blockOf(number: number, ...transactions: string[]): Block {
  return { number, timestamp: 1_800_000_000 + number, hash: `0x${'ab'.repeat(32)}`, transactions };
}
