import { expect } from 'chai';
import { ROLES } from '../../../server/auth/policy.ts';
import { MATRIX, makeThings, OF_OFFICERS, type Things } from '../http/access.ts';
import { call, newCredential } from '../http/service.ts';
import type { Browser } from './browser.ts';
import { type PeopleWorld, read, signIn, startPeople, write } from './people.ts';

interface Operation {
  method: 'GET' | 'POST';
  path: string;
  name: string;
}

describe('an officer of another department', () => {
  let world: PeopleWorld;
  let operations: Operation[];
  let things: Things;
  let secrets: string[];

  before(async () => {
    world = await startPeople();
    const { service } = world;
    const { json } = await call(service, '/openapi.json');
    operations = Object.entries(
      json.paths as Record<string, Record<string, { operationId: string; security?: object[] }>>,
    )
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
      )
      .filter(({ security }) => security?.some((way) => 'session' in way))
      .map(({ path, method, operationId }) => ({
        path,
        method: method.toUpperCase() as 'GET' | 'POST',
        name: operationId,
      }));
    const made = await call(service, '/v1/credentials', { key: service.fehd.apiKey, body: newCredential() });
    things = await makeThings(service);
    const { licenceNumber } = newCredential().claims as { licenceNumber: string };
    secrets = [
      ...Object.values(things.ids).filter((id) => id !== 'FEHD-GRL'),
      made.json.id,
      made.json.reference,
      licenceNumber,
      'fehd-preparer',
      service.fehd.apiKey.slice(0, 16),
    ];
  });
  after(() => world.stop());

  // a body that is right, so that it is the right to act that decides
  const ask = (browser: Browser, { method, path, name }: Operation) => {
    const { of = 'credential', body, query = '' } = MATRIX[name] ?? OF_OFFICERS[name] ?? {};
    const address = path.replace('{id}', things.ids[of]) + query;
    if (method === 'GET') return read(world, browser, address);
    return write(world, browser, { path: address, body: body?.(things) ?? {} });
  };
  const fehdRows = async (): Promise<string> => {
    const { db, fehd } = world.service;
    const tables = [
      'credentials',
      'search_terms',
      'status_changes',
      'status_operations',
      'drafts',
      'approvals',
      'notices',
      'imports',
      'webhooks',
      'issuing_rules',
      'officers',
      'api_keys',
      'saved_views',
    ] as const;
    const rows = tables.map((table) =>
      db.selectFrom(table).selectAll().where('issuer_id', '=', fehd.issuer.id).execute(),
    );
    return JSON.stringify(await Promise.all(rows));
  };

  for (const role of ROLES)
    it(`reads and changes nothing as ${role}, on any route`, async () => {
      const { browser } = await signIn(world, { account: `td-${role}` });
      const before = await fehdRows();
      const found: string[] = [];
      for (const operation of operations) {
        const { status, text } = await ask(browser, operation);
        const what = `${operation.method} ${operation.path}`;
        if (operation.path.includes('{id}')) {
          if (![403, 404].includes(status)) found.push(`${what} answers ${status}`);
        }
        if (status < 300 && secrets.some((secret) => text.includes(secret))) found.push(`${what} tells`);
      }
      expect(found).to.deep.equal([]);
      expect(await fehdRows()).to.equal(before);
    });

  it('is looked for on every route that a session opens', () => {
    const names = operations.map(({ name }) => name);
    expect(names).to.include.members([
      'getCredential',
      'getPdf',
      'revokeCredential',
      'getOfficer',
      'changeRoles',
      'getType',
    ]);
    expect(names).to.include.members(['listCredentials', 'listOfficers', 'getDepartment', 'getSession']);
  });
});
