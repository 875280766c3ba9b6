import { expect } from 'chai';
import { sql } from 'kysely';
import { actsOf } from '../../../server/auth/policy.ts';
import { fromCredentialId, toCredentialId } from '../../../server/issuance/credential-id.ts';
import type { CredentialRow } from '../../../server/store/schema.ts';
import { eventually } from '../harness.ts';
import { call, keyFor, newCredential, startService, type TestService } from './service.ts';

describe('issuing rules', () => {
  let service: TestService;
  let admin: string;

  before(async () => {
    service = await startService();
    admin = await keyFor(service, [...actsOf(['admin'])]);
  });
  after(() => service.stop());

  it('need nobody where the department made none', async () => {
    const { json } = await call(service, '/v1/types/FEHD-LRR/rules', { key: admin });
    expect(json).to.include({ type: 'FEHD-LRR', approvals: 0, statusApprovals: 0, retentionMonths: null });
  });

  it('are made by an administrator alone', async () => {
    const body = { approvals: 1, statusApprovals: 1, retentionMonths: null };
    const others = await keyFor(service, [...actsOf(['preparer', 'approver', 'key-holder', 'auditor'])]);
    const refused = await call(service, '/v1/types/FEHD-GRL/rules', { key: others, body });
    expect(refused.json.code).to.equal('FORBIDDEN');
    const { status, headers } = await call(service, '/v1/types/FEHD-GRL/rules', { key: admin, body });
    expect(status).to.equal(200);
    const { json } = await call(service, headers.get('location') as string, { key: admin });
    expect(json).to.include(body);
  });

  it('are not written over by who has not seen how a colleague has changed them', async () => {
    const path = '/v1/types/FEHD-PFB/rules';
    const none = (await call(service, path, { key: admin })).json;
    expect(none.changedAt, 'nobody made any').to.equal(null);
    const set = async (retentionMonths: number, seen: object) => {
      const body = { approvals: 0, statusApprovals: 0, retentionMonths, ...seen };
      return (await call(service, path, { key: admin, body })).json;
    };
    const outcomes = (all: { code?: string }[]) => all.map(({ code }) => code ?? 'changed').sort();
    const first = await Promise.all([12, 24].map((months) => set(months, { changedAt: null })));
    expect(outcomes(first), 'two who make the first at the same moment').to.deep.equal(['RULES_CHANGED', 'changed']);
    const { changedAt } = (await call(service, path, { key: admin })).json;
    const next = await Promise.all([36, 48].map((months) => set(months, { changedAt })));
    expect(outcomes(next)).to.deep.equal(['RULES_CHANGED', 'changed']);
    const now = (await call(service, path, { key: admin })).json;
    expect(now.retentionMonths).to.equal(next.find(({ code }) => code === undefined)?.retentionMonths);
    expect((await set(60, {})).retentionMonths, 'of a system that replaces what holds now').to.equal(60);
  });

  it('stop a credential of the type, and a replacement, from being issued by one call', async () => {
    const { apiKey: key } = service.fehd;
    const rule = (approvals: number) =>
      call(service, '/v1/types/FEHD-GRL/rules', {
        key: admin,
        body: { approvals, statusApprovals: 0, retentionMonths: null },
      });
    await rule(0);
    const { json } = await call(service, '/v1/credentials', { key, body: newCredential() });
    await rule(1);
    for (const path of ['/v1/credentials', `/v1/credentials/${json.id}/replace`]) {
      const refused = await call(service, path, { key, body: newCredential() });
      expect(refused.status, path).to.equal(409);
      expect(refused.json.code, path).to.equal('APPROVAL_REQUIRED');
      expect(refused.json.detail, path).to.contain('/v1/drafts');
    }
    const other = await call(service, '/v1/credentials', { key, body: newCredential('FEHD-LRR') });
    expect(other.status).to.equal(202);
  });

  it('are of the department: another one has no such type', async () => {
    for (const exchange of [{}, { body: { approvals: 1, statusApprovals: 0, retentionMonths: null } }]) {
      const key = exchange.body ? await keyFor(service, ['rules.manage'], 'td') : service.td.apiKey;
      const { json } = await call(service, '/v1/types/FEHD-GRL/rules', { key, ...exchange });
      expect(json.code).to.equal('TYPE_NOT_FOUND');
    }
  });

  it('take no more than two approvals', async () => {
    const body = { approvals: 3, statusApprovals: 2, retentionMonths: null };
    const { json } = await call(service, '/v1/types/FEHD-GRL/rules', { key: admin, body });
    expect(json.errors.map(({ pointer }: { pointer: string }) => pointer)).to.have.members([
      '#/approvals',
      '#/statusApprovals',
    ]);
  });
});

