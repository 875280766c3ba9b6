import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';

const RUN_STEP = new URL('../../scripts/run-step.ts', import.meta.url).href;

/** What is printed, and what comes back: on the last line. */
async function runSideBySide(...commands: (readonly [string, ...string[]])[]): Promise<string> {
  const steps = commands.map(([command, ...args], i) => ({ title: `step ${i}`, command, args }));
  const program = `import { runSideBySide } from '${RUN_STEP}'; console.log(await runSideBySide(${JSON.stringify(steps)}));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  return stdout.trim();
}

describe('steps side by side', () => {
  const node = (program: string): [string, ...string[]] => [process.execPath, '-e', program];

  it('are fine where all are', async () => {
    expect(await runSideBySide(node(''), node(''))).to.match(/\ntrue$/);
  });

  it('fail where any fails, and say which', async () => {
    for (const [first, second] of [
      ['process.exit(1)', ''],
      ['', 'process.exit(1)'],
    ] as const) {
      const printed = await runSideBySide(node(first), node(second));
      expect(printed).to.match(/\nfalse$/);
      expect(printed).to.match(new RegExp(`^— step ${first === '' ? 1 : 0}: FAILED in`, 'm'));
    }
  });

  it('fail where a program is not there, and name it', async () => {
    const printed = await runSideBySide(node(''), ['no-such-program']);
    expect(printed)
      .to.match(/\nfalse$/)
      .and.to.contain('could not run no-such-program');
  });

  it('print what the second says whole, and not among the lines of the first', async () => {
    const slow = "console.log('a'); setTimeout(() => console.log('b'), 300)";
    const other = "console.log('c'); setTimeout(() => console.error('d'), 50)";
    expect(await runSideBySide(node(slow), node(other))).to.match(/— step 1\nc\nd\n— step 1: done in/);
  });
});
