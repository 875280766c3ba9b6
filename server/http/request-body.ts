import type { IncomingMessage } from 'node:http';
import { ProofError } from '../../proof/errors.ts';
import { decodeJson, type Json, MOST_JSON_CHARACTERS } from '../../proof/json.ts';
import { atPace, type Pace } from './body-pace.ts';
import { RequestError } from './request-error.ts';

/** A character is at least one byte, so that nothing within this limit is over the decoder's own. */
const MOST_BODY_BYTES = MOST_JSON_CHARACTERS;
/** Who sends a little too much gets an answer after it is read; who sends so many times as much is cut off. */
const DRAINED = 16;

const JSON_TYPE = /^application\/(?:json|[\w.+-]+\+json)[\t ]*(?:;[\t ]*charset="?utf-8"?[\t ]*)?$/i;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The bytes of a JSON body, in one piece. @throws RequestError */
export async function readJsonBytes(request: IncomingMessage, pace?: Pace): Promise<Uint8Array> {
  const { 'content-type': type, 'content-encoding': encoding } = request.headers;
  if (!JSON_TYPE.test(type ?? ''))
    throw new RequestError('CONTENT_TYPE_UNSUPPORTED', '"Content-Type" must be application/json in UTF-8');
  // a few hundred compressed bytes can be gigabytes
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new RequestError(
      'CONTENT_TYPE_UNSUPPORTED',
      '"Content-Encoding" must be identity: send the body uncompressed',
    );
  return readBytes(request, { mostBytes: MOST_BODY_BYTES, pace });
}

interface Bounds {
  mostBytes: number;
  pace?: Pace | undefined;
}

/** @throws RequestError BODY_TOO_LARGE, BODY_TOO_SLOW, BODY_INCOMPLETE */
export async function readBytes(request: IncomingMessage, { mostBytes, pace }: Bounds): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  const mostDrained = DRAINED * mostBytes;
  if (Number(request.headers['content-length'] ?? 0) > mostDrained) throw tooLarge(mostBytes);
  try {
    for await (const chunk of atPace(request, pace)) {
      sizeBytes += chunk.length;
      if (sizeBytes <= mostBytes) chunks.push(chunk);
      if (sizeBytes > mostDrained) break;
    }
  } catch (cause) {
    if (cause instanceof RequestError) throw cause;
    throw new RequestError('BODY_INCOMPLETE', 'the connection ended before the body did', { cause });
  }
  if (sizeBytes > mostBytes) throw tooLarge(mostBytes);
  return Buffer.concat(chunks);
}

function tooLarge(mostBytes: number): RequestError {
  return new RequestError('BODY_TOO_LARGE', `the body must have at most ${mostBytes} bytes`);
}

/** The value of a JSON body. @throws RequestError that says where the text stops being JSON, and repeats none of it */
export function decodeJsonBody(bytes: Uint8Array): Json {
  const text = decodeUtf8(bytes);
  try {
    return decodeJson(text);
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    if (error.code === 'TOO_DEEP') throw new RequestError('JSON_TOO_DEEP', error.message);
    throw new RequestError('JSON_INVALID', `${error.message}${whereOf(text)}`);
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new RequestError('JSON_INVALID', 'the body is not UTF-8');
  }
}

// The decoder does not count; the engine's own parser says the place, in a message of which only the number is safe to repeat.
function whereOf(text: string): string {
  if (text.trim() === '') return ': the body is empty';
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    const position = /at position (\d+)/.exec((error as Error).message)?.[1] ?? String(text.length);
    const before = text.slice(0, Number(position));
    const line = before.split('\n').length;
    return ` at line ${line}, column ${before.length - before.lastIndexOf('\n')}`;
  }
}
