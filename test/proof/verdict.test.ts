import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { ProofError } from '../../proof/errors.ts';
import { CHECK_NAMES, judge, rejectMalformed, verify } from '../../proof/verdict.ts';
import { evidenceOf } from '../../scripts/vectors/evidence.ts';
import { toQrProof } from '../../scripts/vectors/issuing.ts';
import { createWorld, NOW } from '../../scripts/vectors/world.ts';

const world = createWorld({ batches: 0 });
const proof = toQrProof(world.proofs.standings[0]!);
const evidence = evidenceOf(world, proof);
const PARTS = ['registry', 'type', 'issuer', 'reading'] as const;

/** Every selection of parts, the empty one too. */
const SELECTIONS = Array.from({ length: 2 ** PARTS.length }, (_, bits) => PARTS.filter((_part, i) => (bits >> i) & 1));

// The vectors hold the verdict code by code; here is what no single vector can say.
describe('a verdict', () => {
  it('has every check once, in one order, whatever the evidence', () => {
    for (const missing of SELECTIONS) {
      const { checks } = verify({ ...evidence, ...Object.fromEntries(missing.map((part) => [part, null])) });
      expect(checks.map(({ name }) => name)).to.deep.equal(CHECK_NAMES);
    }
  });

  it('is never genuine and never not genuine for want of evidence, whichever part is wanting', () => {
    for (const missing of SELECTIONS) {
      const { genuine, standing } = verify({ ...evidence, ...Object.fromEntries(missing.map((part) => [part, null])) });
      expect(genuine, missing.join()).to.equal(missing.length === 0 ? 'genuine' : 'could-not-be-checked');
      expect(standing === null).to.equal(missing.length > 0);
    }
  });

  it('is never not genuine for want of a part of the reading', () => {
    const { reading } = evidence;
    if (!reading || 'failure' in reading) throw new Error('no reading');
    for (const part of ['types', 'keys'] as const) {
      const verdict = verify({ ...evidence, reading: { ...reading, page: { ...reading.page, [part]: [] } } });
      expect(verdict.genuine).to.equal('could-not-be-checked');
    }
    const verdict = verify({ ...evidence, reading: { ...reading, events: null, records: [] } });
    expect(verdict.genuine).to.equal('genuine');
  });

  it('takes a check that is missing for one that is open', () => {
    const { checks } = verify(evidence);
    for (const name of CHECK_NAMES)
      expect(judge(checks.filter((check) => check.name !== name))).to.equal('could-not-be-checked');
    expect(judge([])).to.equal('could-not-be-checked');
  });

  it('says what was checked and against what', () => {
    const verdict = verify(evidence);
    const { number, hash, time } = world.registry.blocks.at(-1)!;
    expect(verdict.checked).to.deep.equal({
      block: { number, hash, time },
      chainId: 31_337,
      registry: world.registry.address.address,
      agreed: 2,
      isSnapshot: false,
    });
    expect(verdict.time).to.equal(NOW);
    expect(verify({ ...evidence, reading: null }).checked).to.equal(null);
  });

  it('names the issuer by its registered profile, and its state', () => {
    const { reading } = evidence;
    if (!reading || 'failure' in reading) throw new Error('no reading');
    const ended = { ...reading, page: { ...reading.page, issuerState: 'ended' as const } };
    const verdict = verify({ ...evidence, reading: ended });
    expect(verdict.genuine).to.equal('genuine');
    expect(verdict.issuer).to.deep.include({ state: 'ended' });
    expect(verdict.issuer?.profile.code).to.equal('EX');
  });

  it('says nothing of a credential that could not be decoded', () => {
    const verdict = rejectMalformed(new ProofError('FIELD_INVALID', '"size" must be from 1 to 256'), NOW);
    expect(verdict).to.deep.include({ genuine: 'not-genuine', standing: null, credential: null, issuer: null });
    expect(verdict.checks[0]?.detail).to.equal('FIELD_INVALID: "size" must be from 1 to 256');
  });

  it('never repeats a claim in what it says of a check', () => {
    const secret = {
      ...proof,
      shown: { kind: 'full' as const, seed: new Uint8Array(16), values: ['SECRET-1\u0000', ['SECRET ', null]] },
    };
    const { checks } = verify(evidenceOf(world, secret));
    expect(JSON.stringify(checks)).not.to.contain('SECRET');
  });
});

describe('the codes of refusals', () => {
  it('are each provoked by a test or a vector', () => {
    const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
    const codes = [...read('../../proof/errors.ts').matchAll(/\| '([A-Z_]+)'/g)].map(([, code]) => code as string);
    const tests = readdirSync(new URL('./', import.meta.url)).filter((name) => name.endsWith('.test.ts'));
    const vectors = readdirSync(new URL('../vectors/', import.meta.url)).filter((name) => name.endsWith('.json'));
    const texts = [
      ...tests.map((name) => read(`./${name}`)),
      ...vectors.map((name) => read(`../vectors/${name}`)),
    ].join();
    expect(codes).to.have.length.above(20);
    expect(codes.filter((code) => !texts.includes(`'${code}'`) && !texts.includes(`"${code}"`))).to.deep.equal([]);
  });
});
