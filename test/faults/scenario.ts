import type { Failpoint } from '../../server/failpoint.ts';
import type { ChainNode } from '../server/chain-node.ts';
import type { Stage } from './stage.ts';

/** One way in which a service dies or its surroundings fail, and what it does meanwhile. */
export interface Scenario {
  name: string;
  /** The places at which it dies. */
  dies: readonly Failpoint[];
  /** Why it cannot be played on this machine; null where it can. */
  obstacle?: () => string | null;
  /** Part of `npm test`. */
  isShort?: boolean;
  run(stage: Stage): Promise<void>;
}

/** Accounts of the chain. */
export const RELAYER = 1;
export const STRANGER = 9;

export const AT_START = { atStart: true } as const;
export const nothing = async () => {};

/** Of two departments; false where a request was not answered. */
export const issue = (stage: Stage) => async (): Promise<boolean> => {
  const answers = [];
  for (const code of ['FEHD-GRL', 'FEHD-FF', 'FEHD-GRL'])
    answers.push(await stage.fehd.post('/v1/credentials', stage.sample(code)));
  answers.push(await stage.td.post('/v1/credentials', stage.sample('TD-VL')));
  return answers.every((answer) => answer !== null);
};

export const revoke = (stage: Stage, id: string) =>
  stage.fehd.post(`/v1/credentials/${id}/revoke`, { reason: 'ceased' });

/** What is sent waits, so that what the chain forgot is seen to be gone before it is there again. */
export const hold = (chain: ChainNode) => chain.request('evm_setAutomine', [false]);

export async function release(chain: ChainNode): Promise<void> {
  await chain.request('evm_setAutomine', [true]);
  await chain.request('hardhat_mine', ['0x1']);
}
