import { expect } from 'chai';
import { findPdfAttachments } from '../../proof/pdf-attachment.ts';

const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
const stream = (content: string, dictionary = '') =>
  `7 0 obj\n<< /Type /EmbeddedFile /Length ${content.length} ${dictionary}>>\nstream\n${content}\nendstream\nendobj\n`;
const noInflate = async (): Promise<Uint8Array> => {
  throw new Error('broken');
};
const found = async (text: string, inflate = noInflate) =>
  (await findPdfAttachments(latin1(text), inflate)).map((bytes) => Buffer.from(bytes).toString('latin1'));

describe('files attached to a PDF', () => {
  it('are found in the order of the file', async () => {
    expect(await found(`%PDF-1.7\n${stream('{"a":1}')}${stream('second')}`)).to.deep.equal(['{"a":1}', 'second']);
  });

  it('are found by the end of their stream where their length is wrong or elsewhere', async () => {
    const text = stream('content').replace('/Length 7', '/Length 9 0 R');
    expect(await found(text)).to.deep.equal(['content\n']);
  });

  it('are passed over where they do not open, and the others still found', async () => {
    expect(await found(`${stream('x', '/Filter /FlateDecode')}${stream('plain')}`)).to.deep.equal(['plain']);
  });

  it('are opened 64 times at most, however many there are', async () => {
    let opened = 0;
    const inflate = async (): Promise<Uint8Array> => {
      opened++;
      throw new Error('broken');
    };
    await found(stream('x', '/Filter /FlateDecode').repeat(1_000), inflate);
    expect(opened).to.equal(64);
  });

  it('are looked for in time in a file that is made to be slow', async () => {
    const start = performance.now();
    await found('/Type /EmbeddedFile '.repeat(50_000));
    await found(`${'/Type'.repeat(100_000)}`);
    await found(`/Type${' '.repeat(1_000_000)}`);
    expect(performance.now() - start).to.be.below(2_000);
  });
});
