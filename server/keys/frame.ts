import type { Readable, Writable } from 'node:stream';
import { type CborValue, decodeCbor, encodeCbor } from '../../proof/cbor.ts';

/*
 * What the service and its signer say to each other: 4 bytes of length, then one CBOR array, first its number, which the answer repeats.
 * The codec is that of the proof format: it refuses whatever has more than one encoding.
 */

/** Above 256 credentials of the largest size that is accepted. */
const LIMITS = { sizeBytes: 67_108_864, depth: 16 };
const LENGTH_BYTES = 4;

export function writeFrame(stream: Writable, message: readonly CborValue[]): void {
  const body = encodeCbor(message);
  if (body.length > LIMITS.sizeBytes) throw new RangeError(`a message of ${body.length} bytes is too large`);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(body.length);
  stream.write(length);
  stream.write(body);
}

/** Every message until the stream ends. @throws Error for what is not one: the other side is then not to be listened to any more */
export async function* readFrames(stream: Readable): AsyncGenerator<readonly CborValue[]> {
  let chunks: Buffer[] = [];
  let available = 0;
  let wanted = LENGTH_BYTES;
  let isLength = true;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    available += chunk.length;
    while (available >= wanted) {
      const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, available);
      const taken = bytes.subarray(0, wanted);
      chunks = [bytes.subarray(wanted)];
      available -= wanted;
      if (!isLength) yield toMessage(taken);
      wanted = isLength ? toLength(taken) : LENGTH_BYTES;
      isLength = !isLength;
    }
  }
}

// An attacker's length must not make us wait for, or allocate, more than a message may have.
function toLength(bytes: Buffer): number {
  const length = bytes.readUInt32BE();
  if (length > LIMITS.sizeBytes) throw new RangeError(`a message of ${length} bytes is too large`);
  return length;
}

function toMessage(bytes: Buffer): readonly CborValue[] {
  const message = decodeCbor(new Uint8Array(bytes), LIMITS);
  if (!Array.isArray(message)) throw new TypeError('a message is an array');
  return message;
}
