import { hash } from 'node:crypto';
import { crc32, inflateSync } from 'node:zlib';
import { expect } from 'chai';
import { loadCatalogue } from '../../catalogue/catalogue.ts';
import { createDraw } from '../../catalogue/draw.ts';
import { hkid, hkidCheckDigit, imoCheckDigit, imoNumber, registrationMark } from '../../catalogue/numbers.ts';
import { device, type Picture, portrait } from '../../catalogue/picture.ts';
import { type SampleClaims, sampleClaims, sampleVariants } from '../../catalogue/samples.ts';
import { validityProblems } from '../../catalogue/validity.ts';
import { encodeCbor } from '../../proof/cbor.ts';
import { readClaims } from '../../proof/claims.ts';
import type { CredentialType } from '../../proof/credential-type.ts';
import type { Json } from '../../proof/json.ts';

const TODAY = '2026-03-01';
const { types } = loadCatalogue();

/** Claims as they are committed: an image by the hash of its bytes. */
function committed(type: CredentialType, claims: SampleClaims): SampleClaims {
  const images = type.claims.filter((claim) => claim.type === 'image' && claims[claim.name] !== undefined);
  const hashes = images.map(({ name }): [string, Json] => {
    const { mediaType, data } = claims[name] as Picture;
    return [name, { mediaType, sha256: hash('sha256', Buffer.from(data, 'base64')) }];
  });
  return { ...claims, ...Object.fromEntries(hashes) };
}

function shownSize(type: CredentialType, claims: SampleClaims): number {
  return encodeCbor(readClaims(type, committed(type, claims)).groups.shown).length;
}

describe('sampleClaims', () => {
  for (const { code, definition } of types) {
    it(`gives ${code} claims and dates that its definition accepts, whatever the day and the seed`, () => {
      for (const today of [TODAY, '2028-02-29', '2026-12-31']) {
        for (const { claims, validity } of sampleVariants(code, today, 12)) {
          expect(readClaims(definition, committed(definition, claims)).problems).to.deep.equal([]);
          expect(validityProblems(definition.validity, validity, claims)).to.deep.equal([]);
          expect(validity.validFrom).to.equal(today);
        }
      }
    });

    it(`gives every claim of ${code} in some sample, and 256 documents with a number each`, () => {
      const variants = sampleVariants(code, TODAY, 256);
      const given = new Set(variants.flatMap(({ claims }) => Object.keys(claims)));
      expect([...given].sort()).to.deep.equal(definition.claims.map((claim) => claim.name).sort());
      const number = definition.claims.find((claim) => claim.role === 'number');
      if (number === undefined) return;
      expect(new Set(variants.map(({ claims }) => claims[number.name])).size).to.equal(256);
    });
  }

  it('gives the same sample for the same code, day and seed, and another for another seed', () => {
    expect(sampleClaims('HKPF-SPP', TODAY, 7)).to.deep.equal(sampleClaims('HKPF-SPP', TODAY, 7));
    expect(sampleClaims('HKPF-SPP', TODAY, 7)).not.to.deep.equal(sampleClaims('HKPF-SPP', TODAY, 8));
    expect(sampleVariants('HKPF-SPP', TODAY, 8)[7]).to.deep.equal(sampleClaims('HKPF-SPP', TODAY, 7));
  });

  it('refuses a code that the catalogue does not have', () => {
    expect(() => sampleClaims('FEHD-XXX', TODAY)).to.throw(TypeError, 'FEHD-XXX');
    expect(() => sampleClaims('toString', TODAY)).to.throw(TypeError, 'toString');
  });

  it('writes rare characters of Hong Kong, of which two lie beyond the basic plane', () => {
    const text = JSON.stringify(sampleVariants('FEHD-GRL', TODAY, 64));
    for (const rare of ['咗', '衞', '𨋢', '𠝹']) expect(text).to.include(rare);
  });

  it('has names in one language only among the others', () => {
    const signs = sampleVariants('FEHD-GRL', TODAY, 64).map(({ claims }) => Object.keys(claims.shopSign ?? {}).join());
    expect([...new Set(signs)].sort()).to.deep.equal(['en', 'en,zh-Hant', 'zh-Hant']);
  });

  it('gives a driving licence of which one class ends before the others', () => {
    const { claims } = sampleClaims('TD-DL', TODAY);
    const ends = (claims.classes as { validUntil: string }[]).map((item) => item.validUntil);
    expect(new Set(ends).size).to.equal(2);
  });

  it('shows values small enough for the codes that the format aims at', () => {
    const rows = types.map(({ code, definition }) => {
      const sizes = sampleVariants(code, TODAY, 64).map(({ claims }) => shownSize(definition, claims));
      sizes.sort((a, b) => a - b);
      return { type: code, median: sizes[32] as number, largest: sizes[63] as number };
    });
    const middle = rows.map((row) => row.median).sort((a, b) => a - b)[25] as number;
    for (const { type, median, largest } of rows) {
      console.log(`      ${type.padEnd(12)} ${String(median).padStart(4)} ${String(largest).padStart(4)}`);
    }
    console.log(
      `      bytes of shown values per type: median and largest of 64 samples; median of all types ${middle}`,
    );
    expect(middle).to.be.at.most(220);
    for (const { type, largest } of rows) expect(largest, type).to.be.at.most(480);
  });
});

