import { expect } from 'chai';
import { toDate, toHongKongDay } from '../../../proof/day.ts';
import {
  call,
  createRoleKey,
  type Department,
  type Exchange,
  newCredential,
  startService,
  type TestService,
} from './service.ts';

describe('a credential that belongs to another', () => {
  let service: TestService;
  let tia: Department;
  const today = toHongKongDay(Date.now() / 1000);
  const [start, end] = [toDate(today - 10), toDate(today + 700)];

  before(async () => {
    service = await startService();
    tia = await service.admit('TIA', 3);
  });
  after(() => service.stop());

  const ask = (path: string, exchange: Exchange = {}) => call(service, path, { key: tia.apiKey, ...exchange });
  const licence = async (seed: number, validity: object = { validFrom: start, validUntil: end }) => {
    const body = { ...newCredential('TIA-TAL', seed), validity };
    const { json, text } = await ask('/v1/credentials', { body });
    expect(json.id, text).to.be.a('string');
    return { id: json.id as string, number: body.claims.licenceNumber as string };
  };
  const permitBody = (seed: number, parent: { id: string; number: string }, change: object = {}) => {
    const { type, claims } = newCredential('TIA-BP', seed);
    const validity = { validFrom: toDate(today) };
    return { type, claims: { ...claims, parentLicence: parent.number }, validity, parent: parent.id, ...change };
  };
  const permit = async (seed: number, parent: { id: string; number: string }) => {
    const { json, text } = await ask('/v1/credentials', { body: permitBody(seed, parent) });
    expect(json.id, text).to.be.a('string');
    return json.id as string;
  };
  const get = async (id: string) => (await ask(`/v1/credentials/${id}`)).json;
  const problemsOf = async (body: object) => {
    const { status, json } = await ask('/v1/credentials', { body });
    expect(status, JSON.stringify(json)).to.equal(422);
    return json.errors.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code]);
  };
  const family = async (seed: number) => {
    const parent = await licence(seed);
    return { parent, children: [await permit(seed, parent), await permit(seed + 1, parent)] as [string, string] };
  };
  const pendingOf = async (ids: readonly string[]) =>
    Promise.all(ids.map(async (id) => (await get(id)).pendingChange?.act ?? null));

  it('names it, ends with it, and is found by it', async () => {
    const { parent, children } = await family(10);
    const [first, other] = [await get(children[0]), await licence(12)];
    expect(first).to.include({ parent: parent.id, children: 0, validUntil: end });
    expect(await get(parent.id)).to.include({ parent: null, children: 2 });
    expect(await get(other.id)).to.include({ children: 0 });
    const found = (await ask(`/v1/credentials?parent=${parent.id}&order=asc`)).json.items;
    expect(found.map(({ id }: { id: string }) => id)).to.deep.equal(children);
    expect((await ask(`/v1/credentials?parent=${other.id}`)).json.items).to.deep.equal([]);
  });

  it('does not end after it, and ends before it where that is asked for', async () => {
    const parent = await licence(20);
    const until = (day: number) => permitBody(20, parent, { validity: { validFrom: start, validUntil: toDate(day) } });
    expect(await problemsOf(until(today + 701))).to.deep.equal([['#/validity/validUntil', 'AFTER_PARENT']]);
    expect((await ask('/v1/credentials', { body: until(today + 30) })).json.validUntil).to.equal(toDate(today + 30));
  });

  it('follows the end of it as it was moved', async () => {
    const parent = await licence(22);
    await ask(`/v1/credentials/${parent.id}/extend`, { body: { validUntil: toDate(today + 710) } });
    const { json } = await ask('/v1/credentials', { body: permitBody(22, parent) });
    expect(json.validUntil, JSON.stringify(json)).to.equal(toDate(today + 710));
  });

  it('says the number of it, and of no other', async () => {
    const [parent, other] = [await licence(30), await licence(31)];
    const body = permitBody(30, { id: other.id, number: parent.number });
    expect(await problemsOf(body)).to.deep.equal([['#/claims/parentLicence', 'PARENT_OTHER']]);
  });

  it('belongs to nothing that is not there, of another department, of another type, or has none itself', async () => {
    const parent = await licence(40);
    const stranger = await call(service, '/v1/credentials', { key: service.fehd.apiKey, body: newCredential() });
    for (const id of ['crd_000000000000', 'x', stranger.json.id])
      expect(await problemsOf(permitBody(40, { ...parent, id }))).to.deep.equal([['#/parent', 'CREDENTIAL_NOT_FOUND']]);
    const child = await permit(41, parent);
    expect(await problemsOf(permitBody(42, { ...parent, id: child }))).to.deep.equal([
      ['#/parent', 'PARENT_NOT_ALLOWED'],
    ]);
    const childless = { ...newCredential('TIA-TAL', 43), parent: parent.id };
    expect(await problemsOf(childless)).to.deep.equal([['#/parent', 'PARENT_NOT_ALLOWED']]);
  });

  it('belongs to nothing that has ended', async () => {
    const over = await licence(50, { issued: '2020-01-01', validFrom: '2020-01-01', validUntil: '2021-12-31' });
    expect(await problemsOf(permitBody(50, over))).to.deep.equal([['#/parent', 'PARENT_ENDED']]);
    const revoked = await licence(51);
    await ask(`/v1/credentials/${revoked.id}/revoke`, { body: { reason: 'ceased' } });
    expect(await problemsOf(permitBody(51, revoked))).to.deep.equal([['#/parent', 'PARENT_ENDED']]);
    const suspended = await licence(52);
    await ask(`/v1/credentials/${suspended.id}/suspend`, { body: { reason: 'conditions-breached' } });
    expect((await ask('/v1/credentials', { body: permitBody(52, suspended) })).status).to.equal(202);
  });

  it('is prepared as a draft that names it', async () => {
    const parent = await licence(60);
    const { json } = await ask('/v1/drafts', { body: permitBody(60, parent) });
    expect(json.problems).to.deep.equal([]);
    const submitted = (await ask(`/v1/drafts/${json.id}/submit`, { body: {} })).json;
    expect(submitted.content).to.include({ parent: parent.id });
    expect((await get(parent.id)).children).to.equal(0);
    const none = await ask('/v1/drafts', { body: permitBody(60, { ...parent, id: 'crd_000000000000' }) });
    expect(none.json.problems[0]).to.include({ pointer: '/parent', code: 'CREDENTIAL_NOT_FOUND' });
  });

  it('is approved while its parent is what it was at submission, and not when that has ended or ends earlier', async () => {
    const key = await createRoleKey(service.db, tia.issuer, 'approver');
    const parents = [await licence(61), await licence(62), await licence(63)] as const;
    const drafts = await Promise.all(
      parents.map(async (parent, i) => {
        const { json } = await ask('/v1/drafts', { body: permitBody(61 + i, parent) });
        return (await ask(`/v1/drafts/${json.id}/submit`, { body: {} })).json;
      }),
    );
    await ask(`/v1/credentials/${parents[0].id}/revoke`, { body: { reason: 'ceased' } });
    await ask(`/v1/credentials/${parents[1].id}/extend`, { body: { validUntil: toDate(today + 650) } });
    const approve = ({ id, contentHash }: { id: string; contentHash: string }) =>
      ask(`/v1/drafts/${id}/approve`, { key, body: { contentHash } });
    for (const [i, expected] of [
      ['#/parent', 'PARENT_ENDED'],
      ['#/validity/validUntil', 'AFTER_PARENT'],
    ].entries()) {
      const { status, json } = await approve(drafts[i]);
      expect([status, json.errors?.map((error: Record<string, string>) => [error.pointer, error.code])]).to.deep.equal([
        ...[422, [expected]],
      ]);
      expect((await ask(`/v1/drafts/${drafts[i].id}`)).json).to.deep.include({ state: 'submitted', approvals: [] });
    }
    const { json } = await approve(drafts[2]);
    expect((await get(json.credential)).parent).to.equal(parents[2].id);
  });

  it('is offered when its parent ends, and ends with it by one confirmation', async () => {
    const { parent, children } = await family(70);
    const all = [parent.id, ...children];
    const offer = (await ask('/v1/status-changes', { body: { act: 'revoke', reason: 'ceased', ids: [parent.id] } }))
      .json;
    expect([offer.counts.ready, offer.children]).to.deep.equal([1, 2]);
    const asked = { act: 'suspend', reason: 'conditions-breached', ids: [parent.id], children: true };
    const preview = (await ask('/v1/status-changes', { body: asked })).json;
    expect([preview.counts.ready, preview.children]).to.deep.equal([3, 0]);
    expect(await pendingOf(all)).to.deep.equal([null, null, null]);
    await ask(`/v1/status-changes/${preview.id}/confirm`, { body: {} });
    expect(await pendingOf(all)).to.deep.equal(['suspend', 'suspend', 'suspend']);
  });

  it('is ended with its parent from there, too, and by itself where nobody asks for more', async () => {
    const { parent, children } = await family(80);
    const ended = await ask(`/v1/credentials/${children[0]}/revoke`, { body: { reason: 'ceased' } });
    expect(ended.json.act).to.equal('revoke');
    const body = { reason: 'ceased', children: true };
    const operation = await ask(`/v1/credentials/${parent.id}/revoke`, { body });
    expect(operation.json.state, operation.text).to.equal('preview');
    expect(await pendingOf([parent.id, ...children])).to.deep.equal([null, 'revoke', null]);
    const confirmed = (await ask(`/v1/status-changes/${operation.json.id}/confirm`, { body: {} })).json;
    expect(confirmed.counts).to.deep.equal({ found: 3, ready: 2, refused: 1 });
    expect(await pendingOf([parent.id, ...children])).to.deep.equal(['revoke', 'revoke', 'revoke']);
    const lone = await licence(90);
    expect((await ask(`/v1/credentials/${lone.id}/revoke`, { body: { reason: 'ceased' } })).json.act).to.equal(
      'revoke',
    );
  });

  it('is nothing that a renewal takes along', async () => {
    const { parent } = await family(100);
    const asked = { act: 'renew', ids: [parent.id], children: true };
    const { json } = await ask('/v1/status-changes', { body: asked });
    expect(json.errors[0]).to.include({ pointer: '#/children' });
  });

  it('keeps its parent when that is erased, and nothing of what it said', async () => {
    const { parent, children } = await family(110);
    await service.db
      .updateTable('credentials')
      .set({ state: 'failed', failure: 'x' })
      .where('issuer_id', '=', tia.issuer.id)
      .execute();
    expect((await ask(`/v1/credentials/${parent.id}/erase`, { body: { confirm: 'erase' } })).status).to.equal(200);
    expect(await get(children[0])).to.include({ parent: parent.id });
  });
});
