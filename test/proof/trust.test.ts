import { expect } from 'chai';
import { decodeTrust } from '../../proof/trust.ts';
import { createWorld } from '../../scripts/vectors/world.ts';
import { expectRefusal } from './refusal.ts';

const { trustJson } = createWorld();
// biome-ignore lint/suspicious/noExplicitAny: a file to be broken in every way
type File = any;
const changed = (change: (file: File) => void): string => {
  const file = structuredClone(trustJson) as File;
  change(file);
  return JSON.stringify(file);
};

describe('a trust file', () => {
  it('is read as it stands', () => {
    const trust = decodeTrust(JSON.stringify(trustJson));
    expect(trust.registries).to.have.length(2);
    expect(trust.registries[0]).to.deep.include({ chainId: 31_337, agree: 2 });
  });

  it('may name its code hash in capitals, which no node does', () => {
    const text = changed((file) => {
      file.registries[0].codeHash = `0x${'C0DE'.repeat(16)}`;
    });
    expect(decodeTrust(text).registries[0]?.codeHash).to.equal(`0x${'c0de'.repeat(16)}`);
  });

  it('says where the console is, or nothing of it', () => {
    expect(decodeTrust(JSON.stringify(trustJson))).not.to.have.property('console');
    const text = changed((file) => Object.assign(file, { console: 'https://desk.example/console/' }));
    expect(decodeTrust(text).console).to.equal('https://desk.example/console/');
  });

  const wrong: Record<string, (file: File) => void> = {
    'another format': (file) => Object.assign(file, { format: 'eproof-trust/2' }),
    'no word on whether it is a test': (file) => delete file.test,
    'a verifier without a slash at its end': (file) => Object.assign(file, { verifiers: ['https://verify.example'] }),
    'a verifier that is no web address': (file) => Object.assign(file, { verifiers: ['javascript:/'] }),
    'a console without a slash at its end': (file) => Object.assign(file, { console: 'https://console.example' }),
    'a console that is no web address': (file) => Object.assign(file, { console: 'javascript:alert(1)/' }),
    'no age of blocks': (file) => delete file.maxBlockAgeSeconds,
    'no age of snapshots': (file) => delete file.maxSnapshotAgeSeconds,
    'an age of 0': (file) => Object.assign(file, { maxBlockAgeSeconds: 0 }),
    'a registry that is a list': (file) => Object.assign(file.registries, [[]]),
    'a chain 0': (file) => Object.assign(file.registries[0], { chainId: 0 }),
    'an address of 19 bytes': (file) => Object.assign(file.registries[0], { address: `0x${'aa'.repeat(19)}` }),
    'a code hash of 31 bytes': (file) => Object.assign(file.registries[0], { codeHash: `0x${'aa'.repeat(31)}` }),
    'no node': (file) => Object.assign(file.registries[0], { nodes: [], agree: 1 }),
    'a node listed twice': (file) => Object.assign(file.registries[0], { nodes: ['https://a/', 'https://a/'] }),
    'an agreement of none': (file) => Object.assign(file.registries[0], { agree: 0 }),
    'an agreement of more nodes than there are': (file) => Object.assign(file.registries[0], { agree: 4 }),
    'an issuer twice': (file) => file.registries[0].issuers.push(file.registries[0].issuers[0]),
    'an issuer 0': (file) => Object.assign(file.registries[0].issuers[0], { issuer: 0 }),
    'a profile that is no hash': (file) => Object.assign(file.registries[0].issuers[0], { profile: '../x' }),
    'a key that is no address': (file) => Object.assign(file.registries[0].issuers[0], { keys: ['0x12'] }),
    'a type number twice': (file) => file.registries[0].types.push({ ...file.registries[0].types[0] }),
    'a definition in capitals': (file) => Object.assign(file.registries[0].types[0], { definition: 'AB'.repeat(32) }),
  };
  for (const [name, change] of Object.entries(wrong))
    it(`is refused with ${name}`, () => {
      expectRefusal('TRUST_INVALID', () => decodeTrust(changed(change)));
    });

  it('is refused where it is no JSON', () => {
    expectRefusal('JSON_INVALID', () => decodeTrust('<!doctype html>'));
    expectRefusal('TRUST_INVALID', () => decodeTrust('[]'));
  });
});
