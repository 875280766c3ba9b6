// Makes deliberate mistakes in the contracts, one at a time, and looks whether a test sees each: npm run mutants -- --help
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { MUTANTS, type Mutant } from './mutants/mutants.ts';
import { PROJECT_FOLDER } from './run-step.ts';

const HELP = `npm run mutants -- [options]

Puts one deliberate mistake after another into a copy of the contracts (scripts/mutants/mutants.ts) and runs the tests of the contracts on
each, until one fails. Ends with 1 where all tests pass although there is a mistake, or a mistake does not compile. Nothing in the working
tree is changed. ${MUTANTS.length} mistakes take some minutes.

  --only TEXT   only the mistakes whose name or file contains this; may be given several times
  --jobs N      how many at once (2)
  --list        name them and end
  --help
`;

// What would see any change whatever, and says nothing about the mistake: gas, code and layout.
const NOT_ASKED = /^(gas|registry-abi|deploy-registry|storage|timelock|decoding)\.test\.ts$/;
const LEFT_BEHIND = /^(node_modules|\.git|\.eproof|\.build|artifacts|cache|test-results)$/;

interface Fate {
  mutant: Mutant;
  outcome: 'killed' | 'survived' | 'does not compile';
  /** Which test saw it. */
  by: string;
  seconds: number;
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [''] },
    jobs: { type: 'string', default: '2' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const chosen = MUTANTS.filter(({ allows, file }) => values.only.some((text) => `${file} ${allows}`.includes(text)));

/** A copy of the project that shares its packages. */
async function createCopy(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'eproof-mutants-'));
  const isKept = (path: string) => !LEFT_BEHIND.test(relative(PROJECT_FOLDER, path).split('/')[0] ?? '');
  await cp(PROJECT_FOLDER, folder, { recursive: true, filter: isKept });
  await symlink(join(PROJECT_FOLDER, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

interface Run {
  isFine: boolean;
  output: string;
}

function run(folder: string, command: string, args: readonly string[]): Promise<Run> {
  return new Promise((done) => {
    execFile(command, args, { cwd: folder, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      done({ isFine: error === null, output: `${stdout}${stderr}` }),
    );
  });
}

/** The tests of the contract that is named like the mistake's file first: they are the likeliest to see it. */
async function testFilesFor(folder: string, file: string): Promise<string[]> {
  const concern = file.replace('.sol', '').toLowerCase();
  const names = (await readdir(join(folder, 'test/contracts'))).filter(
    (name) => name.endsWith('.test.ts') && !NOT_ASKED.test(name),
  );
  const isNear = (name: string) => name.replaceAll('-', '').startsWith(concern);
  return [...names.filter(isNear), ...names.filter((name) => !isNear(name))].map((name) => `test/contracts/${name}`);
}

type Judgement = Omit<Fate, 'mutant' | 'seconds'>;

async function judge(folder: string, tests: readonly string[]): Promise<Judgement> {
  const build = await run(folder, 'hardhat', ['build', '--quiet', '--no-tests']);
  if (!build.isFine) return { outcome: 'does not compile', by: build.output.split('\n').find(Boolean) ?? '' };
  const mocha = await run(folder, 'mocha', ['--bail', ...tests]);
  if (!mocha.isFine) return { outcome: 'killed', by: nameOfFailure(mocha.output) };
  const solidity = await run(folder, 'hardhat', ['test', 'solidity']);
  return solidity.isFine ? { outcome: 'survived', by: '' } : { outcome: 'killed', by: 'tests in Solidity' };
}

/** The test that Mocha's report names first: its describes and its sentence stand on a line each, the last with a colon. */
function nameOfFailure(report: string): string {
  const lines = (report.split('\n  1) ')[1] ?? '').split('\n').map((line) => line.trim());
  return lines
    .slice(0, lines.findIndex((line) => line.endsWith(':')) + 1)
    .join(' › ')
    .replace(/:$/, '');
}

async function tryMutant(folder: string, mutant: Mutant): Promise<Fate> {
  const path = join(folder, 'contracts', mutant.file);
  const source = await readFile(path, 'utf8');
  if (source.split(mutant.from).length !== 2)
    throw new Error(`"${mutant.allows}": its place must stand once in ${mutant.file}`);
  const start = performance.now();
  await writeFile(
    path,
    source.replace(mutant.from, () => mutant.to),
  );
  try {
    return {
      mutant,
      ...(await judge(folder, await testFilesFor(folder, mutant.file))),
      seconds: (performance.now() - start) / 1000,
    };
  } finally {
    await writeFile(path, source);
  }
}

// Where the tests fail without a mistake, everything is killed and nothing is said.
async function requireGreen(): Promise<void> {
  const folder = await createCopy();
  try {
    const { outcome, by } = await judge(folder, await testFilesFor(folder, ''));
    if (outcome !== 'survived')
      throw new Error(`the tests of the contracts fail without any mistake: ${outcome} ${by}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function work(queue: Mutant[], fates: Fate[]): Promise<void> {
  const folder = await createCopy();
  try {
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      const fate = await tryMutant(folder, mutant);
      fates.push(fate);
      const { outcome, by, seconds } = fate;
      const place = `${String(fates.length).padStart(4)}/${chosen.length}`;
      process.stdout.write(
        `${place}  ${outcome.padEnd(8)}  ${mutant.file}: ${mutant.allows}${by && ` (${by})`}, ${seconds.toFixed(0)} s\n`,
      );
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  if (values.help) return void process.stdout.write(HELP);
  if (values.list) return void process.stdout.write(chosen.map(({ file, allows }) => `${file}: ${allows}\n`).join(''));
  const jobs = Number(values.jobs);
  if (!Number.isInteger(jobs) || jobs < 1)
    throw new TypeError(`"--jobs" must be a whole number above 0, got ${values.jobs}`);
  await requireGreen();
  const [queue, fates, start] = [[...chosen], [] as Fate[], performance.now()];
  await Promise.all(Array.from({ length: jobs }, () => work(queue, fates)));
  const alive = fates.filter(({ outcome }) => outcome !== 'killed');
  const minutes = ((performance.now() - start) / 60_000).toFixed(1);
  process.stdout.write(`${fates.length - alive.length} of ${fates.length} killed in ${minutes} minutes\n`);
  for (const { mutant, outcome } of alive) process.stdout.write(`  ${outcome}: ${mutant.file}: ${mutant.allows}\n`);
  process.exitCode = alive.length === 0 && fates.length > 0 ? 0 : 1;
}

await main();
