import { expect } from 'chai';
import { ConfigError, describeConfig, type Environment, readConfig } from '../../server/config.ts';

const ADDRESS = `0x${'ab'.repeat(20)}`;
const problemOf = (environment: Environment): string => {
  try {
    readConfig(environment);
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('the configuration was accepted');
};

describe('readConfig', () => {
  it('has a default for everything', () => {
    const { config, warnings } = readConfig({});
    expect(config).to.include({
      port: 3000,
      host: '127.0.0.1',
      dataFolder: '.eproof',
      databaseUrl: null,
      chain: null,
      isTest: true,
    });
    expect(warnings).to.deep.equal([]);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '', CHAIN_RPC_URLS: '' }).config).to.deep.equal(readConfig({}).config);
  });

  it('splits the nodes of a chain', () => {
    const { config } = readConfig({ CHAIN_RPC_URLS: 'http://a:8545, https://b/key', REGISTRY_ADDRESS: ADDRESS });
    expect(config.chain).to.deep.equal({ rpcUrls: ['http://a:8545', 'https://b/key'], registry: ADDRESS });
  });

  for (const [what, environment, expected] of [
    [
      'a database without its name',
      { DATABASE_URL: 'postgres://eproof@db:5432' },
      '"DATABASE_URL" names no database: write postgres://',
    ],
    [
      'a database whose name is only a slash',
      { DATABASE_URL: 'postgres://eproof@db:5432/' },
      '"DATABASE_URL" names no database: write postgres://',
    ],
    [
      'a database without a host',
      { DATABASE_URL: 'postgres:///eproof' },
      '"DATABASE_URL" names no host: write postgres://',
    ],
    [
      'a database of another kind',
      { DATABASE_URL: 'mysql://db/eproof' },
      '"DATABASE_URL" must start with postgres://: write postgres://',
    ],
    [
      'a database that is no address',
      { DATABASE_URL: 'postgres://db:port/eproof' },
      '"DATABASE_URL" is not an address: write postgres://',
    ],
    ['PGHOST alone', { PGHOST: 'db' }, '"PGHOST" is set and "DATABASE_URL" is not: set "DATABASE_URL" to postgres://'],
    [
      'PGDATABASE alone',
      { PGDATABASE: 'eproof' },
      '"PGDATABASE" is set and "DATABASE_URL" is not: set "DATABASE_URL" to postgres://',
    ],
    [
      'nodes without a registry',
      { CHAIN_RPC_URLS: 'http://a:8545' },
      '"REGISTRY_ADDRESS" must say where the registry is',
    ],
    ['a registry without nodes', { REGISTRY_ADDRESS: ADDRESS }, '"CHAIN_RPC_URLS" must name the nodes'],
    [
      'a node of another kind',
      { CHAIN_RPC_URLS: 'ws://a', REGISTRY_ADDRESS: ADDRESS },
      '"CHAIN_RPC_URLS" must be http or https addresses',
    ],
    [
      'a node twice',
      { CHAIN_RPC_URLS: 'http://a,http://a', REGISTRY_ADDRESS: ADDRESS },
      '"CHAIN_RPC_URLS" must name each node once',
    ],
    [
      'an address that is too short',
      { CHAIN_RPC_URLS: 'http://a', REGISTRY_ADDRESS: '0x12' },
      '"REGISTRY_ADDRESS" must be 0x and 40 hexadecimal digits',
    ],
    ['a port that is none', { PORT: '70000' }, '"PORT" must be a whole number from 0 to 65535'],
    ['a port in words', { PORT: 'http' }, '"PORT" must be a whole number from 0 to 65535'],
    [
      'a batch that is too large',
      { EPROOF_SEAL_SIZE: '257' },
      '"EPROOF_SEAL_SIZE" must be a whole number from 1 to 256',
    ],
    [
      'a verifier without its slash',
      { VERIFIER_URL: 'https://verify.example' },
      '"VERIFIER_URL" must be an http or https address that ends in "/"',
    ],
    [
      'more agreement than nodes',
      { CHAIN_RPC_URLS: 'http://a', REGISTRY_ADDRESS: ADDRESS, VERIFIER_AGREE: '2' },
      '"VERIFIER_AGREE" must be at most 1, the number of nodes',
    ],
    [
      'a site with a path that may embed the verifier',
      { VERIFIER_EMBEDDERS: 'https://www.example.hk/page' },
      '"VERIFIER_EMBEDDERS" must be "any", "none", or the origins of sites',
    ],
    [
      'a console without its slash',
      { VERIFIER_CONSOLE: 'https://console.example/console' },
      '"VERIFIER_CONSOLE" must be an http or https address that ends in "/"',
    ],
    [
      'an open address without the one that QR codes carry',
      { HOST: '0.0.0.0' },
      '"VERIFIER_URL" must say how people reach the verifier',
    ],
    [
      'a provider without its client',
      { OIDC_ISSUER: 'https://id.example', OIDC_CLIENT_SECRET_FILE: '/run/secret' },
      '"OIDC_CLIENT_ID" must be set too, because "OIDC_ISSUER" is',
    ],
    [
      'a client without its provider',
      { OIDC_CLIENT_ID: 'eproof', OIDC_CLIENT_SECRET_FILE: '/run/secret' },
      '"OIDC_ISSUER" must be set too, because "OIDC_CLIENT_ID" is',
    ],
    [
      'directories of departments without a provider for the others',
      { OIDC_DEPARTMENTS_FILE: '/etc/departments.json' },
      '"OIDC_ISSUER" must say where officers sign in, because "OIDC_DEPARTMENTS_FILE" is set',
    ],
    [
      'a claim about companies without a provider that makes it',
      { OIDC_HOLDER_COMPANIES_CLAIM: 'companies' },
      '"OIDC_ISSUER" must say where officers sign in, because "OIDC_HOLDER_COMPANIES_CLAIM" is set',
    ],
    [
      'a provider that is reached by plain http',
      { OIDC_ISSUER: 'http://id.example', OIDC_CLIENT_ID: 'eproof', OIDC_CLIENT_SECRET_FILE: '/run/secret' },
      '"OIDC_ISSUER" must be an https address',
    ],
    [
      'people who would be sent back to an open address',
      {
        HOST: '0.0.0.0',
        VERIFIER_URL: 'https://verify.example/',
        OIDC_ISSUER: 'https://id.example',
        OIDC_CLIENT_ID: 'eproof',
        OIDC_CLIENT_SECRET_FILE: '/run/secret',
      },
      '"PUBLIC_URL" must say how browsers reach the service',
    ],
    [
      'a public address with a path',
      { PUBLIC_URL: 'https://a.example/' },
      '"PUBLIC_URL" must be an http or https address',
    ],
    ['a limit of nothing', { EPROOF_LIMIT_CALLER: '0' }, '"EPROOF_LIMIT_CALLER" must be a whole number from 1'],
    [
      'everybody as a proxy',
      { EPROOF_TRUSTED_PROXIES: '10.0.0.0/8, 0.0.0.0/0' },
      '"EPROOF_TRUSTED_PROXIES" must be addresses',
    ],
    ['a proxy by its name', { EPROOF_TRUSTED_PROXIES: 'proxy' }, '"EPROOF_TRUSTED_PROXIES" must be addresses'],
    [
      'a mail server without a sender',
      { SMTP_URL: 'smtps://mail.example.hk' },
      '"MAIL_FROM" must be the address that mails come from',
    ],
    [
      'a sender without a mail server',
      { MAIL_FROM: 'a@example.hk' },
      '"SMTP_URL" must name the mail server, because "MAIL_FROM" is set',
    ],
    [
      'a security module without its token',
      { PKCS11_LIBRARY: '/usr/lib/module.so', PKCS11_PIN_FILE: '/run/secret' },
      '"PKCS11_TOKEN" must be set too, because "PKCS11_LIBRARY" is',
    ],
    [
      'the environment of no security module by a value',
      { PKCS11_ENVIRONMENT: 'SOFTHSM2_CONF=/etc/softhsm2.conf' },
      '"PKCS11_ENVIRONMENT" must be names of variables, separated by commas',
    ],
    [
      'a password without a mail server',
      { SMTP_PASSWORD_FILE: '/run/secret' },
      '"SMTP_URL" must name the mail server, because "SMTP_PASSWORD_FILE" is set',
    ],
    [
      'a user of a mail server without a password',
      { SMTP_URL: 'smtps://eproof@mail.example.hk', MAIL_FROM: 'a@example.hk' },
      '"SMTP_PASSWORD_FILE" must be set too, because "SMTP_URL" names a user',
    ],
    [
      'a password without a user',
      { SMTP_URL: 'smtps://mail.example.hk', MAIL_FROM: 'a@example.hk', SMTP_PASSWORD_FILE: '/run/secret' },
      '"SMTP_URL" must name a user, because "SMTP_PASSWORD_FILE" is set',
    ],
    [
      'a password in the address of a mail server',
      { SMTP_URL: 'smtps://eproof:tops3cret@mail.example.hk', MAIL_FROM: 'a@example.hk' },
      '"SMTP_URL" must not carry the password, which is in "SMTP_PASSWORD_FILE": write smtps://',
    ],
    [
      'a mail server with options',
      { SMTP_URL: 'smtp://mail.example.hk/?ignoreTLS=true', MAIL_FROM: 'a@example.hk' },
      '"SMTP_URL" must end after the port',
    ],
    ['a mail server by the web', { SMTP_URL: 'https://mail.example.hk' }, '"SMTP_URL" must start with smtp://'],
    ['a mail server without a host', { SMTP_URL: 'smtp://' }, '"SMTP_URL" names no host'],
    [
      'a sender with a name',
      { SMTP_URL: 'smtps://mail.example.hk', MAIL_FROM: 'e-Proof <a@example.hk>' },
      '"MAIL_FROM" must be an e-mail address alone',
    ],
    ['an unknown mode', { EPROOF_MODE: 'production' }, '"EPROOF_MODE" must be "test" or "live"'],
  ] as const) {
    it(`refuses ${what} in one line`, () => {
      const problem = problemOf(environment);
      expect(problem).to.satisfy((text: string) => text.startsWith(expected), problem);
      expect(problem).to.not.include('\n');
    });
  }

  it('lets holders sign in where officers do, unless they have a provider of their own', () => {
    const officers = { OIDC_ISSUER: 'https://id.example', OIDC_CLIENT_ID: 'a', OIDC_CLIENT_SECRET_FILE: '/a' };
    const own = {
      OIDC_HOLDER_ISSUER: 'https://iam.example',
      OIDC_HOLDER_CLIENT_ID: 'b',
      OIDC_HOLDER_CLIENT_SECRET_FILE: '/b',
    };
    const issuersOf = (environment: Environment) => {
      const { signIn } = readConfig(environment).config;
      return [signIn?.officers.issuer, signIn?.holders.issuer];
    };
    expect(issuersOf(officers)).to.deep.equal(['https://id.example', 'https://id.example']);
    expect(issuersOf({ ...officers, ...own })).to.deep.equal(['https://id.example', 'https://iam.example']);
    expect(readConfig({}).config.signIn).to.equal(null);
  });

  it('demands TLS of a mail server, but for one on this machine', () => {
    const mailOf = (SMTP_URL: string) => readConfig({ SMTP_URL, MAIL_FROM: 'a@example.hk' }).config.mail;
    expect(mailOf('smtp://mail.example.hk')).to.deep.equal({
      host: 'mail.example.hk',
      port: 587,
      isSecure: false,
      requiresTls: true,
      signIn: null,
      from: 'a@example.hk',
    });
    expect(mailOf('smtps://mail.example.hk')).to.include({ port: 465, isSecure: true, requiresTls: true });
    for (const host of ['127.0.0.1', 'localhost', '[::1]'])
      expect(mailOf(`smtp://${host}:2525`), host).to.include({ port: 2525, requiresTls: false });
    for (const host of ['127.0.0.1.example.hk', 'localhost.example.hk', '10.0.0.1', '127.1'])
      expect(mailOf(`smtp://${host}`), host).to.include({ requiresTls: true });
    expect(mailOf('smtp://[::1]')).to.include({ host: '::1' });
    expect(readConfig({}).config.mail).to.equal(null);
  });

  it('reads the user of a mail server as it was meant', () => {
    const { config } = readConfig({
      SMTP_URL: 'smtps://eproof%40example.hk@mail.example.hk',
      SMTP_PASSWORD_FILE: '/run/secret',
      MAIL_FROM: 'a@example.hk',
    });
    expect(config.mail?.signIn).to.deep.equal({ user: 'eproof@example.hk', passwordFile: '/run/secret' });
  });

  it('says every problem at once', () => {
    expect(problemOf({ PORT: 'x', LOG_LEVEL: 'loud' }).split('\n')).to.have.length(2);
  });

  it('never repeats a password', () => {
    expect(problemOf({ DATABASE_URL: 'postgres://eproof:tops3cret@db' })).to.not.include('tops3cret');
  });

  it('warns of a setting that it does not know', () => {
    const { warnings } = readConfig({ EPROOF_DATADIR: '/data', OTHER: '1' });
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include('"EPROOF_DATADIR" is not a setting').and.to.include('EPROOF_DATA_DIR');
  });
});

describe('describeConfig', () => {
  it('keeps passwords and access keys to itself', () => {
    const { config } = readConfig({
      DATABASE_URL: 'postgres://eproof:tops3cret@db:5432/eproof?sslpassword=hidden',
      CHAIN_RPC_URLS: 'https://user:pass@node.example/v1/acc3ss-key',
      REGISTRY_ADDRESS: ADDRESS,
    });
    const text = describeConfig(config).join('\n');
    expect(text).to.include('postgres://db:5432/eproof').and.to.include('https://node.example');
    for (const secret of ['tops3cret', 'hidden', 'pass@', 'acc3ss']) expect(text).to.not.include(secret);
  });
});
