import { expect } from 'chai';
import { toHex } from '../../proof/bytes.ts';
import { COMPARED, type Compared } from '../../proof/compared.ts';
import { toDate, toHongKongDay, toInstant } from '../../proof/day.ts';
import { rootOf } from '../../proof/proof.ts';
import { type CheckName, type Verdict, verify } from '../../proof/verdict.ts';
import { evidenceOf } from '../../scripts/vectors/evidence.ts';
import { toQrProof } from '../../scripts/vectors/issuing.ts';
import { present } from '../../scripts/vectors/presenting.ts';
import { createWorld, NOW } from '../../scripts/vectors/world.ts';

const world = createWorld({ batches: 0 });
const proof = toQrProof(world.proofs.standings[0]!);
const evidence = evidenceOf(world, proof);
const { registry, type, issuer } = evidence;
const reading = evidence.reading && !('failure' in evidence.reading) ? evidence.reading : null;
if (!registry || !type || !issuer || !reading) throw new Error('the world has no evidence');

const hex = (bytes: Uint8Array) => `0x${toHex(bytes)}`;
const of = ({ checks }: Verdict, name: CheckName): Compared =>
  checks.find((check) => check.name === name)?.compared ?? {};

describe('what the checks compared', () => {
  const verdict = verify(evidence);

  it('is what the document leads to, and what the register says, side by side', () => {
    const batch = verdict.credential?.batch;
    expect(of(verdict, 'inclusion')).to.deep.equal({
      place: proof.index + 1,
      size: proof.size,
      root: hex(rootOf(proof)),
    });
    expect(of(verdict, 'anchor')).to.deep.include({ batch, recordedBatch: batch, recordedSize: proof.size });
    const { signer, expectedSigners } = of(verdict, 'signature');
    expect(signer).to.equal(expectedSigners);
    expect(of(verdict, 'key').key).to.equal(signer);
    expect(of(verdict, 'issuer')).to.deep.equal({
      issuer: proof.header.issuer,
      profile: hex(issuer.hash),
      recordedProfile: hex(issuer.hash),
    });
    expect(of(verdict, 'credentialType')).to.deep.equal({
      typeNumber: proof.header.credentialType,
      recordedTypeNumber: proof.header.credentialType,
      definition: hex(type.definition),
      recordedDefinition: hex(type.definition),
    });
  });

  it('is the block, how many nodes agreed of how many, and the clock', () => {
    expect(of(verdict, 'registry')).to.deep.equal({
      chainId: registry.chainId,
      registry: registry.address,
      agreed: reading.agreed,
      needed: registry.agree,
      nodes: registry.nodes.length,
      block: reading.block.number,
      blockHash: reading.block.hash,
      blockTime: toInstant(reading.block.time),
      now: toInstant(NOW),
    });
  });

  it('is the dates and today in Hong Kong', () => {
    expect(of(verdict, 'validity')).to.deep.include({
      issued: toDate(proof.header.issued),
      validFrom: toDate(proof.header.validFrom),
      today: toDate(toHongKongDay(NOW)),
    });
  });

  it('tells what differs where a check fails', () => {
    const definition = new Uint8Array(32).fill(7);
    const types = reading.page.types.map((each) => ({ ...each, definition }));
    const other = verify({ ...evidence, reading: { ...reading, page: { ...reading.page, types } } });
    expect(other.checks.find(({ name }) => name === 'credentialType')?.code).to.equal('TYPE_DIFFERENT');
    const { definition: own, recordedDefinition } = of(other, 'credentialType');
    expect(own).to.equal(hex(type.definition));
    expect(recordedDefinition).to.equal(hex(definition));
  });

  it('is left out as far as there was nothing to compare', () => {
    const blind = verify({ ...evidence, reading: null, registry: null, type: null, issuer: null });
    for (const name of ['commitments', 'signature', 'registry', 'anchor', 'key', 'status'] as const)
      expect(
        blind.checks.find((check) => check.name === name),
        name,
      ).not.to.have.property('compared');
    expect(of(blind, 'issuer')).to.deep.equal({ issuer: proof.header.issuer });
    const offline = verify({ ...evidence, reading: null });
    expect(of(offline, 'registry')).not.to.have.any.keys('agreed', 'block');
    expect(of(offline, 'signature')).to.have.property('expectedSigners');
  });

  it('of a presentation is the keys, for whom it is and until when', () => {
    const times = { issuedAt: NOW - 60, expiresAt: NOW + 240 };
    const presentation = present(world.proofs.bound[0]!, { audience: 'https://verifier.example/', ...times });
    const shown = verify({ ...evidenceOf(world, presentation.proof), presentation });
    const compared = of(shown, 'holderBinding');
    expect(compared.boundTo).to.equal(compared.shownBy);
    expect(compared).to.deep.include({
      audience: 'https://verifier.example/',
      shownUntil: toInstant(times.expiresAt),
      nonce: hex(presentation.nonce),
    });
  });

  it('does not stumble over seconds that no calendar has', () => {
    const keys = reading.page.keys.map((key) => ({ ...key, validUntil: Number.MAX_SAFE_INTEGER }));
    const odd = verify({ ...evidence, reading: { ...reading, page: { ...reading.page, keys } } });
    expect(odd.genuine).to.equal('genuine');
    expect(of(odd, 'key').keyUntil).to.equal(Number.MAX_SAFE_INTEGER);
  });

  it('has a kind for every name', () => {
    for (const { compared = {} } of verdict.checks)
      for (const name of Object.keys(compared)) expect(COMPARED).to.have.property(name);
  });
});
