import { expect } from 'chai';
import { decodeCbor } from '../../../proof/cbor.ts';
import { decodeHeaderItems } from '../../../proof/header.ts';
import { createApiKey } from '../../../server/auth/api-key.ts';
import { statusOperation } from '../../../server/http/status-operations.ts';
import { fromCredentialId } from '../../../server/issuance/credential-id.ts';
import { call, createRoleKey, type Exchange, newCredential, startService, type TestService } from './service.ts';

/** Of a restaurant's licence: three months before its last day until that day. */
const OLD = { issued: '2025-07-01', validFrom: '2025-07-01', validUntil: '2026-06-30' };
const OPENS = '2026-03-30';
const KEY = 'AmsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKW';

describe('a renewal', () => {
  let service: TestService;

  before(async () => {
    service = await startService();
  });
  after(() => service.stop());

  const ask = (path: string, exchange: Exchange = {}) => call(service, path, { key: service.fehd.apiKey, ...exchange });
  /** The day in Hong Kong is `day` from now on. */
  const todayIs = (day: string) => {
    service.deps.now = () => Date.parse(`${day}T12:00:00+08:00`);
  };
  const issue = async (change: object = {}, code = 'FEHD-GRL'): Promise<string> => {
    const answer = await ask('/v1/credentials', { body: { ...newCredential(code), validity: OLD, ...change } });
    expect(answer.status, answer.text).to.equal(202);
    return answer.json.id;
  };
  const renew = (id: string, body: object = {}) => ask(`/v1/credentials/${id}/renew`, { body });

  const keyHash = async (id: string): Promise<string | null> => {
    const { header } = await service.db
      .selectFrom('credentials')
      .select('header')
      .where('id', '=', idBytes(id))
      .executeTakeFirstOrThrow();
    const { holderKey } = decodeHeaderItems(decodeCbor(header));
    return holderKey && Buffer.from(holderKey).toString('hex');
  };

  beforeEach(() => todayIs('2026-05-01'));

  it('is the next term: from the day after the last one, as long as the type says, saying what the old one said', async () => {
    const id = await issue();
    const answer = await renew(id);
    expect(answer.status, answer.text).to.equal(202);
    expect(answer.headers.get('location')).to.equal(`/v1/credentials/${answer.json.id}`);
    expect(answer.json).to.include({
      replaces: id,
      issued: '2026-05-01',
      validFrom: '2026-07-01',
      validUntil: '2027-06-30',
      state: 'issued',
    });
    const [before, after] = [await ask(`/v1/credentials/${id}`), await ask(`/v1/credentials/${answer.json.id}`)];
    expect(after.json.claims).to.deep.equal(before.json.claims);
    expect(after.json.holder).to.deep.equal(before.json.holder);
    expect(before.json).to.include({ status: 'in-force', supersededBy: null, pendingChange: null });
  });

  it('takes changes of claims, another end within the rule, and another holder’s address', async () => {
    const id = await issue();
    const claims = { licenceNumber: '2999999999', seatingArea: null };
    const holder = { email: 'new@example.hk' };
    const { json } = await renew(id, { claims, validUntil: '2026-12-31', holder });
    expect(json.validUntil).to.equal('2026-12-31');
    const seen = (await ask(`/v1/credentials/${json.id}`)).json;
    expect(seen.claims.licenceNumber).to.equal('2999999999');
    expect(seen.claims.seatingArea ?? null).to.equal(null);
    expect(seen.holder).to.deep.equal(holder);
  });

  it('has the pictures of the old one', async () => {
    const { apiKey: key } = await service.admit('HKPF', 3);
    const validity = { issued: '2021-12-01', validFrom: '2021-12-01', validUntil: '2026-11-30' };
    const old = await ask('/v1/credentials', { key, body: { ...newCredential('HKPF-SPP'), validity } });
    todayIs('2026-06-01');
    const { json, text } = await ask(`/v1/credentials/${old.json.id}/renew`, { key, body: {} });
    expect(json.validUntil, text).to.equal('2031-11-30');
    const photo = async (id: string) => (await ask(`/v1/credentials/${id}`, { key })).json.claims.photo.sha256;
    expect(await photo(json.id)).to.equal(await photo(old.json.id));
    const images = await service.db.selectFrom('images').select(['sha256', 'data']).execute();
    expect(images[0]?.sha256).to.deep.equal(images[1]?.sha256);
    expect(images[0]?.data, 'each under its own key').not.to.deep.equal(images[1]?.data);
  });

  it('stays bound to the key to which the old one was bound', async () => {
    const bound = await issue({ holderKey: KEY });
    const { json } = await renew(bound);
    expect(json.bound).to.equal(true);
    expect(await keyHash(json.id)).to.equal(await keyHash(bound));
    const unbound = await issue();
    expect((await renew(unbound)).json.bound).to.equal(false);
  });

  describe('in fact, asked for as a replacement', () => {
    const LATER = { validFrom: '2026-05-01', validUntil: '2027-04-30' };
    const replacing = (validity: object, more: object = {}) => ({
      ...newCredential(),
      ...{ validity: { ...validity, issued: undefined }, ...more },
    });
    const replace = (id: string, validity: object, more?: object) =>
      ask(`/v1/credentials/${id}/replace`, { body: replacing(validity, more) });
    const provisional = () => {
      const { type, claims } = newCredential('FEHD-PFB');
      return { type, claims };
    };
    const prepare = async (body: object) => (await ask('/v1/drafts', { body })).json;
    const submit = ({ id }: { id: string }) => ask(`/v1/drafts/${id}/submit`, { body: {} });
    const recordsOf = (object: string) =>
      service.db.selectFrom('audit_records').select(['act', 'after']).where('object', '=', object).execute();

    it('is within the window alone, and a correction that ends no later at any time', async () => {
      const id = await issue();
      todayIs('2026-03-29');
      for (const validity of [LATER, { validFrom: '2026-07-01', validUntil: '2027-06-30' }]) {
        const { status, json } = await replace(id, validity);
        expect([status, json.code]).to.deep.equal([409, 'RENEWAL_TOO_EARLY']);
        expect(json.detail).to.include('2026-06-30').and.to.include(`from ${OPENS} on`);
        expect(json.errors[0]).to.include({ pointer: '#/validity/validUntil', code: 'RENEWAL_TOO_EARLY' });
      }
      const corrected = await replace(id, { ...OLD, validUntil: '2026-06-30' });
      expect(corrected.status, corrected.text).to.equal(202);
      todayIs('2026-07-01');
      expect((await replace(corrected.json.id, LATER)).json.code).to.equal('RENEWAL_TOO_LATE');
      const late = await replace(corrected.json.id, LATER, { appliedOn: '2026-06-30' });
      expect(late.status, late.text).to.equal(202);
      expect((await recordsOf(id)).map(({ act }) => act)).to.include('credential.replace');
      expect((await recordsOf(corrected.json.id)).at(-1)).to.deep.equal({
        act: 'credential.renew',
        after: { successor: late.json.id, appliedOn: '2026-06-30' },
      });
    });

    it('counts from the last day as it was moved, and is asked for none where the type has no window', async () => {
      const id = await issue();
      await ask(`/v1/credentials/${id}/extend`, { body: { validUntil: '2026-12-31' } });
      const start = { validFrom: '2026-05-01' };
      expect((await replace(id, { ...start, validUntil: '2027-01-01' })).json.code).to.equal('RENEWAL_TOO_EARLY');
      expect((await replace(id, { ...start, validUntil: '2026-12-31' })).status).to.equal(202);
      const free = await issue({ validity: { ...OLD, validUntil: '2025-12-31' } }, 'FEHD-PFB');
      const next = { ...replacing({ validFrom: '2026-05-01', validUntil: '2026-10-31' }), ...provisional() };
      const answer = await ask(`/v1/credentials/${free}/replace`, { body: next });
      expect(answer.status, answer.text).to.equal(202);
    });

    it('is told of a draft before it is handed in, and refused when it is', async () => {
      const id = await issue();
      todayIs('2026-07-02');
      const draft = await prepare(replacing(LATER, { replaces: id }));
      expect(draft.problems.map(({ pointer, code }: Record<string, string>) => [pointer, code])).to.deep.equal([
        ['/validity/validUntil', 'RENEWAL_TOO_LATE'],
      ]);
      expect((await submit(draft)).json.code).to.equal('RENEWAL_TOO_LATE');
      const future = await prepare(replacing(LATER, { replaces: id, appliedOn: '2026-07-03' }));
      expect(future.problems[0]).to.include({ pointer: '/appliedOn', code: 'DATE_TO_COME' });
      const inTime = await prepare(replacing(LATER, { replaces: id, appliedOn: '2026-06-30' }));
      const submitted = (await submit(inTime)).json;
      expect(submitted.content, JSON.stringify(submitted)).to.include({ replaces: id, appliedOn: '2026-06-30' });
      expect((await recordsOf(inTime.id)).at(-1)?.after).to.include({ renews: id, appliedOn: '2026-06-30' });
    });

    it('stays bound to the same key, or to another that is named, or to none where that is said', async () => {
      const other = 'A2sX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKW';
      const wanted = { same: [undefined, true], other: [other, true], none: [null, false] } as const;
      for (const [name, [holderKey, isBound]] of Object.entries(wanted)) {
        const [one, two] = [await issue({ holderKey: KEY }), await issue({ holderKey: KEY })];
        const { json } = await replace(one, OLD, { holderKey });
        expect(json.bound, name).to.equal(isBound);
        const draft = (await submit(await prepare(replacing(OLD, { replaces: two, holderKey })))).json;
        expect(draft.bound, name).to.equal(isBound);
        const approver = await createRoleKey(service.db, service.fehd.issuer, 'approver');
        const body = { contentHash: draft.contentHash };
        const approved = (await ask(`/v1/drafts/${draft.id}/approve`, { key: approver, body })).json;
        const hashes = await Promise.all([one, json.id, approved.credential].map(keyHash));
        expect(hashes[1] === hashes[0], name).to.equal(name === 'same');
        expect(hashes[2], name).to.equal(hashes[1]);
      }
    });
  });

  it('may be applied for on both ends of the window, and is refused a day before and after, naming the day', async () => {
    const id = await issue();
    todayIs('2026-03-29');
    const early = (await renew(id)).json;
    expect([early.code, early.detail]).to.deep.equal([
      'RENEWAL_TOO_EARLY',
      `a renewal may be applied for from ${OPENS} on, not on 2026-03-29`,
    ]);
    todayIs('2026-07-01');
    const late = (await renew(id)).json;
    expect([late.code, late.detail]).to.deep.equal([
      'RENEWAL_TOO_LATE',
      'a renewal could be applied for until 2026-06-30, not on 2026-07-01',
    ]);
    expect((await renew(id, { appliedOn: '2026-06-30' })).status).to.equal(202);
    todayIs(OPENS);
    expect((await renew(await issue())).status).to.equal(202);
  });

  it('is decided by the day of the application, which cannot be one to come', async () => {
    const id = await issue();
    for (const appliedOn of ['2026-05-02', '2026-02-30', ''])
      expect((await renew(id, { appliedOn })).json.errors[0].pointer).to.equal('#/appliedOn');
  });

  it('follows a last day that was moved, and its own where it is in force until further notice', async () => {
    const moved = await issue();
    await ask(`/v1/credentials/${moved}/extend`, { body: { validUntil: '2026-07-31' } });
    expect((await renew(moved)).json).to.include({ validFrom: '2026-08-01', validUntil: '2027-07-31' });
    const pending = await issue();
    await ask(`/v1/credentials/${pending}/extend`, { body: { pendingRenewal: true } });
    expect((await renew(pending)).json).to.include({ validFrom: '2026-07-01', validUntil: '2027-06-30' });
  });

  it('is made once, and not of what is revoked, was erased, or has to be approved', async () => {
    const id = await issue();
    await renew(id);
    expect((await renew(id)).json.code).to.equal('ALREADY_SUPERSEDED');
    const revoked = await issue();
    await ask(`/v1/credentials/${revoked}/revoke`, { body: { reason: 'ceased' } });
    expect((await renew(revoked)).json.code).to.equal('ALREADY_REVOKED');
    const provisional = await issue({ validity: { ...OLD, validUntil: '2025-12-31' } }, 'FEHD-PFB');
    expect((await renew(provisional)).json.code).to.equal('NOT_RENEWABLE');
    const erased = await issue();
    await service.db.updateTable('credentials').set({ state: 'final' }).where('id', '=', idBytes(erased)).execute();
    expect((await ask(`/v1/credentials/${erased}/erase`, { body: { confirm: 'erase' } })).status).to.equal(200);
    expect((await renew(erased)).json.code).to.equal('CREDENTIAL_ERASED');
    const rule = { issuer_id: service.fehd.issuer.id, code: 'FEHD-GRL', approvals: 1, status_approvals: 0 };
    await service.db
      .insertInto('issuing_rules')
      .values({ ...rule, changed_by: 'test' })
      .execute();
    expect((await renew(id)).json.code).to.equal('APPROVAL_REQUIRED');
    await service.db.deleteFrom('issuing_rules').execute();
  });

  it('is one operation for many: shown first, then made', async () => {
    const [one, two, three] = [await issue(), await issue(), await issue()] as [string, string, string];
    await renew(two);
    const late = await issue({ validity: { ...OLD, validUntil: '2026-04-15' } });
    const preview = await ask('/v1/status-changes', { body: { act: 'renew', ids: [one, two, three, late] } });
    expect(preview.status, preview.text).to.equal(201);
    expect(statusOperation.safeParse(preview.json).error?.issues).to.equal(undefined);
    expect(preview.json).to.deep.include({
      act: 'renew',
      reason: 'replaced',
      appliedOn: '2026-05-01',
      counts: { found: 4, ready: 2, refused: 2 },
      refusals: [
        { credential: two, code: 'ALREADY_SUPERSEDED' },
        { credential: late, code: 'RENEWAL_TOO_LATE' },
      ],
    });
    await ask(`/v1/credentials/${three}/revoke`, { body: { reason: 'ceased' } });
    const { json } = await ask(`/v1/status-changes/${preview.json.id}/confirm`, { body: {} });
    expect(json).to.deep.include({ state: 'confirmed', counts: { found: 4, ready: 1, refused: 3 } });
    expect(json.progress).to.deep.equal({ recorded: 1, sent: 0, anchored: 0, final: 0, failed: 0 });
    const { items } = (await ask('/v1/credentials?limit=1')).json;
    expect(items[0]).to.include({ replaces: one, validFrom: '2026-07-01', validUntil: '2027-06-30' });
  });

  it('of many of a type that others approve is handed in as drafts, and issued by no less than its approvals', async () => {
    const { issuer } = service.fehd;
    const mixed = await issue(
      { validity: { issued: '2025-07-01', validFrom: '2025-07-01', validUntil: '2026-06-30' } },
      'FEHD-LRR',
    );
    const [one, two, ended] = [await issue({ holderKey: KEY }), await issue(), await issue()] as [
      string,
      string,
      string,
    ];
    await service.db
      .insertInto('issuing_rules')
      .values({ issuer_id: issuer.id, code: 'FEHD-GRL', approvals: 1, status_approvals: 1, changed_by: 'test' })
      .execute();
    try {
      const [preparer, colleague] = await Promise.all([
        createRoleKey(service.db, issuer, 'preparer', 'approver'),
        createRoleKey(service.db, issuer, 'preparer', 'approver'),
      ]);
      const approver = await createRoleKey(service.db, issuer, 'approver');
      const body = { act: 'renew', ids: [one, two, ended], appliedOn: '2026-04-30' };
      expect((await ask('/v1/status-changes', { key: approver, body })).json.code).to.equal('FORBIDDEN');
      const direct = { ...body, ids: [one, mixed] };
      expect((await ask('/v1/status-changes', { key: preparer, body: direct })).json.code).to.equal('FORBIDDEN');
      const preview = (await ask('/v1/status-changes', { key: preparer, body })).json;
      expect(preview).to.deep.include({ secondPerson: false, counts: { found: 3, ready: 3, refused: 0 } });
      await ask(`/v1/credentials/${ended}/revoke`, { body: { reason: 'ceased' } });
      const revocation = (await ask('/v1/status-changes?state=preview&limit=1')).json.items[0].id;
      const confirming = await createRoleKey(service.db, issuer, 'approver');
      await ask(`/v1/status-changes/${revocation}/confirm`, { key: confirming, body: {} });
      const where = `/v1/status-changes/${preview.id}`;
      todayIs('2026-07-05');
      const confirmed = (await ask(`${where}/confirm`, { key: colleague, body: {} })).json;
      expect(confirmed, JSON.stringify(confirmed)).to.deep.include({
        ...{ state: 'confirmed', counts: { found: 3, ready: 2, refused: 1 } },
        ...{ drafts: { draft: 0, submitted: 2, issued: 0, discarded: 0 } },
        progress: { recorded: 0, sent: 0, anchored: 0, final: 0, failed: 0 },
      });
      expect((await renewedOf(one)).length, 'nothing is issued before an approval').to.equal(0);
      const drafts = (await ask('/v1/drafts?state=submitted&limit=2')).json.items;
      const seen = drafts.map(({ id, contentHash }: Record<string, string>) => ({ id, contentHash }));
      for (const key of [preparer, colleague]) {
        const refused = (await ask('/v1/drafts/approve', { key, body: { drafts: seen } })).json;
        expect(refused.items.map(({ problem }: { problem: { code: string } }) => problem.code)).to.deep.equal([
          'SAME_PERSON',
          'SAME_PERSON',
        ]);
      }
      const again = (await ask('/v1/status-changes', { key: preparer, body: { ...body, ids: [one] } })).json;
      expect(again.refusals).to.deep.equal([{ credential: one, code: 'ALREADY_SUPERSEDED' }]);
      const [last, first] = seen;
      await ask(`/v1/drafts/${last.id}/withdraw`, { key: preparer, body: {} });
      const { json } = await ask(`/v1/drafts/${first.id}/approve`, {
        key: approver,
        body: { contentHash: first.contentHash },
      });
      expect(json.state, JSON.stringify(json)).to.equal('issued');
      const issued = (await ask(`/v1/credentials/${json.credential}`)).json;
      expect(issued).to.include({ replaces: one, validFrom: '2026-07-01', validUntil: '2027-06-30', bound: true });
      const after = (await ask(where)).json;
      expect(after.drafts).to.deep.equal({ draft: 1, submitted: 0, issued: 1, discarded: 0 });
      expect(after.progress.recorded).to.equal(1);
    } finally {
      await service.db.deleteFrom('issuing_rules').execute();
    }
  });

  const renewedOf = async (id: string) =>
    (await ask('/v1/credentials?limit=50')).json.items.filter(({ replaces }: { replaces: string }) => replaces === id);

  it('finds many by a filter on their last day', async () => {
    const id = await issue({ validity: { ...OLD, validUntil: '2026-06-07' } });
    const filter = { type: 'FEHD-GRL', validUntilFrom: '2026-06-07', validUntilTo: '2026-06-07' };
    const { json } = await ask('/v1/status-changes', { body: { act: 'renew', filter } });
    expect(json).to.deep.include({ sample: [id], counts: { found: 1, ready: 1, refused: 0 } });
  });

  it('of many needs the right to issue, and no reason', async () => {
    const id = await issue();
    const key = await createApiKey(service.db, {
      issuer: service.fehd.issuer,
      name: 'changes status',
      isTest: true,
      scopes: ['status.change', 'credentials.read'],
    });
    const body = { act: 'renew', ids: [id] };
    expect((await ask('/v1/status-changes', { key, body })).json.code).to.equal('FORBIDDEN');
    const { json } = await ask('/v1/status-changes', { body });
    expect((await ask(`/v1/status-changes/${json.id}/confirm`, { key, body: {} })).json.code).to.equal('FORBIDDEN');
    for (const [more, pointer] of [
      [{ reason: 'ceased' }, '#/reason'],
      [{ note: 'x' }, '#/note'],
      [{ until: '2999-01-01' }, '#/until'],
    ] as const)
      expect((await ask('/v1/status-changes', { body: { ...body, ...more } })).json.errors[0].pointer).to.equal(
        pointer,
      );
    const change = { act: 'revoke', reason: 'ceased', ids: [id], appliedOn: '2026-05-01' };
    expect((await ask('/v1/status-changes', { body: change })).json.errors[0].pointer).to.equal('#/appliedOn');
  });
});

function idBytes(id: string): Buffer {
  return Buffer.from(fromCredentialId(id) as Uint8Array);
}