describe('drafts', () => {
  let service: TestService;
  const keys = { admin: '', preparer: '', approver: '', second: '' };

  before(async () => {
    service = await startService();
    keys.admin = await keyFor(service, [...actsOf(['admin'])]);
    keys.preparer = await keyFor(service, [...actsOf(['preparer'])]);
    keys.approver = await keyFor(service, [...actsOf(['approver'])]);
    keys.second = await keyFor(service, [...actsOf(['approver'])]);
  });
  after(() => service.stop());

  const say = (who: keyof typeof keys, path: string, body?: object) =>
    call(service, `/v1/drafts${path}`, { key: keys[who], ...(body ? { body } : {}) });
  const rule = (code: string, approvals: number) =>
    call(service, `/v1/types/${code}/rules`, {
      key: keys.admin,
      body: { approvals, statusApprovals: 0, retentionMonths: null },
    });
  const submitted = async (code = 'FEHD-GRL', change: object = {}) => {
    const { json } = await say('preparer', '', { ...newCredential(code), ...change });
    return (await say('preparer', `/${json.id}/submit`, {})).json;
  };
  const stateOf = async (id: string) => (await say('preparer', `/${id}`)).json.state;

  it('may be incomplete: what is missing is listed, and keeps them from being submitted', async () => {
    const { status, json } = await say('preparer', '', { type: 'FEHD-GRL', claims: { licenceNumber: '2912345678' } });
    expect(status).to.equal(201);
    expect(json).to.include({ state: 'draft', contentHash: null });
    const pointers = json.problems.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers).to.include.members(['/claims/licenseeName', '/validity/validFrom']);
    const refused = await say('preparer', `/${json.id}/submit`, {});
    expect(refused.json.code).to.equal('VALIDATION_FAILED');
    const mended = await say('preparer', `/${json.id}/update`, newCredential());
    expect(mended.json.problems).to.deep.equal([]);
    expect((await say('preparer', `/${json.id}/submit`, {})).json.state).to.equal('submitted');
  });

  it('are not written over by whoever has not seen what a colleague made of them meanwhile', async () => {
    const { json: first } = await say('preparer', '', newCredential());
    const theirs = { ...newCredential(), holder: { email: 'theirs@example.hk' } };
    const { json: second } = await say('preparer', `/${first.id}/update`, { ...theirs, changedAt: first.changedAt });
    expect(second.content.holder.email).to.equal('theirs@example.hk');
    const late = { ...newCredential(), changedAt: first.changedAt };
    const refused = await say('preparer', `/${first.id}/update`, late);
    expect([refused.status, refused.json.code]).to.deep.equal([409, 'DRAFT_CHANGED']);
    expect((await say('preparer', `/${first.id}`)).json.content.holder.email).to.equal('theirs@example.hk');
    const seen = await say('preparer', `/${first.id}/update`, { ...late, changedAt: second.changedAt });
    expect(seen.status).to.equal(200);
    expect((await say('preparer', `/${first.id}/update`, newCredential())).status).to.equal(200);
  });

  it('are not handed in by whoever has not seen what a colleague made of them meanwhile', async () => {
    const { json: first } = await say('preparer', '', newCredential());
    const { json: second } = await say('preparer', `/${first.id}/update`, newCredential('FEHD-GRL', 1));
    const { changedAt } = first;
    const refused = await say('preparer', `/${first.id}/submit`, { changedAt });
    expect([refused.status, refused.json.code]).to.deep.equal([409, 'DRAFT_CHANGED']);
    const many = await say('preparer', '/submit', { drafts: [{ id: first.id, changedAt }] });
    expect(many.json.items[0].problem.code).to.equal('DRAFT_CHANGED');
    expect(await stateOf(first.id)).to.equal('draft');
    const seen = await say('preparer', `/${first.id}/submit`, { changedAt: second.changedAt });
    expect(seen.json).to.include({ state: 'submitted' });
  });

  it('are issued by the approval of another person, with the hash that was approved', async () => {
    await rule('FEHD-GRL', 1);
    const draft = await submitted();
    expect(draft.content.claims).to.deep.include({ licenceNumber: newCredential().claims.licenceNumber });
    const { status, json } = await say('approver', `/${draft.id}/approve`, { contentHash: draft.contentHash });
    expect(status).to.equal(200);
    expect(json).to.include({ state: 'issued', contentHash: draft.contentHash, content: null });
    const issued = await call(service, `/v1/credentials/${json.credential}`, { key: keys.preparer });
    expect(issued.json).to.include({ state: 'issued', type: 'FEHD-GRL' });
    expect(issued.json.claims).to.deep.equal(draft.content.claims);
  });

  it('are no credentials before they are issued', async () => {
    const before = (await call(service, '/v1/credentials', { key: keys.preparer })).json.items.length;
    const draft = await submitted('FEHD-LRR');
    const { id } = await rowOf(service, draft);
    const { json } = await call(service, '/v1/credentials', { key: keys.preparer });
    expect(json.items).to.have.length(before);
    const crd = toCredentialId(id);
    expect((await call(service, `/v1/credentials/${crd}`, { key: keys.preparer })).json.code).to.equal(
      'CREDENTIAL_NOT_FOUND',
    );
    const revoked = await call(service, `/v1/credentials/${crd}/revoke`, {
      key: keys.preparer,
      body: { reason: 'ceased' },
    });
    expect(revoked.json.code).to.equal('CREDENTIAL_NOT_FOUND');
  });

  it('are reached by no change of many credentials, and can still be withdrawn after one was previewed', async () => {
    const draft = await submitted('FEHD-LRR');
    const crd = toCredentialId((await rowOf(service, draft)).id);
    const preview = (body: object) =>
      call(service, '/v1/status-changes', { key: keys.preparer, body: { act: 'revoke', reason: 'ceased', ...body } });
    const listed = await preview({ ids: [crd] });
    expect(listed.json.errors?.[0]?.code).to.equal('CREDENTIAL_NOT_FOUND');
    const filtered = await preview({ filter: { type: 'FEHD-LRR' } });
    expect(filtered.json.sample).not.to.include(crd);
    expect(filtered.json.refusals.map(({ credential }: { credential: string }) => credential)).not.to.include(crd);
    expect((await say('preparer', `/${draft.id}/withdraw`, {})).json.state).to.equal('draft');
  });

  it('are not approved by whoever prepared, edited or submitted them', async () => {
    const both = await keyFor(service, [...actsOf(['preparer', 'approver'])]);
    const { json } = await say('preparer', '', newCredential());
    await call(service, `/v1/drafts/${json.id}/update`, { key: both, body: newCredential('FEHD-GRL', 1) });
    const draft = (await say('preparer', `/${json.id}/submit`, {})).json;
    const body = { contentHash: draft.contentHash };
    const refused = await call(service, `/v1/drafts/${draft.id}/approve`, { key: both, body });
    expect(refused.json.code).to.equal('SAME_PERSON');
    expect(await stateOf(draft.id)).to.equal('submitted');
    expect((await say('preparer', `/${draft.id}/approve`, body)).json.code).to.equal('FORBIDDEN');
    expect((await say('approver', '', newCredential())).json.code).to.equal('FORBIDDEN');
  });

  it('need two different people where the type says two', async () => {
    await rule('FEHD-LRR', 2);
    const { id, contentHash } = await submitted('FEHD-LRR');
    const approve = (who: 'approver' | 'second') => say(who, `/${id}/approve`, { contentHash });
    expect((await approve('approver')).json).to.include({ state: 'submitted', approvalsNeeded: 2 });
    expect((await approve('approver')).json.code).to.equal('SAME_PERSON');
    const { json } = await approve('second');
    expect(json.state).to.equal('issued');
    expect(json.approvals).to.have.length(2);
    expect((await approve('second')).json.code).to.equal('DRAFT_STATE');
  });

  it('lose their approvals when they are edited: another hash has to be approved', async () => {
    await rule('FEHD-LRR', 2);
    const { id, contentHash } = await submitted('FEHD-LRR');
    await say('approver', `/${id}/approve`, { contentHash });
    await say('preparer', `/${id}/update`, newCredential('FEHD-LRR', 1));
    expect((await say('second', `/${id}/approve`, { contentHash })).json.code).to.equal('DRAFT_STATE');
    const again = (await say('preparer', `/${id}/submit`, {})).json;
    expect(again.approvals).to.deep.equal([]);
    expect((await say('second', `/${id}/approve`, { contentHash })).json.code).to.equal('CONTENT_CHANGED');
    const { json } = await say('second', `/${id}/approve`, { contentHash: again.contentHash });
    expect(json.state).to.equal('submitted');
  });

  it('are issued once when two approve at once', async () => {
    await rule('FEHD-GRL', 1);
    const { id, contentHash } = await submitted();
    const answers = await Promise.all(
      (['approver', 'second'] as const).map((who) => say(who, `/${id}/approve`, { contentHash })),
    );
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.json.code).to.equal('DRAFT_STATE');
  });

  describe('many at once', () => {
    const outcomesOf = ({
      json,
    }: {
      json: { items: { draft: { state: string } | null; problem: { code: string } | null }[] };
    }) => json.items.map(({ draft, problem }) => draft?.state ?? problem?.code);
    const prepared = async (change: object = {}) =>
      (await say('preparer', '', { ...newCredential(), ...change })).json.id as string;

    it('are submitted, each that is right, and what is wrong with the others is told', async () => {
      const wrong = await prepared({ claims: { ...newCredential().claims, licenceNumber: '' } });
      const drafts = [await prepared(), wrong, await prepared(), 'drf_999999'].map((id) => ({ id }));
      const answer = await say('preparer', '/submit', { drafts });
      expect([answer.status, answer.json.done]).to.deep.equal([200, 2]);
      expect(outcomesOf(answer)).to.deep.equal(['submitted', 'VALIDATION_FAILED', 'submitted', 'DRAFT_NOT_FOUND']);
      expect(answer.json.items.map(({ id }: { id: string }) => id)).to.deep.equal(drafts.map(({ id }) => id));
      expect(answer.json.items[1].problem.errors[0]).to.include({ pointer: '#/claims/licenceNumber' });
      expect(answer.json.items[0].draft).to.not.have.any.keys('content', 'note');
      expect(await stateOf(wrong)).to.equal('draft');
    });

    it('are approved by the hash that was seen of each, by somebody else than prepared it', async () => {
      await rule('FEHD-GRL', 1);
      const [right, changed, submittedTwice] = [await submitted(), await submitted(), await submitted()];
      const both = await keyFor(service, [...actsOf(['preparer', 'approver'])]);
      const own = (await call(service, '/v1/drafts', { key: both, body: newCredential() })).json.id;
      const ownHash = (await call(service, `/v1/drafts/${own}/submit`, { key: both, body: {} })).json.contentHash;
      await say('preparer', `/${submittedTwice.id}/withdraw`, {});
      await say('preparer', `/${submittedTwice.id}/submit`, {});
      const drafts = [
        { id: changed.id, contentHash: '0'.repeat(64) },
        { id: own, contentHash: ownHash },
        { id: right.id, contentHash: right.contentHash },
        { id: submittedTwice.id, contentHash: submittedTwice.contentHash },
      ];
      const answer = await call(service, '/v1/drafts/approve', { key: both, body: { drafts } });
      const expected = ['CONTENT_CHANGED', 'SAME_PERSON', 'issued', 'CONTENT_CHANGED'];
      expect(outcomesOf(answer)).to.deep.equal(expected);
      expect(await Promise.all([changed.id, own, submittedTwice.id].map(stateOf))).to.deep.equal(
        Array(3).fill('submitted'),
      );
      const issued = await call(service, `/v1/credentials/${answer.json.items[2].draft.credential}`, {
        key: keys.preparer,
      });
      expect(issued.json.state).to.equal('issued');
    });

    it('leave nothing of one that is refused half-way, and all of the others', async () => {
      await rule('FEHD-LRR', 2);
      await rule('FEHD-GRL', 1);
      const drafts = [await submitted('FEHD-LRR'), await submitted('FEHD-GRL')];
      const setHeld = (state: 'held' | 'active') =>
        service.db.updateTable('issuers').set({ state }).where('code', '=', 'FEHD').execute();
      await setHeld('held');
      const answer = await say('approver', '/approve', { drafts: drafts.map(toSeen) });
      await setHeld('active');
      expect(outcomesOf(answer)).to.deep.equal(['submitted', 'ISSUER_HELD']);
      const approvals = await Promise.all(
        drafts.map(async ({ id }) => (await say('preparer', `/${id}`)).json.approvals),
      );
      expect(approvals.map(({ length }) => length)).to.deep.equal([1, 0]);
      const records = await service.db
        .selectFrom('audit_records')
        .select(['act', 'object', 'after'])
        .where('act', 'in', ['draft.approve', 'draft.approve-many'])
        .orderBy('seq')
        .execute();
      expect(records.at(-1)).to.deep.include({ act: 'draft.approve-many', after: { done: 1, ISSUER_HELD: 1 } });
      expect(records.map(({ object }) => object))
        .to.include(drafts[0].id)
        .and.to.not.include(drafts[1].id);
    });

    it('are done once where the request is repeated', async () => {
      const { id, contentHash } = await submitted();
      const exchange = {
        key: keys.approver,
        body: { drafts: [{ id, contentHash }] },
        headers: { 'idempotency-key': 'approve-many' },
      };
      const first = await call(service, '/v1/drafts/approve', exchange);
      const again = await call(service, '/v1/drafts/approve', exchange);
      expect([again.text, again.headers.get('idempotency-replayed')]).to.deep.equal([first.text, 'true']);
      expect(outcomesOf(again)).to.deep.equal(['issued']);
    });

    it('are issued once where two approve the same ones in another order', async () => {
      const drafts = [await submitted(), await submitted(), await submitted()].map(toSeen);
      const answers = await Promise.all([
        say('approver', '/approve', { drafts }),
        say('second', '/approve', { drafts: drafts.toReversed() }),
      ]);
      expect(answers.map(({ status }) => status)).to.deep.equal([200, 200]);
      const all = answers.flatMap(outcomesOf);
      expect(all.filter((one) => one === 'issued')).to.have.length(3);
      expect(all.filter((one) => one === 'DRAFT_STATE')).to.have.length(3);
    });

    it('are submitted, each once, where two calls replace the same credentials in another order', async () => {
      const firsts = [await submitted(), await submitted()].map(toSeen);
      const approved = (await say('approver', '/approve', { drafts: firsts })).json;
      const [a, b] = approved.items.map(({ draft }: { draft: { credential: string } }) => draft.credential);
      const calls: string[][] = [];
      for (const old of [
        [a, b],
        [b, a],
      ])
        calls.push([await prepared({ replaces: old[0] }), await prepared({ replaces: old[1] })]);
      const answers = await whileLocked(service, [a, b], () =>
        calls.map((ids) => say('preparer', '/submit', { drafts: ids.map((id) => ({ id })) })),
      );
      expect(answers.map(({ status }) => status)).to.deep.equal([200, 200]);
      expect(answers.flatMap(outcomesOf).sort()).to.deep.equal([
        ...Array(2).fill('ALREADY_SUPERSEDED'),
        ...Array(2).fill('submitted'),
      ]);
      await eventually('PostgreSQL counts a deadlock', async () => (await countDeadlocks(service)) > 0);
    });

    it('are not read where the caller may do neither', async () => {
      const drafts = [toSeen(await submitted())];
      expect((await say('preparer', '/approve', { drafts })).json.code).to.equal('FORBIDDEN');
      expect((await say('approver', '/submit', { drafts: [{ id: 'drf_1' }] })).json.code).to.equal('FORBIDDEN');
    });

    it('are named once each, and are at most 200', async () => {
      const ids = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `drf_${i + 1}` }));
      for (const drafts of [[], ids(201), [{ id: 'drf_1' }, { id: 'drf_1' }]]) {
        const { json } = await say('preparer', '/submit', { drafts });
        expect([json.code, json.errors[0].pointer]).to.deep.equal(['VALIDATION_FAILED', '#/drafts']);
      }
    });
  });

  it('go back to their preparer with a note, and can be withdrawn and discarded', async () => {
    const { id } = await submitted();
    const returned = await say('approver', `/${id}/return`, { note: 'the premises are missing' });
    expect(returned.json).to.include({ state: 'draft', note: 'the premises are missing' });
    expect((await say('preparer', `/${id}/submit`, {})).json.state).to.equal('submitted');
    expect((await say('preparer', `/${id}/withdraw`, {})).json.state).to.equal('draft');
    expect((await say('preparer', `/${id}/discard`, {})).json).to.include({ state: 'discarded', content: null });
    const row = await service.db
      .selectFrom('drafts')
      .selectAll()
      .where('seq', '=', Number(id.slice(4)))
      .executeTakeFirstOrThrow();
    expect(row).to.include({ content: null, wrapped_key: null, note: null, returned_content: null });
  });

  it('that were returned tell, until they end, what they said then and why', async () => {
    await rule('FEHD-GRL', 1);
    const { id, content: first } = await submitted();
    expect((await say('approver', `/${id}`)).json).to.include({ note: null, returnedContent: null });
    await say('approver', `/${id}/return`, { note: 'another shop' });
    const second = newCredential('FEHD-GRL', 1);
    await say('preparer', `/${id}/update`, second);
    const again = (await say('preparer', `/${id}/submit`, {})).json;
    expect(again).to.deep.include({ note: 'another shop', returnedContent: first });
    expect(again.content.claims).to.deep.equal(second.claims).and.not.deep.equal(first.claims);
    await say('approver', `/${id}/return`, { note: 'the first was right' });
    expect((await say('approver', `/${id}`)).json).to.deep.include({ returnedContent: again.content });
    const { contentHash } = (await say('preparer', `/${id}/submit`, {})).json;
    const issued = (await say('approver', `/${id}/approve`, { contentHash })).json;
    expect(issued).to.include({ state: 'issued', note: null, returnedContent: null });
  });

  it('take the place of a credential when they are approved', async () => {
    await rule('FEHD-GRL', 1);
    const first = await submitted();
    const old = (await say('approver', `/${first.id}/approve`, { contentHash: first.contentHash })).json.credential;
    const next = await submitted('FEHD-GRL', { replaces: old });
    expect(next.content.replaces).to.equal(old);
    const other = await say('preparer', '', { ...newCredential(), replaces: old });
    const refused = await say('preparer', `/${other.json.id}/submit`, {});
    expect(refused.json.code).to.equal('ALREADY_SUPERSEDED');
    const { json } = await say('approver', `/${next.id}/approve`, { contentHash: next.contentHash });
    const issued = await call(service, `/v1/credentials/${json.credential}`, { key: keys.preparer });
    expect(issued.json.replaces).to.equal(old);
  });

  it('are not approved where what they replace was revoked while they waited', async () => {
    await rule('FEHD-GRL', 1);
    const first = await submitted();
    const old = (await say('approver', `/${first.id}/approve`, { contentHash: first.contentHash })).json.credential;
    const next = await submitted('FEHD-GRL', { replaces: old });
    await call(service, `/v1/credentials/${old}/revoke`, { key: service.fehd.apiKey, body: { reason: 'ceased' } });
    const refused = await say('approver', `/${next.id}/approve`, { contentHash: next.contentHash });
    expect([refused.status, refused.json.code]).to.deep.equal([409, 'ALREADY_REVOKED']);
    expect((await say('preparer', `/${next.id}`)).json).to.deep.include({ state: 'submitted', approvals: [] });
  });

  it('are found by state and type, a page at a time', async () => {
    const ids = [(await submitted('FEHD-LRR')).id, (await submitted('FEHD-LRR')).id].reverse();
    const first = (await say('approver', '?state=submitted&type=FEHD-LRR&limit=1')).json;
    expect(first).to.deep.include({ has_more: true });
    const second = (await say('approver', `?state=submitted&type=FEHD-LRR&limit=1&starting_after=${first.next}`)).json;
    expect([first.items[0].id, second.items[0].id]).to.deep.equal(ids);
    expect((await say('approver', '?starting_after=nonsense')).json.code).to.equal('CURSOR_INVALID');
  });

  it('are not there for another department, whatever it does with them', async () => {
    const { id, contentHash } = await submitted();
    const key = await keyFor(service, ['credentials.read', 'credentials.prepare', 'credentials.approve'], 'td');
    const acts = { update: newCredential('TD-DL'), submit: {}, approve: { contentHash }, withdraw: {}, discard: {} };
    for (const [act, body] of Object.entries({ ...acts, return: { note: 'no' } })) {
      const { json } = await call(service, `/v1/drafts/${id}/${act}`, { key, body });
      expect(json.code, act).to.equal('DRAFT_NOT_FOUND');
    }
    expect((await call(service, `/v1/drafts/${id}`, { key })).json.code).to.equal('DRAFT_NOT_FOUND');
    expect((await call(service, '/v1/drafts', { key })).json.items).to.deep.equal([]);
    expect(await stateOf(id)).to.equal('submitted');
  });

  it('keep what was typed encrypted in every table, and tell the log nothing of it', async () => {
    const name = { en: 'Secret Kitchen Limited', 'zh-Hant': '秘密廚房有限公司' };
    const body = { ...newCredential(), holder: { email: 'secret@kitchen.example' } };
    const { json } = await say('preparer', '', { ...body, claims: { ...body.claims, licenseeName: name } });
    await say('preparer', `/${json.id}/submit`, {});
    await say('approver', `/${json.id}/return`, { note: 'what Secret Kitchen says is not so' });
    await say('preparer', `/${json.id}/submit`, {});
    const stored = await everythingStored(service);
    for (const secret of ['Secret Kitchen', '秘密廚房', 'secret@kitchen'])
      for (const text of [secret, Buffer.from(secret).toString('hex')]) expect(stored).not.to.contain(text);
    expect(service.logged.join('')).not.to.contain('Secret Kitchen');
  });

  it('are told in whole in the first answer, and without what was typed in one that is repeated', async () => {
    const again = { key: keys.preparer, body: newCredential(), headers: { 'idempotency-key': 'draft-once' } };
    const [first, second] = [await call(service, '/v1/drafts', again), await call(service, '/v1/drafts', again)];
    expect(first.json.content.claims).to.deep.equal(newCredential().claims);
    expect(second.headers.get('idempotency-replayed')).to.equal('true');
    expect(second.json).to.deep.equal({ ...first.json, content: null });
  });

  describe('whose stored row was changed', () => {
    it('between submission and approval are not approved', async () => {
      const draft = await submitted();
      const other = await rowOf(service, await submitted());
      await change(service, draft, { header: other.header });
      const { json } = await say('approver', `/${draft.id}/approve`, { contentHash: draft.contentHash });
      expect(json.code).to.equal('CONTENT_CHANGED');
      expect(await stateOf(draft.id)).to.equal('submitted');
    });

    it('between two approvals are not issued', async () => {
      await rule('FEHD-LRR', 2);
      const draft = await submitted('FEHD-LRR');
      await say('approver', `/${draft.id}/approve`, { contentHash: draft.contentHash });
      await change(service, draft, { valid_until: 99_999 });
      const { json } = await say('second', `/${draft.id}/approve`, { contentHash: draft.contentHash });
      expect(json.code).to.equal('CONTENT_CHANGED');
      expect((await rowOf(service, draft)).state).to.equal('submitted');
    });

    it('together with its hash have no approval of that hash', async () => {
      await rule('FEHD-LRR', 2);
      const [draft, other] = [await submitted('FEHD-LRR'), await rowOf(service, await submitted('FEHD-LRR'))];
      await say('approver', `/${draft.id}/approve`, { contentHash: draft.contentHash });
      await change(service, draft, { content_hash: other.content_hash });
      const { json } = await say('second', `/${draft.id}/approve`, { contentHash: draft.contentHash });
      expect(json.code).to.equal('CONTENT_CHANGED');
    });
  });

  it('never lose an approval: rows of approvals cannot be changed', async () => {
    const error = await service.db
      .updateTable('approvals')
      .set({ actor: 'key:0' })
      .execute()
      .then(
        () => null,
        (cause: Error) => cause,
      );
    expect(error?.message).to.contain('approvals are never changed');
  });
});

