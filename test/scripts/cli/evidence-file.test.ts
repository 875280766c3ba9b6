import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { NothingPresented, NotReadable, readPresented } from '../../../scripts/cli/evidence-file.ts';
import { renderQr } from '../../../server/render/qr.ts';

const OURS = `https://verify.example/#${'123456789'.repeat(20)}`;

describe('what is handed to eproof verify', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'eproof-cli-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function save(name: string, content: string | Uint8Array): Promise<string> {
    const file = path.join(folder, name);
    await writeFile(file, content);
    return file;
  }

  async function refusalOf(given: string): Promise<unknown> {
    return readPresented(given).then(
      () => null,
      (error: unknown) => error,
    );
  }

  it('is a text where it is an address, digits or JSON', async () => {
    expect(await readPresented(` ${OURS}\n`)).to.deep.equal({ kind: 'qr-text', text: OURS });
    expect(await readPresented('12345')).to.deep.equal({ kind: 'qr-text', text: '12345' });
    expect(await readPresented('{"a":1}')).to.deep.equal({ kind: 'json', text: '{"a":1}' });
  });

  it('is told apart by its content, whatever its name', async () => {
    const png = (await renderQr({ qrText: OURS, format: 'png', modulePx: 4 })).bytes;
    expect(await readPresented(await save('picture.pdf', png))).to.deep.equal({ kind: 'qr-text', text: OURS });
    expect(await readPresented(await save('proof.png', '\ufeff{"a":1}'))).to.deep.equal({
      kind: 'json',
      text: '{"a":1}',
    });
  });

  it('is a mistake where there is no such file, or it is a folder', async () => {
    expect(await refusalOf(path.join(folder, 'missing.pdf'))).to.be.instanceOf(NotReadable);
    expect(await refusalOf(folder)).to.be.instanceOf(NotReadable);
  });

  it('is nothing to judge where a PDF has no attachment', async () => {
    expect(await refusalOf(await save('empty.pdf', '%PDF-1.7\n%%EOF\n'))).to.be.instanceOf(NothingPresented);
  });
});
