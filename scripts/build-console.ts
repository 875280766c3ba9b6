// Builds the department's console. `node scripts/build-console.ts [folder]`; with --check it also holds the result against the bundle rule.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { assemble, bundle, findFaults, type PageBuild, printSizes, ROOT, toOutputs, versionOf } from './build-page.ts';

const SOURCE = path.join(ROOT, 'issuer-web');
const CONSOLE_FOLDER = path.join(ROOT, '.build', 'console');

/** Gzipped bytes of script that an officer's browser loads before anything can be done. */
const MOST_SCRIPT_BYTES = 100 * 1024;

/** Writes the page to a folder of its own, which it empties first. It is served at /console/. */
export async function buildConsole({ outputFolder = CONSOLE_FOLDER } = {}): Promise<PageBuild> {
  const version = await versionOf([
    'issuer-web',
    'issuer-web/words',
    'ui',
    'ui/words',
    'ui/signed-in',
    'ui/signed-in/words',
    'client',
    'catalogue',
    'proof',
  ]);
  const part = (entry: string) => bundle({ source: SOURCE, entry, minify: true, define: { __VERSION__: version } });
  const [script, style] = await Promise.all([part('main.ts'), part('page.css')]);
  return assemble(toOutputs([...script, ...style]), { outputFolder, source: SOURCE, base: '/console/' });
}

/** How the built page breaks the bundle rule; empty where it keeps it. */
export const findConsoleFaults = (built: PageBuild): Promise<string[]> => findFaults(built, MOST_SCRIPT_BYTES);

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { check: { type: 'boolean' } },
    allowPositionals: true,
  });
  const [outputFolder = CONSOLE_FOLDER] = positionals;
  const built = await buildConsole({ outputFolder });
  printSizes(built);
  const faults = values.check ? await findConsoleFaults(built) : [];
  for (const fault of faults) console.error(fault);
  return faults.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await run(process.argv.slice(2));
