import { expect } from 'chai';
import { toBase64Url } from '../../../proof/bytes.ts';
import { discloseClaims } from '../../../proof/disclosure.ts';
import { encodeProof } from '../../../proof/proof.ts';
import { decodeDocument, decodeShownValue } from '../../../proof/verifiable-credential.ts';
import { claimsToShow } from '../../../server/requests/consents.ts';
import { forgetRequests } from '../../../server/requests/requests.ts';
import { runEproof } from '../../scripts/cli/running.ts';
import type { Browser } from '../auth/browser.ts';
import { type PeopleWorld, read, signIn, startPeople, write } from '../auth/people.ts';
import { finalise } from '../finalise.ts';
import { call, createRoleKey, newCredential } from '../http/service.ts';

const DAY_MS = 86_400_000;
const ASKED = ['holderName', 'classes'];

describe('what departments ask of holders', () => {
  let world: PeopleWorld;
  let holder: Browser;
  let other: Browser;
  let officer: string;
  let licence: string;
  let second: string;
  let nextSeed = 0;

  before(async () => {
    world = await startPeople();
    ({ browser: holder } = await signIn(world, { account: 'holder-1', as: 'holder' }));
    ({ browser: other } = await signIn(world, { account: 'holder-2', as: 'holder' }));
    officer = await createRoleKey(world.service.db, world.service.fehd.issuer, 'preparer');
    [licence, second] = [await issue({ subject: 'holder-1' }), await issue({ subject: 'holder-1' })];
    await finalise(world.service);
  });
  after(() => world.stop());

  async function issue(of: object): Promise<string> {
    const body = { ...newCredential('TD-DL', ++nextSeed), holder: of };
    const answer = await call(world.service, '/v1/credentials', { key: world.service.td.apiKey, body });
    expect(answer.status, answer.text).to.equal(202);
    return answer.json.id;
  }

  const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();
  const department = (path: string, body?: object, key = officer) =>
    call(world.service, `/v1/requests${path}`, { key, ...(body ? { body } : {}) });
  const ask = (more: object = {}) =>
    department('', {
      ...{
        holder: { subject: 'holder-1' },
        type: 'TD-DL',
        claims: ASKED,
        purpose: 'To check who drives the food truck.',
      },
      ...{ caseNumber: 'FT-77', answerBy: inDays(7), readUntil: inDays(30), ...more },
    });
  const asked = async (more: object = {}): Promise<string> => {
    const made = await ask(more);
    expect(made.status, made.text).to.equal(201);
    return made.json.id;
  };
  const own = (path: string, by = holder) => read(world, by, `/v1/holder/requests${path}`);
  const answer = (id: string, what: string, body: object = {}, by = holder) =>
    write(world, by, { path: `/v1/holder/requests/${id}/${what}`, body });
  const open = (id: string) => department(`/${id}/read`, {});

  /** As the holder's browser makes it. */
  async function proofOf(credential: string, names: readonly string[] = ASKED, by = holder): Promise<string> {
    const { text } = await read(world, by, `/v1/holder/credentials/${credential}/proof`);
    const { proof } = decodeShownValue(decodeDocument(text).proofValue);
    const type = world.service.deps.findType('TD-DL')!.definition;
    return toBase64Url(encodeProof(discloseClaims(proof, type, claimsToShow(type, names))));
  }
  const consented = async (more: object = {}) => {
    const id = await asked(more);
    const given = await answer(id, 'consent', { credential: licence, proof: await proofOf(licence) });
    expect(given.status, given.text).to.equal(200);
    return { id, given: given.json };
  };

  it('is seen by who is asked, with all that there is to say of it, and by nobody else', async () => {
    const id = await asked();
    const seen = (await own(`/${id}`)).json;
    expect(seen).to.deep.include({ state: 'open', claims: ASKED, purpose: 'To check who drives the food truck.' });
    expect(seen.department.code).to.equal('FEHD');
    expect(seen.documents).to.have.members([licence, second]);
    expect(seen, 'the department’s own number').not.to.have.any.keys('caseNumber', 'askedBy');
    expect((await own('')).json.items.map((one: { id: string }) => one.id)).to.include(id);
    expect((await own('', other)).json.items).to.deep.equal([]);
    for (const what of ['consent', 'refuse', 'withdraw']) {
      const body = what === 'consent' ? { credential: licence, proof: 'AAAA' } : {};
      expect((await answer(id, what, body, other)).json.code, what).to.equal('REQUEST_NOT_FOUND');
    }
    expect((await own(`/${id}`, other)).json.code).to.equal('REQUEST_NOT_FOUND');
    expect((await department(`/${id}`, undefined, world.service.td.apiKey)).json.code).to.equal('REQUEST_NOT_FOUND');
    expect((await open(id)).json.code).to.equal('REQUEST_NOT_READABLE');
  });

  it('tells the department nothing of whether there is such a holder, or such a document', async () => {
    const [known, unknown] = [await ask(), await ask({ holder: { subject: 'nobody' } })];
    const alike = ({ json }: typeof known) => ({ ...json, id: '', createdAt: '', answerBy: '', readUntil: '' });
    expect([unknown.status, alike(unknown)]).to.deep.equal([known.status, alike(known)]);
  });

  it('is asked by who may, of another department’s documents, by name, and for a time', async () => {
    const code = async (more: object) => (await ask(more)).json;
    expect((await code({ type: 'TD-X' })).code).to.equal('TYPE_UNKNOWN');
    for (const [more, pointer] of [
      [{ type: 'FEHD-GRL', claims: ['licenceNumber'] }, '#/type'],
      [{ claims: ['holderName', 'salary'] }, '#/claims/1'],
      [{ answerBy: inDays(-1) }, '#/answerBy'],
      [{ answerBy: inDays(91), readUntil: inDays(100) }, '#/answerBy'],
      [{ readUntil: inDays(6) }, '#/readUntil'],
      [{ readUntil: inDays(400) }, '#/readUntil'],
      [{ holder: {} }, '#/holder'],
      [{ claims: [] }, '#/claims'],
    ] as const) {
      const refused = await code(more);
      expect([refused.code, refused.errors?.[0]?.pointer], JSON.stringify(more)).to.deep.equal([
        'VALIDATION_FAILED',
        pointer,
      ]);
    }
    const reader = await createRoleKey(world.service.db, world.service.fehd.issuer, 'approver', 'auditor', 'admin');
    expect((await department('', undefined, reader)).json.code).to.equal('FORBIDDEN');
  });

  it('is answered with what was asked for and what the type always shows, and the department reads that', async () => {
    const { id, given } = await consented();
    expect(given).to.include({ state: 'consented', credential: licence, readings: 0 });
    const proof = await proofOf(licence);
    expect((await answer(id, 'consent', { credential: licence, proof })).json, 'once more').to.deep.equal(given);
    const another = { credential: second, proof: await proofOf(second) };
    expect((await answer(id, 'consent', another)).json.code).to.equal('REQUEST_CLOSED');
    expect((await answer(id, 'refuse')).json.code).to.equal('REQUEST_CLOSED');
    const first = await open(id);
    expect(first.status, first.text).to.equal(200);
    // without a chain nobody can say that it is genuine: the page's test has one
    expect(first.json.verdict.genuine).to.equal('could-not-be-checked');
    const codes = first.json.verdict.checks.map((check: { code: string; outcome: string }) => check.outcome);
    expect(codes).to.not.include('fail');
    expect(first.json.link).to.match(/^http:\/\/127\.0\.0\.1:3000\/#\d+$/);
    const seen = (await own(`/${id}`)).json;
    expect([seen.readings, seen.readAt.length]).to.deep.equal([1, 1]);
    const headers = { 'idempotency-key': 'again' };
    const again = () => call(world.service, `/v1/requests/${id}/read`, { key: officer, body: {}, headers });
    await again();
    expect((await again()).json, 'no kept answer has it').to.deep.equal({ id, verdict: {}, link: '' });
  });

  it('takes no proof but the one that was asked for', async () => {
    const id = await asked();
    const others = await issue({ subject: 'holder-2' });
    await finalise(world.service);
    const hostile: [string, string, string][] = [
      [licence, await proofOf(licence, ['holderName']), 'PROOF_NOT_AS_ASKED'],
      [licence, await proofOf(licence, [...ASKED, 'licenceKind']), 'PROOF_NOT_AS_ASKED'],
      [licence, await proofOf(second), 'PROOF_NOT_AS_ASKED'],
      [licence, 'AAAA', 'PROOF_NOT_AS_ASKED'],
      [others, await proofOf(others, ASKED, other), 'CREDENTIAL_NOT_FOUND'],
      ['crd_000000000000', 'AAAA', 'CREDENTIAL_NOT_FOUND'],
    ];
    for (const [credential, proof, code] of hostile)
      expect((await answer(id, 'consent', { credential, proof })).json.code).to.equal(code);
    const body = { ...newCredential('FEHD-GRL', 500), holder: { subject: 'holder-1' } };
    const issued = await call(world.service, '/v1/credentials', { key: world.service.fehd.apiKey, body });
    expect((await answer(id, 'consent', { credential: issued.json.id, proof: 'AAAA' })).json.code).to.equal(
      'NOT_FINAL',
    );
    expect((await own(`/${id}`)).json.state).to.equal('open');
  });

  it('is refused, and then answered no more', async () => {
    const id = await asked();
    expect((await answer(id, 'withdraw')).json.code).to.equal('REQUEST_CLOSED');
    for (const _ of ['once', 'again']) expect((await answer(id, 'refuse')).json.state).to.equal('refused');
    expect((await answer(id, 'consent', { credential: licence, proof: await proofOf(licence) })).json.code).to.equal(
      'REQUEST_CLOSED',
    );
    expect((await department(`/${id}`)).json).to.include({ state: 'refused', caseNumber: 'FT-77' });
    expect((await open(id)).json.code).to.equal('REQUEST_NOT_READABLE');
  });

  const rowOf = (id: string) =>
    world.service.db
      .selectFrom('consent_requests')
      .selectAll()
      .where('seq', '=', Number(id.slice(4)))
      .executeTakeFirstOrThrow();

  it('is read no more when its holder takes the consent back, and nothing of it stays', async () => {
    const { id } = await consented();
    expect((await answer(id, 'withdraw')).json.state).to.equal('withdrawn');
    expect((await answer(id, 'withdraw')).json.state).to.equal('withdrawn');
    expect((await open(id)).json.code).to.equal('REQUEST_NOT_READABLE');
    expect((await rowOf(id)).proof).to.equal(null);
  });

  it('is read until the agreed time, and is gone then', async () => {
    const { id } = await consented();
    const { db } = world.service;
    const past = { answer_by: new Date(Date.now() - 2_000), read_until: new Date(Date.now() - 1_000) };
    await db
      .updateTable('consent_requests')
      .set(past)
      .where('seq', '=', (await rowOf(id)).seq)
      .execute();
    expect((await open(id)).json.code).to.equal('REQUEST_NOT_READABLE');
    expect((await department(`/${id}`)).json.state).to.equal('over');
    await forgetRequests(db, new Date());
    expect((await rowOf(id)).proof).to.equal(null);
    await forgetRequests(db, new Date(Date.now() + 367 * DAY_MS));
    expect((await own(`/${id}`)).json.code).to.equal('REQUEST_NOT_FOUND');
  });

  it('is over when the document is erased, or the department needs it no longer', async () => {
    const doomed = await issue({ subject: 'holder-1' });
    await finalise(world.service);
    const id = await asked();
    await answer(id, 'consent', { credential: doomed, proof: await proofOf(doomed) });
    expect((await open(id)).status).to.equal(200);
    const erase = { key: world.service.td.apiKey, body: { confirm: 'erase' } };
    expect((await call(world.service, `/v1/credentials/${doomed}/erase`, erase)).status).to.equal(200);
    expect((await open(id)).json.code).to.equal('REQUEST_NOT_READABLE');
    const other = await consented();
    expect((await department(`/${other.id}/end`, {})).json.state).to.equal('ended');
    expect((await open(other.id)).json.code).to.equal('REQUEST_NOT_READABLE');
    expect((await own(`/${other.id}`)).json.state).to.equal('ended');
    const late = await asked();
    await department(`/${late}/end`, {});
    expect((await answer(late, 'refuse')).json.code).to.equal('REQUEST_CLOSED');
  });

  it('is asked and read from the command line too', async () => {
    const env = { EPROOF_URL: world.service.url, EPROOF_API_KEY: officer };
    const run = (...args: string[]) => runEproof(['request', ...args], { cwd: import.meta.dirname, env });
    const [claims, times] = [
      ['--claim', 'holderName', '--claim', 'classes'],
      ['--answer-by', inDays(7), '--read-until', inDays(30)],
    ];
    const ways = ['--type', 'TD-DL', ...claims, '--purpose', 'To check.', '--case', 'CLI-1', ...times];
    const made = await run('ask', '--subject', 'holder-1', ...ways, '--json');
    expect(made.code, made.stderr).to.equal(0);
    const { id } = JSON.parse(made.stdout);
    expect((await run('read', id)).stderr).to.include('REQUEST_NOT_READABLE');
    await answer(id, 'consent', { credential: licence, proof: await proofOf(licence) });
    const told = await run('read', id);
    expect([told.code, JSON.parse(told.stdout).verdict.genuine], told.stderr).to.deep.equal([
      3,
      'could-not-be-checked',
    ]);
    expect((await run('list')).stdout).to.include(`${id}  consented  TD-DL  CLI-1`);
    expect((await run('end', id)).stdout)
      .to.include(`${id}  ended`)
      .and.to.include('To check.');
    expect((await run('ask', ...ways)).code).to.equal(64);
    expect((await run('list', '--case', 'x')).stderr).to.include('"--case" is not for "list"');
  });

  it('is answered for a company by who acts for it', async () => {
    const { browser } = await signIn(world, { account: 'works-delegate', as: 'holder' });
    const [{ id: company }] = (await read(world, browser, '/v1/holder/companies')).json.items;
    const id = await asked({ holder: { company: '74000001' } });
    expect((await read(world, browser, `/v1/holder/requests/${id}`)).json.code).to.equal('REQUEST_NOT_FOUND');
    expect((await read(world, browser, `/v1/holder/requests/${id}?company=${company}`)).json.state).to.equal('open');
    const path = `/v1/holder/requests/${id}/refuse?company=${company}`;
    expect((await write(world, browser, { path })).json.state).to.equal('refused');
    const { browser: admin } = await signIn(world, { account: 'works-admin', as: 'holder' });
    const { items } = (await read(world, admin, `/v1/holder/company-acts?company=${company}`)).json;
    expect(items[0]).to.include({ act: 'request.refuse', object: id, name: 'Cheung Wai Lok' });
  });

  it('stands in the department’s log, and neither claims nor purposes do', async () => {
    const records = await world.service.db
      .selectFrom('audit_records')
      .selectAll()
      .where('issuer_id', '=', world.service.fehd.issuer.id)
      .execute();
    expect(records.map(({ act }) => act)).to.include.members(['request.make', 'request.read', 'request.end']);
    const { claims } = newCredential('TD-DL', 1) as unknown as { claims: { holderName: { en: string } | string } };
    const name = typeof claims.holderName === 'string' ? claims.holderName : claims.holderName.en;
    const everything = JSON.stringify([
      records,
      await world.service.db.selectFrom('idempotency_keys').selectAll().execute(),
    ]);
    expect(everything).to.not.include(name).and.to.not.include('food truck');
    const requests = await world.service.db.selectFrom('consent_requests').selectAll().execute();
    for (const row of requests) expect(Buffer.from(row.sealed).toString('latin1')).not.to.include('food truck');
  });

  it('waits for at most twenty answers of one holder', async () => {
    const codes: string[] = [];
    for (let count = 0; count < 21; count++)
      codes.push((await ask({ holder: { subject: 'busy' } })).json.code ?? 'made');
    expect(codes.filter((code) => code === 'made')).to.have.length(20);
    expect(codes.at(-1)).to.equal('REQUEST_LIMIT');
  });
});
