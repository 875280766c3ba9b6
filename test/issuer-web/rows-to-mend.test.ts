import { expect } from 'chai';
import fc from 'fast-check';
import { readRecords } from '../../catalogue/csv-records.ts';
import type { Import } from '../../client/api.ts';
import { type Note, rowsToMend } from '../../issuer-web/rows-to-mend.ts';
import { fromCell, toCsv } from '../../server/csv.ts';
import type { Language } from '../../ui/language.ts';

const noteOf = (row: number): Note => ({ row, fault: `wrong in ${row}`, remedy: 'mend it' });

async function* notesOf(rows: readonly number[]): AsyncGenerator<Note> {
  for (const row of rows) yield noteOf(row);
}

interface Asked {
  format?: Import['format'];
  language?: Language;
}

async function take(file: Blob, rows: readonly number[], { format = 'csv', language = 'en' }: Asked = {}) {
  let text = '';
  for await (const part of rowsToMend({ file, format, notes: notesOf(rows), language })) text += part;
  return text;
}

const cellsOf = (text: string) => readRecords(text.replace(/^\ufeff/, ''));

/** A file that comes in chunks of this many bytes, and says how many of them were asked for. */
function inChunks(text: string, sizeBytes: number) {
  const bytes = new TextEncoder().encode(text);
  let asked = 0;
  const stream = () =>
    new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const at = asked++ * sizeBytes;
          if (at >= bytes.length) controller.close();
          else controller.enqueue(bytes.slice(at, at + sizeBytes));
        },
      },
      { highWaterMark: 0 },
    );
  return { file: { stream } as unknown as Blob, asked: () => asked };
}

describe('rows to mend', () => {
  it('are the bad rows alone, under the first line of the file and with two columns of notes', async () => {
    const file = new Blob(['\ufeffa,b\r\n1,"x\r\ny"\r\n\r\n2,"say ""so"""\r\n3,z']);
    const text = await take(file, [2, 5], { language: 'zh-Hant' });
    expect(text).to.match(/^\ufeff/);
    expect(cellsOf(text)).to.deep.equal([
      ['a', 'b', '問題（不會匯入）', '處理方法（不會匯入）'],
      ['1', 'x\r\ny', 'wrong in 2', 'mend it'],
      ['3', 'z', 'wrong in 5', 'mend it'],
    ]);
  });

  it('have their notes renewed, and not twice, where a mended file is wrong again', async () => {
    const first = await take(new Blob(['a,b\n1,2\n3,4\n']), [2, 3], { language: 'zh-Hans' });
    const again = cellsOf(await take(new Blob([first]), [3]));
    expect(again).to.deep.equal([
      ['a', 'b', '问题（不会导入）', '处理方法（不会导入）'],
      ['3', '4', 'wrong in 3', 'mend it'],
    ]);
  });

  it('have their note behind the last column where cells are missing', async () => {
    expect(cellsOf(await take(new Blob(['a,b,c\n1\n']), [2]))[1]).to.deep.equal(['1', '', '', 'wrong in 2', 'mend it']);
  });

  it('let no cell be a formula, and say the same to whoever imports them, as often as they go round', async () => {
    const cells = ['=1+1', '+852 2123 4567', '-5', "'=x", "''@y", "'quoted'", "it's"];
    let text = toCsv([cells.map((_, i) => `c${i}`), cells]);
    for (let round = 0; round < 3; round++) {
      text = await take(new Blob([text]), [2]);
      const [, row = []] = cellsOf(text);
      for (const cell of row) expect(cell).not.to.match(/^\s*[=+\-@]/);
      expect(row.slice(0, cells.length).map(fromCell)).to.deep.equal(cells);
    }
  });

  it('are those of the lines that the service names, however the file is cut and whatever is in its cells', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '牌', '"', ',', '\n', '\r\n', '=', "'", ' '), maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, fc.boolean()), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        async (rows, sizeBytes) => {
          const { file } = inChunks(toCsv([['a', 'b'], ...rows.map(([a, b]) => [a, b])]), sizeBytes);
          const bad = rows.flatMap(([a, b, isBad], i) => (isBad ? [{ row: i + 2, cells: [a, b] }] : []));
          const [, ...taken] = cellsOf(
            await take(
              file,
              bad.map(({ row }) => row),
            ),
          );
          expect(taken.map(([a = '', b = '', note]) => [fromCell(a), fromCell(b), note])).to.deep.equal(
            bad.map(({ row, cells }) => [...cells, `wrong in ${row}`]),
          );
        },
      ),
    );
  });

  it('are written while the file is read, which is read no further than the last of them', async () => {
    const { file, asked } = inChunks(`a,b\n${'1,2\n'.repeat(100_000)}`, 4_000);
    const parts = rowsToMend({ file, format: 'csv', notes: notesOf([2, 5_000]), language: 'en' });
    await parts.next();
    await parts.next();
    expect(asked(), 'before the first of them is written').to.equal(1);
    while (!(await parts.next()).done);
    expect(asked()).to.equal(5);
  });

  it('are noted without their cells where a row is longer than rows may be', async () => {
    const file = new Blob([`a,b\n1,2\n3,"never closed\n${'4,5\n'.repeat(100_000)}`]);
    expect(cellsOf(await take(file, [3]))[1]).to.deep.equal(['', '', 'wrong in 3', 'mend it']);
  });

  describe('of NDJSON', () => {
    const taken = async (text: string, rows: readonly number[]) =>
      (await take(new Blob([text]), rows, { format: 'ndjson' })).split('\n').slice(0, -1);
    const note = { fault: 'wrong in 1', remedy: 'mend it' };

    it('have their note as a member, and else stand as they were, to the letter', async () => {
      const [line = ''] = await taken('{ "amount": 1.10, "a": "\\u0041" }\n{"b":1}\n', [1]);
      expect(line).to.equal(`{"note":${JSON.stringify(note)}, "amount": 1.10, "a": "\\u0041" }`);
      expect(JSON.parse(line)).to.deep.equal({ note, amount: 1.1, a: 'A' });
      expect(JSON.parse((await taken('{}', [1]))[0] ?? '')).to.deep.equal({ note });
    });

    it('have their note renewed where a mended file is wrong again', async () => {
      const [line = ''] = await taken('{"note":{"fault":"old","remedy":"old"},"a":1}', [1]);
      expect(JSON.parse(line)).to.deep.equal({ note, a: 1 });
    });

    it('have it in a line before them where nothing can be put into them', async () => {
      expect(await taken('{"a":1}\n{"a":\n', [2])).to.deep.equal([
        JSON.stringify({ note: { ...note, fault: 'wrong in 2' } }),
        '{"a":',
      ]);
    });
  });
});
