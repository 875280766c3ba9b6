import { expect } from 'chai';
import { toBase64Url, toHex } from '../../proof/bytes.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../proof/cbor.ts';
import { ProofError } from '../../proof/errors.ts';
import { encodeProof, type Proof } from '../../proof/proof.ts';
import { toDigits, toQrText } from '../../proof/qr-text.ts';
import type { CheckName, Verdict } from '../../proof/verdict.ts';
import { toVerifiableCredential } from '../../proof/verifiable-credential.ts';
import { type Sources, verifyJson, verifyProof, verifyQrText } from '../../proof/verification.ts';
import { OTHER_PROFILE } from '../../scripts/vectors/definitions.ts';
import { toQrProof } from '../../scripts/vectors/issuing.ts';
import { createWorld, VERIFIER } from '../../scripts/vectors/world.ts';

const world = createWorld({ batches: 0 });
const proof = world.proofs.standings[0]!;
const sources: Sources = world;
const qrText = toQrText(VERIFIER, encodeProof(toQrProof(proof)));
const document = toVerifiableCredential({
  proof,
  type: world.kinds.tiny.value,
  definition: world.kinds.tiny.definition,
  registry: world.registry.address,
});
const codeOf = ({ checks }: Verdict, name: CheckName) => checks.find((check) => check.name === name)?.code;
const without = (path: string): Sources => ({
  ...sources,
  loadFile: async (wanted) => {
    if (wanted.startsWith(path)) throw new Error('404');
    return sources.loadFile(wanted);
  },
});
const withFile = (path: string, bytes: Uint8Array): Sources => ({
  ...sources,
  loadFile: async (wanted) => (wanted.startsWith(path) ? bytes : sources.loadFile(wanted)),
});
async function refusalOf(verdict: Promise<Verdict>): Promise<string> {
  try {
    return `judged ${(await verdict).genuine}`;
  } catch (error) {
    if (error instanceof ProofError) return error.code;
    throw error;
  }
}

