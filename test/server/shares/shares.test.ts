import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { fromCredentialId } from '../../../server/issuance/credential-id.ts';
import { endShare, forgetShares } from '../../../server/shares/shares.ts';
import type { Browser } from '../auth/browser.ts';
import { type PeopleWorld, read, signIn, startPeople, write } from '../auth/people.ts';
import { finalise } from '../finalise.ts';
import { call, newCredential } from '../http/service.ts';

const DAY_MS = 86_400_000;

describe('links that end', () => {
  let world: PeopleWorld;
  let holder: Browser;
  let other: Browser;
  let id: string;

  before(async () => {
    world = await startPeople();
    ({ browser: holder } = await signIn(world, { account: 'holder-1', as: 'holder' }));
    ({ browser: other } = await signIn(world, { account: 'holder-2', as: 'holder' }));
    id = await issue(1);
    await finalise(world.service);
  });
  after(() => world.stop());

  async function issue(seed: number): Promise<string> {
    const body = { ...newCredential('FEHD-GRL', seed), holder: { subject: 'holder-1' } };
    return (await call(world.service, '/v1/credentials', { key: world.service.fehd.apiKey, body })).json.id;
  }

  const inDays = (days: number) => new Date(world.service.deps.now() + days * DAY_MS).toISOString();
  const SEALED = Buffer.from('locked by the browser').toString('base64url');
  const make = (body: object = {}, { of = id, by = holder, headers = {} } = {}) =>
    write(world, by, {
      path: `/v1/holder/credentials/${of}/shares`,
      body: { sealed: SEALED, expiresAt: inDays(1), ...body },
      headers,
    });
  const visit = () => randomBytes(16).toString('hex');
  const open = (share: string, by = visit()) =>
    call(world.service, '/v1/shares/open', { key: null, body: { id: share, visit: by } });
  const listed = async (share: string) =>
    (await read(world, holder, `/v1/holder/credentials/${id}/shares`)).json.items.find(
      (one: { id: string }) => one.id === share,
    );

  it('show what was locked to whoever has them, and their holder when they were opened', async () => {
    const { json, text, status } = await make();
    expect([status, json.opens, json.isOver], text).to.deep.equal([201, 0, false]);
    const opened = await open(json.id);
    expect([opened.status, opened.json]).to.deep.equal([200, { sealed: SEALED }]);
    await open(json.id);
    const seen = await listed(json.id);
    expect([seen.opens, seen.openedAt.length, seen.isOver]).to.deep.equal([2, 2, false]);
  });

  it('are over after as many visits as their holder said, of which each counts once', async () => {
    const { json } = await make({ mostOpens: 2 });
    const [first, second] = [visit(), visit()];
    for (const by of [first, first, second]) expect((await open(json.id, by)).status).to.equal(200);
    const third = await open(json.id);
    expect([third.status, third.json.code]).to.deep.equal([410, 'SHARE_OVER']);
    expect((await open(json.id, first)).status, 'again, by who was there').to.equal(200);
    expect((await listed(json.id)).isOver).to.equal(true);
  });

  it('count visits that come together one after the other', async () => {
    const { json } = await make({ mostOpens: 3 });
    const answers = await Promise.all(Array.from({ length: 8 }, () => open(json.id)));
    expect(answers.filter(({ status }) => status === 200)).to.have.length(3);
  });

  it('end when their holder says so, and nothing of what they showed stays', async () => {
    const { json } = await make();
    const path = `/v1/holder/shares/${json.id}/end`;
    expect((await write(world, other, { path })).json.code).to.equal('SHARE_NOT_FOUND');
    const ended = await write(world, holder, { path });
    expect([ended.status, ended.json.isOver]).to.deep.equal([200, true]);
    expect((await write(world, holder, { path })).json).to.deep.equal(ended.json);
    expect((await open(json.id)).json.code).to.equal('SHARE_OVER');
    const row = await world.service.db
      .selectFrom('shares')
      .select('sealed')
      .where('id', '=', Buffer.from(json.id, 'hex'))
      .executeTakeFirstOrThrow();
    expect(row.sealed).to.equal(null);
  });

  it('end in time, are told of for a month, and are forgotten', async () => {
    const { json } = await make({ expiresAt: inDays(2) });
    const { db } = world.service;
    const at = (days: number) => new Date(world.service.deps.now() + days * DAY_MS);
    await forgetShares(db, at(1));
    expect((await open(json.id)).status).to.equal(200);
    await db
      .updateTable('shares')
      .set({ expires_at: at(-1) })
      .where('id', '=', Buffer.from(json.id, 'hex'))
      .execute();
    expect((await open(json.id)).json.code).to.equal('SHARE_OVER');
    await forgetShares(db, at(0));
    expect((await listed(json.id)).isOver).to.equal(true);
    await forgetShares(db, at(30));
    expect(await listed(json.id)).to.equal(undefined);
  });

  it('tell a stranger nothing of whether they ever were', async () => {
    const { json } = await make();
    await endShare(world.service.db, { holder: await holderOf(json.id), id: json.id }, new Date());
    const [ended, never] = [await open(json.id), await open('0'.repeat(32))];
    expect({ ...ended.json, requestId: '' }).to.deep.equal({ ...never.json, requestId: '' });
  });

  const holderOf = async (share: string) => {
    const row = await world.service.db
      .selectFrom('shares')
      .select('holder_subject_hmac')
      .where('id', '=', Buffer.from(share, 'hex'))
      .executeTakeFirstOrThrow();
    return { kind: 'holder' as const, subjectHmac: row.holder_subject_hmac };
  };

  it('are made once under one Idempotency-Key, and not otherwise under the same', async () => {
    const headers = { 'idempotency-key': 'once' };
    const expiresAt = inDays(3);
    const [first, again] = [await make({ expiresAt }, { headers }), await make({ expiresAt }, { headers })];
    expect(again.json).to.deep.equal(first.json);
    expect((await make({ expiresAt, mostOpens: 1 }, { headers })).json.code).to.equal('IDEMPOTENCY_KEY_REUSED');
    expect((await make({}, { headers: { 'idempotency-key': '' } })).json.code).to.equal('IDEMPOTENCY_KEY_MISSING');
  });

  it('are made by the holder alone, of what is final, for a time that is not too long', async () => {
    expect((await make({}, { by: other })).json.code).to.equal('CREDENTIAL_NOT_FOUND');
    expect((await read(world, other, `/v1/holder/credentials/${id}/shares`)).json.code).to.equal(
      'CREDENTIAL_NOT_FOUND',
    );
    expect((await make({}, { of: await issue(2) })).json.code).to.equal('NOT_FINAL');
    for (const expiresAt of [inDays(-1), inDays(91)])
      expect((await make({ expiresAt })).json.code).to.equal('SHARE_EXPIRY_INVALID');
    for (const body of [{ mostOpens: 0 }, { mostOpens: 1001 }, { sealed: 'a b' }, { sealed: 'a'.repeat(30_000) }])
      expect((await make(body)).json.code, JSON.stringify(body).slice(0, 40)).to.equal('VALIDATION_FAILED');
    const { browser: officer } = await signIn(world, { account: 'fehd-preparer' });
    expect((await make({}, { by: officer })).json.code).to.equal('FORBIDDEN');
  });

  it('and reports refuse what no body may be, before they look at anything', async () => {
    let deep: object = {};
    for (let level = 0; level < 20; level++) deep = { a: deep };
    const hostile: [object, Record<string, string>, string][] = [
      [{}, { 'content-type': 'text/plain' }, 'CONTENT_TYPE_UNSUPPORTED'],
      [{ a: 'x'.repeat(300_000) }, {}, 'BODY_TOO_LARGE'],
      [deep, {}, 'JSON_TOO_DEEP'],
      [{}, {}, 'VALIDATION_FAILED'],
      [{}, { 'x-csrf-token': 'another' }, 'CSRF_REFUSED'],
      [{}, { origin: 'https://evil.example' }, 'CSRF_REFUSED'],
    ];
    for (const part of ['shares', 'reports'])
      for (const [body, headers, code] of hostile) {
        const path = `/v1/holder/credentials/${id}/${part}`;
        expect((await write(world, holder, { path, body, headers })).json.code, `${part} ${code}`).to.equal(code);
      }
  });

  it('are at most a hundred at a time', async () => {
    const own = await issue(3);
    await finalise(world.service);
    const answers: string[] = [];
    for (let count = 0; count < 101; count++) answers.push((await make({}, { of: own })).json.code ?? 'made');
    expect(answers.at(-1)).to.equal('SHARE_LIMIT');
    expect(answers.filter((code) => code === 'made').length).to.be.above(80);
    const { items } = (await read(world, holder, `/v1/holder/credentials/${own}/shares`)).json;
    await world.service.db
      .updateTable('shares')
      .set({ most_opens: 1 })
      .where('id', '=', Buffer.from(items[0].id, 'hex'))
      .execute();
    expect((await make({}, { of: own })).json.code, 'none is over').to.equal('SHARE_LIMIT');
    await open(items[0].id);
    expect((await make({}, { of: own })).status, 'one was opened as often as was said').to.equal(201);
    await world.service.db
      .deleteFrom('shares')
      .where('credential_seq', '=', await seqOf(own))
      .execute();
  });

  const seqOf = async (of: string) =>
    (
      await world.service.db
        .selectFrom('credentials')
        .select('seq')
        .where('id', '=', Buffer.from(fromCredentialId(of) as Uint8Array))
        .executeTakeFirstOrThrow()
    ).seq;

  it('go with what they show, when it is erased', async () => {
    const own = await issue(4);
    await finalise(world.service);
    const { json } = await make({}, { of: own });
    const erased = await call(world.service, `/v1/credentials/${own}/erase`, {
      key: world.service.fehd.apiKey,
      body: { confirm: 'erase' },
    });
    expect(erased.status, erased.text).to.equal(200);
    expect((await open(json.id)).json.code).to.equal('SHARE_OVER');
  });
});
