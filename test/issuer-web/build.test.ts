import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import { buildConsole, findConsoleFaults } from '../../scripts/build-console.ts';

describe('the built console', () => {
  const outputFolder = path.resolve('.build/test/console-build');

  it('keeps the bundle rule: no Node, no ethers, no markup from text, no other origin, 100 kB', async () => {
    const built = await buildConsole({ outputFolder });
    expect(await findConsoleFaults(built)).to.deep.equal([]);
    expect(built.firstScriptBytes).to.be.above(10_000);
    expect(await findConsoleFaults({ ...built, firstScriptBytes: 102_401 })).to.have.length(1);
  });

  it('names its files by where it is served, because it has many addresses', async () => {
    const { files } = await buildConsole({ outputFolder });
    const page = await readFile(path.join(outputFolder, 'index.html'), 'utf8');
    const named = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name]) => name as string);
    expect(named).to.have.length(3);
    for (const name of named) expect(files.map((file) => `/console/${file.name}`)).to.include(name);
  });
});
