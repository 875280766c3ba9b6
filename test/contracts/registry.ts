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
export const judgement = { none: 0, endorsed: 1, void: 2 };

/** The page that events name for a batch that is not anchored. */
export const NO_PAGE = 0xffff_ffff;
/** 9999-12-31 in days since 1970-01-01. */
export const LAST_DAY = 2_932_896;

type Method =
  | 'governance'
  | 'setGuardian'
  | 'pause'
  | 'unpause'
  | 'guardian'
  | 'pausedUntil'
  | 'admitIssuer'
  | 'suspendIssuer'
  | 'reinstateIssuer'
  | 'endIssuer'
  | 'transferAdmin'
  | 'acceptAdmin'
  | 'adminOf'
  | 'issuerCount'
  | 'proposeRecovery'
  | 'objectToRecovery'
  | 'withdrawRecovery'
  | 'executeRecovery'
  | 'recoveryOf'
  | 'addKey'
  | 'endKey'
  | 'renounceKey'
  | 'relayRenounceKey'
  | 'reportCompromise'
  | 'openCredentialType'
  | 'closeCredentialType'
  | 'anchor'
  | 'endorseBatch'
  | 'voidBatch'
  | 'postStatus'
  | 'relayStatus'
  | 'nameSuccessor'
  | 'relaySuccession'
  | 'extend'
  | 'relayExtension'
  | 'postNotice'
  | 'relayNotice'
  | 'withdrawNotice'
  | 'readPage'
  | 'read'
  | 'readRecords'
  | 'readNotices'
  | 'readKeys'
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
  until: number;
  reason: number;
}

export interface Succession {
  batch: string;
  leaf: number;
  successorBatch: string;
  successorLeaf: number;
}

export interface Extension {
  batch: string;
  leaf: number;
  validUntil: number;
  reason: number;
}

export interface Notice {
  issuer: number;
  credentialType: number;
  from: number;
  to: number;
  validUntil: number;
  law: string;
}

const toFields = (fields: string) =>
  fields.split(',').map((field) => {
    const [type, name] = field.split(' ') as [string, string];
    return { type, name };
  });

export const signedTypes = {
  Batch: toFields('uint32 issuer,bytes32 credentialType,bytes32 root,uint16 size'),
  StatusChange: toFields('bytes32 batch,uint8 act,uint256 leaves,uint24 until,uint16 reason,uint256 nonce'),
  Succession: toFields('bytes32 batch,uint8 leaf,bytes32 successorBatch,uint8 successorLeaf,uint256 nonce'),
  Extension: toFields('bytes32 batch,uint8 leaf,uint24 validUntil,uint16 reason,uint256 nonce'),
  Notice: toFields(
    'uint32 issuer,uint32 credentialType,uint24 from,uint24 to,uint24 validUntil,bytes32 law,uint256 nonce',
  ),
  KeyRenunciation: toFields('address key,uint256 nonce'),
};

export type MessageType = keyof typeof signedTypes;

export interface Domain {
  name: string;
  version: string;
  chainId: bigint;
  verifyingContract: string;
}

/**
 * Two departments, and a guardian. The first department (issuer 1) has two open types, an anchor key and a status key; the second
 * (issuer 2) one open type, an anchor key and a status key. Nothing is anchored.
 */
export async function deployWorld() {
  const [governance, admin, otherAdmin, anchorKey, statusKey, otherKey, carrier, stranger, guardian, otherStatusKey] =
    (await ethers.getSigners()) as Signer[] as Ten<Signer>;
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
  await as(otherAdmin).addKey(2, otherStatusKey, keyPurpose.status, 0, 0);
  await as(governance).setGuardian(guardian);
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
    guardian,
    otherStatusKey,
  };
}

type Ten<T> = [T, T, T, T, T, T, T, T, T, T];

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
  return toDigest(domain, 'Batch', batch);
}

export async function signBatch(world: World, batch: Batch, key: Signer = world.anchorKey) {
  return { ...batch, ...(await signMessage(world, 'Batch', batch, key)) };
}

export function signStatus(world: World, signed: StatusChange & { nonce: number }, key: Signer = world.statusKey) {
  return signMessage(world, 'StatusChange', signed, key);
}

export async function signMessage({ domain }: Pick<World, 'domain'>, type: MessageType, message: object, key: Signer) {
  const { v, r, s } = Signature.from(await key.signTypedData(domain, { [type]: signedTypes[type] }, message));
  return { v: v as number, r, s };
}

/** What has to be signed. */
export function toDigest(domain: Domain, type: MessageType, message: object): string {
  return TypedDataEncoder.hash(domain, { [type]: signedTypes[type] }, message);
}

/** The same message, signed by the same key, in the form that is refused: s in the upper half of the order. */
export function toHighS<T extends { v: number; s: string }>(signature: T): T {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  return { ...signature, v: 55 - signature.v, s: ethers.toBeHex(order - BigInt(signature.s), 32) };
}

export const DAY = 86_400;

/** The day in Hong Kong, in days since 1970-01-01. */
export function toDay(time: number): number {
  return Math.floor((time + 8 * 3_600) / DAY);
}

/** The first second of a day in Hong Kong. */
export function startOf(day: number): number {
  return day * DAY - 8 * 3_600;
}

/** Today in Hong Kong, by the latest block. */
export async function today(): Promise<number> {
  return toDay(await networkHelpers.time.latest());
}

/** The next block is mined at this time. */
export function at(time: number): Promise<void> {
  return networkHelpers.time.setNextBlockTimestamp(time);
}

/** The next block is mined at this time, which is returned. */
export async function inSeconds(seconds: number): Promise<number> {
  const time = (await networkHelpers.time.latest()) + seconds;
  await networkHelpers.time.setNextBlockTimestamp(time);
  return time;
}
