import { setTimeout } from 'node:timers/promises';
import { eventually } from '../server/harness.ts';
import { issue, revoke, type Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';

export interface Failure {
  fail(stage: Stage): Promise<unknown>;
  /** Whether the service has felt it: a scenario in which nothing failed fails. */
  isMet(stage: Stage): Promise<boolean>;
  mend?(stage: Stage): Promise<unknown>;
  /** How long it goes on after that. */
  lastsMs?: number;
  isShort?: boolean;
}

/** Credentials are issued and one is revoked by a service that runs on and answers, while something around it fails. */
export function issuingWhile(
  name: string,
  { fail, isMet, mend = async () => {}, lastsMs = 0, isShort = false }: Failure,
): Scenario {
  return {
    name,
    dies: [],
    isShort,
    async run(stage) {
      const id = await stage.issueFinal();
      await fail(stage);
      if (!(await issue(stage)())) throw new Error('a request was not answered');
      await revoke(stage, id);
      await eventually(`${name}, and it is felt`, () => isMet(stage));
      await setTimeout(lastsMs);
      await mend(stage);
      await stage.recover();
    },
  };
}
