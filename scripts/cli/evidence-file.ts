import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { inflateSync } from 'node:zlib';
import { findPdfAttachments } from '../../proof/pdf-attachment.ts';
import { type Presented, readPresentedText } from '../../proof/presented.ts';
import { chooseQrText } from '../../proof/qr-text.ts';

/** Larger than any document of ours; what is larger is refused before it is read. */
const MOST_FILE_BYTES = 32 * 1024 * 1024;
const MOST_ATTACHMENT_BYTES = 1024 * 1024;

/** A file or picture in which there is no e-Proof to be judged. */
export class NothingPresented extends Error {}

/** What was named is not there, or cannot be read: a mistake of whoever typed it. */
export class NotReadable extends Error {}

/** Told apart by content, never by name. @throws NothingPresented naming what was looked for and not found, NotReadable */
export async function readPresented(fileOrText: string): Promise<Presented> {
  const found = await stat(fileOrText).catch(() => null);
  if (!found) return readTyped(fileOrText);
  if (!found.isFile()) throw new NotReadable(`${fileOrText} is not a file`);
  if (found.size > MOST_FILE_BYTES)
    throw new NotReadable(
      `${fileOrText} is larger than ${MOST_FILE_BYTES / 1024 / 1024} MiB, and no document of ours is`,
    );
  const bytes = await readFile(fileOrText).catch((error: Error) => {
    throw new NotReadable(`${fileOrText} cannot be read (${error.message})`);
  });
  if (bytes.subarray(0, 1024).includes('%PDF-')) return { kind: 'json', text: await readPdf(bytes, fileOrText) };
  if (isImage(bytes)) return { kind: 'qr-text', text: await readImage(bytes, fileOrText) };
  return readPresentedText(bytes.toString('utf8'));
}

function readTyped(text: string): Presented {
  if (/^\s*(\ufeff?\{|https?:|[0-9]+\s*$)/i.test(text)) return readPresentedText(text);
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  throw new NotReadable(`there is no file "${shown}", and it is not the text of a QR code`);
}

async function readPdf(bytes: Uint8Array, name: string): Promise<string> {
  const inflate = async (data: Uint8Array) => inflateSync(data, { maxOutputLength: MOST_ATTACHMENT_BYTES });
  for (const attachment of await findPdfAttachments(bytes, inflate)) {
    const text = Buffer.from(attachment).toString('utf8');
    if (text.trimStart().startsWith('{')) return text;
  }
  throw new NothingPresented(
    `${name} has no e-Proof attached; if it was printed to PDF again, take a picture of its QR code and verify that`,
  );
}

function isImage(bytes: Buffer): boolean {
  return (
    bytes.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex')) ||
    bytes.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex'))
  );
}

async function readImage(bytes: Uint8Array, name: string): Promise<string> {
  const { prepareZXingModule, readBarcodes } = await import('zxing-wasm/reader');
  const wasm = await readFile(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
  await prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasm).buffer }, fireImmediately: true });
  const found = await readBarcodes(bytes, { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 8 });
  const texts = found.filter((result) => result.isValid).map((result) => result.text);
  const text = chooseQrText(texts);
  if (text === undefined)
    throw new NothingPresented(
      `no QR code could be read in ${name}; take the picture closer, straight and in better light`,
    );
  return text;
}
