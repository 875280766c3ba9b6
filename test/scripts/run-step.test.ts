import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';

const RUN_STEP = new URL('../../scripts/run-step.ts', import.meta.url).href;

interface Line {
  command: readonly [string, ...string[]];
  /** The number of the step that it waits for. */
  after?: number;
}

/** What is printed, and what comes back: on the last line. */
async function runInLanes(lines: readonly Line[], lanes = 2): Promise<string> {
  const program = `import { runInLanes } from '${RUN_STEP}';
    const steps = [];
    for (const [i, { command: [command, ...args], after }] of ${JSON.stringify(lines)}.entries())
      steps.push({ title: 'step ' + i, command, args, ...(after === undefined ? {} : { after: steps[after] }) });
    console.log(await runInLanes(steps, ${lanes}));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  return stdout.trim();
}

describe('steps in lanes', () => {
  const node = (program: string, after?: number): Line => ({
    command: [process.execPath, '-e', program],
    ...(after === undefined ? {} : { after }),
  });

  it('are fine where all are', async () => {
    expect(await runInLanes([node(''), node(''), node('')])).to.match(/\ntrue$/);
  });

  it('fail where any fails, and say which', async () => {
    for (const failing of [0, 1, 2]) {
      const printed = await runInLanes([0, 1, 2].map((i) => node(i === failing ? 'process.exit(1)' : '')));
      expect(printed).to.match(/\nfalse$/);
      expect(printed).to.match(new RegExp(`^— step ${failing}: FAILED in`, 'm'));
    }
  });

  it('fail where a program is not there, and name it', async () => {
    const printed = await runInLanes([node(''), { command: ['no-such-program'] }]);
    expect(printed)
      .to.match(/\nfalse$/)
      .and.to.contain('could not run no-such-program');
  });

  it('print what each says whole, as it ends', async () => {
    const slow = "console.log('a'); setTimeout(() => console.log('b'), 400)";
    const other = "console.log('c'); setTimeout(() => console.error('d'), 50)";
    expect(await runInLanes([node(slow), node(other)])).to.match(
      /^— step 1\nc\nd\n— step 1: done in .*\n\n— step 0\na\nb\n— step 0: done/,
    );
  });

  it('wait for what they need, while the other lane goes on', async () => {
    const printed = await runInLanes([node('setTimeout(() => {}, 400)'), node('', 0), node('')]);
    expect([...printed.matchAll(/— step (\d): done/g)].map(([, i]) => i)).to.deep.equal(['2', '0', '1']);
  });

  it('are not run where what they need has failed, and are told', async () => {
    const printed = await runInLanes([node('process.exit(1)'), node("console.log('ran')", 0), node('', 1)]);
    expect(printed)
      .to.match(/\nfalse$/)
      .and.not.to.contain('ran');
    expect(printed).to.contain('— step 1: not run, because "step 0" failed');
    expect(printed).to.contain('— step 2: not run, because "step 1" failed');
  });
});
