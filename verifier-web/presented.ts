import { ProofError } from '../proof/errors.ts';
import { findPdfAttachments } from '../proof/pdf-attachment.ts';
import { type Presented, readPresentedText } from '../proof/presented.ts';
import { chooseQrText } from '../proof/qr-text.ts';
import type { Verdict } from '../proof/verdict.ts';
import { type Sources, verifyPresented } from '../proof/verification.ts';
import { MOST_FILE_BYTES } from './limits.ts';
import { type Pictures, picturesOf } from './pdf-pictures.ts';
import { Refusal, type RefusalCode } from './refusal.ts';
import { readBounded } from './sources.ts';

/** One thing that a file holds, and on which page of it. */
export interface Finding {
  presented: Presented;
  page?: number;
  /** The pictures beside it. */
  pictures?: Pictures;
}

/** All that a file holds, and why some of it was not looked at. */
export type Findings = readonly [Finding, ...(Finding | Refusal)[]];

/** The texts of the codes in an image; `only` chooses one preparation, for one picture of a film (decoding/search.ts). */
export type DecodeImage = (image: ImageBitmap, only?: number) => Promise<string[]>;

/** What reading a file takes from the page: its QR reader, what looks at the pages of a PDF, and its one policy for addresses of scripts. */
export interface Tools {
  decodeImage: DecodeImage;
  loadPages(): Promise<typeof import('./pdf/pages.ts')>;
  scriptUrl(url: string): string;
}

const MOST_TEXT_BYTES = 1024 * 1024;
const MOST_IMAGE_SIDE = 4_096;

/** The one verdict on what was presented. @throws Refusal where it is no e-Proof of this verifier at all */
export async function judge(presented: Presented, sources: Sources): Promise<Verdict> {
  try {
    return await verifyPresented(presented, sources);
  } catch (error) {
    throw toRefusal(error, presented);
  }
}

const REFUSAL_OF: { [code in ProofError['code']]?: RefusalCode } = {
  QR_OTHER_HOST: 'QR_OTHER_HOST',
  QR_TEXT_INVALID: 'QR_NOT_EPROOF',
  JSON_INVALID: 'JSON_NOT_EPROOF',
  TOO_LARGE: 'JSON_NOT_EPROOF',
  TOO_DEEP: 'JSON_NOT_EPROOF',
};

function toRefusal(error: unknown, { text }: Presented): unknown {
  const code = error instanceof ProofError ? REFUSAL_OF[error.code] : undefined;
  return code ? new Refusal(code, code === 'QR_OTHER_HOST' ? hostOf(text) : '') : error;
}

// The browser's own reading of the address: a name in look-alike letters comes out as xn--…, and a user name before @ is left out.
function hostOf(text: string): string {
  try {
    return new URL(text.trim()).host;
  } catch {
    return '?';
  }
}

/** Told apart by content, never by name. Several things where a PDF has codes on several pages, unless one alone has room. @throws Refusal where there is nothing */
export async function readFile(file: File, tools: Tools, isAlone?: boolean): Promise<Findings> {
  if (file.size > MOST_FILE_BYTES) throw new Refusal('FILE_TOO_LARGE');
  const bytes = await readBytes(file);
  if (isPdf(bytes)) return readPdf(file, bytes, { ...tools, isAlone });
  const start = toText(bytes.subarray(0, 4096))?.trimStart() ?? '';
  if (/^\ufeff?[{h0-9]/.test(start)) return [{ presented: readTextFile(bytes) }];
  return [{ presented: await readImage(file, tools.decodeImage) }];
}

async function readBytes(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new Refusal('FILE_UNREADABLE');
  }
}

// Some writers put a few bytes before the header; readers look for it in the first kilobyte.
function isPdf(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, 1024)).includes('%PDF-');
}

function toText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return null;
  }
}

function readTextFile(bytes: Uint8Array): Presented {
  if (bytes.length > MOST_TEXT_BYTES) throw new Refusal('JSON_NOT_EPROOF');
  return readPresentedText(toText(bytes) ?? '');
}

// The attachment has all that the department signed. Where it is lost, the pages still show the codes; what looks at them is loaded only then.
async function readPdf(
  file: File,
  bytes: Uint8Array,
  { loadPages, ...asked }: Tools & { isAlone: boolean | undefined },
): Promise<Findings> {
  const attached = new Set<string>();
  for (const attachment of await findPdfAttachments(bytes, inflate)) {
    const text = toText(attachment)?.trim();
    if (text?.startsWith('{')) attached.add(text);
  }
  const [text, another] = attached;
  if (text && !another) return [{ presented: { kind: 'json', text }, pictures: picturesOf(bytes) }];
  const { readPages } = await loadPages();
  return readPages(file, bytes, { ...asked, attached, Refusal });
}

async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([Uint8Array.from(bytes)]).stream().pipeThrough(new DecompressionStream('deflate'));
  return readBounded(stream, MOST_TEXT_BYTES);
}

async function readImage(file: File, decodeImage: DecodeImage): Promise<Presented> {
  const image = await createImageBitmap(file).catch(() => {
    throw new Refusal('FILE_KIND');
  });
  const text = chooseQrText(await decodeImage(await limitSize(image)));
  if (text === undefined) throw new Refusal('IMAGE_WITHOUT_CODE');
  return { kind: 'qr-text', text };
}

// Scans of 100 megapixels exceed what a canvas may hold; no code of ours needs them.
async function limitSize(image: ImageBitmap): Promise<ImageBitmap> {
  const scale = MOST_IMAGE_SIDE / Math.max(image.width, image.height);
  if (scale >= 1) return image;
  const resized = await createImageBitmap(image, {
    resizeWidth: Math.round(image.width * scale),
    resizeHeight: Math.round(image.height * scale),
    resizeQuality: 'high',
  });
  image.close();
  return resized;
}
