import { expect } from 'chai';
import { sql } from 'kysely';
import { actsOf } from '../../../server/auth/policy.ts';
import { settleImports } from '../../../server/imports/release.ts';
import { fromCredentialId } from '../../../server/issuance/credential-id.ts';
import { fillSearchTerms } from '../../../server/issuance/fill-search-terms.ts';
import { finalise } from '../finalise.ts';
import { call, keyFor, newCredential, startService, type TestService } from './service.ts';

interface Licence {
  number: string;
  en: string;
  'zh-Hant'?: string;
}

let nextSeed = 0;

function licence({ number, ...licenseeName }: Licence) {
  const { claims, ...rest } = newCredential('FEHD-GRL', nextSeed++);
  return { ...rest, claims: { ...claims, licenceNumber: number, licenseeName } };
}

describe('a search for a name or a number', () => {
  let service: TestService;
  const keys = { admin: '', preparer: '', approver: '' };

  before(async () => {
    service = await startService();
    for (const role of ['admin', 'preparer', 'approver'] as const)
      keys[role] = await keyFor(service, [...actsOf([role])]);
  });
  after(() => service.stop());

  const post = async (path: string, body: object | string, key = service.fehd.apiKey, headers = {}) => {
    const answer = await call(service, path, { key, body, headers });
    expect(answer.status, answer.text).to.be.lessThan(300);
    return answer.json;
  };
  const issue = async (body: object, key = service.fehd.apiKey): Promise<string> =>
    (await post('/v1/credentials', body, key)).id;
  const search = async (text: string, key = service.fehd.apiKey): Promise<string[]> => {
    const {
      status,
      json,
      text: answer,
    } = await call(service, `/v1/credentials?${new URLSearchParams({ text })}`, { key });
    expect(status, answer).to.equal(200);
    return json.items.map(({ id }: { id: string }) => id);
  };
  const rule = (approvals: number) =>
    post('/v1/types/FEHD-GRL/rules', { approvals, statusApprovals: 0, retentionMonths: null }, keys.admin);
  const termsOf = async (id: string): Promise<number> => {
    const rows = service.db.selectFrom('search_terms').select('hash');
    return (await rows.where('credential_id', '=', fromCredentialId(id) as Buffer).execute()).length;
  };
  const send = (rows: readonly object[], query = 'mode=good', key = service.fehd.apiKey) =>
    post(`/v1/imports?type=FEHD-GRL&${query}`, rows.map((row) => `${JSON.stringify(row)}\n`).join(''), key, {
      'content-type': 'application/x-ndjson',
    });
  const rowOf = (one: Licence) => {
    const { type: _, ...row } = licence(one);
    return row;
  };

  it('finds the whole of it, however it is written, in each language', async () => {
    const id = await issue(licence({ number: '22 100-001', en: 'CHAN, Tai-man', 'zh-Hant': '陳大文' }));
    for (const text of ['Chan Tai Man', 'tai man CHAN', '陳大文', '陳 大文', '22100001', '22 100 001'])
      expect(await search(text), text).to.deep.equal([id]);
    for (const text of ['Chan Tai', 'Chan', '陳', '2210000', 'Chan Tai Man 陳大文', '---'])
      expect(await search(text), text).to.deep.equal([]);
  });

  it('finds what has the name in common, a page at a time, and goes with the other filters', async () => {
    const ids: string[] = [];
    for (const number of ['22100011', '22100012', '22100013'])
      ids.unshift(await issue(licence({ number, en: 'Everywhere Limited' })));
    expect(await search('everywhere LIMITED')).to.deep.equal(ids);
    const ask = (path: string) => call(service, path, { key: service.fehd.apiKey });
    const first = await ask('/v1/credentials?text=Everywhere%20Limited&limit=2');
    expect(first.json).to.include({ has_more: true });
    const next = /<([^>]+)>/.exec(first.headers.get('link') ?? '')?.[1] as string;
    expect((await ask(next)).json.items.map(({ id }: { id: string }) => id)).to.deep.equal(ids.slice(2));
    const others = await ask('/v1/credentials?text=Everywhere%20Limited&type=FEHD-FF');
    expect(others.json.items).to.deep.equal([]);
  });

  it('finds what came by a draft, when it is issued and not before', async () => {
    await rule(1);
    const draft = await post('/v1/drafts', licence({ number: '22100021', en: 'Drafted Limited' }), keys.preparer);
    const { contentHash } = await post(`/v1/drafts/${draft.id}/submit`, {}, keys.preparer);
    expect(await search('Drafted Limited')).to.deep.equal([]);
    const { credential } = await post(`/v1/drafts/${draft.id}/approve`, { contentHash }, keys.approver);
    await rule(0);
    expect(await search('drafted limited')).to.deep.equal([credential]);
  });

  it('finds what came by an import, of which rows are left out', async () => {
    const row = rowOf({ number: '22100031', en: 'First Row Limited', 'zh-Hant': '第一行有限公司' });
    const second = rowOf({ number: '22100032', en: 'Second Row Limited' });
    await send([row, { ...row, claims: { ...row.claims, licenseeName: { en: 'Left Out Limited' } } }, second]);
    expect(await search('第一行有限公司')).to.have.length(1);
    expect(await search('limited row second')).to.have.length(1);
    expect(await search('22100032')).to.deep.equal(await search('Second Row Limited'));
    expect(await search('Left Out Limited')).to.deep.equal([]);
  });

  it('finds what an import sealed as it was stored', async () => {
    const numbers = Array.from({ length: 300 }, (_, i) => `2220${1000 + i}`);
    await send(numbers.map((number) => rowOf({ number, en: `Holder ${number}` })));
    for (const number of [numbers[0], numbers[299]] as string[]) {
      expect(await search(number)).to.have.length(1);
      expect(await search(`${number} holder`)).to.deep.equal(await search(number));
    }
  });

  it('leaves nothing of what was thrown away: a withdrawn draft, a withdrawn file', async () => {
    const count = async () =>
      (await sql<{ n: number }>`select count(*)::int as n from search_terms`.execute(service.db)).rows[0]?.n;
    const before = await count();
    await rule(1);
    const draft = await post('/v1/drafts', licence({ number: '22100041', en: 'Withdrawn Limited' }), keys.preparer);
    await post(`/v1/drafts/${draft.id}/submit`, {}, keys.preparer);
    const file = await send([rowOf({ number: '22100042', en: 'Taken Back Limited' })], 'approval=true', keys.preparer);
    expect(await count()).to.be.greaterThan(before as number);
    await post(`/v1/drafts/${draft.id}/withdraw`, {}, keys.preparer);
    await post(`/v1/imports/${file.id}/withdraw`, {}, keys.preparer);
    await rule(0);
    while (await settleImports(service.db, service.deps)) {}
    expect(await count()).to.equal(before);
  });

  it('finds nothing of another department, whose hashes of the name are others and behind the wall', async () => {
    const name = { en: 'Everybody Known' };
    const own = await issue(licence({ number: '22100051', ...name }));
    const { claims, ...rest } = newCredential('TD-DL', 1);
    const theirs = await issue({ ...rest, claims: { ...claims, holderName: name } }, service.td.apiKey);
    expect(await search('Everybody Known')).to.deep.equal([own]);
    expect(await search('Everybody Known', service.td.apiKey)).to.deep.equal([theirs]);
    expect(await search('22100051', service.td.apiKey)).to.deep.equal([]);
    const seenBy = ({ id }: { id: number }) =>
      service.db.transaction().execute(async (tx) => {
        await sql.raw(`set local role eproof_department; set local eproof.issuer = '${id}'`).execute(tx);
        return tx.selectFrom('search_terms').select(['hash', 'issuer_id']).execute();
      });
    const [fehd, td] = [await seenBy(service.fehd.issuer), await seenBy(service.td.issuer)];
    expect(new Set(td.map(({ issuer_id }) => issuer_id))).to.deep.equal(new Set([service.td.issuer.id]));
    const hashes = new Set(fehd.map(({ hash }) => hash.toString('hex')));
    expect(td.filter(({ hash }) => hashes.has(hash.toString('hex')))).to.deep.equal([]);
  });

  it('is answered out of an index, also behind the wall', async () => {
    const plan = await service.db.transaction().execute(async (tx) => {
      const { id } = service.fehd.issuer;
      await sql
        .raw(`set local role eproof_department; set local eproof.issuer = '${id}'; set local enable_seqscan = off`)
        .execute(tx);
      const { rows } = await sql<{ 'QUERY PLAN': string }>`explain select credential_id from search_terms
        where issuer_id = ${sql.lit(id)} and hash = any(array['\\x00'::bytea, '\\x01'::bytea])`.execute(tx);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).to.match(/search_terms_pkey[\s\S]*Index Cond: \(hash = ANY/);
  });

  it('finds nothing that was erased', async () => {
    const id = await issue(licence({ number: '22100061', en: 'Erased Limited' }));
    await finalise(service);
    expect(await search('Erased Limited')).to.deep.equal([id]);
    await post(`/v1/credentials/${id}/erase`, { confirm: 'erase' });
    expect(await search('Erased Limited')).to.deep.equal([]);
    expect(await search('22100061')).to.deep.equal([]);
    expect(await termsOf(id)).to.equal(0);
  });

  it('is in no line of the log', async () => {
    await search('Unheard Of Limited');
    expect(service.logged.join())
      .to.include('/v1/credentials')
      .and.not.match(/unheard/i);
  });

  it('takes no line that nobody could have written', async () => {
    for (const text of ['', 'x'.repeat(301), 'a\u0000b'])
      expect(
        (await call(service, `/v1/credentials?${new URLSearchParams({ text })}`, { key: service.fehd.apiKey })).status,
      ).to.equal(400);
  });

  describe('for what is older than such searches', () => {
    const settled = () => ({ ...service.deps, now: () => Date.now() + 600_001 });
    const forget = async () => {
      await service.db.deleteFrom('search_terms').execute();
      await service.db.deleteFrom('search_terms_filled').execute();
    };
    const fillAll = async () => {
      let times = 1;
      while (await fillSearchTerms(service.db, settled())) times++;
      return times;
    };
    const terms = () =>
      service.db.selectFrom('search_terms').selectAll().orderBy('hash').orderBy('credential_id').execute();

    it('finds it when a job has come by, which goes on where it was', async () => {
      const id = await issue(licence({ number: '22200001', en: 'Old Limited', 'zh-Hant': '舊有限公司' }));
      await send(Array.from({ length: 600 }, (_, i) => rowOf({ number: `2230${1000 + i}`, en: `Old ${i} Limited` })));
      const before = await terms();
      await forget();
      expect(await search('Old Limited')).to.deep.equal([]);
      expect(await fillSearchTerms(service.db, settled())).to.equal(true);
      const half = await terms();
      expect(half.length).to.be.greaterThan(0).and.lessThan(before.length);
      expect(await fillAll()).to.be.greaterThan(0);
      expect(await terms()).to.deep.equal(before);
      for (const text of ['limited OLD', '舊有限公司', '22200001'])
        expect(await search(text), text).to.deep.equal([id]);
    });

    it('gives nothing to what is erased, and keeps on at what cannot be read', async () => {
      const [erased, unreadable, good] = [
        await issue(licence({ number: '22200011', en: 'Gone Limited' })),
        await issue(licence({ number: '22200012', en: 'Broken Limited' })),
        await issue(licence({ number: '22200013', en: 'Good Limited' })),
      ];
      await finalise(service);
      await post(`/v1/credentials/${erased}/erase`, { confirm: 'erase' });
      await service.db
        .updateTable('credentials')
        .set({ payload: Buffer.alloc(40) })
        .where('id', '=', fromCredentialId(unreadable) as Buffer)
        .execute();
      await forget();
      await fillAll();
      expect([await termsOf(erased), await termsOf(unreadable)]).to.deep.equal([0, 0]);
      expect(await search('Good Limited')).to.deep.equal([good]);
    });

    it('leaves what was made a moment ago for later, and what has terms as it is', async () => {
      await fillAll();
      const id = await issue(licence({ number: '22200021', en: 'Late Limited' }));
      await service.db
        .deleteFrom('search_terms')
        .where('credential_id', '=', fromCredentialId(id) as Buffer)
        .execute();
      expect(await fillSearchTerms(service.db, service.deps)).to.equal(false);
      expect(await termsOf(id)).to.equal(0);
      const before = await terms();
      await Promise.all([fillSearchTerms(service.db, settled()), fillSearchTerms(service.db, settled())]);
      await fillAll();
      expect(await termsOf(id)).to.be.greaterThan(0);
      expect(await terms()).to.have.length(before.length + (await termsOf(id)));
    });
  });
});
