import { todays } from '../extent.ts';
import { CHAIN_FAULTS } from './chain-faults.ts';
import { CLOCK_FAULTS } from './clock-faults.ts';
import { DATABASE_FAULTS } from './database-faults.ts';
import { DEATHS } from './deaths.ts';
import { DISK_FAULTS } from './disk-faults.ts';
import { INSTANCE_FAULTS } from './instance-faults.ts';
import { RECEIVER_FAULTS } from './receiver-faults.ts';
import type { Scenario } from './scenario.ts';
import { createStage, type Stage } from './stage.ts';

const SURROUNDINGS: readonly Scenario[] = [
  ...CHAIN_FAULTS,
  ...DATABASE_FAULTS,
  ...DISK_FAULTS,
  ...RECEIVER_FAULTS,
  ...INSTANCE_FAULTS,
  ...CLOCK_FAULTS,
];

const isWhole = process.env.EPROOF_FAULTS === 'all';

describe('a service', function () {
  this.timeout(400_000);
  let stage: Stage | null = null;

  after(() => stage?.close());

  // all on one stage, so that what a scenario left behind stands in the way of every later one; after a failure on a new one
  const play = async (scenario: Scenario) => {
    const used = stage ?? (await createStage());
    stage = null;
    try {
      await scenario.run(used);
      stage = used;
    } finally {
      if (stage === null) await used.close();
    }
  };
  const offer = (title: string, scenario: Scenario) => {
    const obstacle = scenario.obstacle?.() ?? null;
    if (obstacle === null) it(title, () => play(scenario));
    else it.skip(`${title} (${obstacle})`);
  };
  const chosen = (scenarios: readonly Scenario[]) =>
    isWhole
      ? scenarios
      : todays(
          scenarios.filter(({ isShort }) => isShort),
          2,
        );

  describe('that dies', () => {
    for (const scenario of chosen(DEATHS)) offer(`at ${scenario.name}`, scenario);
  });

  describe('while', () => {
    for (const scenario of chosen(SURROUNDINGS)) offer(scenario.name, scenario);
  });
});