/** Every row of every table, as text. */
async function everythingStored({ db }: TestService): Promise<string> {
  const tables = await sql<{ name: string }>`select relname as name from pg_class
    where relnamespace = current_schema()::regnamespace and relkind = 'r'`.execute(db);
  const texts = tables.rows.map(({ name }) =>
    sql<{ row: string }>`select t::text as row from ${sql.table(name)} t`.execute(db),
  );
  return JSON.stringify(await Promise.all(texts));
}

/** What an approver names of a draft. */
function toSeen({ id, contentHash }: { id: string; contentHash: string }) {
  return { id, contentHash };
}

async function rowOf({ db }: TestService, { id }: { id: string }) {
  return db
    .selectFrom('credentials as c')
    .innerJoin('drafts as d', 'd.credential_seq', 'c.seq')
    .selectAll('c')
    .where('d.seq', '=', Number(id.slice(4)))
    .executeTakeFirstOrThrow();
}

async function change(service: TestService, draft: { id: string }, set: Partial<CredentialRow>): Promise<void> {
  const { seq } = await rowOf(service, draft);
  await service.db.updateTable('credentials').set(set).where('seq', '=', seq).execute();
}

/** Starts calls that need rows which somebody else holds, and lets go of these when all calls wait. */
async function whileLocked<T>(
  { db }: Pick<TestService, 'db'>,
  ids: readonly string[],
  start: () => Promise<T>[],
): Promise<T[]> {
  const calls = await db.transaction().execute(async (tx) => {
    const rows = ids.map((id) => Buffer.from(fromCredentialId(id) as Uint8Array));
    await tx.selectFrom('credentials').select('seq').where('id', 'in', rows).forUpdate().execute();
    const started = start();
    await eventually('all of them wait', async () => (await countWaiting(db)) === started.length);
    return started;
  });
  return Promise.all(calls);
}

async function countWaiting(db: TestService['db']): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
  return rows[0]?.count ?? 0;
}

async function countDeadlocks({ db }: Pick<TestService, 'db'>): Promise<number> {
  const { rows } = await sql<{ count: number }>`select deadlocks::int as count from pg_stat_database
    where datname = current_database()`.execute(db);
  return rows[0]?.count ?? 0;
}
