import { createHash } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { computeAddress } from 'ethers';
import { loadCatalogue } from '../../catalogue/catalogue.ts';
import { hashContent, sealBatch } from '../../proof/batch.ts';
import { concatBytes, toHex } from '../../proof/bytes.ts';
import { readClaims } from '../../proof/claims.ts';
import { createGroupHasher, REST, SHOWN } from '../../proof/commitment.ts';
import type { CredentialType } from '../../proof/credential-type.ts';
import { toHongKongDay } from '../../proof/day.ts';
import { encodeHeader, type Header } from '../../proof/header.ts';
import type { JsonObject } from '../../proof/json.ts';
import { encodeProof, type Proof } from '../../proof/proof.ts';
import { toQrText } from '../../proof/qr-text.ts';
import { batchId } from '../../proof/signature.ts';
import type { Trust } from '../../proof/trust.ts';
import { toVerifiableCredential } from '../../proof/verifiable-credential.ts';
import type { FakeBatch, FakeChain, FakeIssuer } from './fake-chain.ts';

const catalogue = loadCatalogue();

/** A department with a key and one credential type, anchored on a fake chain. */
export interface Department {
  issuer: number;
  key: string;
  definition: CredentialType;
  onChain: FakeIssuer;
  /** Files of the verifier's origin by their paths. */
  files: Map<string, Uint8Array>;
  trust: {
    issuer: { issuer: number; profile: string; keys: string[] };
    type: { issuer: number; number: number; definition: string };
  };
  issue(claims: JsonObject, header: Partial<Header>, open?: { shown?: boolean; rest?: boolean }): Issued;
}

export interface Issued {
  proof: Proof;
  batch: FakeBatch;
  /** The bit of this credential in its batch's words. */
  bit: bigint;
  qrText(verifier: string): string;
  json: string;
}

export const TODAY = toHongKongDay(Date.now() / 1000);

export function createDepartment(chain: FakeChain, issuer: number, typeCode: string, batchSize = 3): Department {
  const type = catalogue.types.find((candidate) => candidate.code === typeCode);
  const profile = catalogue.departments.find((candidate) => candidate.code === type?.definition.department);
  if (!type || !profile) throw new Error(`the catalogue has no ${typeCode}`);
  const secret = sha256(`key of issuer ${issuer}`);
  const key = computeAddress(`0x${toHex(secret)}`).toLowerCase();
  const definitionHash = Uint8Array.from(Buffer.from(type.sha256, 'hex'));
  const onChain: FakeIssuer = {
    state: 1,
    profile: `0x${profile.sha256}`,
    types: [{ number: 1, definition: `0x${type.sha256}`, state: 1, noticeCount: 0 }],
    notices: [],
    keys: [{ number: 1, key, purpose: 1, validFrom: 1, validUntil: 0, invalidFrom: 0 }],
    batches: [],
  };
  chain.issuers.set(issuer, onChain);

  function issue(claims: JsonObject, dates: Partial<Header>, open: { shown?: boolean; rest?: boolean } = {}): Issued {
    if (!type) throw new Error('no type');
    const number = onChain.batches.length;
    const { groups, problems } = readClaims(type.definition, claims);
    if (problems.length > 0) throw new Error(problems.map((problem) => problem.message).join('; '));
    const header: Header = {
      issuer,
      credentialType: 1,
      id: sha256(`id ${issuer} ${number}`).slice(0, 6),
      issued: TODAY - 200,
      validFrom: TODAY - 200,
      validUntil: TODAY + 165,
      partlyUntil: null,
      holderKey: null,
      ...dates,
    };
    const hasher = createGroupHasher();
    const seeds = { shown: sha256(`shown ${number}`).slice(0, 16), rest: sha256(`rest ${number}`).slice(0, 16) };
    const hashes = {
      shown: hasher.hashFull(SHOWN, seeds.shown, groups.shown),
      rest: hasher.hashFull(REST, seeds.rest, groups.rest),
    };
    const content = hashContent(encodeHeader(header), hashes);
    const sealed = sealBatch(
      Array.from({ length: batchSize }, (_, i) => (i === 1 ? content : sha256(`neighbour ${i}`))),
    );
    const id = batchId(chain, { issuer, definition: definitionHash, root: sealed.root, size: sealed.size });
    const batch: FakeBatch = {
      id: `0x${toHex(id)}`,
      number,
      credentialType: 1,
      size: sealed.size,
      key: 1,
      anchoredAt: chain.block.time - 1000,
      judgement: 0,
      flagged: false,
      revoked: 0n,
      suspended: 0n,
      amended: 0n,
      records: [],
    };
    onChain.batches.push(batch);
    const disclose = (isOpen: boolean, group: 'shown' | 'rest') =>
      isOpen
        ? { kind: 'full' as const, seed: seeds[group], values: groups[group] }
        : { kind: 'hidden' as const, hash: hashes[group] };
    const proofOf = (shown: boolean, rest: boolean): Proof => ({
      header,
      registry: 0,
      shown: disclose(shown, 'shown'),
      rest: disclose(rest && groups.rest.length > 0, 'rest'),
      index: 1,
      size: sealed.size,
      path: sealed.inclusionOf(1),
      signature: sign(id, secret),
      locator: number,
    });
    const proof = proofOf(open.shown ?? true, open.rest ?? false);
    const source = { proof: proofOf(true, true), type: type.definition, definition: definitionHash, registry: chain };
    return {
      proof,
      batch,
      bit: 1n << 1n,
      qrText: (verifier) => toQrText(verifier, encodeProof(proof)),
      json: JSON.stringify(toVerifiableCredential(source), null, 2),
    };
  }

  return {
    issuer,
    key,
    definition: type.definition,
    onChain,
    files: new Map([
      [`types/${type.sha256}.json`, type.bytes],
      [`issuers/${profile.sha256}.json`, profile.bytes],
    ]),
    trust: {
      issuer: { issuer, profile: profile.sha256, keys: [key] },
      type: { issuer, number: 1, definition: type.sha256 },
    },
    issue,
  };
}

export function toTrust(
  chain: FakeChain,
  departments: readonly Department[],
  { nodes, agree, verifiers }: { nodes: readonly string[]; agree: number; verifiers: readonly string[] },
): Trust & { format: string } {
  return {
    format: 'eproof-trust/1',
    test: true,
    verifiers,
    maxBlockAgeSeconds: 900,
    maxSnapshotAgeSeconds: 86_400,
    registries: [
      {
        chainId: chain.chainId,
        address: chain.address,
        codeHash: chain.codeHash,
        nodes,
        agree,
        issuers: departments.map(({ trust }) => trust.issuer),
        types: departments.map(({ trust }) => trust.type),
      },
    ],
  };
}

function sha256(text: string): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(text).digest());
}

function sign(digest: Uint8Array, secret: Uint8Array): Uint8Array {
  const signature = secp256k1.sign(digest, secret, { prehash: false, format: 'recovered' });
  return concatBytes(signature.slice(1), Uint8Array.of(27 + (signature[0] as number)));
}
