import { encodeBytes32String } from 'ethers';
import type { PageBuild } from '../../scripts/build-page.ts';
import { buildVerifier } from '../../scripts/build-verifier.ts';
import { createDepartment, type Department, type Issued, TODAY, toTrust } from './department.ts';
import { createFakeChain, type FakeChain, type FakeNode, recordLeaf, recordStatus, startNode } from './fake-chain.ts';
import { type Site, startSite } from './site.ts';

/** A built page on an origin, a chain behind two nodes, and two departments that issue. */
export interface World {
  build: PageBuild;
  site: Site;
  chain: FakeChain;
  nodes: [FakeNode, FakeNode];
  food: Department;
  transport: Department;
  /** One for each of the further types that were asked for, in their order. */
  others: Department[];
  [Symbol.asyncDispose](): Promise<void>;
}

export async function createWorld(
  folder: string,
  { agree = 2, isTest = true, types = [] as readonly string[] } = {},
): Promise<World> {
  const build = await buildVerifier({ outputFolder: folder });
  const chain = createFakeChain();
  const nodes: World['nodes'] = [await startNode(chain), await startNode(chain)];
  const urls = nodes.map(({ url }) => url);
  const site = await startSite(folder, urls);
  const food = createDepartment(chain, 1, 'FEHD-GRL');
  const transport = createDepartment(chain, 2, 'TD-DL');
  const others = types.map((type, i) => createDepartment(chain, 3 + i, type));
  const departments = [food, transport, ...others];
  const trust = toTrust(chain, departments, { nodes: urls, agree, verifiers: [site.address] });
  site.files.set('trust.json', JSON.stringify({ ...trust, test: isTest }));
  for (const { files } of departments) for (const [name, bytes] of files) site.files.set(name, bytes);
  return {
    build,
    site,
    chain,
    nodes,
    food,
    transport,
    others,
    async [Symbol.asyncDispose]() {
      await Promise.all([site.close(), ...nodes.map((node) => node.close())]);
    },
  };
}

export const RESTAURANT = {
  licenceNumber: '2932801234',
  licenceType: 'full',
  licenseeName: { en: 'Chan Tai Man Catering Limited', 'zh-Hant': '陳大文飲食有限公司' },
  shopSign: { en: 'Golden Harbour Restaurant', 'zh-Hant': '金港酒家' },
  premisesAddress: {
    en: 'Shop 12, G/F, Harbour Building, 38 Des Voeux Road Central, Hong Kong',
    'zh-Hant': '香港中環德輔道中38號海港大廈地下12號舖',
  },
  conditions: [{ en: 'No live poultry', 'zh-Hant': '不得存放活家禽' }],
};

const DRIVER = {
  dlNumber: 'Z123456(7)',
  holderName: { en: 'WONG, Siu Ming', 'zh-Hant': '黃小明' },
  licenceKind: 'full',
};

export const DRIVER_OF_ONE_CLASS = {
  ...DRIVER,
  classes: [{ class: '1', validFrom: '2019-03-01', validUntil: '2030-02-28' }],
};

/** Of a type whose code tells no claims: they are shown to whoever knows facts of the paper. */
export const SICK_LEAVE = {
  patientName: { en: 'CHAN, Tai Man', 'zh-Hant': '陳大文' },
  leaveFrom: '2026-03-01',
  leaveTo: '2026-03-03',
  doctor: { en: 'Dr LEE, Ka Yan', 'zh-Hant': '李嘉欣醫生' },
};

/** Of a type whose code tells no claims: they are shown with the holder's consent. */
export const EXAM_RESULT = {
  certificateNumber: 'CRE-2026-001234',
  holderName: { en: 'WONG, Siu Ming', 'zh-Hant': '黃小明' },
  examDate: '2026-02-14',
  resultUC: 'level-2',
  hkid: 'A123456(3)',
  candidateNumber: '10023456',
};

