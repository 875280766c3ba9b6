import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import { buildPlaces, findPlacesFaults, PLACE_PAGE_NAMES } from '../../scripts/build-places.ts';
import { PLACE_PAGES } from '../../server/publication/place-page.ts';

for (const name of PLACE_PAGE_NAMES)
  describe(`the built page "${name}"`, () => {
    const outputFolder = path.resolve(`.build/test/${name}-build`);

    it('keeps the bundle rule: no Node, no ethers, no markup from text, no other origin, 100 kB', async () => {
      const built = await buildPlaces(name, outputFolder);
      expect(await findPlacesFaults(built)).to.deep.equal([]);
      expect(built.firstScriptBytes).to.be.above(10_000);
      expect(await findPlacesFaults({ ...built, firstScriptBytes: 102_401 })).to.have.length(1);
    });

    it('names its files by where it is served, because it has many addresses', async () => {
      const { files } = await buildPlaces(name, outputFolder);
      const page = await readFile(path.join(outputFolder, 'index.html'), 'utf8');
      const named = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address as string);
      expect(named.length).to.be.above(2);
      for (const address of named) expect(files.map((file) => `${PLACE_PAGES[name]}/${file.name}`)).to.include(address);
    });
  });
