import { expect } from 'chai';
import type { KyselyPlugin } from 'kysely';
import { loadCatalogue } from '../../../catalogue/catalogue.ts';
import { createClient } from '../../../client/client.ts';
import { toHex } from '../../../proof/bytes.ts';
import { decodeClaims } from '../../../proof/claims.ts';
import { decodeProof, type Proof, rootOf } from '../../../proof/proof.ts';
import { decodeQrText } from '../../../proof/qr-text.ts';
import { toReference } from '../../../proof/reference.ts';
import { linkRecords } from '../../../server/audit/link.ts';
import { createApiKey } from '../../../server/auth/api-key.ts';
import { fromReference } from '../../../server/issuance/credential-id.ts';
import type { IssuanceDeps } from '../../../server/issuance/use-cases.ts';
import { countAttempt, forgetAttempts, giveBackAttempt } from '../../../server/look-ups/attempts.ts';
import { createDecoys } from '../../../server/look-ups/decoy.ts';
import { lookUpFacts } from '../../../server/look-ups/facts.ts';
import { finalise } from '../finalise.ts';
import { call, type Department, newCredential, startService, type TestService } from './service.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const PATIENT = { en: 'CHAN, Tai-man Canary', 'zh-Hant': '陳大文' };
const FACTS = { patientName: 'chan tai man canary', leaveFrom: '2026-03-02' };
const NOBODYS = toReference(Uint8Array.from([0, 0, 0, 0, 0, 7]));

interface Issued {
  id: string;
  reference: string;
}