describe('a verification', () => {
  it('finds a credential genuine and in force, from its QR and from its JSON', async () => {
    for (const verdict of [await verifyQrText(qrText, sources), await verifyJson(JSON.stringify(document), sources)]) {
      expect(verdict.checks.filter(({ outcome }) => outcome !== 'pass')).to.deep.equal([]);
      expect(verdict).to.deep.include({ genuine: 'genuine', standing: { code: 'in-force', until: 21_122 } });
      expect(verdict.issuer?.profile.name.en).to.equal('Department of Examples');
      expect(verdict.credential?.claims).to.have.property('number', 'EX-1');
      expect(verdict.checked).to.deep.include({ chainId: 31_337, agreed: 3 });
    }
  });

  it('finds a broken proof at our address not genuine, and says why', async () => {
    const digits = toDigits(encodeProof(proof));
    for (const broken of [digits.slice(0, -1), `${digits}1`, digits.replace(/^./, '1'), '12', '1'.repeat(7_001)]) {
      const verdict = await verifyQrText(`${VERIFIER}#${broken}`, sources);
      expect(verdict.genuine).to.equal('not-genuine');
      expect(codeOf(verdict, 'format')).to.equal('FORMAT_INVALID');
      expect(verdict.credential).to.equal(null);
    }
  });

  it('finds a document with a broken proof not genuine', async () => {
    const { proofValue } = document.proof as { proofValue: string };
    for (const broken of [`${proofValue}A`, proofValue.slice(1), `${proofValue}=`, 'u', '']) {
      const verdict = await verifyJson(JSON.stringify(document).replace(proofValue, broken), sources);
      expect(codeOf(verdict, 'format')).to.equal('FORMAT_INVALID');
      expect(verdict.genuine).to.equal('not-genuine');
    }
  });

  it('finds a document not genuine that says something else than its proof', async () => {
    const verdict = await verifyJson(JSON.stringify(document).replace('Chan Tai Man', 'Chan Tai Wo'), sources);
    expect(verdict.genuine).to.equal('not-genuine');
    expect(codeOf(verdict, 'format')).to.equal('DOCUMENT_CHANGED');
  });

  it('does not pass the words of a document that it could not compare', async () => {
    for (const place of [without('types/'), { ...sources, trust: { ...world.trust, registries: [] } }]) {
      const verdict = await verifyJson(JSON.stringify(document), place);
      expect(codeOf(verdict, 'format')).to.equal('NOT_REACHED');
      expect(verdict.genuine).to.equal('could-not-be-checked');
    }
  });

  it('refuses to judge what is no e-Proof of this verifier', async () => {
    expect(await refusalOf(verifyQrText('hello', sources))).to.equal('QR_TEXT_INVALID');
    expect(await refusalOf(verifyQrText('51234567', sources))).to.equal('QR_TEXT_INVALID');
    expect(await refusalOf(verifyQrText('https://other.example/#1', sources))).to.equal('QR_OTHER_HOST');
    expect(await refusalOf(verifyJson('{}', sources))).to.equal('JSON_INVALID');
    expect(await refusalOf(verifyJson(' '.repeat(300_000), sources))).to.equal('TOO_LARGE');
    expect(await refusalOf(verifyJson('['.repeat(99), sources))).to.equal('TOO_DEEP');
  });

  it('leaves a later version of the format open: it is the verifier that is too old', async () => {
    const items = decodeCbor(encodeProof(proof)) as CborValue[];
    const later = encodeCbor([[2, ...(items[0] as CborValue[]).slice(1)], ...items.slice(1), null]);
    for (const verdict of [
      await verifyQrText(toQrText(VERIFIER, later), sources),
      await verifyJson(
        JSON.stringify({ proof: { cryptosuite: 'eproof-2026', proofValue: `u${toBase64Url(later)}` } }),
        sources,
      ),
    ]) {
      expect(verdict.genuine).to.equal('could-not-be-checked');
      expect(codeOf(verdict, 'format')).to.equal('FORMAT_VERSION_UNKNOWN');
    }
  });

  for (const [name, missing] of Object.entries({
    'the type file is missing': without('types/'),
    'the type file is none': withFile('types/', new TextEncoder().encode('{}')),
    'the type file is another': withFile('types/', new TextEncoder().encode(world.kinds.plain.text)),
    'the issuer file is missing': without('issuers/'),
    'the issuer file is none': withFile('issuers/', new Uint8Array(0)),
    'the issuer file is another': withFile('issuers/', new TextEncoder().encode(OTHER_PROFILE)),
    'no node answers': { ...sources, post: () => Promise.reject(new Error('down')) },
    'the clock is wrong': { ...sources, now: () => world.now() + 100_000 },
    'no registry is known': { ...sources, trust: { ...world.trust, registries: [] } },
  } satisfies Record<string, Sources>))
    it(`cannot be finished where ${name}, and is no fault of the document`, async () => {
      const verdict = await verifyQrText(qrText, missing);
      expect(verdict.genuine).to.equal('could-not-be-checked');
      expect(verdict.standing).to.equal(null);
      expect(verdict.credential?.proof).to.deep.equal(toQrProof(proof));
    });

  it('cannot be finished where the type file is of a later kind, with the right hash', async () => {
    for (const text of [
      '{"format":"eproof-credential-type/2"}',
      '{',
      '[]',
      JSON.stringify({ ...JSON.parse(world.kinds.tiny.text), claims: [{ type: 'colour' }] }),
    ]) {
      const bytes = new TextEncoder().encode(text);
      const definition = toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
      const registries = world.trust.registries.map((registry) => ({
        ...registry,
        types: registry.types.map((row) => ({ ...row, definition })),
      }));
      const verdict = await verifyQrText(qrText, {
        ...withFile('types/', bytes),
        trust: { ...world.trust, registries },
      });
      expect(verdict.genuine).to.equal('could-not-be-checked');
      expect(codeOf(verdict, 'credentialType')).to.equal('TYPE_UNKNOWN');
    }
  });

  it('lets a mistake in the program be seen', async () => {
    const broken: Sources = {
      ...sources,
      now: () => {
        throw new RangeError('mistake');
      },
    };
    let error: unknown;
    await verifyQrText(qrText, broken).catch((reason: unknown) => {
      error = reason;
    });
    expect(error).to.be.instanceOf(RangeError);
  });

  it('is not led astray by the locator: right, absent, or wrong', async () => {
    const at = (locator: number | null): Promise<Verdict> => verifyProof({ ...proof, locator } as Proof, sources);
    expect((await at(null)).genuine).to.equal('genuine');
    for (const wrong of [1, 63, 64, 4_294_967_295]) {
      const verdict = await at(wrong);
      expect(verdict.genuine).to.equal('not-genuine');
      expect(codeOf(verdict, 'anchor')).to.equal('NOT_ANCHORED');
    }
  });
});
