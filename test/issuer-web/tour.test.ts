import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { PLACES } from '../../issuer-web/places.ts';
import { placeName } from './desk.ts';

const README = new URL('../../issuer-web/README.md', import.meta.url);

describe('the tour of the console', () => {
  it('has a picture of every place', () => {
    const text = readFileSync(README, 'utf8');
    const pictures = new Set([...text.matchAll(/!\[[^\]]+\]\(tour\/([a-z-]+)\.jpg\)/g)].map(([, name]) => name));
    const names = PLACES.map(({ path }) => {
      const parts = path.source.replace(/^\^|\$$/g, '').split('\\/');
      return placeName(parts.map((part) => part.replace('([^', '1')));
    });
    expect(names).to.include.members(['home', 'credentials', 'credentials-one-revoke']);
    expect(names.filter((name) => !pictures.has(name))).to.deep.equal([]);
  });

  it('shows no picture that is not there', () => {
    const names = [...readFileSync(README, 'utf8').matchAll(/\((tour\/[a-z-]+\.jpg)\)/g)].map(
      ([, name]) => name as string,
    );
    for (const name of names)
      expect(readFileSync(new URL(name, README)).subarray(0, 2).toString('hex'), name).to.equal('ffd8');
  });
});
