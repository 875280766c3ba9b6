import { randomUUID } from 'node:crypto';
import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { untilTrue } from '../scripts/local/starter.ts';
import { signIn } from '../server/auth/people.ts';
import { departmentSystem, sampleRequest, type View } from './department-system.ts';
import { expectAllFinalOnce } from './final-once.ts';
import { createDataFolder, type Demo, discard, type Run, startEproof } from './running.ts';

const COUNT = 1_000;
const SENDERS = 20;
const KILL_AFTER = 300;
const TYPE = 'FEHD-FF';
const REFUSED_LIMIT = 5;

describe('npm start --instances 2', function () {
  this.timeout(300_000);
  let run: Run;
  let demo: Demo;

  before(async () => {
    const settings = { LOG_LEVEL: 'info', EPROOF_LIMIT_REFUSED: String(REFUSED_LIMIT) };
    run = startEproof(createDataFolder(), { instances: 2, settings });
    demo = await run.untilReady();
  });
  after(() => discard(run));

  /** Over a connection of its own, which either instance may take. */
  function ask(path: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const request = get(demo.service + path, { agent: false, headers }, async (response) =>
        resolve({ status: response.statusCode ?? 0, body: await text(response) }),
      );
      request.on('error', reject);
    });
  }

  /** Which instances answered requests to this route, and how often each. */
  function answered(route: string): number[] {
    const lines = run.output().split('\n');
    const of = (instance: number) =>
      lines.filter((line) => line.includes(`"instance":${instance},`) && line.includes(`"${route}"`)).length;
    return [of(1), of(2)];
  }

  /** Asks again and again, with the same answer each time, until both have given it. */
  async function askBoth(route: string, askOnce: () => Promise<void>): Promise<void> {
    const before = answered(route);
    await untilTrue(async () => {
      await askOnce();
      return answered(route).every((count, i) => count > (before[i] as number));
    });
  }

  const pids = async () => {
    const [, first, second] = await run.untilSaid(/^ +processes +(\d+) +(\d+)$/m);
    return [Number(first), Number(second)];
  };

  it('knows whoever signed in at either', async () => {
    const { browser, answer } = await signIn({ service: { url: demo.service } }, { account: 'fehd-auditor' });
    expect(answer.status).to.equal(303);
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    await askBoth('/v1/session', async () => {
      const { status, body } = await ask('/v1/session', { cookie });
      expect([status, JSON.parse(body).officer?.roles]).to.deep.equal([200, ['auditor']]);
    });
  });

  it('counts together whom they refuse', async () => {
    // within one minute of the clock
    if (Date.now() % 60_000 > 50_000) await sleep(60_000 - (Date.now() % 60_000));
    const statuses: number[] = [];
    for (let i = 0; i < REFUSED_LIMIT + 4; i++)
      statuses.push((await ask('/v1/credentials', { authorization: `Bearer ep_test_${'x'.repeat(40)}` })).status);
    expect(statuses.filter((status) => status === 401)).to.have.length(REFUSED_LIMIT);
    expect(statuses.slice(REFUSED_LIMIT)).to.deep.equal([429, 429, 429, 429]);
  });

  it('tells by either how far an import is that comes to one of them', async () => {
    const key = demo.departments.find(({ id }) => id === 'FEHD')?.apiKey as string;
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' };
    const rows = Array.from({ length: 300 }, (_, i) =>
      JSON.stringify({ ...sampleRequest('FEHD-GRL', 5_000 + i), type: undefined }),
    );
    const body = `${rows.join('\n')}\n`;
    const sent = await fetch(`${demo.service}/v1/imports?type=FEHD-GRL`, {
      method: 'POST',
      headers: { ...headers, 'idempotency-key': randomUUID() },
      body,
    });
    const { id } = (await sent.json()) as { id: string };
    expect(sent.status).to.equal(202);
    await askBoth('/v1/imports/:id/events', async () => {
      const { status, body: events } = await ask(`/v1/imports/${id}/events`, headers);
      expect(status).to.equal(200);
      expect(events).to.include(`id: ${Buffer.byteLength(body)}-completed\nevent: progress\n`);
    });
  });

  it(`makes ${COUNT.toLocaleString('en')} credentials final once each, though one is killed while they are issued`, async () => {
    const system = departmentSystem(demo, 'FEHD');
    const [, victim] = await pids();
    const before = answered('/v1/credentials');
    const views = new Map<string, View>();
    let cut = 0;
    const left = Array.from({ length: COUNT }, (_, i) => ({
      key: randomUUID(),
      request: sampleRequest(TYPE, 9_000 + i),
    }));
    const send = async () => {
      for (let one = left.pop(); one; one = left.pop()) {
        const { request, key } = one;
        for (let view: View | null = null; !view; ) {
          view = await system.issue(request, key).catch((error: unknown) => {
            // an answer that is a refusal would be an error of another kind
            if (!(error instanceof TypeError)) throw error;
            cut++;
            return null;
          });
          if (view) views.set(key, view);
        }
        if (views.size === KILL_AFTER) process.kill(victim as number, 'SIGKILL');
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, send));
    expect(cut).to.be.greaterThan(0);
    expect(answered('/v1/credentials').every((count, i) => count > (before[i] as number) + 20)).to.equal(true);

    await untilTrue(async () => (await system.list(`&type=${TYPE}&state=final`)).length >= COUNT, 200_000);
    const listed = await system.list(`&type=${TYPE}`);
    expect(new Set(listed.map(({ id }) => id))).to.deep.equal(new Set([...views.values()].map(({ id }) => id)));
    expect(listed).to.have.length(COUNT);
    await expectAllFinalOnce(demo);
  });

  it('starts the killed one again, and says so', async () => {
    await run.untilSaid(/^instance \d ended unexpectedly \(SIGKILL\); it is started again in 0\.25 s$/m);
    const [, pid] = await run.untilSaid(/^instance \d runs again, as process (\d+)$/m);
    expect(await pids()).to.not.include(Number(pid));
    await askBoth('/readyz', async () => {
      await ask('/readyz', {});
    });
    for (let i = 0; i < 4; i++) expect((await ask('/readyz', {})).status).to.equal(200);
  });

  it('stops both on Ctrl-C', async () => {
    expect(await run.interrupt()).to.equal(0);
    expect(run.output()).to.match(/\nstopped\n$/);
    expect(run.output().match(/it is started again/g)).to.have.length(1);
  });
});
