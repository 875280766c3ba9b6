// npm test: contracts compiled once, then every test. `npm test -- 'test/proof/*.test.ts'` runs only those; with `--whole` what takes many pictures or
// files takes all of them, and not a part.

import path from 'node:path';
import { parseArgs } from 'node:util';
import { PROJECT_FOLDER, runSideBySide, runStep, type Step } from './run-step.ts';

// Two processes side by side, because most of a test is waiting for a database, a block or a browser. Mocha's own `--parallel` ends what a process
// shares (a PostgreSQL, a running e-Proof) after its first file. What starts the whole e-Proof or a browser is on one side: it shares a build.
const FROM_OUTSIDE = [
  'catalogue',
  'client',
  'end-to-end',
  'holder-web',
  'issuer-web',
  'scripts/cli',
  'ui',
  'verifier-web',
].map((room) => `test/${room}/**/*.test.ts`);

const ALL_TESTS: readonly Step[] = [
  { title: 'tests of the whole, from outside (Mocha)', command: 'mocha', args: FROM_OUTSIDE },
  {
    title: 'tests of the rooms (Mocha)',
    command: 'mocha',
    args: ['test/**/*.test.ts', ...FROM_OUTSIDE.flatMap((files) => ['--ignore', files])],
  },
];

async function runTests(chosen: readonly string[]): Promise<boolean> {
  if (!runStep('contracts (Hardhat, solc)', 'hardhat', ['build', '--quiet'])) return false;
  if (chosen.length > 0) return runStep('tests (Mocha)', 'mocha', chosen);
  const isFine = await runSideBySide(ALL_TESTS);
  return runStep('tests in Solidity (Hardhat)', 'hardhat', ['test', 'solidity']) && isFine;
}

const { values, positionals } = parseArgs({ options: { whole: { type: 'boolean' } }, allowPositionals: true });
if (values.whole) process.env.EPROOF_TESTS = 'whole';
// hundreds of processes read the same sources: what one has compiled, the next ones have
process.env.NODE_COMPILE_CACHE ??= path.join(PROJECT_FOLDER, '.build', 'compile-cache');
process.exitCode = (await runTests(positionals)) ? 0 : 1;
