// npm test: contracts compiled once, then every test. `npm test -- 'test/proof/*.test.ts'` runs only those.
import { runStep } from './run-step.ts';

// Two files at a time: most of a test is waiting for a database, a block or a browser. What a file prints comes when it ends.
const ALL = 'test/**/*.test.ts';

const chosen = process.argv.slice(2);
const isBuilt = runStep('contracts (Hardhat, solc)', 'hardhat', ['build', '--quiet']);
const results = isBuilt
  ? [
      runStep('tests (Mocha)', 'mocha', chosen.length > 0 ? chosen : ['--parallel', '--jobs', '2', ALL]),
      ...(chosen.length === 0 ? [runStep('tests in Solidity (Hardhat)', 'hardhat', ['test', 'solidity'])] : []),
    ]
  : [false];
process.exitCode = results.every(Boolean) ? 0 : 1;
