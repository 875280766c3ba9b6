import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { deployRegistry, readRegistryArtifact, registryCodeHash } from '../../server/chain/deploy-registry.ts';
import { deployWorld, ethers, networkHelpers, type World } from './registry.ts';

describe('deployRegistry', () => {
  let world: World;
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(deployWorld);
  });

  it('answers with the address and the transaction that is in the chain', async () => {
    const deployed = await deployRegistry({ signer: world.stranger, governance: await world.governance.getAddress() });
    const receipt = await ethers.provider.getTransactionReceipt(deployed.transactionHash);
    expect(receipt?.contractAddress).to.equal(deployed.address);
    expect(receipt?.blockNumber).to.equal(deployed.blockNumber);
    expect(await world.registry.attach(deployed.address).getFunction('governance')()).to.equal(
      await world.governance.getAddress(),
    );
  });

  it('creates the code that the code hash speaks of', async () => {
    const { transactionHash } = await deployRegistry({
      signer: world.stranger,
      governance: await world.governance.getAddress(),
    });
    const transaction = await ethers.provider.getTransaction(transactionHash);
    const withoutArgument = transaction!.data.slice(0, -64);
    expect(registryCodeHash({ bytecode: withoutArgument })).to.equal(registryCodeHash(await readRegistryArtifact()));
  });
});

describe('readRegistryArtifact', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eproof-artifact-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const reasonFor = async (file: URL): Promise<string> =>
    readRegistryArtifact(file).then(
      () => 'read',
      (error: Error) => error.message,
    );

  it('says how to compile a registry that is not compiled', async () => {
    expect(await reasonFor(pathToFileURL(join(folder, 'missing.json')))).to.equal(
      'the registry is not compiled: run "npm start", or "npx hardhat build"',
    );
  });

  it('rejects an artifact without code, as an interface has', async () => {
    const file = join(folder, 'interface.json');
    await writeFile(file, JSON.stringify({ bytecode: '0x' }));
    expect(await reasonFor(pathToFileURL(file))).to.match(
      /^no bytecode in ".*interface.json": run "npx hardhat build --force"$/,
    );
  });
});
