import { expect } from 'chai';
import { claimsOf, decodeCredentialType, decodeIssuerProfile } from '../../proof/credential-type.ts';
import type { ProofErrorCode } from '../../proof/errors.ts';
import { EVERY, OTHER_PROFILE, TINY } from '../../scripts/vectors/definitions.ts';
import { expectRefusal } from './refusal.ts';

// biome-ignore lint/suspicious/noExplicitAny: a file to be broken in every way
type File = any;
const bytes = (text: string) => new TextEncoder().encode(text);
const changed = (change: (file: File) => void): Uint8Array => {
  const file = JSON.parse(TINY) as File;
  change(file);
  return bytes(JSON.stringify(file));
};

describe('a credential type file', () => {
  it('is read with its claims, shown ones first', () => {
    const type = decodeCredentialType(bytes(TINY));
    expect(type.code).to.equal('EX-TINY');
    expect(claimsOf(type, 'shown').map(({ name }) => name)).to.deep.equal(['number', 'holder']);
    expect(claimsOf(type, 'rest').map(({ name }) => name)).to.deep.equal(['conditions']);
    expect(decodeCredentialType(bytes(EVERY)).claims).to.have.length(19);
  });

  it('marks what is always shown, which is nothing unless it says so', () => {
    const { claims } = decodeCredentialType(bytes(TINY));
    expect(claims.map(({ always }) => always)).to.deep.equal([true, false, false]);
    const explicit = decodeCredentialType(changed((file) => Object.assign(file.claims[2], { always: false })));
    expect(explicit.claims).to.deep.equal(claims);
  });

  it('may have names that this version does not know', () => {
    expect(decodeCredentialType(changed((file) => Object.assign(file, { later: 1 }))).code).to.equal('EX-TINY');
  });

  const wrong: [name: string, code: ProofErrorCode, change: (file: File) => void][] = [
    ['another format', 'TYPE_INVALID', (file) => Object.assign(file, { format: 'eproof-credential-type/2' })],
    ['no code', 'TYPE_INVALID', (file) => delete file.code],
    ['a version 0', 'TYPE_INVALID', (file) => Object.assign(file, { version: 0 })],
    ['a title in two languages', 'TYPE_INVALID', (file) => delete file.title['zh-Hans']],
    ['an unknown holder', 'TYPE_INVALID', (file) => Object.assign(file, { holder: 'ghost' })],
    ['an unknown disclosure', 'TYPE_INVALID', (file) => Object.assign(file, { disclosure: 'secret' })],
    ['an unknown validity', 'TYPE_INVALID', (file) => Object.assign(file, { validity: { kind: 'for ever' } })],
    ['months without an end', 'TYPE_INVALID', (file) => Object.assign(file, { validity: { kind: 'months' } })],
    ['a label for a date that there is not', 'TYPE_INVALID', (file) => Object.assign(file.dates, { born: file.title })],
    ['an unknown claim type', 'TYPE_INVALID', (file) => Object.assign(file.claims[0], { type: 'colour' })],
    ['an unknown group', 'TYPE_INVALID', (file) => Object.assign(file.claims[0], { group: 'third' })],
    ['a claim name twice', 'TYPE_INVALID', (file) => Object.assign(file.claims[1], { name: 'number' })],
    ['a claim named id', 'TYPE_INVALID', (file) => Object.assign(file.claims[0], { name: 'id' })],
    ['a claim named type', 'TYPE_INVALID', (file) => Object.assign(file.claims[0], { name: 'type' })],
    ['a claim name with a hyphen', 'TYPE_INVALID', (file) => Object.assign(file.claims[0], { name: 'licence-number' })],
    ['a claim named __proto__', 'TYPE_INVALID', (file) => Object.assign(file.claims[0], { name: '__proto__' })],
    ['a claim name of 61 letters', 'TYPE_INVALID', (file) => Object.assign(file.claims[0], { name: 'a'.repeat(61) })],
    ['shown claims after the rest', 'TYPE_INVALID', (file) => file.claims.reverse()],
    ['an enum without options', 'TYPE_INVALID', (file) => Object.assign(file.claims[0], { type: 'enum' })],
    ['an enum of no options', 'TYPE_INVALID', (file) => Object.assign(file.claims[0], { type: 'enum', options: [] })],
    [
      'an option twice',
      'TYPE_INVALID',
      (file) => {
        const option = { code: 'a', label: file.title };
        Object.assign(file.claims[0], { type: 'enum', options: [option, option] });
      },
    ],
    ['a text without an end', 'TYPE_INVALID', (file) => Object.assign(file.claims[0], { maxLength: 4_001 })],
    ['a text of no length', 'TYPE_INVALID', (file) => Object.assign(file.claims[0], { maxLength: 0 })],
    [
      'more claims than a group can hold',
      'TYPE_INVALID',
      (file) => {
        file.claims = Array.from({ length: 256 }, (_, i) => ({ ...file.claims[0], name: `claim${i}` }));
      },
    ],
    ['what is always shown among the rest', 'TYPE_INVALID', (file) => Object.assign(file.claims[2], { always: true })],
    ['a word for always', 'TYPE_INVALID', (file) => Object.assign(file.claims[0], { always: 'yes' })],
    ['null for always', 'TYPE_INVALID', (file) => Object.assign(file.claims[0], { always: null })],
    ['a list for an object', 'TYPE_INVALID', (file) => Object.assign(file, { title: [] })],
  ];
  for (const [name, code, change] of wrong)
    it(`is refused with ${name}`, () => {
      expectRefusal(code, () => decodeCredentialType(changed(change)));
    });

  it('is refused where it is not UTF-8, not JSON or has a name twice', () => {
    expectRefusal('TYPE_INVALID', () => decodeCredentialType(Uint8Array.of(0x22, 0xff, 0x22)));
    expectRefusal('JSON_INVALID', () => decodeCredentialType(bytes('{')));
    expectRefusal('JSON_INVALID', () => decodeCredentialType(bytes(TINY.replace('"code":', '"code":"X","code":'))));
    expectRefusal('TYPE_INVALID', () => decodeCredentialType(bytes('[]')));
  });
});

describe('an issuer profile file', () => {
  it('is read with its name in three languages', () => {
    expect(decodeIssuerProfile(bytes(OTHER_PROFILE))).to.deep.include({
      code: 'OT',
      website: 'https://others.example/',
    });
  });

  it('is refused where it is another kind of file', () => {
    expectRefusal('TYPE_INVALID', () => decodeIssuerProfile(bytes(TINY)));
    expectRefusal('TYPE_INVALID', () => decodeIssuerProfile(bytes('{"format":"eproof-issuer/1","code":"A"}')));
  });
});
