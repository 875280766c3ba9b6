import { expect } from 'chai';
import { toDate, toHongKongDay } from '../../../proof/day.ts';
import { forgetCopies } from '../../../server/copies/copies.ts';
import { MOST_COPIES, MOST_COPIES_A_DAY } from '../../../server/copies/enrol.ts';
import { fromCredentialId } from '../../../server/issuance/credential-id.ts';
import type { Browser } from '../auth/browser.ts';
import { type PeopleWorld, read, signIn, startPeople, write } from '../auth/people.ts';
import { finalise } from '../finalise.ts';
import { call, newCredential } from '../http/service.ts';
import { newHolderKey } from './device.ts';

const DAY_MS = 86_400_000;

describe('copies for devices', () => {
  let world: PeopleWorld;
  let holder: Browser;
  let other: Browser;
  let id: string;

  before(async () => {
    world = await startPeople();
    ({ browser: holder } = await signIn(world, { account: 'holder-1', as: 'holder' }));
    ({ browser: other } = await signIn(world, { account: 'holder-2', as: 'holder' }));
  });
  after(() => world.stop());
  beforeEach(async () => {
    id = await issue();
    await finalise(world.service);
  });

  let seed = 0;
  async function issue(): Promise<string> {
    const body = { ...newCredential('FEHD-GRL', ++seed), holder: { subject: 'holder-1' } };
    return (await call(world.service, '/v1/credentials', { key: world.service.fehd.apiKey, body })).json.id;
  }

  const enrol = async (body: object = {}, { of = id, by = holder, headers = {} } = {}) =>
    write(world, by, {
      path: `/v1/holder/credentials/${of}/copies`,
      body: { holderKey: await newHolderKey(), device: 'android', ...body },
      headers,
    });
  const listed = async (by = holder) => (await read(world, by, `/v1/holder/credentials/${id}/copies`)).json.items;
  const end = (copy: string, by = holder) => write(world, by, { path: `/v1/holder/copies/${copy}/end` });
  const proof = (copy: string, by = holder) => read(world, by, `/v1/holder/copies/${copy}/proof`);
  const own = (path: string, body?: object) =>
    call(world.service, path, { key: world.service.fehd.apiKey, ...(body ? { body } : {}) });

  it('say what their original says, bound to the key, and end within thirty days', async () => {
    const made = await enrol();
    expect([made.status, made.json.state, made.json.credential], made.text).to.deep.equal([201, 'waiting', id]);
    const lastDay = toDate(toHongKongDay(world.service.deps.now() / 1000) + 30);
    expect(made.json.validUntil).to.equal(lastDay);
    expect((await proof(made.json.id)).json.code).to.equal('NOT_FINAL');
    await finalise(world.service);
    expect((await listed()).map(({ state }: { state: string }) => state)).to.deep.equal(['ready']);
    const [copy, original] = [
      JSON.parse((await proof(made.json.id)).text),
      JSON.parse((await read(world, holder, `/v1/holder/credentials/${id}/proof`)).text),
    ];
    expect(copy.credentialSubject).to.deep.equal(original.credentialSubject);
    expect(copy.validFrom).to.equal(original.validFrom);
    expect(copy.proof.proofValue).to.not.equal(original.proof.proofValue);
  });

  it('are nothing that a department lists, finds, counts, exports or is told of', async () => {
    const counts = async () => [
      (await own('/v1/credentials?limit=200')).json.items.length,
      (await own('/v1/statistics')).json,
      (await read(world, holder, '/v1/holder/credentials?limit=200')).json.items.length,
    ];
    const [before, events] = [await counts(), await eventCount()];
    await enrol();
    await finalise(world.service);
    expect(await counts()).to.deep.equal(before);
    expect(await eventCount()).to.equal(events);
    const { reference } = (await own(`/v1/credentials/${id}`)).json;
    expect((await own(`/v1/credentials?reference=${reference}`)).json.items).to.have.length(1);
  });

  async function eventCount(): Promise<number> {
    return (await world.service.db.selectFrom('webhook_events').select('seq').execute()).length;
  }

  it('are their holder’s alone', async () => {
    expect((await enrol({}, { by: other })).json.code).to.equal('CREDENTIAL_NOT_FOUND');
    const { json } = await enrol();
    await finalise(world.service);
    expect((await proof(json.id, other)).json.code).to.equal('COPY_NOT_FOUND');
    expect((await end(json.id, other)).json.code).to.equal('COPY_NOT_FOUND');
    expect(await listed(other)).to.deep.equal([]);
    expect((await read(world, other, '/v1/holder/copies')).json.items).to.deep.equal([]);
    expect((await proof('cpy_999999')).json.code).to.equal('COPY_NOT_FOUND');
    expect((await listed())[0].state).to.equal('ready');
  });

  it('are made of what is final, for a key that is one, by the same request once', async () => {
    expect((await enrol({}, { of: await issue() })).json.code).to.equal('NOT_FINAL');
    const bad = await enrol({ holderKey: Buffer.alloc(33, 2).fill(255, 1).toString('base64url') });
    expect([bad.status, bad.json.errors[0].pointer]).to.deep.equal([422, '#/holderKey']);
    const [holderKey, headers] = [await newHolderKey(), { 'idempotency-key': `once-${id}` }];
    const [first, again] = [await enrol({ holderKey }, { headers }), await enrol({ holderKey }, { headers })];
    expect(again.json).to.deep.equal(first.json);
    expect((await enrol({}, { headers })).json.code).to.equal('IDEMPOTENCY_KEY_REUSED');
    expect(await listed()).to.have.length(1);
  });

  it('are at most five at a time and twenty a day, also of requests that come together', async () => {
    const answers = await Promise.all(Array.from({ length: MOST_COPIES + 2 }, () => enrol()));
    expect(answers.filter(({ status }) => status === 201)).to.have.length(MOST_COPIES);
    expect(answers.find(({ status }) => status !== 201)?.json.code).to.equal('COPY_LIMIT');
    for (let made = MOST_COPIES; made < MOST_COPIES_A_DAY; made++) {
      expect((await end((await listed())[0].id)).status).to.equal(200);
      expect((await enrol()).status).to.equal(201);
    }
    await end((await listed())[0].id);
    expect((await enrol()).json.code).to.equal('COPY_LIMIT');
  });

  it('end by their holder’s word, also before they are signed, and then are handed to nobody', async () => {
    const [ready, waiting] = [(await enrol()).json, (await enrol()).json];
    await end(waiting.id);
    await finalise(world.service);
    const ended = await end(ready.id);
    expect([ended.status, ended.json.state]).to.deep.equal([200, 'over']);
    expect((await end(ready.id)).json).to.deep.equal(ended.json);
    for (const copy of [ready, waiting]) expect((await proof(copy.id)).json.code).to.equal('COPY_OVER');
    const rows = await world.service.db
      .selectFrom('credentials_and_copies as k')
      .innerJoin('status_changes as s', 's.credential_seq', 'k.seq')
      .select(['k.state as copy', 's.act', 's.state'])
      .where('k.id', '=', idBytes(id))
      .orderBy('k.seq')
      .execute();
    expect(rows).to.deep.equal([
      { copy: 'final', act: 'revoke', state: 'recorded' },
      { copy: 'failed', act: 'revoke', state: 'failed' },
    ]);
  });

  for (const [act, body] of [
    ['suspend', { reason: 'conditions-breached' }],
    ['revoke', { reason: 'ceased' }],
  ] as const)
    it(`are over with the ${act} of their original, and none is made then`, async () => {
      const ready = (await enrol()).json;
      await finalise(world.service);
      const late = (await enrol()).json;
      expect((await own(`/v1/credentials/${id}/${act}`, body)).status).to.be.below(300);
      await finalise(world.service);
      for (const copy of [ready, late]) expect((await proof(copy.id)).json.code).to.equal('COPY_OVER');
      const refused = await enrol();
      expect([refused.status, refused.json.code]).to.deep.equal([409, 'COPY_NOT_POSSIBLE']);
      const states = await world.service.db
        .selectFrom('credentials_and_copies')
        .select('state')
        .where('id', '=', idBytes(id))
        .where('copy_of', 'is not', null)
        .orderBy('seq')
        .execute();
      expect(
        states.map(({ state }) => state),
        'what was not signed never is',
      ).to.deep.equal(['final', 'failed']);
    });

  it('see an act that comes at the same moment, whichever is first', async () => {
    const tries = await Promise.all(Array.from({ length: 6 }, issue));
    await finalise(world.service);
    await Promise.all(
      tries.flatMap((of) => [enrol({}, { of }), own(`/v1/credentials/${of}/revoke`, { reason: 'ceased' })]),
    );
    const loose = await world.service.db
      .selectFrom('credentials_and_copies as k')
      .innerJoin('status_changes as s', 's.credential_seq', 'k.copy_of')
      .select('k.seq')
      .where('s.act', '=', 'revoke')
      .where('k.state', '!=', 'failed')
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('status_changes as x')
              .select('x.seq')
              .whereRef('x.credential_seq', '=', 'k.seq')
              .where('x.act', '=', 'revoke'),
          ),
        ),
      )
      .execute();
    expect(loose).to.deep.equal([]);
  });

  it('are told of for a week after their end, and then nothing of what they said is left', async () => {
    const { json } = await enrol();
    await finalise(world.service);
    const at = (days: number) => new Date(world.service.deps.now() + days * DAY_MS);
    await forgetCopies(world.service.db, at(37));
    expect(await listed()).to.have.length(1);
    await forgetCopies(world.service.db, at(38));
    expect((await listed()).map((one: { id: string }) => one.id)).to.not.include(json.id);
    const { payload } = await world.service.db
      .selectFrom('credentials_and_copies')
      .select('payload')
      .where('seq', '=', Number(json.id.slice(4)))
      .executeTakeFirstOrThrow();
    expect(payload).to.have.length(0);
  });

  it('go with an erasure, and are revoked by it', async () => {
    const { json } = await enrol();
    expect((await own(`/v1/credentials/${id}/erase`, { confirm: 'erase' })).json.code, 'on its way').to.equal(
      'NOT_FINAL',
    );
    await finalise(world.service);
    expect((await own(`/v1/credentials/${id}/erase`, { confirm: 'erase' })).status).to.be.below(300);
    expect((await proof(json.id)).json.code).to.equal('COPY_NOT_FOUND');
    const row = await world.service.db
      .selectFrom('credentials_and_copies as k')
      .innerJoin('status_changes as s', 's.credential_seq', 'k.seq')
      .select(['k.payload', 's.act'])
      .where('k.seq', '=', Number(json.id.slice(4)))
      .executeTakeFirstOrThrow();
    expect([row.payload.length, row.act]).to.deep.equal([0, 'revoke']);
  });

  it('are told to the log of the department', async () => {
    const { json } = await enrol();
    await end(json.id);
    const records = await world.service.db
      .selectFrom('audit_records')
      .select(['act', 'actor'])
      .where('object', '=', id)
      .where('act', 'like', 'copy.%')
      .orderBy('seq')
      .execute();
    expect(records).to.deep.equal([
      { act: 'copy.enrol', actor: 'holder' },
      { act: 'copy.end', actor: 'holder' },
    ]);
  });
});

function idBytes(id: string): Buffer {
  return Buffer.from(fromCredentialId(id) as Uint8Array);
}
