import { createRequire } from 'node:module';
import hardhatEthers from '@nomicfoundation/hardhat-ethers';
import hardhatEthersChaiMatchers from '@nomicfoundation/hardhat-ethers-chai-matchers';
import hardhatNetworkHelpers from '@nomicfoundation/hardhat-network-helpers';
import { defineConfig } from 'hardhat/config';

const require = createRequire(import.meta.url);

// soljson from npm: the compiler that Hardhat would download is the same, and this way nothing is downloaded
const compiler = { version: '0.8.37', path: require.resolve('solc/soljson.js') };

export default defineConfig({
  plugins: [hardhatEthers, hardhatEthersChaiMatchers, hardhatNetworkHelpers],
  solidity: {
    // who governs in production (scripts/deploy-registry.ts); no source of ours names it
    npmFilesToBuild: ['@openzeppelin/contracts/governance/TimelockController.sol'],
    compilers: [
      {
        ...compiler,
        settings: {
          // as many runs as the code has room for under 24,576 bytes; test/contracts/gas.test.ts says what each act costs with them
          optimizer: { enabled: true, runs: 100 },
          evmVersion: 'cancun',
          viaIR: true,
          // without the hash of the sources, comments and folders do not change the code, by which a data folder knows its registry
          metadata: { bytecodeHash: 'none' },
        },
      },
    ],
    overrides: {
      // it calls the registry as it is deployed, so nothing hangs on this but the time to compile: 6 seconds instead of 40
      'test/contracts/invariants/Registry.t.sol': {
        ...compiler,
        settings: { optimizer: { enabled: true, runs: 200 }, evmVersion: 'cancun' },
      },
    },
  },
  test: {
    solidity: {
      invariant: {
        // of all tests, `npm test -- --whole` (test/extent.ts)
        runs: process.env.EPROOF_TESTS === 'whole' ? 6 : 3,
        depth: 250,
        // a handler never reverts: it says what the registry has to refuse
        failOnRevert: true,
        // the handlers draw by themselves what they need
        dictionaryWeight: 0,
        includeStorage: false,
        includePushBytes: false,
      },
    },
  },
  paths: { sources: './contracts', tests: { solidity: './test/contracts' } },
});
