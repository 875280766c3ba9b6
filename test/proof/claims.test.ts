import { expect } from 'chai';
import { decodeClaims, readClaims } from '../../proof/claims.ts';
import type { Disclosure } from '../../proof/commitment.ts';
import { EVERY, EVERY_CLAIMS, TINY } from '../../scripts/vectors/definitions.ts';
import { select, toKind } from '../../scripts/vectors/issuing.ts';
import { tinyClaims } from '../../scripts/vectors/world.ts';
import { expectRefusal } from './refusal.ts';

const tiny = toKind(TINY).value;
const every = toKind(EVERY).value;
const seed = new Uint8Array(16);
const full = (values: Extract<Disclosure, { kind: 'full' }>['values']): Disclosure => ({ kind: 'full', seed, values });
const hidden: Disclosure = { kind: 'hidden', hash: new Uint8Array(32) };

describe('claims of a credential', () => {
  it('are read into two groups in the order of the type', () => {
    const { groups, problems } = readClaims(tiny, { conditions: ['c'], holder: { en: 'h' }, number: 'n' });
    expect(problems).to.deep.equal([]);
    expect(groups).to.deep.equal({ shown: ['n', ['h', null]], rest: [['c']] });
  });

  it('come back as they went in, of every type', () => {
    const { groups } = readClaims(every, EVERY_CLAIMS);
    expect(decodeClaims(every, full(groups.shown), full(groups.rest))).to.deep.equal(EVERY_CLAIMS);
  });

  it('are null where they are absent, and absent where they are null', () => {
    const { groups, problems } = readClaims(tiny, { ...tinyClaims('1'), conditions: null });
    expect(problems).to.deep.equal([]);
    expect(groups.rest).to.deep.equal([null]);
    expect(decodeClaims(tiny, full(groups.shown), full([null]))).not.to.have.property('conditions');
  });

  it('have every fault told at once, with a pointer to it', () => {
    const { problems } = readClaims(tiny, { holder: { en: '' }, conditions: [1], 'a/b': 1, toString: 2 });
    expect(problems.map(({ pointer, code }) => `${code} ${pointer}`)).to.have.members([
      'CLAIM_UNKNOWN /a~1b',
      'CLAIM_UNKNOWN /toString',
      'CLAIM_MISSING /number',
      'CLAIM_INVALID /holder/en',
      'CLAIM_INVALID /conditions/0',
    ]);
  });

  it('never stand in a message', () => {
    const { problems } = readClaims(tiny, { ...tinyClaims('secret\u0000'), conditions: ['secret '] });
    expect(problems).to.have.length(2);
    expect(JSON.stringify(problems)).not.to.contain('secret');
  });

  it('are left out where they are hidden', () => {
    const { groups } = readClaims(tiny, tinyClaims('1'));
    expect(decodeClaims(tiny, hidden, hidden)).to.deep.equal({});
    const one = select(0, full(groups.shown), [1]);
    expect(Object.keys(decodeClaims(tiny, one, hidden))).to.deep.equal(['holder']);
  });

  it('must be as many as the type has', () => {
    expectRefusal('CLAIMS_INVALID', () => decodeClaims(tiny, full(['n']), hidden));
    expectRefusal('CLAIMS_INVALID', () => decodeClaims(tiny, full(['n', ['h', null], null]), hidden));
    expectRefusal('CLAIMS_INVALID', () => decodeClaims(tiny, hidden, full([null, null])));
  });

  it('must be there where the type requires them', () => {
    expectRefusal('CLAIMS_INVALID', () => decodeClaims(tiny, full([null, ['h', null]]), hidden));
  });

  it('must be of their type', () => {
    expectRefusal('CLAIMS_INVALID', () => decodeClaims(tiny, full([7, ['h', null]]), hidden));
    expectRefusal('CLAIMS_INVALID', () => decodeClaims(tiny, full([['h', null], 'n']), hidden));
  });
});
