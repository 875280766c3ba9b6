import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { Interface } from 'ethers';
import hre from 'hardhat';
import { registryAbi } from '../../server/chain/registry-abi.ts';
import './registry.ts';

interface Warning {
  errorCode: string;
  formattedMessage: string;
  sourceLocation?: { file: string };
}

const CODE_SIZE = '5574';

/** What the compiler had to say, but for the size of a test, which holds the registry in itself and is deployed nowhere. */
async function warningsIn(file: URL): Promise<string[]> {
  const { output } = JSON.parse(await readFile(file, 'utf8')) as { output: { errors?: Warning[] } };
  const isLargeTest = ({ errorCode, sourceLocation }: Warning) =>
    errorCode === CODE_SIZE && sourceLocation?.file.endsWith('.t.sol');
  return (output.errors ?? []).filter((warning) => !isLargeTest(warning)).map((warning) => warning.formattedMessage);
}

describe('registryAbi', () => {
  it('says exactly what the compiled registry says, both ways', async () => {
    const { abi } = await hre.artifacts.readArtifact('EProofRegistry');
    const compiled = new Interface(abi).format();
    const written = new Interface(registryAbi).format();
    expect(written.filter((fragment) => !compiled.includes(fragment))).to.deep.equal([]);
    expect(compiled.filter((fragment) => !written.includes(fragment))).to.deep.equal([]);
    expect(written).to.have.length(compiled.length);
  });

  it('has no two errors or events that a reader could take for each other', () => {
    const selectors: string[] = [];
    const abi = new Interface(registryAbi);
    abi.forEachError(({ selector }) => selectors.push(selector));
    abi.forEachFunction(({ selector }) => selectors.push(selector));
    expect(new Set(selectors).size).to.equal(selectors.length);
  });
});

describe('the compiled contracts', () => {
  it('compile without a warning', async () => {
    const { buildInfoId } = await hre.artifacts.readArtifact('EProofRegistry');
    expect(
      await warningsIn(new URL(`../../artifacts/build-info/${buildInfoId}.output.json`, import.meta.url)),
    ).to.deep.equal([]);
  });

  it('stay under the 24,576 bytes that a contract may have', async () => {
    const { deployedBytecode } = await hre.artifacts.readArtifact('EProofRegistry');
    expect(deployedBytecode.length / 2 - 1).to.be.below(24_576);
  });
});
