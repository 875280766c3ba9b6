import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { z } from 'zod';
import { loadCatalogue } from '../../../catalogue/catalogue.ts';
import { toBase64Url } from '../../../proof/bytes.ts';
import { decodeDate, toDate, toHongKongDay } from '../../../proof/day.ts';
import { discloseClaims } from '../../../proof/disclosure.ts';
import { compressHolderKey, normalizeHolderSignature } from '../../../proof/holder-key.ts';
import {
  decodeShown,
  encodePresentation,
  judgePresentation,
  presentationMessage,
} from '../../../proof/presentation.ts';
import { decodeTrust } from '../../../proof/trust.ts';
import { decodeShownValue } from '../../../proof/verifiable-credential.ts';
import { type Sources, verifyJson, verifyProof, verifyQrText } from '../../../proof/verification.ts';
import { readPresented } from '../../../scripts/cli/evidence-file.ts';
import { postWithFetch } from '../../../server/chain/rpc.ts';
import { credential, credentialDetail, statusChange } from '../../../server/http/credential-schema.ts';
import { eventually } from '../harness.ts';
import { readMail } from '../mail/mail-server.ts';
import { type RealService, startRealService, untilFinal } from './real-service.ts';
import { call, type Exchange, newCredential } from './service.ts';

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' };