describe('look-ups', () => {
  let service: TestService;
  let ha: Department;
  let clock = Date.now();
  let licence: Issued;
  let driving: Issued;
  let consent: Issued;
  const sick: Issued[] = [];
  let erased: Issued;
  let waiting: Issued;
  let inspector: string;

  before(async () => {
    service = await startService();
    service.deps.now = () => clock;
    ha = await service.admit('HA', 3);
    const csb = await service.admit('CSB', 4);
    licence = await issue(service.fehd, newCredential());
    driving = await issue(service.td, newCredential('TD-DL'));
    consent = await issue(csb, newCredential('CSB-CRE'));
    for (let seed = 0; seed < 8; seed++) sick.push(await issue(ha, certificate(seed)));
    erased = await issue(ha, certificate(8));
    await finalise(service);
    const erase = { key: ha.apiKey, body: { confirm: 'erase' } };
    expect((await call(service, `/v1/credentials/${erased.id}/erase`, erase)).status).to.equal(200);
    waiting = await issue(ha, certificate(9));
    inspector = await createApiKey(service.db, {
      issuer: service.fehd.issuer,
      name: 'inspector',
      isTest: true,
      scopes: ['restricted.look-up'],
    });
  });
  after(() => service.stop());

  async function issue({ apiKey }: Department, body: object): Promise<Issued> {
    const { status, json } = await call(service, '/v1/credentials', { key: apiKey, body });
    expect(status).to.equal(202);
    return json;
  }

  function certificate(seed: number) {
    const body = newCredential('HA-MC', seed);
    const days = { leaveFrom: '2026-03-02', leaveTo: '2026-03-04' };
    return { ...body, claims: { ...body.claims, patientName: PATIENT, ...days } };
  }

  const ask = (kind: string, body: object, key: string | null = null) =>
    call(service, `/v1/look-ups/${kind}`, { key, body });
  const askFacts = (reference: string, facts: object = FACTS) => ask('facts', { type: 'HA-MC', reference, facts });
  const proofOf = ({ qrText }: { qrText: string }): Proof => decodeProof(decodeQrText(qrText, [service.deps.verifier]));
  const first = () => sick[0] as Issued;

  async function expectSealed(proof: Proof): Promise<void> {
    const batches = await service.db.selectFrom('batches').select('root').execute();
    expect(batches.map(({ root }) => toHex(root))).to.include(toHex(rootOf(proof)));
  }

  function claimsOf(code: string, { shown, rest }: Proof) {
    const type = service.deps.findType(code);
    return decodeClaims(type!.definition, shown, rest);
  }

  async function auditOf({ apiKey }: Department, query: string) {
    await linkRecords(service.db);
    return (await call(service, `/v1/audit?${query}`, { key: apiKey })).json.items;
  }

  describe('by reference', () => {
    it('give what the QR code beside it holds, however it is typed', async () => {
      const typed = licence.reference.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o');
      const { status, json, headers } = await ask('reference', { reference: typed });
      expect([status, headers.get('cache-control')]).to.deep.equal([200, 'no-store']);
      const path = `/v1/credentials/${licence.id}/qr.txt`;
      expect(json.qrText).to.equal((await call(service, path, { key: service.fehd.apiKey })).text);
      await expectSealed(proofOf(json));
    });

    it('show no claim of a type that is not public, as its QR code shows none', async () => {
      for (const { reference } of [driving, consent]) {
        const proof = proofOf((await ask('reference', { reference })).json);
        expect([proof.shown.kind, proof.rest.kind]).to.deep.equal(['hidden', 'hidden']);
        await expectSealed(proof);
      }
    });

    it('name a wrong character before anything is looked for', async () => {
      const wrong = `${licence.reference.slice(0, -1)}${licence.reference.endsWith('0') ? '1' : '0'}`;
      const { status, json } = await ask('reference', { reference: wrong });
      expect([status, json.code]).to.deep.equal([422, 'VALIDATION_FAILED']);
      expect(json.errors).to.deep.equal([
        {
          pointer: '#/reference',
          code: 'FIELD_INVALID',
          detail: '"reference" has a wrong character: compare it with the paper',
        },
      ]);
    });

    it('answer in the same bytes for what is unknown, not final, erased, or shown for facts only', async () => {
      const answers: object[] = [];
      for (const { reference } of [{ reference: NOBODYS }, waiting, erased, first()])
        answers.push(told(await ask('reference', { reference })));
      expect(answers[0]).to.include({ status: 404 });
      for (const answer of answers) expect(answer).to.deep.equal(answers[0]);
    });
  });

  describe('by facts', () => {
    it('say which facts of which types', async () => {
      const { json } = await call(service, '/v1/look-ups/facts');
      expect(json.items).to.have.length(1);
      const [{ type, title, department, facts }] = json.items;
      expect([type, title['zh-Hans'], department.code]).to.deep.equal(['HA-MC', '电子医生证明书（病假纸）', 'HA']);
      expect(facts.map(({ name, kind, last }: Record<string, unknown>) => [name, kind, last])).to.deep.equal([
        ['patientName', 'text', null],
        ['leaveFrom', 'date', null],
      ]);
      expect(facts[0].label.en).to.equal('Name of patient');
    });

    it('show the shown claims to whoever knows them, and the rest to nobody', async () => {
      for (const facts of [
        FACTS,
        { ...FACTS, patientName: '陳大文' },
        { ...FACTS, patientName: 'ＣＨＡＮ Tai-Man, canary' },
      ]) {
        const { status, json } = await askFacts(first().reference, facts);
        expect(status).to.equal(200);
        const proof = proofOf(json);
        expect(claimsOf('HA-MC', proof)).to.deep.include({ patientName: PATIENT, leaveTo: '2026-03-04' });
        expect([proof.shown.kind, proof.rest.kind]).to.deep.equal(['full', 'hidden']);
        await expectSealed(proof);
      }
    });

    it('tell the audit log of the department what was shown, and of nobody by whom', async () => {
      const [record] = await auditOf(ha, `act=credential.show&object=${first().id}`);
      expect(record).to.deep.include({ actor: 'public', allowed: true, after: { by: 'facts' } });
    });

    const wrong: Record<string, () => [string, object]> = {
      'a wrong first fact': () => [sick[1]!.reference, { ...FACTS, patientName: 'Wong Siu Ming' }],
      'a wrong last fact': () => [sick[1]!.reference, { ...FACTS, leaveFrom: '2026-03-03' }],
      'two wrong facts': () => [sick[1]!.reference, { patientName: 'x', leaveFrom: 'y' }],
      'the beginning of a fact': () => [sick[1]!.reference, { ...FACTS, patientName: 'chan tai man' }],
      'an unknown reference': () => [NOBODYS, FACTS],
      'a credential that is not final': () => [waiting.reference, FACTS],
      'a credential that was erased': () => [erased.reference, FACTS],
      'a credential of another type': () => [licence.reference, FACTS],
    };

    it('answer in the same bytes whatever is wrong', async () => {
      const answers = new Map<string, object>();
      for (const [what, question] of Object.entries(wrong)) answers.set(what, told(await askFacts(...question())));
      const [one] = answers.values();
      expect(one).to.include({ status: 404 });
      for (const [what, answer] of answers) expect(answer, what).to.deep.equal(one);
    });

    it('do the same work whatever is wrong, also for one that is locked', async () => {
      await service.db.deleteFrom('look_up_attempts').execute();
      const locked = sick[2]!.reference;
      for (let times = 0; times < 5; times++) await askFacts(locked, { ...FACTS, leaveFrom: '2026-01-01' });
      const cases = { ...wrong, 'a locked reference': (): [string, object] => [locked, FACTS] };
      const work = new Map<string, object>();
      for (const [what, question] of Object.entries(cases)) work.set(what, await workOf(...question()));
      const [one] = work.values();
      expect(one).to.include({ keysOpened: 1, decrypted: 1, code: 'LOOK_UP_NO_MATCH' });
      for (const [what, done] of work) expect(done, what).to.deep.equal(one);
    });

    /** What of it takes time: statements, and what is decrypted. */
    async function workOf(reference: string, facts: object): Promise<object> {
      const statements: string[] = [];
      const counting: KyselyPlugin = {
        transformQuery({ node }) {
          statements.push(node.kind);
          return node;
        },
        transformResult: async ({ result }) => result,
      };
      const done = { statements, keysOpened: 0, decrypted: 0, code: 'none' };
      const cipher: IssuanceDeps['cipher'] = {
        ...service.deps.cipher,
        openDataKey(wrapped) {
          done.keysOpened++;
          const key = service.deps.cipher.openDataKey(wrapped);
          const decrypt: typeof key.decrypt = (...given) => {
            done.decrypted++;
            return key.decrypt(...given);
          };
          return { ...key, decrypt };
        },
      };
      const deps = { ...service.deps, cipher };
      const decoys = createDecoys(loadCatalogue(), service.deps);
      const question = { type: 'HA-MC', id: fromReference(reference)!, facts: { ...facts }, origin };
      await lookUpFacts(service.db.withPlugin(counting), { deps, decoys }, question).catch(({ code }) => {
        done.code = code;
      });
      return done;
    }
    const origin = { requestId: null, address: null };

    it('lock a reference after five attempts, without a word, and for all addresses alike', async () => {
      const { reference } = sick[3]!;
      for (let times = 0; times < 5; times++) await askFacts(reference, { ...FACTS, leaveFrom: '2026-01-01' });
      const nobodys = told(await askFacts(NOBODYS));
      expect(told(await askFacts(reference))).to.deep.equal(nobodys);
      clock += 14 * MINUTE_MS;
      expect(told(await askFacts(reference))).to.deep.equal(nobodys);
      clock += 2 * MINUTE_MS;
      expect((await askFacts(reference)).status).to.equal(200);
      expect((await askFacts(reference)).status, 'who is right counts for nothing').to.equal(200);
      await askFacts(reference, { ...FACTS, leaveFrom: '2026-01-01' });
      clock += 29 * MINUTE_MS;
      expect(told(await askFacts(reference)), 'and waits twice as long').to.deep.equal(nobodys);
      clock += 2 * MINUTE_MS;
      expect((await askFacts(reference)).status).to.equal(200);
    });

    it('judge five of many that guess at the same moment', async () => {
      const { reference } = sick[4]!;
      const tries = Array.from({ length: 40 }, (_, i) =>
        askFacts(reference, i < 20 ? { ...FACTS, leaveFrom: 'x' } : FACTS),
      );
      const statuses = (await Promise.all(tries)).map(({ status }) => status);
      const { attempts } = await service.db
        .selectFrom('look_up_attempts')
        .select('attempts')
        .where('reference', '=', Buffer.from(service.deps.cipher.fingerprint(fromReference(reference)!, 'look-up')))
        .executeTakeFirstOrThrow();
      expect(attempts).to.be.at.most(5);
      expect(statuses.filter((status) => status === 404).length).to.be.at.least(5);
    });

    it('name what a type does not ask, lacks, or cannot be said', async () => {
      const codesOf = async (body: object) =>
        (await ask('facts', body)).json.errors.map(({ pointer, code }: Record<string, string>) => `${pointer} ${code}`);
      const { reference } = first();
      expect(await codesOf({ type: 'FEHD-GRL', reference, facts: FACTS })).to.deep.equal(['#/type FIELD_INVALID']);
      expect(await codesOf({ type: 'HA-MC', reference, facts: { doctor: 'x', leaveFrom: '--' } })).to.deep.equal([
        '#/facts/doctor FIELD_UNKNOWN',
        '#/facts/patientName FIELD_MISSING',
        '#/facts/leaveFrom FIELD_INVALID',
      ]);
      const facts = { ...FACTS, patientName: { en: 'x' } };
      expect(await codesOf({ type: 'HA-MC', reference, facts })).to.deep.equal(['#/facts/patientName FIELD_INVALID']);
    });

    it('keep of whom nobody asks no reference, and nothing of what is typed', async () => {
      const rows = JSON.stringify(await service.db.selectFrom('look_up_attempts').selectAll().execute());
      for (const { reference } of sick) expect(rows).to.not.include(fromReference(reference)!.toString('hex'));
      const denied = await service.db.selectFrom('audit_records').selectAll().where('allowed', '=', false).execute();
      expect(denied.map(({ act, object }) => [act, object])).to.deep.include(['request.lookUpFacts', null]);
      const log = service.logged.join('') + JSON.stringify(denied);
      expect(log).to.include('"route":"/v1/look-ups/facts"');
      for (const secret of ['anary', '陳大文', first().reference, first().id, licence.reference])
        expect(log).to.not.include(secret);
    });
  });

  describe('of restricted types', () => {
    const question = (one: Issued) => ({ reference: one.reference, purpose: 'enforcement', caseNumber: 'RN 12345/26' });

    it('show an officer of another department everything, once, and tell both audit logs why', async () => {
      const exchange = { key: inspector, body: question(driving), headers: { 'idempotency-key': 'restricted-1' } };
      const { status, json, headers } = await call(service, '/v1/look-ups/restricted', exchange);
      expect([status, json.id]).to.deep.equal([200, driving.id]);
      const own = await call(service, `/v1/credentials/${driving.id}/proof`, { key: service.td.apiKey });
      expect(json.credential).to.deep.equal(own.json);
      const again = await call(service, '/v1/look-ups/restricted', exchange);
      const { link } = json;
      expect(json.verdict.credential.claims.dlNumber).to.be.a('string');
      expect(again.json).to.deep.equal({ id: driving.id, credential: null, verdict: {}, link });
      expect((await ask('reference', { reference: driving.reference })).json.qrText).to.equal(link);
      const [theirs] = await auditOf(service.td, 'act=credential.look-up');
      const told = { purpose: 'enforcement', caseNumber: 'RN 12345/26' };
      expect(theirs).to.deep.include({ object: driving.id, after: { ...told, by: 'FEHD' } });
      expect(theirs.actor).to.match(/^FEHD\/key:\d+$/);
      const seen = await call(service, headers.get('location') as string, { key: service.fehd.apiKey });
      expect(seen.json.items[0]).to.deep.include({ object: driving.id, after: { ...told, issuer: 'TD' } });
      expect(seen.json.items[0].requestId).to.equal(theirs.requestId);
    });

    it('tell one log once where the department is the same', async () => {
      const before = (await auditOf(service.td, 'act=credential.look-up')).length;
      expect((await ask('restricted', question(driving), service.td.apiKey)).status).to.equal(200);
      expect(await auditOf(service.td, 'act=credential.look-up')).to.have.length(before + 1);
    });

    it('are for those who may, and for nothing else than such types', async () => {
      const without = await createApiKey(service.db, {
        issuer: service.td.issuer,
        name: 'reader',
        isTest: true,
        scopes: ['credentials.read'],
      });
      expect((await ask('restricted', question(driving), without)).json.code).to.equal('FORBIDDEN');
      expect((await ask('restricted', question(driving))).json.code).to.equal('API_KEY_MISSING');
      for (const one of [licence, first(), consent, waiting, { id: '', reference: NOBODYS }])
        expect((await ask('restricted', question(one), inspector)).json.code).to.equal('LOOK_UP_NO_MATCH');
    });

    it('want a purpose, and the number of a case that names nobody', async () => {
      const asked = { ...question(driving), purpose: 'curiosity', caseNumber: '陳大文' };
      const { json } = await ask('restricted', asked, inspector);
      expect(json.errors.map(({ pointer }: { pointer: string }) => pointer)).to.deep.equal([
        '#/purpose',
        '#/caseNumber',
      ]);
    });
  });

  it('are asked by the client without a key', async () => {
    const client = createClient({ url: service.url, credentials: 'none' });
    const { qrText } = await client.call('lookUpReference', { body: { reference: licence.reference } });
    await expectSealed(proofOf({ qrText }));
    expect((await client.call('listFactTypes')).items[0]?.type).to.equal('HA-MC');
  });
});

