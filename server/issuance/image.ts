import { hash } from 'node:crypto';
import type { CredentialType } from '../../proof/credential-type.ts';
import { isJsonObject, type Json, type JsonObject } from '../../proof/json.ts';
import type { Problem } from '../app-error.ts';

const MOST_IMAGE_BYTES = 262_144;

export interface Image {
  claim: string;
  mediaType: 'image/png' | 'image/jpeg';
  sha256: string;
  bytes: Uint8Array;
}

/** The claims with each image's bytes taken out and its hash in their place. */
export function extractImages(
  type: CredentialType,
  claims: JsonObject,
): { claims: JsonObject; images: Image[]; problems: Problem[] } {
  const present = type.claims.filter(
    (claim) => claim.type === 'image' && isJsonObject(Object.hasOwn(claims, claim.name) ? claims[claim.name] : null),
  );
  if (present.length === 0) return { claims, images: [], problems: [] };
  const images: Image[] = [];
  const problems: Problem[] = [];
  const named = present.flatMap(({ name }): [string, Json][] => {
    const image = readImage(name, claims[name] as JsonObject);
    if (typeof image === 'string') {
      problems.push({ pointer: `/claims/${name}`, code: 'CLAIM_INVALID', message: `"${name}" ${image}` });
      return [[name, null]];
    }
    images.push(image);
    return [[name, { mediaType: image.mediaType, sha256: image.sha256 }]];
  });
  const refused = new Set(problems.map(({ pointer }) => pointer.slice('/claims/'.length)));
  const kept = Object.entries(claims).filter(([name]) => !refused.has(name));
  return { claims: Object.fromEntries([...kept, ...named.filter(([name]) => !refused.has(name))]), images, problems };
}

function readImage(claim: string, json: JsonObject): Image | string {
  const { mediaType, data, ...others } = json;
  if (Object.keys(others).length > 0 || typeof data !== 'string') return 'must be an object with "mediaType", "data"';
  const bytes = new Uint8Array(Buffer.from(data, 'base64'));
  if (bytes.length === 0 || Buffer.from(bytes).toString('base64') !== data)
    return 'must have "data" in base64 with padding';
  if (bytes.length > MOST_IMAGE_BYTES) return `must have at most ${MOST_IMAGE_BYTES} bytes, got ${bytes.length}`;
  const found = sniff(bytes);
  if (found === null || found !== mediaType) return 'must be what its "mediaType" says: image/png or image/jpeg';
  return { claim, mediaType: found, bytes, sha256: hash('sha256', bytes) };
}

// What the bytes are decides, not what the sender calls them: a PDF reader or a browser will look at the bytes too.
function sniff(bytes: Uint8Array): Image['mediaType'] | null {
  const starts = (...head: number[]) => head.every((byte, i) => bytes[i] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  return starts(0xff, 0xd8, 0xff) ? 'image/jpeg' : null;
}