describe('the life of a credential over HTTP', () => {
  let service: RealService;
  let fehd: string;
  let sources: Sources;
  let mailFolder: string;

  before(async () => {
    mailFolder = mkdtempSync(join(tmpdir(), 'eproof-mail-'));
    service = await startRealService({ mailFolder });
    fehd = service.apiKeys.FEHD;
    sources = {
      trust: decodeTrust((await call(service.current, '/trust.json')).text),
      loadFile: async (path) => (await call(service.current, `/${path}`)).bytes,
      post: postWithFetch,
      now: () => Date.now() / 1000,
    };
  });
  after(async () => {
    await service.close();
    rmSync(mailFolder, { recursive: true, force: true });
  });

  const ask = (path: string, exchange: Exchange = {}) => call(service.current, path, { key: fehd, ...exchange });
  /** An answer of exactly the shape that the API's description promises. */
  const expectShape = <S extends z.ZodType>(schema: S, json: unknown) =>
    expect(schema.safeParse(json).error?.issues).to.equal(undefined);
  const issueFinal = async (code = 'FEHD-GRL', seed = 0) => {
    const { json } = await ask('/v1/credentials', { body: newCredential(code, seed) });
    return untilFinal(service, fehd, json.id);
  };

  const untilMailed = (id: string) =>
    eventually('the mail is sent', async () => {
      const { json } = await ask(`/v1/credentials/${id}`);
      return json.mail?.state === 'sent' && json;
    });

  it('accepts it at once, and says where to follow it', async () => {
    const answer = await ask('/v1/credentials', { body: newCredential() });
    expect(answer.status).to.equal(202);
    expect(answer.headers.get('location')).to.equal(`/v1/credentials/${answer.json.id}`);
    expect(answer.json).to.include({ state: 'issued', status: 'in-force', type: 'FEHD-GRL' });
    expectShape(credential, answer.json);
    expect(answer.json).to.not.have.property('claims');
  });

  it('gives back what was sent', async () => {
    const body = { ...newCredential('FEHD-GRL', 5), holder: { email: 'licensee@example.hk', language: 'zh-Hant' } };
    const { json } = await ask('/v1/credentials', { body });
    const answer = await ask(`/v1/credentials/${json.id}`);
    expectShape(credentialDetail, answer.json);
    expect(answer.json.claims).to.deep.equal(body.claims);
    expect(answer.json.holder).to.deep.equal(body.holder);
    expect(answer.headers.get('cache-control')).to.equal('no-store');
  });

  it('delivers documents that verify, when it is final', async () => {
    const { id, reference, links } = await issueFinal('FEHD-GRL', 1);
    const [pdf, png, svg, text, proof] = await Promise.all(
      [links.pdf, links.qrPng, links.qrSvg, links.qrText, links.proof].map((link: string) => ask(link)),
    );
    expect([pdf, png, svg, text, proof].map((answer) => answer?.headers.get('content-type'))).to.deep.equal([
      'application/pdf',
      'image/png',
      'image/svg+xml',
      'text/plain; charset=utf-8',
      'application/vc; charset=utf-8',
    ]);
    expect(pdf?.text.slice(0, 5)).to.equal('%PDF-');
    expect(pdf?.headers.get('content-disposition')).to.equal(`inline; filename="${reference}.pdf"`);
    expect(png?.bytes.slice(1, 4)).to.deep.equal(new TextEncoder().encode('PNG'));
    expect(svg?.text).to.match(/^<svg /);
    expect(text?.text.startsWith(`${service.current.verifier}#`)).to.equal(true);
    for (const verdict of [await verifyQrText(text?.text ?? '', sources), await verifyJson(proof?.text ?? '', sources)])
      expect([verdict.genuine, verdict.standing?.code], id).to.deep.equal(['genuine', 'in-force']);
  });

  it('revokes it on the chain, with its reason', async () => {
    const { id, links } = await issueFinal('FEHD-GRL', 2);
    const { text } = await ask(links.qrText);
    const answer = await ask(`/v1/credentials/${id}/revoke`, { body: { reason: 'ceased', note: 'closed down' } });
    expect(answer.status).to.equal(202);
    expectShape(statusChange, answer.json);
    expect(answer.json).to.include({ credential: id, act: 'revoke', reason: 'ceased', state: 'recorded' });
    expect((await untilFinal(service, fehd, id)).status).to.equal('revoked');
    const verdict = await verifyQrText(text, sources);
    expect([verdict.genuine, verdict.standing?.code]).to.deep.equal(['genuine', 'revoked']);
  });

  it('suspends and reinstates it', async () => {
    const { id, links } = await issueFinal('FEHD-GRL', 3);
    const { text } = await ask(links.qrText);
    const standings = [];
    for (const act of ['suspend', 'reinstate']) {
      await ask(`/v1/credentials/${id}/${act}`, { body: { reason: 'conditions-breached' } });
      await untilFinal(service, fehd, id);
      standings.push((await verifyQrText(text, sources)).standing?.code);
    }
    expect(standings).to.deep.equal(['suspended', 'in-force']);
  });

  it('suspends it to the end of a day', async () => {
    const { id, links } = await issueFinal('FEHD-GRL', 7);
    const { text } = await ask(links.qrText);
    const until = toDate(toHongKongDay(Date.now() / 1000) + 5);
    const answer = await ask(`/v1/credentials/${id}/suspend`, { body: { reason: 'conditions-breached', until } });
    expectShape(statusChange, answer.json);
    expect(answer.json.until).to.equal(until);
    const settled = await untilFinal(service, fehd, id);
    expect(settled.status).to.equal('suspended');
    expect(settled.suspension.until).to.equal(until);
    expect((await verifyQrText(text, sources)).standing).to.include({ code: 'suspended', until: decodeDate(until) });
  });

  it('suspends many at once in one transaction, when the preview is confirmed', async () => {
    const bodies = [60, 61, 62].map((seed) => newCredential('FEHD-GRL', seed));
    const issued = await Promise.all(bodies.map((body) => ask('/v1/credentials', { body })));
    const all = await Promise.all(issued.map(({ json }) => untilFinal(service, fehd, json.id)));
    const asked = { act: 'suspend', reason: 'conditions-breached', ids: all.map(({ id }) => id) };
    const { json } = await ask('/v1/status-changes', { body: asked });
    expect(json.counts.ready).to.equal(3);
    await ask(`/v1/status-changes/${json.id}/confirm`, { body: {} });
    for (const { id, links } of all) {
      expect((await untilFinal(service, fehd, id)).status).to.equal('suspended');
      const { text } = await ask(links.qrText);
      expect((await verifyQrText(text, sources)).standing?.code).to.equal('suspended');
    }
    expect((await ask(`/v1/status-changes/${json.id}`)).json.progress.final).to.equal(3);
    const batches = new Set(all.map(({ batch }) => batch.id)).size;
    const carried = await service.world.db
      .selectFrom('status_changes')
      .select('transaction_seq')
      .distinct()
      .where('operation_seq', '=', Number(json.id.slice(4)))
      .execute();
    expect(carried).to.have.length(batches);
  });

  it('replaces it by another, and each names the other', async () => {
    const old = await issueFinal('FEHD-GRL', 4);
    const { text } = await ask(old.links.qrText);
    const answer = await ask(`/v1/credentials/${old.id}/replace`, { body: newCredential('FEHD-GRL', 40) });
    expect(answer.status).to.equal(202);
    expect(answer.headers.get('location')).to.equal(`/v1/credentials/${answer.json.id}`);
    const replacement = await untilFinal(service, fehd, answer.json.id);
    expect(replacement.replaces).to.equal(old.id);
    for (let attempt = 0; attempt < 200; attempt++) {
      if ((await ask(`/v1/credentials/${old.id}`)).json.status === 'superseded') break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect((await ask(`/v1/credentials/${old.id}`)).json).to.include({
      status: 'superseded',
      supersededBy: replacement.id,
    });
    expect((await verifyQrText(text, sources)).standing?.code).to.equal('superseded');
  });

  it('binds a copy to the key that its holder enrols, who then presents what they choose of it', async () => {
    const pair = await crypto.subtle.generateKey(CURVE, false, ['sign', 'verify']);
    const holderKey = compressHolderKey(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));
    const old = await issueFinal('FEHD-GRL', 6);
    expect(old.bound).to.equal(false);
    const body = { ...newCredential('FEHD-GRL', 6), holderKey: toBase64Url(holderKey) };
    const answer = await ask(`/v1/credentials/${old.id}/replace`, { body });
    const { bound, links } = await untilFinal(service, fehd, answer.json.id);
    expect(bound).to.equal(true);
    const full = decodeShownValue(JSON.parse((await ask(links.proof)).text).proof.proofValue).proof;
    const { definition } = loadCatalogue().types.find(({ code }) => code === 'FEHD-GRL')!;
    const proof = discloseClaims(full, definition, ['licenceNumber', 'licenceType', 'premisesAddress']);
    const now = Math.floor(Date.now() / 1000);
    const facts = {
      proof,
      holderKey,
      audience: 'an officer',
      nonce: new Uint8Array(16),
      issuedAt: now,
      expiresAt: now + 60,
    };
    const signature = await crypto.subtle.sign(SIGNING, pair.privateKey, Uint8Array.from(presentationMessage(facts)));
    const presentation = { ...facts, signature: normalizeHolderSignature(new Uint8Array(signature)) };
    const shown = decodeShown(encodePresentation(presentation));
    const occasion = { audiences: ['an officer'], nonce: null };
    expect(judgePresentation(shown.presentation!, occasion, now)).to.equal('HOLDER_SIGNED');
    const verdict = await verifyProof(shown.proof, sources);
    expect([verdict.genuine, verdict.standing?.code]).to.deep.equal(['genuine', 'in-force']);
    expect(Object.keys(verdict.credential!.claims!)).to.deep.equal(['licenceNumber', 'licenceType', 'premisesAddress']);
  });

  it('issues a type whose claims hold a picture', async () => {
    const code = 'HKPF-SPP';
    const { json, status } = await ask('/v1/credentials', { key: service.apiKeys.HKPF, body: newCredential(code) });
    expect(status, JSON.stringify(json)).to.equal(202);
    await untilFinal(service, service.apiKeys.HKPF, json.id);
    const pdf = await ask(json.links.pdf, { key: service.apiKeys.HKPF });
    expect(pdf.text.slice(0, 5)).to.equal('%PDF-');
  });

  it('lists page after page, each credential once, by the address that the page before gives', async () => {
    for (let seed = 50; seed < 55; seed++) await ask('/v1/credentials', { body: newCredential('FEHD-FF', seed) });
    const seen: string[] = [];
    let path: string | undefined = '/v1/credentials?type=FEHD-FF&limit=2';
    while (path) {
      const { json, headers }: Awaited<ReturnType<typeof ask>> = await ask(path);
      for (const item of json.items) expectShape(credential, item);
      expect(json.items.length).to.be.at.most(2);
      seen.push(...json.items.map(({ id }: { id: string }) => id));
      path = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
      expect(json.has_more).to.equal(path !== undefined);
      expect(json.next === null).to.equal(path === undefined);
    }
    expect(seen).to.have.length(5);
    expect(new Set(seen).size).to.equal(5);
  });

  it('finds it by what is printed on it, by its status and by its time', async () => {
    const { id, reference, createdAt, validUntil } = await issueFinal('FEHD-GRL', 6);
    const idsOf = async (query: string) =>
      (await ask(`/v1/credentials?${query}`)).json.items.map((item: { id: string }) => item.id);
    expect(await idsOf(`reference=${reference.toLowerCase()}`)).to.deep.equal([id]);
    expect(await idsOf('reference=nothing')).to.deep.equal([]);
    expect(await idsOf('status=in-force&state=final&limit=200')).to.include(id);
    expect(await idsOf('status=revoked&limit=200')).to.not.include(id);
    expect(await idsOf(`created_from=${createdAt}&limit=200`)).to.include(id);
    expect(await idsOf(`created_to=${createdAt}&limit=200`)).to.not.include(id);
    expect(await idsOf(`expiring_from=${validUntil}&expiring_to=${validUntil}&limit=200`)).to.include(id);
    expect(await idsOf(`expiring_to=${toDate(decodeDate(validUntil) - 1)}&limit=200`)).to.not.include(id);
    const { headers } = await ask('/v1/credentials?expiring_from=2026-01-01&limit=1');
    expect(headers.get('link')).to.include('expiring_from=2026-01-01');
    const day = toDate(toHongKongDay(Date.parse(createdAt) / 1000));
    expect(await idsOf(`created_from=${day}&created_to=${day}&limit=200`)).to.include(id);
    expect(await idsOf(`created_from=${toDate(toHongKongDay(Date.parse(createdAt) / 1000) + 1)}`)).to.not.include(id);
  });

  it('accepts while the chain is down, also after a start without it, and finishes when it is back', async () => {
    service.world.chain.setDown(true);
    await service.restart();
    const answer = await ask('/v1/credentials', { body: newCredential('FEHD-GRL', 7) });
    expect(answer.status).to.equal(202);
    expect((await ask(answer.json.links.self)).json).to.include({ state: 'issued', pending: true });
    const readiness = await call(service.current, '/readyz');
    expect(readiness.status).to.equal(503);
    expect(readiness.json.parts.chain).to.deep.equal({ ok: false, reason: 'it cannot be asked' });
    expect(readiness.json.parts.database.ok).to.equal(true);
    service.world.chain.setDown(false);
    expect(await untilFinal(service, fehd, answer.json.id)).to.include({ state: 'final', pending: false });
  });

  it('mails it to its holder when it is final, and again when it is asked for, in a file that verifies', async () => {
    const { id } = await ask('/v1/credentials', {
      body: { ...newCredential('FEHD-GRL', 11), holder: { email: 'licensee@example.hk', language: 'zh-Hans' } },
    }).then(({ json }) => json);
    const { mail, reference } = await untilMailed(id);
    expectShape(credentialDetail, (await ask(`/v1/credentials/${id}`)).json);
    const { headers, text, pdf } = readMail(readFileSync(join(mailFolder, `${mail.id}.eml`), 'latin1'));
    expect(headers.to).to.equal('licensee@example.hk');
    expect(text).to.include(`参考编号：${reference}`);
    const inHolderLanguage = await ask(`/v1/credentials/${id}/pdf?lang=zh-Hans`);
    expect(pdf?.bytes.equals(inHolderLanguage.bytes), 'the document is in the language of the letter').to.equal(true);
    const file = join(mailFolder, pdf?.filename as string);
    writeFileSync(file, pdf?.bytes as Buffer);
    const presented = await readPresented(file);
    expect((await verifyJson(presented.text, sources)).genuine).to.equal('genuine');
    const answer = await ask(`/v1/credentials/${id}/mail`, { body: {} });
    expect(answer).to.include({ status: 202 });
    expect(answer.headers.get('location')).to.equal(`/v1/credentials/${id}`);
    expect(answer.json).to.include({ state: 'waiting', credential: id });
    await eventually('the next mail is sent', async () => readdirSync(mailFolder).includes(`${answer.json.id}.eml`));
    const silent = await issueFinal('FEHD-GRL', 12);
    expect(silent.mail).to.equal(null);
    const refusal = await ask(`/v1/credentials/${silent.id}/mail`, { body: {} });
    expect([refusal.status, refusal.json.code]).to.deep.equal([409, 'HOLDER_WITHOUT_EMAIL']);
  });

  it('keeps claims, contacts, notes and keys out of the log', async () => {
    const canary = 'Canary Kanarienvogel';
    const body = newCredential('FEHD-GRL', 8);
    const claims = { ...body.claims, licenseeName: { en: canary } };
    const { json } = await ask('/v1/credentials', {
      body: { ...body, claims, holder: { email: 'canary@example.hk' } },
    });
    await ask('/v1/credentials', { body: { ...body, claims: { ...claims, unknown: canary } } });
    await ask('/v1/credentials', { body: `{"claims":{"licenseeName":"${canary}" "}}` });
    await ask(`/v1/credentials?reference=${encodeURIComponent(canary)}`);
    await ask(`/v1/nowhere/${encodeURIComponent(canary)}`);
    const { mail } = await untilMailed(json.id);
    expect(readMail(readFileSync(join(mailFolder, `${mail.id}.eml`), 'latin1')).headers.to).to.equal(
      'canary@example.hk',
    );
    expect((await ask(`/v1/credentials/${json.id}/mail`, { body: { email: 'canary@example.hk' } })).status).to.equal(
      422,
    );
    await ask(`/v1/credentials/${json.id}/revoke`, { body: { reason: 'ceased', note: canary } });
    await untilFinal(service, fehd, json.id);
    const log = service.logged.join('');
    expect(log).to.include('"route":"/v1/credentials/:id/revoke"');
    for (const secret of [canary, 'Canary', 'canary@', fehd, fehd.slice(8), json.reference, json.id])
      expect(log).to.not.include(secret);
  });
});
