import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadCatalogue } from '../../../catalogue/catalogue.ts';
import { demoPeople } from '../../../scripts/demo/people.ts';
import { type LocalIdentityProvider, startIdentityProvider } from '../../../scripts/local/identity-provider.ts';
import { freePort } from '../../../scripts/local/ports.ts';
import { openProviders } from '../../../server/auth/providers.ts';
import { ConfigError } from '../../../server/config.ts';
import { call } from '../http/service.ts';
import { type PeopleWorld, read, signIn, startPeople } from './people.ts';

describe('providers', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eproof-providers-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  describe('of the configuration', () => {
    const open = (departments: string | null, secret = 'secret'): Promise<unknown> => {
      const provider = { issuer: 'https://id.example', clientId: 'a', clientSecretFile: write('secret', secret) };
      const departmentsFile = departments === null ? null : write('departments.json', departments);
      return openProviders({ officers: provider, holders: provider, companiesClaim: null, departmentsFile }).catch(
        (error: unknown) => error,
      );
    };

    it('are asked nothing before somebody signs in', async () => {
      expect(await open(null)).to.have.property('officers');
    });

    for (const [what, departments, secret, expected] of [
      ['an empty secret', null, '\n', 'is empty'],
      ['departments that are no JSON', '{', 'secret', 'is not JSON'],
      ['a department without its client', '{"TD":{"issuer":"https://td.example"}}', 'secret', '"TD.clientId"'],
      [
        'a department that is reached by plain http',
        '{"TD":{"issuer":"http://td.example","clientId":"a","clientSecretFile":"/x"}}',
        'secret',
        '"TD.issuer" must be an https address',
      ],
      [
        'a department whose secret is not there',
        '{"TD":{"issuer":"https://td.example","clientId":"a","clientSecretFile":"/nowhere"}}',
        'secret',
        '"/nowhere"',
      ],
    ] as const)
      it(`are refused for ${what}`, async () => {
        const error = await open(departments, secret);
        expect(error).to.be.instanceOf(ConfigError);
        expect((error as Error).message).to.include(expected);
      });
  });

  describe('of a department itself', () => {
    let world: PeopleWorld;
    let own: LocalIdentityProvider;

    beforeEach(async () => {
      const departmentsFile = join(folder, 'departments.json');
      const [servicePort, port] = [await freePort(0), await freePort(0)];
      own = await startIdentityProvider({
        dataFolder: folder,
        port,
        publicUrl: `http://127.0.0.1:${servicePort}`,
        people: demoPeople(loadCatalogue()),
        departments: [],
      });
      writeFileSync(departmentsFile, JSON.stringify({ TD: own.config }));
      world = await startPeople(departmentsFile, servicePort);
    });
    afterEach(async () => {
      await world.stop();
      await own.stop();
    });

    it('says who its officers are, and nothing of the officers of others', async () => {
      const body = { subject: 'td-auditor', name: 'Auditor', roles: ['auditor'] };
      const added = await call(world.service, '/v1/officers', { key: world.service.td.apiKey, body });
      expect(added.json.provider).to.equal(own.config.issuer);
      const query = { department: 'TD' };
      const { browser } = await signIn(world, { account: 'td-auditor', query });
      expect((await read(world, browser, '/v1/session')).json.officer).to.include({
        id: added.json.id.replace('off_', 'officer:'),
      });
      // the same subjects, known to the provider of all: other people
      for (const account of ['td-admin', 'fehd-admin'])
        expect((await signIn(world, { account, query })).answer.json.code, account).to.equal('OFFICER_UNKNOWN');
    });
  });
});
