import { decodeHex, toHex } from '../../proof/bytes.ts';
import { decodeIssuerProfile } from '../../proof/credential-type.ts';
import type { Json } from '../../proof/json.ts';
import type { RegistryReading } from '../../proof/nodes.ts';
import type { Proof } from '../../proof/proof.ts';
import { BATCHES_PER_PAGE } from '../../proof/reading.ts';
import { decodeStatusEvent } from '../../proof/status-event.ts';
import type { Evidence } from '../../proof/verdict.ts';
import { NOW, type World } from './world.ts';

/** What an honest register answers at its newest block about the batch that a proof leads to. */
export function readingOf(world: World, proof: Proof): RegistryReading | null {
  const registry = [world.registry, world.other][proof.registry];
  const kind = kindOf(world, proof);
  if (!registry || !kind) return null;
  const block = registry.blocks.at(-1)!;
  const id = world.idOf(proof, kind);
  const page =
    proof.locator === null
      ? registry.read(block, id)
      : registry.readPage(block, proof.header.issuer, Math.floor(proof.locator / BATCHES_PER_PAGE));
  const events = registry.logs(block, []).map(decodeStatusEvent);
  return {
    page,
    block: { number: block.number, hash: block.hash, time: block.time },
    records: registry.readRecords(block, id),
    notices: registry.readNotices(block, proof.header.issuer, proof.header.credentialType),
    events,
    eventKeys: registry.readKeys(block, [...new Set(events.map(({ key }) => key))]),
    agreed: 2,
    isSnapshot: false,
    answers: { page: '', records: {}, notices: {} },
  };
}

/** Everything that an honest verifier finds for a proof, without asking nodes. */
export function evidenceOf(world: World, proof: Proof, document?: Json): Evidence {
  const registry = world.trust.registries[proof.registry] ?? null;
  const kind = kindOf(world, proof);
  const row = registry?.issuers.find(({ issuer }) => issuer === proof.header.issuer);
  const file = row && world.files.get(`issuers/${row.profile}.json`);
  return {
    proof,
    document,
    registry,
    type: kind ? { definition: kind.definition, value: kind.value } : null,
    issuer: row && file ? { hash: decodeHex(row.profile), profile: decodeIssuerProfile(file) } : null,
    reading: readingOf(world, proof),
    maxBlockAgeSeconds: world.trust.maxBlockAgeSeconds,
    maxSnapshotAgeSeconds: world.trust.maxSnapshotAgeSeconds,
    occasion: { audiences: world.trust.verifiers, nonce: null },
    now: NOW,
  };
}

function kindOf(world: World, { registry, header }: Proof) {
  const row = world.trust.registries[registry]?.types.find(
    ({ issuer, number }) => issuer === header.issuer && number === header.credentialType,
  );
  return Object.values(world.kinds).find(({ definition }) => toHex(definition) === row?.definition);
}
