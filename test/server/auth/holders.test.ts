import { expect } from 'chai';
import { loadCatalogue } from '../../../catalogue/catalogue.ts';
import { COMPANIES_CLAIM, demoPeople } from '../../../scripts/demo/people.ts';
import { type LocalIdentityProvider, startIdentityProvider } from '../../../scripts/local/identity-provider.ts';
import { freePort } from '../../../scripts/local/ports.ts';
import { type Service, startService as startWhole } from '../../../server/main.ts';
import { type RealService, startRealService, untilFinal } from '../http/real-service.ts';
import { call, newCredential } from '../http/service.ts';
import type { Browser } from './browser.ts';
import { type PeopleWorld, type Reached, read, signIn, startPeople } from './people.ts';

const PARTS = ['pdf', 'qr.png', 'qr.svg', 'qr.txt', 'proof'];

describe('holders', () => {
  let world: PeopleWorld;
  let first: Browser;
  let second: Browser;

  before(async () => {
    world = await startPeople();
    ({ browser: first } = await signIn(world, { account: 'holder-1', as: 'holder' }));
    ({ browser: second } = await signIn(world, { account: 'holder-2', as: 'holder' }));
  });
  after(() => world.stop());

  const issue = async (department: 'fehd' | 'td', subject: string | null, seed = 0): Promise<string> => {
    const code = department === 'fehd' ? 'FEHD-GRL' : 'TD-DL';
    const holder = subject === null ? {} : { holder: { subject } };
    const body = { ...newCredential(code, seed), ...holder };
    return (await call(world.service, '/v1/credentials', { key: world.service[department].apiKey, body })).json.id;
  };
  const idsOf = async (browser: Browser, query = ''): Promise<string[]> =>
    (await read(world, browser, `/v1/holder/credentials${query}`)).json.items.map(({ id }: { id: string }) => id);

  it('see what every department has issued to them, newest first, and nothing else', async () => {
    const mine = [await issue('fehd', 'holder-1'), await issue('td', 'holder-1')];
    const others = [await issue('fehd', 'holder-2', 1), await issue('fehd', null, 2)];
    expect(await idsOf(first)).to.deep.equal(mine.toReversed());
    expect(await idsOf(second)).to.deep.equal([others[0]]);
    const { items } = (await read(world, first, '/v1/holder/credentials')).json;
    expect(items.map(({ department }: { department: { code: string } }) => department.code)).to.deep.equal([
      'TD',
      'FEHD',
    ]);
  });

  it('turn pages', async () => {
    const all = await idsOf(first);
    const page = (await read(world, first, '/v1/holder/credentials?limit=1')).json;
    expect([page.has_more, page.items[0].id]).to.deep.equal([true, all[0]]);
    expect(await idsOf(first, `?limit=1&starting_after=${page.next}`)).to.deep.equal([all[1]]);
    expect((await read(world, first, '/v1/holder/credentials?starting_after=x')).json.code).to.equal('CURSOR_INVALID');
  });

  it('see the claims of their own, and not what the service notes beside them', async () => {
    const id = await issue('fehd', 'holder-1', 3);
    const { json } = await read(world, first, `/v1/holder/credentials/${id}`);
    expect(json.claims.licenceNumber).to.equal(
      (newCredential('FEHD-GRL', 3).claims as { licenceNumber: string }).licenceNumber,
    );
    expect(json.links.pdf).to.equal(`/v1/holder/credentials/${id}/pdf`);
    expect(json).to.not.have.any.keys('holder', 'mail');
    expect((await read(world, first, `${json.links.pdf}`)).json.code).to.equal('NOT_FINAL');
  });

  it("do not find another's, as if it were not there", async () => {
    const id = await issue('fehd', 'holder-1', 4);
    for (const part of ['', ...PARTS.map((name) => `/${name}`)]) {
      const [others, nobodys] = await Promise.all(
        [id, 'crd_000000000000'].map((one) => read(world, second, `/v1/holder/credentials/${one}${part}`)),
      );
      expect([others?.status, others?.json.code], part).to.deep.equal([404, 'CREDENTIAL_NOT_FOUND']);
      expect(others?.json.detail, part).to.equal(nobodys?.json.detail);
    }
  });

  it('do not see what was not issued yet, or failed', async () => {
    const id = await issue('fehd', 'holder-2', 5);
    for (const state of ['submitted', 'failed'] as const) {
      await world.service.db
        .updateTable('credentials')
        .set({ state, failure: state === 'failed' ? 'test' : null })
        .where('holder_subject_hmac', '=', world.service.deps.hashHolderSubject('holder-2'))
        .execute();
      expect(await idsOf(second), state).to.deep.equal([]);
      expect((await read(world, second, `/v1/holder/credentials/${id}`)).status, state).to.equal(404);
    }
  });

  it('are not in the database by name', async () => {
    const id = await issue('fehd', 'holder-1', 6);
    const rows = await world.service.db.selectFrom('credentials').selectAll().execute();
    expect(id).to.match(/^crd_/);
    for (const form of ['holder-1', Buffer.from('holder-1').toString('hex')])
      for (const row of rows)
        for (const value of Object.values(row))
          expect(Buffer.isBuffer(value) ? value.toString('hex') : String(value)).to.not.include(form);
  });

  it('are somebody else than the officer that they may be as well', async () => {
    const { browser } = await signIn(world, { account: 'fehd-preparer' });
    const refused = await read(world, browser, '/v1/holder/credentials');
    expect([refused.status, refused.json.code]).to.deep.equal([403, 'FORBIDDEN']);
    expect(
      (await call(world.service, '/v1/holder/credentials', { key: world.service.fehd.apiKey })).json.code,
    ).to.equal('SIGN_IN_REQUIRED');
  });
});

describe('holders of what is final', () => {
  let real: RealService;
  let provider: LocalIdentityProvider;
  let instances: Service[];

  before(async () => {
    real = await startRealService();
    const [port, otherPort, providerPort] = [await freePort(0), await freePort(0), await freePort(0)];
    const publicUrl = `http://127.0.0.1:${port}`;
    const people = demoPeople(loadCatalogue());
    provider = await startIdentityProvider({
      dataFolder: real.folder,
      port: providerPort,
      publicUrl,
      people,
      departments: [],
    });
    const signInConfig = {
      officers: provider.config,
      holders: provider.config,
      companiesClaim: COMPANIES_CLAIM,
      departmentsFile: null,
    };
    const start = (listenAt: number) => startWhole(real.parts({ port: listenAt, publicUrl, signIn: signInConfig }));
    instances = [await start(port), await start(otherPort)];
  });
  after(async () => {
    for (const instance of instances) await instance.close();
    await provider.stop();
    await real.close();
  });

  it('fetch their documents from an instance that did not sign them in', async () => {
    const body = { ...newCredential(), holder: { subject: 'holder-1' } };
    const key = real.apiKeys.FEHD;
    const { id } = (await call(real.current, '/v1/credentials', { key, body })).json;
    await untilFinal(real, key, id);
    const [one, other] = instances.map(({ url }) => ({ service: { url } }));
    const { browser } = await signIn(one as Reached, { account: 'holder-1', as: 'holder' });
    for (const part of PARTS) {
      const answer = await read(other as Reached, browser, `/v1/holder/credentials/${id}/${part}`);
      expect(answer.status, part).to.equal(200);
      if (part === 'pdf') expect(answer.text.slice(0, 5)).to.equal('%PDF-');
    }
  });
});
