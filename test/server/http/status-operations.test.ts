import { expect } from 'chai';
import { toDate } from '../../../proof/day.ts';
import { createApiKey } from '../../../server/auth/api-key.ts';
import { statusOperation } from '../../../server/http/status-operations.ts';
import { call, createRoleKey, type Exchange, newCredential, startService, type TestService } from './service.ts';

const BULK = '/v1/status-changes';

describe('changes of many credentials', () => {
  let service: TestService;
  let ids: string[];

  before(async () => {
    service = await startService();
  });
  after(() => service.stop());

  const ask = (path: string, exchange: Exchange = {}) => call(service, path, { key: service.fehd.apiKey, ...exchange });
  const issue = async (code = 'FEHD-GRL') => (await ask('/v1/credentials', { body: newCredential(code) })).json.id;
  const preview = async (body: object, key = service.fehd.apiKey) => {
    const answer = await ask(BULK, { key, body: { act: 'revoke', reason: 'ceased', ...body } });
    expect(answer.status, answer.text).to.equal(201);
    expect(statusOperation.safeParse(answer.json).error?.issues).to.equal(undefined);
    expect(answer.headers.get('location')).to.equal(`${BULK}/${answer.json.id}`);
    return answer.json;
  };
  const decide = (id: string, verb: string, key = service.fehd.apiKey) =>
    ask(`${BULK}/${id}/${verb}`, { key, body: {} });
  const demandTwo = (code: string) =>
    service.db
      .insertInto('issuing_rules')
      .values({ issuer_id: service.fehd.issuer.id, code, approvals: 0, status_approvals: 1, changed_by: 'test' })
      .execute();
  const actsOn = async (id: string) => (await ask(`/v1/credentials/${id}`)).json.pendingChange?.act ?? null;

  beforeEach(async () => {
    await service.db.deleteFrom('issuing_rules').execute();
    ids = [await issue(), await issue(), await issue('FEHD-FF')];
  });

  it('show first what they would change, and change nothing yet', async () => {
    const [one, two, three] = ids as [string, string, string];
    await ask(`/v1/credentials/${two}/revoke`, { body: { reason: 'ceased' } });
    const shown = await preview({ ids });
    expect(shown).to.deep.include({
      state: 'preview',
      secondPerson: false,
      counts: { found: 3, ready: 2, refused: 1 },
      sample: [one, three],
      refusals: [{ credential: two, code: 'ALREADY_REVOKED' }],
      progress: { recorded: 0, sent: 0, anchored: 0, final: 0, failed: 0 },
    });
    expect([await actsOn(one), await actsOn(three)]).to.deep.equal([null, null]);
  });

  it('are made when they are confirmed, once', async () => {
    const { id } = await preview({ ids, act: 'suspend', until: '2999-01-01', note: 'a note' });
    const confirmed = (await decide(id, 'confirm')).json;
    expect(confirmed).to.deep.include({ state: 'confirmed', counts: { found: 3, ready: 3, refused: 0 } });
    expect(confirmed.progress.recorded).to.equal(3);
    const { json } = await ask(`/v1/credentials/${ids[2]}`);
    expect(json.pendingChange).to.include({ act: 'suspend', until: '2999-01-01' });
    expect((await decide(id, 'confirm')).json.code).to.equal('OPERATION_CLOSED');
    const notes = await service.db.selectFrom('status_changes').select('note').where('act', '=', 'suspend').execute();
    expect(new Set(notes.map(({ note }) => note?.toString('hex'))).size, 'each under its own key').to.equal(3);
  });

  it('leave alone what somebody changed since the preview, and tell it', async () => {
    const [one, two, three] = ids as [string, string, string];
    const { id } = await preview({ ids });
    await ask(`/v1/credentials/${one}/suspend`, { body: { reason: 'ceased' } });
    await ask(`/v1/credentials/${two}/revoke`, { body: { reason: 'court-order' } });
    const { json } = await decide(id, 'confirm');
    expect(json.refusals).to.deep.equal([
      { credential: one, code: 'CHANGED_SINCE' },
      { credential: two, code: 'ALREADY_REVOKED' },
    ]);
    expect([await actsOn(one), await actsOn(three)]).to.deep.equal(['suspend', 'revoke']);
    expect(json.progress.recorded).to.equal(1);
  });

  it('never reach what a filter finds only after the preview', async () => {
    const filter = { type: 'FEHD-FF', status: 'in-force' };
    const shown = await preview({ filter });
    const late = await issue('FEHD-FF');
    const { json } = await decide(shown.id, 'confirm');
    expect(json.progress.recorded).to.equal(shown.counts.ready).and.to.be.greaterThan(0);
    expect([await actsOn(ids[2] as string), await actsOn(late)]).to.deep.equal(['revoke', null]);
  });

  it('change nothing when they are cancelled', async () => {
    const { id } = await preview({ ids });
    expect((await decide(id, 'cancel')).json.state).to.equal('cancelled');
    expect((await decide(id, 'confirm')).json.code).to.equal('OPERATION_CLOSED');
    expect(await actsOn(ids[0] as string)).to.equal(null);
  });

  it('are asked for by moving a last valid day, too, where the type needs a second person', async () => {
    const [one, two] = ids as [string, string];
    const body = { validUntil: '2999-12-31', note: 'a court said so' };
    expect((await ask(`/v1/credentials/${two}/extend`, { body })).json.act, 'before the rule').to.equal('extend');
    expect(await actsOn(two)).to.equal('extend');
    await demandTwo('FEHD-GRL');
    const holder = await createRoleKey(service.db, service.fehd.issuer, 'key-holder');
    const approver = await createRoleKey(service.db, service.fehd.issuer, 'approver');
    const asked = await ask(`/v1/credentials/${one}/extend`, { key: holder, body });
    expect(statusOperation.safeParse(asked.json).error?.issues, asked.text).to.equal(undefined);
    expect(asked.headers.get('location')).to.equal(`${BULK}/${asked.json.id}`);
    expect(asked.json).to.deep.include({
      ...{ act: 'extend', state: 'preview', secondPerson: true, validUntil: '2999-12-31', pendingRenewal: false },
      counts: { found: 1, ready: 1, refused: 0 },
    });
    expect(await actsOn(one)).to.equal(null);
    expect((await decide(asked.json.id, 'confirm', holder)).json.code).to.equal('FORBIDDEN');
    const until = await ask(`/v1/credentials/${one}/extend`, { body: { pendingRenewal: true } });
    expect(until.json).to.include({ validUntil: null, pendingRenewal: true });
    expect((await decide(until.json.id, 'confirm')).json.code).to.equal('SAME_PERSON');
    expect((await decide(until.json.id, 'cancel', holder)).json.state).to.equal('cancelled');
    const confirmed = (await decide(asked.json.id, 'confirm', approver)).json;
    expect(confirmed.progress.recorded, JSON.stringify(confirmed)).to.equal(1);
    const seen = (await ask(`/v1/credentials/${one}`)).json;
    expect(seen.pendingChange).to.include({ act: 'extend' });
    const { valid_until, note } = await service.db
      .selectFrom('status_changes')
      .select(['valid_until', 'note'])
      .where('operation_seq', 'is not', null)
      .where('act', '=', 'extend')
      .executeTakeFirstOrThrow();
    expect([toDate(valid_until as number), note !== null]).to.deep.equal(['2999-12-31', true]);
    const again = await ask(`/v1/credentials/${one}/extend`, { body });
    expect(again.json.code).to.equal('VALIDITY_UNCHANGED');
  });

  it('need a second person where one of the types does', async () => {
    await demandTwo('FEHD-FF');
    const second = await createApiKey(service.db, { issuer: service.fehd.issuer, name: 'second', isTest: true });
    const shown = await preview({ ids });
    expect(shown.secondPerson).to.equal(true);
    expect((await decide(shown.id, 'confirm')).json.code).to.equal('SAME_PERSON');
    expect(await actsOn(ids[0] as string)).to.equal(null);
    const { json } = await decide(shown.id, 'confirm', second);
    expect(json).to.include({ state: 'confirmed', requestedBy: shown.requestedBy });
    expect(json.decidedBy).to.match(/^key:/).and.not.to.equal(shown.requestedBy);
  });

  it('need a second person where the rule came after the preview', async () => {
    const { id } = await preview({ ids });
    await demandTwo('FEHD-GRL');
    expect((await decide(id, 'confirm')).json.code).to.equal('SAME_PERSON');
  });

  it('wait for a second person for a single credential as well', async () => {
    await demandTwo('FEHD-GRL');
    const [one] = ids as [string];
    const answer = await ask(`/v1/credentials/${one}/revoke`, { body: { reason: 'ceased' } });
    expect(answer.status).to.equal(202);
    expect(answer.headers.get('location')).to.equal(`${BULK}/${answer.json.id}`);
    expect(answer.json).to.deep.include({ state: 'preview', secondPerson: true, sample: [one] });
    expect(await actsOn(one)).to.equal(null);
    const waiting = (await ask(`${BULK}?state=preview&limit=1`)).json;
    expect(waiting.items[0].id).to.equal(answer.json.id);
    const scopes = ['status.approve', 'credentials.read'] as const;
    const second = await createApiKey(service.db, { issuer: service.fehd.issuer, name: 'b', isTest: true, scopes });
    expect((await decide(answer.json.id, 'confirm', second)).status).to.equal(200);
    expect(await actsOn(one)).to.equal('revoke');
  });

  it('list page by page', async () => {
    for (let i = 0; i < 3; i++) await preview({ ids });
    const first = (await ask(`${BULK}?limit=2`)).json;
    const second = (await ask(`${BULK}?limit=2&starting_after=${first.next}`)).json;
    const seen = [...first.items, ...second.items].map(({ id }: { id: string }) => Number(id.slice(4)));
    expect(seen).to.deep.equal(seen.toSorted((a, b) => b - a));
    expect(new Set(seen).size).to.equal(4);
    expect((await ask(`${BULK}?starting_after=x`)).json.code).to.equal('CURSOR_INVALID');
  });

  it('name every id that is none', async () => {
    const { json } = await ask(BULK, { body: { act: 'revoke', reason: 'ceased', ids: [ids[0], 'crd_000000000000'] } });
    expect(json.code).to.equal('VALIDATION_FAILED');
    expect(json.errors).to.have.length(1);
    expect(json.errors[0]).to.include({ pointer: '#/ids/1', code: 'CREDENTIAL_NOT_FOUND' });
  });

  for (const [what, body, pointer] of [
    ['both a list and a filter', { ids: ['crd_000000000000'], filter: { type: 'FEHD-GRL' } }, '#/ids'],
    ['neither', {}, '#/ids'],
    ['a filter that finds everything', { filter: {} }, '#/filter'],
    ['an end for what has none', { filter: { type: 'FEHD-GRL' }, until: '2999-01-01' }, '#/until'],
    ['a day before time', { filter: { validUntilFrom: '1800-01-01' } }, '#/filter/validUntilFrom'],
  ] as const)
    it(`refuse ${what}`, async () => {
      const { json } = await ask(BULK, { body: { act: 'revoke', reason: 'ceased', ...body } });
      expect([json.code, json.errors?.[0]?.pointer]).to.deep.equal(['VALIDATION_FAILED', pointer]);
    });

  it("are not there for another department, and find none of another's credentials", async () => {
    const { id } = await preview({ ids });
    const key = service.td.apiKey;
    expect((await ask(`${BULK}/${id}`, { key })).json.code).to.equal('OPERATION_NOT_FOUND');
    for (const verb of ['confirm', 'cancel'])
      expect((await decide(id, verb, key)).json.code).to.equal('OPERATION_NOT_FOUND');
    expect((await ask(BULK, { key })).json.items).to.deep.equal([]);
    const listed = await ask(BULK, { key, body: { act: 'revoke', reason: 'ceased', ids } });
    expect(listed.json.errors).to.have.length(3);
    expect((await preview({ filter: { type: 'FEHD-GRL' } }, key)).counts.found).to.equal(0);
  });
});