describe('hkidCheckDigit', () => {
  it('gives the digits of numbers that are known as examples', () => {
    expect(hkidCheckDigit('A123456')).to.equal('3');
    expect(hkidCheckDigit('C668668')).to.equal('9');
    expect(hkidCheckDigit('AB987654')).to.equal('3');
  });

  it('can be the letter A', () => {
    const digits = Array.from({ length: 64 }, (_, seed) => hkid(createDraw('x', seed)).at(-2));
    expect(digits).to.include('A');
  });
});

describe('invented numbers', () => {
  it('bear marks that no real one has', () => {
    for (let seed = 0; seed < 64; seed++) {
      const draw = createDraw('x', seed);
      expect(hkid(draw)).to.match(/^QQ\d{6}\([0-9A]\)$/);
      expect(registrationMark(draw)).to.match(/^Q[A-HJ-M] [1-9]\d{3}$/);
      expect(imoNumber(draw)).to.match(/^999\d{4}$/);
    }
  });

  it('check as the International Maritime Organization’s do', () => {
    expect(imoCheckDigit('907472')).to.equal(9);
    expect(imoCheckDigit('917618')).to.equal(7);
  });
});

describe('pictures', () => {
  it('are PNG files whose chunks are whole and whose pixels are all there', () => {
    for (const [picture, width, height] of [
      [portrait(5), 60, 80],
      [device(95), 120, 80],
    ] as const) {
      const chunks = readChunks(Buffer.from(picture.data, 'base64'));
      expect(chunks.map((chunk) => chunk.type)).to.deep.equal(['IHDR', 'IDAT', 'IEND']);
      expect(chunks[0]?.data.readUInt32BE(0)).to.equal(width);
      expect(chunks[0]?.data.readUInt32BE(4)).to.equal(height);
      expect(inflateSync(chunks[1]?.data as Buffer)).to.have.length((width + 1) * height);
    }
  });

  it('stay under 1 KB and differ by tone', () => {
    const pictures = Array.from({ length: 100 }, (_, tone) => portrait(tone).data);
    expect(new Set(pictures).size).to.equal(100);
    for (const data of pictures) expect(data.length).to.be.below(1024);
  });
});

function readChunks(file: Buffer): { type: string; data: Buffer }[] {
  expect(file.subarray(0, 8).toString('latin1')).to.equal('\x89PNG\r\n\x1a\n');
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at < file.length; ) {
    const end = at + 8 + file.readUInt32BE(at);
    expect(file.readUInt32BE(end)).to.equal(crc32(file.subarray(at + 4, end)));
    chunks.push({ type: file.toString('latin1', at + 4, at + 8), data: file.subarray(at + 8, end) });
    at = end + 4;
  }
  return chunks;
}
