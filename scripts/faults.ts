// Kills the service at every failpoint, takes its database and its chain away, and demands its guarantees: npm run faults -- --help
import { parseArgs } from 'node:util';
import Mocha from 'mocha';
import { PROJECT_FOLDER } from './run-step.ts';

const HELP = `npm run faults -- [options]

Starts the service in a process of its own on a real PostgreSQL and a real chain, has it die or its surroundings fail in the middle of its
work, starts it again, and demands what it promises (test/faults/guarantees.ts). Ends with 1 where a guarantee is broken, or where a
service did not come to the place at which it was to die. All of it takes some ten minutes; npm test runs a part.

  --only TEXT   only the scenarios whose name contains this
  --json        at the end one JSON value on stdout: { passed, failed, scenarios: [{ name, outcome, seconds, failure }] }
  --list        name them and end
  --help
`;

interface Outcome {
  name: string;
  outcome: 'passed' | 'failed';
  seconds: number;
  failure: string | null;
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit();
}

process.chdir(PROJECT_FOLDER);
process.env.EPROOF_FAULTS = 'all';
const mocha = new Mocha({ reporter: class {} as never });
mocha.addFile('test/faults/faults.test.ts');
await mocha.loadFilesAsync();
const names = namesIn(mocha.suite).filter((name) => name.includes(values.only));
if (values.list) {
  process.stdout.write(names.map((name) => `${name}\n`).join(''));
  process.exit();
}
if (names.length === 0) {
  process.stderr.write(`no scenario has "${values.only}" in its name: --list names them\n`);
  process.exit(2);
}

const outcomes: Outcome[] = [];
const failures = await run();
const failed = outcomes.filter(({ outcome }) => outcome === 'failed').length;
if (values.json)
  process.stdout.write(
    `${JSON.stringify({ passed: outcomes.length - failed, failed, scenarios: outcomes }, null, 2)}\n`,
  );
process.stderr.write(`${outcomes.length - failed} of ${names.length} scenarios held\n`);
process.exit(failures === 0 && outcomes.length === names.length ? 0 : 1);

function namesIn(suite: Mocha.Suite): string[] {
  return [...suite.tests.map((test) => test.fullTitle()), ...suite.suites.flatMap(namesIn)];
}

/** How many failed, hooks included. */
function run(): Promise<number> {
  mocha.fgrep(values.only);
  return new Promise((done) => {
    const runner = mocha.run(done);
    runner.on('pass', (test) => note(test, null));
    runner.on('fail', (test, error: Error) => note(test, error.message));
  });
}

function note(test: Mocha.Runnable, failure: string | null): void {
  const seconds = Math.round((test.duration ?? 0) / 100) / 10;
  const outcome = failure === null ? 'passed' : 'failed';
  outcomes.push({ name: test.fullTitle(), outcome, seconds, failure });
  const progress = `${String(outcomes.length).padStart(3)}/${names.length}`;
  process.stderr.write(
    `${progress} ${outcome} ${seconds.toFixed(1).padStart(5)} s  ${test.fullTitle()}\n${failure === null ? '' : `${failure}\n`}`,
  );
}
