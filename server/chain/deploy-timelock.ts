import { readFile } from 'node:fs/promises';
import { Interface, ZeroAddress, ZeroHash } from 'ethers';
import { type DeployedContract, type Deployment, deploy } from './deploy-registry.ts';
import { registryAbi } from './registry-abi.ts';

/** What of OpenZeppelin's TimelockController is used here. */
export const timelockAbi: readonly string[] = [
  'constructor(uint256 minDelay, address[] proposers, address[] executors, address admin)',
  'function getMinDelay() view returns (uint256)',
  'function hasRole(bytes32 role, address account) view returns (bool)',
  'function schedule(address target, uint256 value, bytes data, bytes32 predecessor, bytes32 salt, uint256 delay)',
  'function execute(address target, uint256 value, bytes payload, bytes32 predecessor, bytes32 salt) payable',
  'function cancel(bytes32 id)',
  'error TimelockUnexpectedOperationState(bytes32 operationId, bytes32 expectedStates)',
  'error TimelockInsufficientDelay(uint256 delay, uint256 minDelay)',
  'error AccessControlUnauthorizedAccount(address account, bytes32 neededRole)',
];

const artifactFile = new URL(
  '../../artifacts/@openzeppelin/contracts/governance/TimelockController.sol/TimelockController.json',
  import.meta.url,
);

export interface TimelockSettings {
  minDelaySeconds: number;
  /** Who may schedule and cancel. */
  proposers: readonly string[];
  /** Who may execute what has waited long enough. */
  executors: readonly string[];
}

/** A timelock that nobody administers: roles and delay change only through what it executes itself, after the delay. */
export async function deployTimelock(
  by: Deployment,
  { minDelaySeconds, proposers, executors }: TimelockSettings,
): Promise<DeployedContract> {
  const { bytecode } = JSON.parse(await readFile(artifactFile, 'utf8')) as { bytecode: string };
  return deploy({ ...by, abi: timelockAbi, bytecode, args: [minDelaySeconds, proposers, executors, ZeroAddress] });
}

/** One act of governance, as the timelock takes it twice: to schedule it, and after the delay to execute it. */
export interface GovernanceAct {
  target: string;
  data: string;
  /** What to send to the timelock. */
  schedule: string;
  execute: string;
}

/** An act of the registry's governance through its timelock. */
export function toGovernanceAct(
  registry: string,
  minDelaySeconds: number,
  [name, args]: readonly [name: string, args: readonly unknown[]],
): GovernanceAct {
  const timelock = new Interface(timelockAbi);
  const data = new Interface(registryAbi).encodeFunctionData(name, args);
  const common = [registry, 0, data, ZeroHash, ZeroHash];
  return {
    target: registry,
    data,
    schedule: timelock.encodeFunctionData('schedule', [...common, minDelaySeconds]),
    execute: timelock.encodeFunctionData('execute', common),
  };
}
