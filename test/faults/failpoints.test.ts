import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { FAILPOINTS } from '../../server/failpoint.ts';
import { DEATHS } from './deaths.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const sources = globSync(['server/**/*.ts', 'scripts/**/*.ts'], { cwd: project }).map((path) => ({
  path,
  text: readFileSync(project + path, 'utf8'),
}));
const sorted = (names: Iterable<string>) => [...names].sort();

describe('the list of failpoints', () => {
  it('is the list of places at which a scenario has the service die', () => {
    expect(sorted(new Set(DEATHS.flatMap(({ dies }) => dies)))).to.deep.equal(sorted(FAILPOINTS));
  });

  it('has one place in the code for each', () => {
    const passed = sources.flatMap(({ text }) =>
      [...text.matchAll(/\bfailpoint\('([a-z-]+)'\)/g)].map(([, name]) => name as string),
    );
    expect(sorted(passed)).to.deep.equal(sorted(FAILPOINTS));
  });

  it('is the table of the README', () => {
    const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
    expect([...readme.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name)).to.deep.equal([...FAILPOINTS]);
  });

  it('ends no service that is not the suite’s own: nothing outside of the tests arms one', () => {
    const arming = sources.filter(({ text }) => /\barmFailpoint\b/.test(text)).map(({ path }) => path);
    expect(arming).to.deep.equal(['server/failpoint.ts']);
  });
});
