import { readFile } from 'node:fs/promises';
import { expect } from 'chai';

interface Locked {
  optionalDependencies?: Record<string, string>;
}

/**
 * A lock made by an npm that left a platform's package out, or from a registry that lacks it, installs here and fails with "npm ci"
 * elsewhere, or the other way round.
 */
describe('package-lock.json', () => {
  let packages: Record<string, Locked>;

  before(async () => {
    packages = JSON.parse(await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8')).packages;
  });

  it('has the native parts of every platform that a dependency offers', () => {
    const names = new Set(
      Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)),
    );
    const wanted = Object.values(packages).flatMap((locked) => Object.keys(locked.optionalDependencies ?? {}));
    expect(wanted).to.include('@nomicfoundation/edr-linux-x64-gnu');
    expect(wanted.filter((name) => !names.has(name))).to.deep.equal([]);
  });

  it('names no address to download from, so that any registry serves', () => {
    expect(JSON.stringify(packages)).to.not.include('"resolved"');
  });
});
