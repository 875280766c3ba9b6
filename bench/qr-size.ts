import { generateKeyPairSync, hash, randomBytes, sign } from 'node:crypto';
import QRCode from 'qrcode';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { sampleClaims } from '../catalogue/samples.ts';
import { claimsOf } from '../proof/credential-type.ts';
import type { Json } from '../proof/json.ts';
import { sampleQrText, toStoredClaims } from '../scripts/sample-proof.ts';
import { qrSymbol } from '../server/render/qr.ts';
import { requirePeer } from './peers/install.ts';
import type { Table } from './table.ts';

const CODE = 'FEHD-GRL';
const TODAY = '2026-11-22';
const VERIFIER = 'https://verify.e-proof.example/';
const ISSUER = 'https://fehd.example';

/** One restaurant licence in one QR: what our holder prints, beside what the other formats would have to print. */
export async function measureQrSizes(): Promise<Table> {
  const type = loadCatalogue().types.find(({ code }) => code === CODE);
  if (!type) throw new Error(`the catalogue has no ${CODE}`);
  const sample = sampleClaims(CODE, TODAY);
  const all = toStoredClaims(sample.claims);
  const pick = (group: 'shown' | 'rest') =>
    Object.fromEntries(
      claimsOf(type.definition, group).flatMap(({ name }) => (all[name] === undefined ? [] : [[name, all[name]]])),
    );
  const [shown, rest] = [pick('shown'), pick('rest')];
  const ours = (size: number) => sampleQrText({ type, sample, size, verifier: VERIFIER });
  return {
    title: `One ${type.definition.title.en} in one QR, level M`,
    columns: ['', 'characters', 'QR version', 'modules a side', 'what the rest costs'],
    rows: [
      row('e-Proof, issued alone', ours(1), '32 bytes, hidden'),
      row('e-Proof, from a batch of 256', ours(256), '32 bytes, hidden'),
      row('VC as a JWT (ES256)', await jwtVc(shown), 'left out: the holder has no proof of it'),
      row('SD-JWT VC (ES256)', await sdJwtVc(shown, rest), 'a digest each, hidden'),
      row('OpenAttestation v2, wrapped alone', openAttestation(shown, rest), 'a digest each, hidden'),
    ],
    notes: [
      'every contender discloses the same claims; ours is an address that a phone opens, the others are the bare token or document',
      'none of the others names a status list or a batch proof here: with them they are larger still',
    ],
  };
}

function row(name: string, text: string, cost: string): (string | number)[] {
  const symbol = text.startsWith(VERIFIER) ? qrSymbol(text) : plainSymbol(text);
  return symbol
    ? [name, text.length, symbol.version, symbol.size, cost]
    : [name, text.length, 'does not fit', '–', cost];
}

function plainSymbol(text: string): { version: number; size: number } | null {
  try {
    const { version, modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
    return { version, size: modules.size };
  } catch {
    return null;
  }
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signEs256 = (text: string) =>
  sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
const dates = { validFrom: `${TODAY}T00:00:00+08:00`, validUntil: '2027-11-21T23:59:59+08:00' };

function jwtVc(claims: Record<string, Json>): Promise<string> {
  const { SignJWT } = requirePeer('jose');
  const vc = {
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    type: ['VerifiableCredential', CODE],
    issuer: ISSUER,
    ...dates,
    credentialSubject: claims,
  };
  return new SignJWT(vc).setProtectedHeader({ alg: 'ES256', typ: 'vc+jwt', kid: '1' }).sign(privateKey);
}

async function sdJwtVc(shown: Record<string, Json>, rest: Record<string, Json>): Promise<string> {
  const { SDJwtVcInstance } = requirePeer('@sd-jwt/sd-jwt-vc');
  const instance = new SDJwtVcInstance({
    signer: signEs256,
    signAlg: 'ES256',
    hasher: (data: string) => Buffer.from(hash('sha256', data), 'hex'),
    hashAlg: 'sha-256',
    saltGenerator: () => randomBytes(16).toString('base64url'),
  });
  const payload = { iss: ISSUER, iat: 1_795_000_000, vct: `${ISSUER}/${CODE}`, ...shown, ...rest };
  const names = [...Object.keys(shown), ...Object.keys(rest)];
  const issued = await instance.issue(payload, { _sd: names });
  return instance.present(issued, Object.fromEntries(Object.keys(shown).map((name) => [name, true])));
}

function openAttestation(shown: Record<string, Json>, rest: Record<string, Json>): string {
  const { wrapDocument, obfuscateDocument } = requirePeer('@govtechsg/open-attestation');
  const wrapped = wrapDocument({
    issuers: [
      {
        name: 'FEHD',
        documentStore: `0x${'5f'.repeat(20)}`,
        identityProof: { type: 'DNS-TXT', location: 'fehd.example' },
      },
    ],
    ...dates,
    ...shown,
    ...rest,
  });
  return JSON.stringify(obfuscateDocument(wrapped, Object.keys(rest)));
}
