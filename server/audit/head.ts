import { createHash } from 'node:crypto';
import { sealBatch } from '../../proof/batch.ts';
import { decodeHex } from '../../proof/bytes.ts';
import { batchId, type RegistryAddress } from '../../proof/signature.ts';
import { definitionOf } from './definition.ts';

/** What a department says of its audit log once a day, or the department that carries it of the platform's. */
export interface AuditHead {
  /** The department's code, or "platform". */
  issuer: string;
  /** The day in Hong Kong, YYYY-MM-DD, with whose last record the log then ended. */
  day: string;
  position: number;
  /** Of the record at the position: 64 hex digits. */
  hash: string;
}

/**
 * The one leaf of a head's batch. Its tag is none of the format's: a credential with this content hash would be a second preimage of
 * SHA-256, so that the batch can never verify as a credential.
 */
function headContent({ issuer, day, position, hash }: AuditHead): Uint8Array {
  return createHash('sha256').update('eProof1H').update(JSON.stringify({ issuer, day, position, hash })).digest();
}

export interface HeadBatch {
  content: Uint8Array;
  root: Uint8Array;
  id: Uint8Array;
}

/** The batch that carries a head; `number` is that of the department in the registry whose key signs it. */
export function toHeadBatch(registry: RegistryAddress, number: number, head: AuditHead): HeadBatch {
  const content = headContent(head);
  const { root, size } = sealBatch([content]);
  const id = batchId(registry, { issuer: number, definition: decodeHex(definitionOf(head.issuer)), root, size });
  return { content, root, id };
}
