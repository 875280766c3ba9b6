import { DEATHS } from './deaths.ts';
import { createStage, type Stage } from './stage.ts';

const isWhole = process.env.EPROOF_FAULTS === 'all';

describe('a service that dies', function () {
  this.timeout(180_000);
  let stage: Stage | null = null;

  after(() => stage?.close());

  for (const scenario of DEATHS.filter(({ isShort }) => isWhole || isShort))
    it(`at ${scenario.name}`, async () => {
      // all on one stage, so that what a death left behind stands in the way of every later one; after a failure on a new one
      const used = stage ?? (await createStage());
      stage = null;
      try {
        await scenario.run(used);
        stage = used;
      } finally {
        if (stage === null) await used.close();
      }
    });
});
