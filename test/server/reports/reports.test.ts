import { expect } from 'chai';
import type { Browser } from '../auth/browser.ts';
import { type PeopleWorld, read, signIn, startPeople, write } from '../auth/people.ts';
import { finalise } from '../finalise.ts';
import { call, createRoleKey, newCredential } from '../http/service.ts';

const MESSAGE = 'My name is spelt wrongly.\nIt is Chan.';
const ANSWER = 'A corrected licence will be issued to Mr Chan.';

describe('what holders tell of their documents', () => {
  let world: PeopleWorld;
  let holder: Browser;
  let other: Browser;
  let preparer: string;
  let id: string;
  let nextSeed = 0;

  before(async () => {
    world = await startPeople();
    ({ browser: holder } = await signIn(world, { account: 'holder-1', as: 'holder' }));
    ({ browser: other } = await signIn(world, { account: 'holder-2', as: 'holder' }));
    preparer = await createRoleKey(world.service.db, world.service.fehd.issuer, 'preparer');
    id = await issue();
  });
  after(() => world.stop());

  async function issue(): Promise<string> {
    const body = { ...newCredential('FEHD-GRL', ++nextSeed), holder: { subject: 'holder-1' } };
    return (await call(world.service, '/v1/credentials', { key: world.service.fehd.apiKey, body })).json.id;
  }

  const tell = (body: object = {}, { of = id, by = holder, headers = {} } = {}) =>
    write(world, by, {
      path: `/v1/holder/credentials/${of}/reports`,
      body: { kind: 'wrong', message: MESSAGE, ...body },
      headers,
    });
  const own = async (of = id, by = holder) => (await read(world, by, `/v1/holder/credentials/${of}/reports`)).json;
  const ofDepartment = (path: string, key = preparer) => call(world.service, `/v1/reports${path}`, { key });
  const answer = (report: string, key = preparer, headers = {}) =>
    call(world.service, `/v1/reports/${report}/answer`, { key, body: { answer: ANSWER }, headers });

  it('reach the department, whose answer its holder reads', async () => {
    const told = await tell();
    expect([told.status, told.json.message, told.json.answer], told.text).to.deep.equal([201, MESSAGE, null]);
    const listed = (await ofDepartment('?state=open')).json;
    expect(listed.items[0]).to.deep.include({ id: told.json.id, credential: id, kind: 'wrong', message: MESSAGE });
    const answered = await answer(told.json.id);
    expect(answered.json, answered.text).to.include({ answer: ANSWER, message: MESSAGE });
    expect(answered.json.answeredBy).to.match(/^key:/);
    const seen = (await own()).items[0];
    expect(seen).to.include({ answer: ANSWER });
    expect(seen).not.to.have.property('answeredBy');
    expect((await answer(told.json.id)).json.code).to.equal('REPORT_ANSWERED');
    expect((await ofDepartment('?state=open')).json.items).to.deep.equal([]);
    expect((await ofDepartment('?state=answered')).json.items).to.have.length(1);
    expect((await ofDepartment(`/${told.json.id}`)).json).to.deep.include({ answer: ANSWER });
  });

  it('are in clear in no row, no kept answer and no log', async () => {
    const { json } = await tell();
    await answer(json.id, preparer, { 'idempotency-key': 'kept' });
    const again = await answer(json.id, preparer, { 'idempotency-key': 'kept' });
    expect(again.json).to.include({ id: json.id, message: '', answer: null });
    const { db } = world.service;
    const stored = JSON.stringify([
      await db.selectFrom('reports').selectAll().execute(),
      await db.selectFrom('idempotency_keys').selectAll().execute(),
      await db.selectFrom('audit_records').selectAll().execute(),
      world.service.logged,
    ]);
    for (const text of [MESSAGE, ANSWER])
      for (const form of [text, JSON.stringify(text).slice(1, -1), Buffer.from(text).toString('hex')])
        expect(stored).not.to.include(form);
    const acts = await db.selectFrom('audit_records').select('act').where('object', '=', json.id).execute();
    expect(acts).to.deep.equal([{ act: 'report.answer' }]);
  });

  it('are told once under one Idempotency-Key, and at most three wait for an answer', async () => {
    const of = await issue();
    const headers = { 'idempotency-key': 'once' };
    const [first, again] = [await tell({}, { of, headers }), await tell({}, { of, headers })];
    expect(again.json).to.deep.equal(first.json);
    expect((await tell({ message: 'other' }, { of, headers })).json.code).to.equal('IDEMPOTENCY_KEY_REUSED');
    expect([(await tell({}, { of })).status, (await tell({}, { of })).status]).to.deep.equal([201, 201]);
    expect((await tell({}, { of })).json.code).to.equal('REPORT_LIMIT');
    await answer(first.json.id);
    expect((await tell({}, { of })).status).to.equal(201);
  });

  it('are of one’s own alone, and read by no other department', async () => {
    expect((await tell({}, { by: other })).json.code).to.equal('CREDENTIAL_NOT_FOUND');
    expect((await own(id, other)).code).to.equal('CREDENTIAL_NOT_FOUND');
    const { json } = await tell({}, { of: await issue() });
    const { td } = world.service;
    expect((await ofDepartment(`/${json.id}`, td.apiKey)).json.code).to.equal('REPORT_NOT_FOUND');
    expect((await answer(json.id, td.apiKey)).json.code).to.equal('REPORT_NOT_FOUND');
    expect((await ofDepartment('', td.apiKey)).json.items).to.deep.equal([]);
  });

  it('have one of the kinds and some lines, and are refused otherwise', async () => {
    for (const body of [{ kind: 'rude' }, { message: ' ' }, { message: 'a\u0007' }, { message: 'a'.repeat(1001) }])
      expect((await tell(body)).json.code, JSON.stringify(body).slice(0, 30)).to.equal('VALIDATION_FAILED');
    for (const path of ['/rep_0', '/7', '/rep_999999'])
      expect((await ofDepartment(path)).json.code).to.equal('REPORT_NOT_FOUND');
    expect((await ofDepartment('?starting_after=x')).json.code).to.equal('CURSOR_INVALID');
  });

  it('turn pages, newest first', async () => {
    const all = (await ofDepartment('?limit=100')).json.items.map((one: { id: string }) => one.id);
    const first = (await ofDepartment('?limit=2')).json;
    const second = (await ofDepartment(`?limit=2&starting_after=${first.next}`)).json;
    expect([...first.items, ...second.items].map(({ id: one }) => one)).to.deep.equal(all.slice(0, 4));
  });

  it('go with their document, when it is erased', async () => {
    const of = await issue();
    const { json } = await tell({}, { of });
    await finalise(world.service);
    const key = world.service.fehd.apiKey;
    const erased = await call(world.service, `/v1/credentials/${of}/erase`, { key, body: { confirm: 'erase' } });
    expect(erased.status, erased.text).to.equal(200);
    expect((await ofDepartment(`/${json.id}`)).json.code).to.equal('REPORT_NOT_FOUND');
  });
});