/** One credential for each standing, and what the page must call it. */
export const STANDINGS: readonly {
  standing: string;
  heading: RegExp;
  issue(world: World): Issued;
}[] = [
  {
    standing: 'in-force',
    heading: /^Genuine — in force until \d+ \w+ 20\d\d$/,
    issue: ({ food }) => food.issue(RESTAURANT, {}),
  },
  {
    standing: 'expired',
    heading: /^Expired on \d+ \w+ 20\d\d$/,
    issue: ({ food }) => food.issue(RESTAURANT, { validUntil: TODAY - 1 }),
  },
  {
    standing: 'not-yet-in-force',
    heading: /^Not yet in force: from \d+ \w+ 20\d\d$/,
    issue: ({ food }) => food.issue(RESTAURANT, { validFrom: TODAY + 1 }),
  },
  {
    standing: 'partly-expired',
    heading: /^Partly expired: part of it ended on \d+ \w+ 20\d\d$/,
    issue: ({ transport }) =>
      transport.issue(
        {
          ...DRIVER,
          classes: [
            { class: '1, 2', validFrom: '2019-03-01', validUntil: '2030-02-28' },
            { class: '18', validFrom: '2019-03-01', validUntil: '2026-02-28' },
          ],
        },
        { partlyUntil: TODAY - 10 },
      ),
  },
  {
    standing: 'suspended',
    heading: /^Suspended since \d+ \w+ 20\d\d: conditions were breached$/,
    issue: (world) => withStatus(world, { act: 1, reason: 3, word: 'suspended' }),
  },
  {
    standing: 'revoked',
    heading: /^Withdrawn on \d+ \w+ 20\d\d: it was obtained by false information$/,
    issue: (world) => withStatus(world, { act: 0, reason: 4, word: 'revoked' }),
  },
  {
    standing: 'superseded',
    heading: /^Replaced by a newer one$/,
    issue: ({ chain, food }) => {
      const issued = food.issue(RESTAURANT, {});
      const successor = food.issue(RESTAURANT, {});
      recordLeaf(issued.batch, 1, {
        successorBatch: successor.batch.id,
        successorLeaf: 1,
        succession: { key: food.key, time: chain.block.time - 3600, invalidFrom: 0 },
      });
      return issued;
    },
  },
  {
    standing: 'in-force-past-date',
    heading: /^Genuine — still in force past its date of \d+ \w+ 20\d\d, until \d+ \w+ 20\d\d$/,
    issue: ({ chain, transport }) => {
      const issued = transport.issue(DRIVER_OF_ONE_CLASS, { validUntil: TODAY - 3 });
      transport.onChain.notices.push({
        from: TODAY - 3,
        to: TODAY - 3,
        validUntil: TODAY + 30,
        law: encodeBytes32String('L.N. 95 of 2026'),
        posted: { key: transport.key, time: chain.block.time - 3600, invalidFrom: 0 },
        withdrawnAt: 0,
      });
      for (const type of transport.onChain.types) type.noticeCount = transport.onChain.notices.length;
      return issued;
    },
  },
];

/** Suspended for conditions that were breached, until a day that is known, and which is still to come. */
export const suspendUntil = (world: World, until: number): Issued =>
  withStatus(world, { act: 1, reason: 3, word: 'suspended', until });

function withStatus(
  { chain, food }: World,
  { act, reason, word, until = 0 }: { act: number; reason: number; word: 'revoked' | 'suspended'; until?: number },
): Issued {
  const issued = food.issue(RESTAURANT, {});
  issued.batch[word] |= issued.bit;
  const time = chain.block.time - 86_400;
  if (word === 'suspended')
    recordLeaf(issued.batch, 1, { suspension: { key: food.key, time, invalidFrom: 0 }, suspendedUntil: until });
  recordStatus(chain, {
    issuer: food.issuer,
    batch: issued.batch.id,
    act,
    leaves: issued.bit,
    reason,
    key: food.key,
    time,
  });
  return issued;
}
