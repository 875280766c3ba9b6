import type { RegistryAddress } from '../../proof/signature.ts';
import { type AuditHead, toHeadBatch } from '../audit/head.ts';
import type { SigningKey } from './signing-key.ts';

/** Signs the batch of a head, of which it computes everything itself: it cannot be made to sign a credential. */
export type SignHead = (number: number, head: AuditHead) => Promise<{ id: Uint8Array; signature: Uint8Array }>;

export function createHeadSigner(key: SigningKey, registry: RegistryAddress): SignHead {
  return async (number, head) => {
    const { id } = toHeadBatch(registry, number, head);
    return { id, signature: key.sign(id) };
  };
}
