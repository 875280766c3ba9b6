import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect } from 'chai';
import { PROBLEMS, PUBLIC_CODES } from '../../../server/http/statuses.ts';
import { EVENT_TYPES } from '../../../server/webhooks/event.ts';
import { call, newCredential, startService, type TestService } from './service.ts';

const readme = readFileSync(new URL('../../../server/http/README.md', import.meta.url), 'utf8');
const webhooks = readFileSync(new URL('../../../server/webhooks/README.md', import.meta.url), 'utf8');

describe('what the API says of itself', () => {
  let service: TestService;
  // biome-ignore lint/suspicious/noExplicitAny: a description has any shape
  let openapi: any;

  before(async () => {
    service = await startService();
    openapi = (await call(service, '/openapi.json')).json;
  });
  after(() => service.stop());

  describe('/openapi.json', () => {
    it('is OpenAPI 3.1, as the schema of its specification has it', async () => {
      expect(openapi.openapi).to.equal('3.1.0');
      const { valid, errors } = await new Validator().validate(structuredClone(openapi));
      expect(errors).to.equal(undefined);
      expect(valid).to.equal(true);
      expect(openapi.components.securitySchemes.apiKey).to.include({ type: 'http', scheme: 'bearer' });
    });

    it('has every reference that it uses', () => {
      const references = [...JSON.stringify(openapi).matchAll(/"\$ref":"([^"]+)"/g)].map(
        ([, reference]) => reference as string,
      );
      expect(references).to.not.be.empty;
      for (const reference of new Set(references)) {
        const found = reference
          .slice(2)
          .split('/')
          .reduce((part, step) => part?.[step], openapi);
        expect(found, reference).to.be.an('object');
      }
    });

    it('names each operation once, with a summary and its problems', () => {
      const operations = Object.values(openapi.paths as Record<string, object>).flatMap((path) => Object.values(path));
      const ids = operations.map(({ operationId }) => operationId);
      expect(new Set(ids).size).to.equal(ids.length);
      const groups = openapi.tags.map(({ name }: { name: string }) => name);
      expect(new Set(operations.flatMap(({ tags }) => tags))).to.deep.equal(new Set(groups));
      for (const { operationId, summary, responses, security } of operations) {
        expect(summary, operationId).to.be.a('string');
        const ways = (security ?? []).flatMap((way: object) => Object.keys(way));
        if (ways.includes('apiKey')) expect(responses[401].description, operationId).to.include('API_KEY_INVALID');
        if (ways.includes('session')) expect(responses[401].description, operationId).to.include('SIGN_IN_REQUIRED');
      }
    });

    it('describes a new credential as it is validated', () => {
      const schema = openapi.components.schemas.NewCredential;
      expect(schema.required).to.deep.equal(['type', 'claims', 'validity']);
      expect(schema.additionalProperties).to.equal(false);
      expect(schema.properties.validity.properties.validFrom).to.include({ type: 'string', format: 'date' });
      expect(schema.properties.holderKey).to.include({ type: 'string', maxLength: 60 });
      expect(openapi.components.schemas.CredentialDetail.required).to.include('bound');
      expect(schema.properties.holder).to.deep.equal({ $ref: '#/components/schemas/HolderContact' });
    });

    it('describes the query of a list as it is validated', () => {
      const { parameters } = openapi.paths['/v1/credentials'].get;
      const schemaOf = (name: string) =>
        parameters.find((parameter: { name: string }) => parameter.name === name).schema;
      expect(schemaOf('limit')).to.include({ type: 'integer', minimum: 1, maximum: 200 });
      expect(schemaOf('order')).to.include({ default: 'desc' });
    });
  });

  describe('/v1/types', () => {
    it('lists the types of the department', async () => {
      const { json } = await call(service, '/v1/types', { key: service.fehd.apiKey });
      expect(json.items.map(({ code }: { code: string }) => code)).to.include('FEHD-GRL');
      expect(json.items[0]).to.have.all.keys('code', 'version', 'definition', 'title', 'holder', 'disclosure');
    });

    it('gives a template that has every claim, and that a filled-in body follows', async () => {
      const { json } = await call(service, '/v1/types/FEHD-GRL', { key: service.fehd.apiKey });
      expect(Object.keys(json.template.claims)).to.deep.equal(json.claims.map(({ name }: { name: string }) => name));
      const { claims, validity } = newCredential();
      expect(json.template.claims).to.include.keys(...Object.keys(claims));
      const body = { ...json.template, claims, validity, holder: { ...json.template.holder, email: 'a@example.hk' } };
      expect((await call(service, '/v1/credentials', { key: service.fehd.apiKey, body })).status).to.equal(202);
    });
  });

  describe('/v1/me', () => {
    it('names the department and the key, and never shows the key', async () => {
      const { apiKey } = service.fehd;
      const { json, text } = await call(service, '/v1/me', { key: apiKey });
      expect(json).to.deep.include({
        issuer: 1,
        state: 'active',
        keys: {
          anchor: `0x${'a1'.repeat(20)}`,
          status: `0x${'b1'.repeat(20)}`,
          anchorFault: null,
          statusFault: null,
        },
        disbelieved: 0,
        finality: { sealWaitMs: 0, confirmations: 0 },
      });
      expect(json.department.name.en).to.equal('Food and Environmental Hygiene Department');
      expect(json.apiKey).to.include({ name: 'FEHD test', prefix: apiKey.slice(0, 16) });
      expect(text).to.not.include(apiKey);
    });
  });

  describe('an answer', () => {
    it('has the id that the request came with, where it is harmless', async () => {
      const idFor = async (id: string) =>
        (await call(service, '/livez', { headers: { 'x-request-id': id } })).headers.get('x-request-id');
      expect(await idFor('batch-7.row_12')).to.equal('batch-7.row_12');
      expect(await idFor('two words')).to.match(/^[0-9a-f-]{36}$/);
      expect(await idFor('x'.repeat(65))).to.match(/^[0-9a-f-]{36}$/);
    });

    it('lets no page frame it, run it or guess at it', async () => {
      const { headers } = await call(service, '/v1/credentials');
      expect(headers.get('content-security-policy')).to.equal("default-src 'none';frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).to.equal('nosniff');
      expect(headers.get('referrer-policy')).to.equal('no-referrer');
      expect(headers.has('x-powered-by')).to.equal(false);
    });

    it('to HEAD has the head of GET, to OPTIONS the methods', async () => {
      expect((await call(service, '/livez', { method: 'HEAD' })).status).to.equal(200);
      const options = await call(service, '/v1/credentials', { method: 'OPTIONS' });
      expect([options.status, options.headers.get('allow')]).to.deep.equal([204, 'GET, HEAD, POST, OPTIONS']);
    });
  });

  describe('/problems', () => {
    it('has a heading where the type of every problem leads', async () => {
      const page = await call(service, '/problems');
      expect(page.headers.get('content-type')).to.equal('text/html; charset=utf-8');
      for (const code of PUBLIC_CODES)
        expect(page.text).to.include(`<h2 id="${code}">`).and.to.include(PROBLEMS[code].title);
    });
  });

  describe('server/http/README.md', () => {
    it('lists every code with its status, and no other', () => {
      const rows = [...readme.matchAll(/^\| `([A-Z_]+)` *\| (\d{3}) *\|/gm)].map(([, code, status]) => [
        code,
        Number(status),
      ]);
      expect(rows).to.have.deep.members(PUBLIC_CODES.map((code) => [code, PROBLEMS[code].status]));
    });

    it('lists every route, and no other', () => {
      const rows = [...readme.matchAll(/^\| `(GET|POST) (\/[^`]*)` *\|/gm)].map(
        ([, method, path]) => `${method} ${path}`,
      );
      const routes = Object.entries(openapi.paths as Record<string, object>).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      );
      const others = [
        'GET /',
        'GET /problems',
        'GET /console/',
        'GET /trust.json',
        'GET /api',
        'GET /open-data/{table}.json',
        'GET /open-data/{table}.csv',
        'GET /auth/login',
        'GET /auth/callback',
        'POST /auth/logout',
        'POST /oauth/token',
        'GET /types/{sha256}.json',
        'GET /issuers/{sha256}.json',
      ];
      expect(rows).to.have.members([...routes, ...others]);
    });
  });

  describe('server/webhooks/README.md', () => {
    it('lists every type of event, and no other', () => {
      const rows = [...webhooks.matchAll(/^\| `([a-z.]+)` *\|/gm)].map(([, type]) => type);
      expect(rows).to.have.members([...EVENT_TYPES, 'ping']);
    });
  });
});
