import { expect } from 'chai';
import { readZip, type ZipEntry } from '../../verifier-web/many/zip.ts';
import { type Packed, toZip } from './archive.ts';

/** Of Python's zipfile: a folder, a stored and a deflated file, and a comment that begins like an end. */
const OF_PYTHON =
  'UEsDBBQAAAAAAAAAIQAAAAAAAAAAAAAAAAACAAAAYS9QSwMEFAAAAAAA8WF6XQv5Q1YGAAAABgAAAAwAAABhL3N0b3JlZC50eHRzdG9yZWRQSwMEFAAACAgA8WF6XWmuxXwMAAAAjAAAAAwAAABhL+eJjOeFpy50eHQrSEzOTk1RKBgMFABQSwECFAMUAAAAAAAAACEAAAAAAAAAAAAAAAAAAgAAAAAAAAAAAAAAgAEAAAAAYS9QSwECFAMUAAAAAADxYXpdC/lDVgYAAAAGAAAADAAAAAAAAAAAAAAAgAEgAAAAYS9zdG9yZWQudHh0UEsBAhQDFAAACAgA8WF6XWmuxXwMAAAAjAAAAAwAAAAAAAAAAAAAAIABUAAAAGEv54mM54WnLnR4dFBLBQYAAAAAAwADAKQAAACGAAAAEQBQSwUGIGluIGEgY29tbWVudA==';
/** Of Info-ZIP into a pipe: sizes and checksum follow the file. */
const OF_INFO_ZIP =
  'UEsDBC0AAAAIAPFhel1eAqS2//////////8BABQALQEAEAAiAAAAAAAAAAwAAAAAAAAAK0hMzk5NUSjATQEAUEsBAh4DLQAAAAgA8WF6XV4CpLYMAAAAIgAAAAEAAAAAAAAAAQAAAIARAAAAAC1QSwYGLAAAAAAAAAAeAy0AAAAAAAAAAAABAAAAAAAAAAEAAAAAAAAALwAAAAAAAAA/AAAAAAAAAFBLBgcAAAAAbgAAAAAAAAABAAAAUEsFBgAAAAABAAEALwAAAD8AAAAAAA==';

const textOf = async (entry: ZipEntry | undefined) => new TextDecoder().decode(await entry?.open());
const read = (bytes: Buffer) => readZip(new Blob([new Uint8Array(bytes)]));

async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing failed',
    (error: Error) => error.message,
  );
}

describe('a ZIP archive', () => {
  it('of another program is read: names, plain and packed files, without the folders', async () => {
    const entries = await read(Buffer.from(OF_PYTHON, 'base64'));
    expect(entries.map(({ path }) => path)).to.deep.equal(['a/stored.txt', 'a/牌照.txt']);
    expect(await textOf(entries[0])).to.equal('stored');
    expect(await textOf(entries[1])).to.equal('packed '.repeat(20));
  });

  it('that was written into a pipe is read', async () => {
    const [entry] = await read(Buffer.from(OF_INFO_ZIP, 'base64'));
    expect(await textOf(entry)).to.equal('packed packed packed packed packed');
  });

  it('whose names are in Big5, as Windows in Hong Kong writes them, has its names', async () => {
    const name = Buffer.from('b4faa55d2e706466', 'hex');
    const [entry] = await read(toZip([{ name, content: Buffer.from('x'), claims: { flags: 0 } }]));
    expect(entry?.path).to.equal('測包.pdf');
  });

  const content = Buffer.from('x'.repeat(1000));
  const lies: [what: string, claims: Packed['claims'], message: RegExp][] = [
    ['is larger than the archive says', { sizeBytes: 999 }, /more than 999 bytes/],
    ['is smaller than the archive says', { sizeBytes: 1001 }, /damaged/],
    ['has another checksum', { crc: 1 }, /damaged/],
    ['is encrypted', { flags: 0x801 }, /encrypted/],
    ['is packed in an unknown way', { method: 12 }, /unknown way/],
  ];
  for (const [what, claims = {}, message] of lies)
    it(`refuses a file that ${what}, and gives the others`, async () => {
      const [bad, good] = await read(
        toZip([
          { name: 'bad', content, claims },
          { name: 'good', content },
        ]),
      );
      expect(await failure(bad?.open() as Promise<unknown>)).to.match(message);
      expect(await textOf(good)).to.equal('x'.repeat(1000));
    });

  it('that is a bomb ends where its word ends: 64 MiB of zeros that pass for ten bytes', async () => {
    const [bomb] = await read(
      toZip([{ name: 'bomb', content: Buffer.alloc(64 * 1024 * 1024), claims: { sizeBytes: 10 } }]),
    );
    expect(await failure(bomb?.open() as Promise<unknown>)).to.equal('more than 10 bytes');
  });

  it('is refused where it is none, breaks off, or has a damaged directory', async () => {
    const whole = toZip([{ name: 'a', content }]);
    const damaged = Buffer.from(whole);
    damaged[damaged.indexOf(Buffer.from('504b0102', 'hex'))] = 0;
    const far = Buffer.from(whole);
    far.writeUInt32LE(0x7fffffff, far.length - 6);
    expect(await failure(read(Buffer.from('a letter')))).to.equal('not an archive');
    expect(await failure(read(Buffer.alloc(0)))).to.equal('not an archive');
    expect(await failure(read(whole.subarray(0, -1)))).to.equal('not an archive');
    expect(await failure(read(damaged))).to.match(/directory of the archive is damaged/);
    expect(await failure(read(far))).to.match(/breaks off/);
  });
});
