// npm test: contracts compiled once, then the tests. `npm test -- 'test/proof/*.test.ts'` runs only those. With `--whole` what takes many pictures or files
// takes all of them, and not a part, and no file waits for its turn.

import path from 'node:path';
import { parseArgs } from 'node:util';
import { toHongKongDay } from '../proof/day.ts';
import { type LaneStep, PROJECT_FOLDER, runInLanes, runStep } from './run-step.ts';

const { values, positionals } = parseArgs({ options: { whole: { type: 'boolean' } }, allowPositionals: true });
if (values.whole) process.env.EPROOF_TESTS = 'whole';
const IS_WHOLE = process.env.EPROOF_TESTS === 'whole';
// hundreds of processes read the same sources: what one has compiled, the next ones have
process.env.NODE_COMPILE_CACHE ??= path.join(PROJECT_FOLDER, '.build', 'compile-cache');

// Two processes side by side, because most of a test is waiting for a database, a block or a browser. Mocha's own `--parallel` ends what a process
// shares (a PostgreSQL, a running e-Proof, a browser) after its first file, so that what shares is one part here.
const LANES = 2;

const CONTRACTS = { title: 'contracts (Hardhat, solc)', command: 'hardhat', args: ['build', '--quiet'] };

/** Without a chain: they run while the contracts are compiled. */
const PURE = ['proof', 'scripts/*.test.ts'];
const VERIFIER = ['verifier-web'];
/** What starts the whole e-Proof or the pages behind a sign-in. */
const WHOLE = ['catalogue', 'client', 'end-to-end', 'holder-web', 'issuer-web', 'scripts/cli', 'ui'];
const SERVER = ['server'];

/**
 * The longest journeys take turns: all of them would take two processors more than half an hour. One half runs today and the other tomorrow; which one
 * waits is printed.
 */
const TURNS: readonly (readonly string[])[] = [
  [
    ...['end-to-end/people', 'end-to-end/restart'],
    ...['issuer-web/console', 'issuer-web/signing-keys', 'issuer-web/type-versions', 'issuer-web/views'],
    ...['verifier-web/access', 'verifier-web/photographs', 'verifier-web/states', 'verifier-web/ways'],
    ...['scripts/cli/import-command', 'scripts/cli/notice', 'scripts/cli/signing-key'],
    ...['server/publication/api-page', 'server/render/pdf'],
  ],
  [
    ...['end-to-end/instances', 'holder-web/holder'],
    ...['verifier-web/embed', 'verifier-web/many', 'verifier-web/matrix', 'verifier-web/past'],
    ...['issuer-web/acts', 'issuer-web/drafts', 'issuer-web/files', 'issuer-web/office', 'scripts/cli/backup'],
    ...['server/http/rate-limit', 'server/mail/delivery', 'server/store/backup'],
  ],
];
const today = toHongKongDay(Date.now() / 1000);
const waiting = IS_WHOLE ? [] : (TURNS[today % TURNS.length] ?? []).map((file) => `test/${file}.test.ts`);

function filesOf(rooms: readonly string[]): string[] {
  return rooms.map((room) => (room.endsWith('.ts') ? `test/${room}` : `test/${room}/**/*.test.ts`));
}

const mocha = (what: string, files: readonly string[]) => ({
  title: `tests of ${what} (Mocha)`,
  command: 'mocha',
  args: [...files, ...waiting.flatMap((file) => ['--ignore', file])],
});
const afterCompiling = (step: LaneStep): LaneStep => ({ ...step, after: CONTRACTS });

/** The longest first, so that both lanes end at nearly the same time. */
const ALL_TESTS: readonly LaneStep[] = [
  CONTRACTS,
  mocha('the format', filesOf(PURE)),
  ...[
    mocha('the service', filesOf(SERVER)),
    mocha('the whole, from outside', filesOf(WHOLE)),
    mocha('the verifier', filesOf(VERIFIER)),
    mocha('the rest', [
      'test/**/*.test.ts',
      ...filesOf([...PURE, ...SERVER, ...WHOLE, ...VERIFIER]).flatMap((files) => ['--ignore', files]),
    ]),
    { title: 'tests in Solidity (Hardhat)', command: 'hardhat', args: ['test', 'solidity'] },
  ].map(afterCompiling),
];

async function runTests(chosen: readonly string[]): Promise<boolean> {
  if (chosen.length > 0)
    return runStep(CONTRACTS.title, CONTRACTS.command, CONTRACTS.args) && runStep('tests (Mocha)', 'mocha', chosen);
  if (waiting.length > 0) process.stdout.write(`\ntheir turn is tomorrow, or with --whole: ${waiting.join(', ')}\n`);
  return runInLanes(ALL_TESTS, LANES);
}

process.exitCode = (await runTests(positionals)) ? 0 : 1;
