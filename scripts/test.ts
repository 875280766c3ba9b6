// npm test: contracts compiled once, then every test. `npm test -- test/proof` runs only the files under that folder.
import { runStep } from './run-step.ts';

const chosen = process.argv.slice(2);
const isBuilt = runStep('contracts (Hardhat, solc)', 'hardhat', ['build', '--quiet']);
const results = isBuilt
  ? [
      runStep('tests (Mocha)', 'mocha', chosen),
      ...(chosen.length === 0 ? [runStep('tests in Solidity (Hardhat)', 'hardhat', ['test', 'solidity'])] : []),
    ]
  : [false];
process.exitCode = results.every(Boolean) ? 0 : 1;
