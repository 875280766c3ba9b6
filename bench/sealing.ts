import { hash } from 'node:crypto';
import { hashContent, MOST_LEAVES, sealBatch } from '../proof/batch.ts';
import { createGroupHasher } from '../proof/commitment.ts';
import type { HashInto } from '../proof/hash.ts';
import { encodeHeader } from '../proof/header.ts';
import { hashIntoWithOpenssl } from '../server/issuance/openssl-hash.ts';
import { type DraftCredential, draftCredential, licenceClaims } from './licence.ts';
import { requirePeer } from './peers/install.ts';
import type { Table } from './table.ts';
import { formatSpread, timeSideBySide } from './timing.ts';

const COUNT = 1_000;

/** Commit + hash + seal, against OpenAttestation's wrapDocuments and against the bare hashes that the same work contains. */
export async function measureSealing(): Promise<Table> {
  const credentials = Array.from({ length: COUNT }, (_, i) => draftCredential(i));
  const documents = Array.from({ length: COUNT }, (_, i) => openAttestationDocument(i));
  const peer = requirePeer('@govtechsg/open-attestation');
  const messages = recordMessages(credentials);
  const times = await timeSideBySide({
    ours: () => sealAll(credentials, hashIntoWithOpenssl),
    limit: () => {
      for (const message of messages) hash('sha256', message, 'binary');
    },
    peer: () => peer.wrapDocuments(documents),
  });
  const row = (name: string, timing: (typeof times)['ours']) => [
    name,
    (timing.median / COUNT) * 1000,
    (COUNT / timing.median) * 1000,
    `${(times.peer.median / timing.median).toFixed(1)} ×`,
    `${(times.limit.median / timing.median).toFixed(2)}`,
    formatSpread(timing),
  ];
  return {
    title: 'Commit, hash and seal fifteen claims, one core',
    columns: ['', 'µs a credential', 'credentials a second', 'against wrapDocuments', 'of the SHA-256 limit', 'spread'],
    rows: [
      row('e-Proof', times.ours),
      row('node:crypto SHA-256 alone', times.limit),
      row('OpenAttestation wrapDocuments', times.peer),
    ],
    notes: [
      `${COUNT} credentials a run; ours in batches of up to ${MOST_LEAVES}, wrapDocuments in one of ${COUNT}`,
      `the limit hashes the same ${messages.length / COUNT} messages a credential, of the same sizes, with one-shot crypto.hash`,
    ],
  };
}

function sealAll(credentials: readonly DraftCredential[], hashInto: HashInto): void {
  const hasher = createGroupHasher(hashInto);
  for (let start = 0; start < credentials.length; start += MOST_LEAVES) {
    const contents = credentials
      .slice(start, start + MOST_LEAVES)
      .map(({ header, shownSeed, restSeed, shown, rest }) => {
        const groups = { shown: hasher.hashFull(0, shownSeed, shown), rest: hasher.hashFull(1, restSeed, rest) };
        return hashContent(encodeHeader(header), groups, hashInto);
      });
    sealBatch(contents, hashInto);
  }
}

function recordMessages(credentials: readonly DraftCredential[]): Uint8Array[] {
  const messages: Uint8Array[] = [];
  sealAll(credentials, (message, target, offset) => {
    messages.push(message.slice());
    hashIntoWithOpenssl(message, target, offset);
  });
  return messages;
}

function openAttestationDocument(number: number): object {
  return {
    $template: { name: 'LICENCE', type: 'EMBEDDED_RENDERER', url: 'https://renderer.example' },
    issuers: [
      {
        name: 'Food and Environmental Hygiene Department',
        documentStore: `0x${'5f'.repeat(20)}`,
        identityProof: { type: 'DNS-TXT', location: 'licences.example' },
      },
    ],
    ...licenceClaims(number),
  };
}
