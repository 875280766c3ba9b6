import { hash } from 'node:crypto';
import { getBytes, hexlify, type Wallet } from 'ethers';
import { hashContent, sealBatch } from '../proof/batch.ts';
import { createGroupHasher } from '../proof/commitment.ts';
import { encodeHeader } from '../proof/header.ts';
import type { Proof } from '../proof/proof.ts';
import { batchId, type RegistryAddress } from '../proof/signature.ts';
import { hashIntoWithOpenssl } from '../server/issuance/openssl-hash.ts';
import { type DraftCredential, draftCredential } from './licence.ts';

/** A batch as the registry takes it, and the proof of any of its credentials. */
export interface SignedBatch {
  id: Uint8Array;
  anchor: { issuer: number; credentialType: string; root: string; size: number; v: number; r: string; s: string };
  proofOf(index: number, locator: number): Proof;
}

const hasher = createGroupHasher(hashIntoWithOpenssl);

/** A signed batch of `size` licences. `definition` is the credential type's file. */
export function signBatch(
  parties: { issuer: number; key: Wallet; registry: RegistryAddress; definition: Uint8Array },
  size: number,
): SignedBatch {
  const { issuer, key, registry } = parties;
  const credentials = Array.from({ length: size }, (_, i) => {
    const draft = draftCredential(i);
    const header = { ...draft.header, issuer, credentialType: 1 };
    const groups = hashGroups(draft);
    return { ...draft, header, groups, content: hashContent(encodeHeader(header), groups, hashIntoWithOpenssl) };
  });
  const sealed = sealBatch(
    credentials.map(({ content }) => content),
    hashIntoWithOpenssl,
  );
  const definition = Uint8Array.from(hash('sha256', parties.definition, 'buffer'));
  const id = batchId(registry, { issuer, definition, root: sealed.root, size });
  const { v, r, s, serialized } = key.signingKey.sign(id);
  return {
    id,
    anchor: { issuer, credentialType: hexlify(definition), root: hexlify(sealed.root), size, v, r, s },
    proofOf(index, locator) {
      const credential = credentials[index];
      if (!credential) throw new TypeError(`no credential ${index}`);
      return {
        header: credential.header,
        registry: 0,
        shown: { kind: 'full', seed: credential.shownSeed, values: credential.shown },
        rest: { kind: 'hidden', hash: credential.groups.rest },
        index,
        size,
        path: sealed.inclusionOf(index),
        signature: getBytes(serialized),
        locator,
      };
    },
  };
}

function hashGroups({ shownSeed, restSeed, shown, rest }: DraftCredential): { shown: Uint8Array; rest: Uint8Array } {
  return { shown: hasher.hashFull(0, shownSeed, shown), rest: hasher.hashFull(1, restSeed, rest) };
}
