import { expect } from 'chai';
import { ROLES } from '../../../server/auth/policy.ts';
import { call, newCredential } from '../http/service.ts';
import type { Browser } from './browser.ts';
import { type PeopleWorld, read, signIn, startPeople, write } from './people.ts';

interface Operation {
  method: 'GET' | 'POST';
  path: string;
  name: string;
}

/** A body that is right, so that it is the right to act that decides. */
const BODIES: Record<string, unknown> = {
  replaceCredential: newCredential(),
  changeRoles: { roles: ['auditor'] },
  deactivateOfficer: {},
};

describe('an officer of another department', () => {
  let world: PeopleWorld;
  let operations: Operation[];
  let ids: { credential: string; officer: string };
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
    const officers = await call(service, '/v1/officers', { key: service.fehd.apiKey });
    ids = { credential: made.json.id, officer: officers.json.items[0].id };
    const { licenceNumber } = newCredential().claims as { licenceNumber: string };
    secrets = [ids.credential, made.json.reference, licenceNumber, 'fehd-preparer', service.fehd.apiKey.slice(0, 16)];
  });
  after(() => world.stop());

  const idFor = (path: string): string => {
    if (path.startsWith('/v1/officers')) return ids.officer;
    return path.startsWith('/v1/types') ? 'FEHD-GRL' : ids.credential;
  };
  const ask = (browser: Browser, { method, path, name }: Operation) => {
    const address = path.replace('{id}', idFor(path));
    if (method === 'GET') return read(world, browser, address);
    return write(world, browser, { path: address, body: BODIES[name] ?? { reason: 'ceased' } });
  };
  const fehdRows = async (): Promise<string> => {
    const { db, fehd } = world.service;
    const tables = ['credentials', 'status_changes', 'officers', 'api_keys'] as const;
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
          const isRefused = [403, 404].includes(status) || (status === 422 && !(operation.name in BODIES));
          if (!isRefused) found.push(`${what} answers ${status}`);
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
