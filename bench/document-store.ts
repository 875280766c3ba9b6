import { BaseContract, ContractFactory, type InterfaceAbi, type Signer } from 'ethers';
import { requirePeer } from './peers/install.ts';

const FACTORY = {
  '@govtechsg/document-store': 'DocumentStoreFactory',
  '@trustvc/document-store': 'DocumentStore__factory',
} as const;
export type DocumentStorePackage = keyof typeof FACTORY;

/** A document store as its package compiled it, deployed by our ethers: the packages' own factories want an ethers of their time. */
export async function deployDocumentStore(name: DocumentStorePackage, signer: Signer): Promise<BaseContract> {
  const { abi, bytecode } = requirePeer(name)[FACTORY[name]] as { abi: InterfaceAbi; bytecode: string };
  const deployed = await new ContractFactory(abi, bytecode, signer).deploy('Department', await signer.getAddress());
  await deployed.waitForDeployment();
  return new BaseContract(await deployed.getAddress(), abi, signer);
}