/** All that an answer tells but its id (and a hash over it), its time and how many requests are left. */
function told({ status, text, headers }: Awaited<ReturnType<typeof call>>): object {
  const rest = [...headers].filter(
    ([name]) => !['x-request-id', 'etag', 'date', 'ratelimit', 'ratelimit-policy'].includes(name),
  );
  const id = headers.get('x-request-id') as string;
  return { status, text: text.replaceAll(id, ''), headers: JSON.stringify(rest) };
}

describe('attempts for one reference', () => {
  let service: TestService;
  const reference = Buffer.alloc(16, 7);
  const start = new Date('2026-03-02T00:00:00Z');
  const later = (ms: number) => new Date(start.getTime() + ms);

  before(async () => {
    service = await startService();
  });
  after(() => service.stop());
  beforeEach(() => service.db.deleteFrom('look_up_attempts').execute());

  const attempt = (ms: number) => countAttempt(service.db, reference, later(ms));

  it('are five, then one after a pause that doubles up to a day', async () => {
    for (let times = 0; times < 5; times++) expect(await attempt(0)).to.equal(true);
    let at = 0;
    for (const minutes of [15, 30, 60, 120, 240, 480, 960, 1440, 1440, 1440]) {
      expect(await attempt(at + minutes * MINUTE_MS - 1)).to.equal(false);
      at += minutes * MINUTE_MS;
      expect(await attempt(at), `after ${minutes} minutes`).to.equal(true);
    }
  });

  it('count for nothing where they were right, and take away nothing of the others', async () => {
    for (let times = 0; times < 4; times++) await attempt(0);
    for (let times = 0; times < 3; times++) {
      expect(await attempt(0)).to.equal(true);
      await giveBackAttempt(service.db, reference, later(0));
    }
    expect(await attempt(0)).to.equal(true);
    expect(await attempt(0)).to.equal(false);
  });

  it('are forgotten a week after the last pause has ended', async () => {
    for (let times = 0; times < 5; times++) await attempt(0);
    const open = 15 * MINUTE_MS;
    await forgetAttempts(service.db, later(open + 7 * DAY_MS));
    expect(await service.db.selectFrom('look_up_attempts').selectAll().execute()).to.have.length(1);
    expect(await attempt(open + 7 * DAY_MS + 1)).to.equal(true);
    expect(await attempt(open + 7 * DAY_MS + 1), 'as if they had not been').to.equal(true);
    await forgetAttempts(service.db, later(open + 15 * DAY_MS));
    expect(await service.db.selectFrom('look_up_attempts').selectAll().execute()).to.have.length(0);
  });
});
