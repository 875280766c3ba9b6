import { expect } from 'chai';
import { gather } from '../../verifier-web/many/gather.ts';
import type { Row } from '../../verifier-web/many/row.ts';
import { toZip } from './archive.ts';

const MIB = 1024 * 1024;

/** As many files as are given, which are small and say that they are as large as this. */
const zipOf = (sizesMib: readonly number[]): File => {
  const entries = sizesMib.map((mib, i) => ({
    name: `${i}.pdf`,
    content: Buffer.from('%PDF'),
    claims: { sizeBytes: mib * MIB },
  }));
  return new File([Uint8Array.from(toZip(entries))], 'all.zip');
};

describe('what is gathered of an archive', () => {
  async function refusedOf(archive: File): Promise<string[]> {
    const refused: string[] = [];
    for await (const { name, open, result } of gather([archive])) {
      expect(open === undefined, name).to.equal(result !== null);
      if (result?.kind === 'refusal') refused.push(`${name} ${result.code}`);
    }
    return refused;
  }

  it('is never unpacked where a file says that it is too large for the page', async () => {
    expect(await refusedOf(zipOf([32, 33, 1]))).to.deep.equal(['all.zip/1.pdf FILE_TOO_LARGE']);
  });

  it('is never unpacked beyond what one archive may hold', async () => {
    expect(await refusedOf(zipOf(Array.from({ length: 65 }, () => 32)))).to.deep.equal([
      'all.zip/64.pdf FILE_TOO_LARGE',
    ]);
  });
});

describe('what is gathered of a folder', () => {
  const entry = (fullPath: string, more: object) => ({ fullPath, name: fullPath.split('/').at(-1), ...more });
  const file = (path: string) =>
    entry(path, { isFile: true, file: (give: (one: File) => void) => give(new File(['{}'], 'x.json')) });
  const folder = (path: string, read: (give: (some: object[]) => void, refuse: (why: Error) => void) => void) =>
    entry(path, { isFile: false, createReader: () => ({ readEntries: read }) });

  async function rowsOf(given: object): Promise<Pick<Row, 'name' | 'result'>[]> {
    const rows: Pick<Row, 'name' | 'result'>[] = [];
    for await (const { name, result } of gather([given as FileSystemEntry])) rows.push({ name, result });
    return rows;
  }

  it('names a folder that cannot be read, and goes on with the next', async () => {
    const parts = [[folder('/f/a', (_, refuse) => refuse(new Error('gone'))), file('/f/b.json')], []];
    expect(await rowsOf(folder('/f', (give) => give(parts.shift() as object[])))).to.deep.equal([
      { name: 'f/a', result: { kind: 'refusal', code: 'FILE_UNREADABLE', host: '' } },
      { name: 'f/b.json', result: null },
    ]);
  });

  it('has all of a folder that comes in parts, in the order of its numbers', async () => {
    const parts = [[file('/f/10.json')], [file('/f/2.json')], []];
    const rows = await rowsOf(folder('/f', (give) => give(parts.shift() as object[])));
    expect(rows.map(({ name }) => name)).to.deep.equal(['f/2.json', 'f/10.json']);
  });
});
