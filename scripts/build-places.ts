// Builds the pages behind a sign-in, and the one that shows what all pages look like. `node scripts/build-places.ts [console|holder|components]`; with --check it also holds them against the bundle rule.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { PLACE_PAGES, type PlacePageName } from '../server/publication/place-page.ts';
import {
  addOffline,
  assemble,
  bundle,
  findFaults,
  type PageBuild,
  printSizes,
  ROOT,
  toOutputs,
  versionOf,
} from './build-page.ts';

const ROOMS: Record<PlacePageName, string> = {
  console: 'issuer-web',
  holder: 'holder-web',
  components: 'ui/page',
};
export const PLACE_PAGE_NAMES = Object.keys(ROOMS) as PlacePageName[];

/** Gzipped bytes of script that a browser loads before anything can be done. */
const MOST_SCRIPT_BYTES = 100 * 1024;

/** Writes the page to a folder of its own, which it empties first. */
export async function buildPlaces(name: PlacePageName, outputFolder: string): Promise<PageBuild> {
  const room = ROOMS[name];
  const source = path.join(ROOT, room);
  const shared = ['ui', 'ui/words', 'ui/signed-in', 'ui/signed-in/words', 'client', 'catalogue', 'proof'];
  const version = await versionOf([room, `${room}/words`, ...shared]);
  const part = (entry: string) => bundle({ source, entry, minify: true, define: { __VERSION__: version } });
  const [script, style] = await Promise.all([part('main.ts'), part('page.css')]);
  const outputs = toOutputs([...script, ...style]);
  const base = `${PLACE_PAGES[name]}/`;
  if (name === 'holder') await addOffline(outputs, { source, base, version });
  return assemble(outputs, { outputFolder, source, base });
}

/** How the built page breaks the bundle rule; empty where it keeps it. */
export const findPlacesFaults = (built: PageBuild): Promise<string[]> => findFaults(built, MOST_SCRIPT_BYTES);

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { check: { type: 'boolean' } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => !(name in ROOMS));
  if (unknown !== undefined) {
    console.error(`there is no page "${unknown}": the pages are ${PLACE_PAGE_NAMES.join(' and ')}`);
    return 64;
  }
  const names = positionals.length === 0 ? PLACE_PAGE_NAMES : (positionals as PlacePageName[]);
  let faults = 0;
  for (const name of names) {
    console.log(`${name}:`);
    const built = await buildPlaces(name, path.join(ROOT, '.build', name));
    printSizes(built);
    const found = values.check ? await findPlacesFaults(built) : [];
    for (const fault of found) console.error(fault);
    faults += found.length;
  }
  return faults === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await run(process.argv.slice(2));
