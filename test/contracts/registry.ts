import type {} from '@nomicfoundation/hardhat-ethers';
import type {} from '@nomicfoundation/hardhat-ethers-chai-matchers';
import type {} from '@nomicfoundation/hardhat-network-helpers';
import {
  type BaseContract,
  type BaseContractMethod,
  Contract,
  id,
  Signature,
  type Signer,
  TypedDataEncoder,
} from 'ethers';
import hre from 'hardhat';
import { deployRegistry } from '../../server/chain/deploy-registry.ts';
import { registryAbi } from '../../server/chain/registry-abi.ts';

await hre.tasks.getTask('build').run({ quiet: true, noTests: true });
export const { ethers, networkHelpers, provider } = await hre.network.create();

export const issuerState = { none: 0, active: 1, suspended: 2, ended: 3 };
export const keyPurpose = { none: 0, anchor: 1, status: 2 };
export const keyFault = { none: 0, unknown: 1, purpose: 2, notYetValid: 3, ended: 4, compromised: 5 };
export const typeState = { none: 0, open: 1, closed: 2 };
export const statusAct = { revoke: 0, suspend: 1, reinstate: 2 };

type Method =
  | 'governance'
  | 'admitIssuer'
  | 'suspendIssuer'
  | 'reinstateIssuer'
  | 'endIssuer'
  | 'issuerCount'
  | 'addKey'
  | 'endKey'
  | 'reportCompromise'
  | 'openCredentialType'
  | 'closeCredentialType'
  | 'anchor'
  | 'changeStatus'
  | 'relayStatus'
  | 'amend'
  | 'relayAmendment'
  | 'readAmendments'
  | 'readPage'
  | 'read'
  | 'nonces'
  | 'eip712Domain';

export type Registry = BaseContract & Record<Method, BaseContractMethod>;

export interface Batch {
  issuer: number;
  credentialType: string;
  root: string;
  size: number;
}

export interface StatusChange {
  batch: string;
  act: number;
  leaves: bigint;
  reason: number;
}

export interface Amendment {
  batch: string;
  leaf: number;
  successorBatch: string;
  successorLeaf: number;
}

export const signedTypes = {
  Batch: [
    { name: 'issuer', type: 'uint32' },
    { name: 'credentialType', type: 'bytes32' },
    { name: 'root', type: 'bytes32' },
    { name: 'size', type: 'uint16' },
  ],
  StatusChange: [
    { name: 'batch', type: 'bytes32' },
    { name: 'act', type: 'uint8' },
    { name: 'leaves', type: 'uint256' },
    { name: 'reason', type: 'uint16' },
    { name: 'nonce', type: 'uint256' },
  ],
  Amendment: [
    { name: 'batch', type: 'bytes32' },
    { name: 'leaf', type: 'uint8' },
    { name: 'successorBatch', type: 'bytes32' },
    { name: 'successorLeaf', type: 'uint8' },
    { name: 'nonce', type: 'uint256' },
  ],
};

export interface Domain {
  name: string;
  version: string;
  chainId: bigint;
  verifyingContract: string;
}

/**
 * Two departments. The first (issuer 1) has two open types, an anchor key and a status key; the second (issuer 2) one open type and an
 * anchor key. Nothing is anchored.
 */
export async function deployWorld() {
  const [governance, admin, otherAdmin, anchorKey, statusKey, otherKey, carrier, stranger] = await eightSigners();
  const { address } = await deployRegistry({ signer: carrier, governance: await governance.getAddress() });
  const registry = connect(address, carrier);
  const as = (signer: Signer): Registry => connect(address, signer);
  const domain: Domain = {
    name: 'e-Proof',
    version: '1',
    chainId: (await ethers.provider.getNetwork()).chainId,
    verifyingContract: address,
  };
  const definition = id('type 1');
  const secondDefinition = id('type 2');

  await as(governance).admitIssuer(admin, id('profile 1'));
  await as(governance).admitIssuer(otherAdmin, id('profile 2'));
  await as(admin).openCredentialType(1, definition);
  await as(admin).openCredentialType(1, secondDefinition);
  await as(otherAdmin).openCredentialType(2, definition);
  await as(admin).addKey(1, anchorKey, keyPurpose.anchor, 0, 0);
  await as(admin).addKey(1, statusKey, keyPurpose.status, 0, 0);
  await as(otherAdmin).addKey(2, otherKey, keyPurpose.anchor, 0, 0);
  return {
    registry,
    as,
    domain,
    definition,
    secondDefinition,
    governance,
    admin,
    otherAdmin,
    anchorKey,
    statusKey,
    otherKey,
    carrier,
    stranger,
  };
}

type Eight<T> = [T, T, T, T, T, T, T, T];

async function eightSigners(): Promise<Eight<Signer>> {
  return (await ethers.getSigners()).slice(0, 8) as Signer[] as Eight<Signer>;
}

export type World = Awaited<ReturnType<typeof deployWorld>>;

/** The world with one anchored batch of five credentials. */
export async function anchorFive() {
  const world = await deployWorld();
  const five = toBatch(world, { size: 5 });
  await world.registry.anchor([await signBatch(world, five)]);
  return { ...world, five, fiveId: toBatchId(world.domain, five) };
}

export function connect(address: string, signer: Signer): Registry {
  return new Contract(address, registryAbi, signer) as unknown as Registry;
}

export function toBatch(world: World, differences: Partial<Batch> = {}): Batch {
  return { issuer: 1, credentialType: world.definition, root: id('root'), size: 256, ...differences };
}

export function toBatchId(domain: Domain, batch: Batch): string {
  return TypedDataEncoder.hash(domain, { Batch: signedTypes.Batch }, batch);
}

export async function signBatch(world: World, batch: Batch, key: Signer = world.anchorKey) {
  const { v, r, s } = Signature.from(await key.signTypedData(world.domain, { Batch: signedTypes.Batch }, batch));
  return { ...batch, v: v as number, r, s };
}

export async function signStatus(
  world: World,
  signed: StatusChange & { nonce: number },
  key: Signer = world.statusKey,
) {
  const { v, r, s } = Signature.from(
    await key.signTypedData(world.domain, { StatusChange: signedTypes.StatusChange }, signed),
  );
  return { v: v as number, r, s };
}

export async function signAmendment(
  world: World,
  signed: Amendment & { nonce: number },
  key: Signer = world.statusKey,
) {
  const { v, r, s } = Signature.from(
    await key.signTypedData(world.domain, { Amendment: signedTypes.Amendment }, signed),
  );
  return { v: v as number, r, s };
}

/** The same message, signed by the same key, in the form that is refused: s in the upper half of the order. */
export function toHighS<T extends { v: number; s: string }>(signature: T): T {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  return { ...signature, v: 55 - signature.v, s: ethers.toBeHex(order - BigInt(signature.s), 32) };
}

/** The next block is mined at this time, which is returned. */
export async function inSeconds(seconds: number): Promise<number> {
  const time = (await networkHelpers.time.latest()) + seconds;
  await networkHelpers.time.setNextBlockTimestamp(time);
  return time;
}
