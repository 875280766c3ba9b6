import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { revokeCredential } from '../../../server/issuance/change-status.ts';
import { issueCredential } from '../../../server/issuance/issue.ts';
import { createWebhook } from '../../../server/webhooks/webhook.ts';
import { actorOf, createWorld, eventually, sampleRequest, untilFinal, type World } from '../harness.ts';

describe('the events of a credential', () => {
  let world: World;
  const events: { type: string; data: Record<string, unknown> }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    events.push(JSON.parse(body));
    response.end();
  });

  before(async () => {
    world = await createWorld();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const actor = actorOf(world.issuers.FEHD);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await world.db
      .transaction()
      .execute((tx) =>
        createWebhook(
          tx,
          { ...world.deps, allowPrivate: true, isTest: true },
          { actor, url, events: ['credential.final', 'credential.failed', 'status.final'] },
        ),
      );
  });
  after(async () => {
    await world.close();
    await new Promise((done) => server.close(done));
  });

  const next = (type: string) => eventually(type, async () => events.find((event) => event.type === type));

  it('arrive when it is final, and when its change of status is', async () => {
    const { id } = await world.issue('FEHD-GRL');
    await world.startJobs();
    await untilFinal(world, [id]);
    const href = `/v1/credentials/${id}`;
    expect((await next('credential.final')).data).to.deep.equal({ credential: id, href, state: 'final' });
    const actor = actorOf(world.issuers.FEHD);
    const { id: change } = await world.db
      .transaction()
      .execute((tx) => revokeCredential(tx, world.deps, { actor, id, reason: 'ceased' }));
    expect((await next('status.final')).data).to.deep.equal({
      credential: id,
      href,
      change,
      act: 'revoke',
      state: 'final',
    });
  });

  it('say that it failed, when what is stored is not what was approved', async () => {
    const { id } = await world.db.transaction().execute(async (tx) => {
      const view = await issueCredential(tx, world.deps, {
        actor: actorOf(world.issuers.FEHD),
        request: sampleRequest('FEHD-GRL', 3),
      });
      await tx
        .updateTable('credentials')
        .set({ content_hash: Buffer.alloc(32) })
        .where('state', '=', 'issued')
        .execute();
      return view;
    });
    expect((await next('credential.failed')).data).to.include({ credential: id, state: 'failed' });
  });
});
