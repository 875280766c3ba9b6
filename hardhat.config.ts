import { createRequire } from 'node:module';
import hardhatEthers from '@nomicfoundation/hardhat-ethers';
import hardhatEthersChaiMatchers from '@nomicfoundation/hardhat-ethers-chai-matchers';
import hardhatNetworkHelpers from '@nomicfoundation/hardhat-network-helpers';
import { defineConfig } from 'hardhat/config';

const require = createRequire(import.meta.url);

export default defineConfig({
  plugins: [hardhatEthers, hardhatEthersChaiMatchers, hardhatNetworkHelpers],
  solidity: {
    version: '0.8.37',
    // soljson from npm: the compiler that Hardhat would download is the same, and this way nothing is downloaded
    path: require.resolve('solc/soljson.js'),
    // who governs in production (scripts/deploy-registry.ts); no source of ours names it
    npmFilesToBuild: ['@openzeppelin/contracts/governance/TimelockController.sol'],
    settings: {
      // as many runs as the code has room for under 24,576 bytes; test/contracts/gas.test.ts says what each act costs with them
      optimizer: { enabled: true, runs: 100 },
      evmVersion: 'cancun',
      viaIR: true,
      // without the hash of the sources, comments and folders do not change the code, by which a data folder knows its registry
      metadata: { bytecodeHash: 'none' },
    },
  },
  paths: { sources: './contracts', tests: { solidity: './test/contracts' } },
});
