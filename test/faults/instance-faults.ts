import type { Failpoint } from '../../server/failpoint.ts';
import { issue, revoke, type Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';

const MOST_ROUNDS = 40;

/** Each request to both at once, as of a system that believes the first one to be lost. */
async function issueTwice({ fehd, td, sample }: Stage): Promise<void> {
  await Promise.all([
    ...['FEHD-GRL', 'FEHD-FF', 'FEHD-GRL'].map((code) => fehd.postTwice('/v1/credentials', sample(code))),
    td.postTwice('/v1/credentials', sample('TD-VL')),
  ]);
}

/** Both seal, sign, send and confirm. One dies in the middle of what the other has to go on with, its locks in its hands. */
function racing(place: Failpoint, { isShort = false, clockAheadMs = 0, name = '' } = {}): Scenario {
  return {
    name: `two instances race${name}, and one dies at ${place}`,
    dies: [place],
    isShort,
    async run(stage) {
      const id = await stage.issueFinal();
      const other = await stage.startOther({ clockAheadMs });
      await issueTwice(stage);
      await revoke(stage, id);
      await other.tell({ failpoint: place, times: 2 });
      for (let round = 0; round < MOST_ROUNDS && !other.isDead(); round++) {
        await issueTwice(stage);
        await issue(stage)();
      }
      if (!other.isDead()) throw new Error(`"${place}" was never reached: the other instance did nothing`);
      await other.kill();
      await stage.demandAlways();
      await stage.recover();
    },
  };
}

const HOUR_MS = 3_600_000;

export const INSTANCE_FAULTS: readonly Scenario[] = [
  racing('batch-placed'),
  racing('batch-signature-made', { isShort: true }),
  racing('transaction-sent'),
  racing('batch-final-uncommitted'),
  racing('batch-verified', { name: ', the clock of one an hour ahead', clockAheadMs: HOUR_MS }),
  racing('batch-signed', { name: ', the clock of one an hour behind', clockAheadMs: -HOUR_MS }),
];
