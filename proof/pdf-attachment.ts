/** Opens a zlib stream (RFC 1950); rejects when it is broken or larger than the caller allows. */
export type Inflate = (bytes: Uint8Array) => Promise<Uint8Array>;

const MOST_ATTACHMENTS = 16;
/** Streams that are looked at, whatever comes of them: opening one costs much, and a file can hold a million that do not open. */
const MOST_STREAMS = 64;
const DICTIONARY_CHARACTERS = 4_096;
const STREAM = /\/Type\s*\/EmbeddedFile\b/g;

/**
 * The files embedded in a PDF (ISO 32000-2 section 7.11.4), in the order of the file. A finder, not a PDF reader: it looks for embedded-file
 * streams that stand as objects of their own, plain or deflated, as every common writer puts them. What it does not understand it
 * passes over; nothing that it returns is trusted, only verified.
 */
export async function findPdfAttachments(pdf: Uint8Array, inflate: Inflate): Promise<Uint8Array[]> {
  const text = toLatin1(pdf);
  const found: Uint8Array[] = [];
  let streams = 0;
  for (const match of text.matchAll(STREAM)) {
    if (found.length === MOST_ATTACHMENTS || streams++ === MOST_STREAMS) break;
    const stream = sliceStream(text, match.index);
    if (!stream) continue;
    const bytes = pdf.subarray(stream.start, stream.end);
    const content = stream.isDeflated ? await inflate(bytes).catch(() => null) : bytes;
    if (content) found.push(content);
  }
  return found;
}

function toLatin1(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 32_768) parts.push(String.fromCharCode(...bytes.subarray(i, i + 32_768)));
  return parts.join('');
}

// The dictionary around the match, then what lies between "stream" and its length or "endstream".
function sliceStream(text: string, at: number): { start: number; end: number; isDeflated: boolean } | null {
  const before = text.slice(Math.max(0, at - DICTIONARY_CHARACTERS), at);
  const after = text.slice(at, at + DICTIONARY_CHARACTERS);
  const objectStart = before.lastIndexOf(' obj');
  const keyword = after.indexOf('stream') + at;
  if (objectStart < 0 || keyword < at) return null;
  const dictionary = before.slice(objectStart) + text.slice(at, keyword);
  if (dictionary.includes('endobj')) return null;
  const start = keyword + 'stream'.length + (text.startsWith('\r\n', keyword + 6) ? 2 : 1);
  const end = endOf(text, start, dictionary);
  return end < 0 ? null : { start, end, isDeflated: /\/FlateDecode\b/.test(dictionary) };
}

function endOf(text: string, start: number, dictionary: string): number {
  const length = /\/Length\s+(\d+)(?!\s+\d+\s+R)\b/.exec(dictionary);
  const stated = length ? start + Number(length[1]) : -1;
  if (stated >= start && /^\s*endstream/.test(text.slice(stated, stated + 20))) return stated;
  return text.indexOf('endstream', start);
}
