import { isIP } from 'node:net';
import { z } from 'zod';
import type { RateLimits } from './http/rate-limit.ts';

/** Everything that the environment decides, read once at the start. Times carry their unit in the name. */
export interface Config {
  port: number;
  host: string;
  dataFolder: string;
  /** The file with the password of the keys; null for the one in the data folder. */
  passwordFile: string | null;
  /** Null where all keys are files. */
  securityModule: SecurityModuleConfig | null;
  /** Null where the start command runs a database of its own. */
  databaseUrl: string | null;
  /** Null where the start command runs a chain of its own. */
  chain: ChainConfig | null;
  verifier: VerifierConfig;
  /** How people's browsers reach the service, without "/" at its end; null for where it listens. */
  publicUrl: string | null;
  /** Null where nobody signs in: the start command then runs a provider of its own. */
  signIn: SignInConfig | null;
  session: { idleMs: number; absoluteMs: number };
  sealing: { maxSize: number; maxWaitMs: number };
  /** Blocks on top of the one that holds a transaction before its outcome is final. */
  confirmations: number;
  /** A chain whose newest block is older is not ready. */
  maxBlockAgeSeconds: number;
  maxSnapshotAgeSeconds: number;
  /** True everywhere but in production: documents and verdicts then say "test". */
  isTest: boolean;
  webhooks: { allowPrivate: boolean };
  /** Null where no mail server is set up. */
  mail: MailConfig | null;
  /** Requests in a minute. */
  limits: RateLimits;
  /** Addresses and networks whose word for a client's address counts. */
  trustedProxies: readonly string[];
  /** Where metrics are read; null for nowhere. */
  metrics: { host: string; port: number } | null;
  logLevel: LogLevel;
}

export interface ChainConfig {
  rpcUrls: readonly string[];
  /** The registry's address: 0x and 40 hex digits. */
  registry: string;
}

/** The hardware security module that has the departments' keys, by PKCS#11. */
export interface SecurityModuleConfig {
  /** The path of its maker's library. */
  library: string;
  /** The label of the token in it. */
  token: string;
  pinFile: string;
  /** Names of the environment's variables that the library reads; nothing else is handed to the process that signs. */
  environment: readonly string[];
}

export interface VerifierConfig {
  /** The address that QR codes lead to, ending in "/"; null for this service's own. */
  url: string | null;
  /** The nodes that the page asks; null for those of the service. */
  rpcUrls: readonly string[] | null;
  /** How many of them must give the same answer; null for more than half. */
  agree: number | null;
  /** The sites that may show it in a frame, as origins; null for every site. */
  embedders: readonly string[] | null;
  /** Where it leads officers, ending in "/"; null for "console/" beside it. */
  console: string | null;
}

export interface SignInConfig {
  officers: ProviderConfig;
  holders: ProviderConfig;
  /** The claim by which the holders' provider says for which companies somebody acts; null where it says nothing of companies. */
  companiesClaim: string | null;
  /** JSON by department code, of those with a directory of their own. */
  departmentsFile: string | null;
}

/** The mail server that takes what goes to holders. */
export interface MailConfig {
  host: string;
  port: number;
  /** TLS from the first byte; else by STARTTLS. */
  isSecure: boolean;
  /** Whether nothing may be sent in clear: everywhere but on this machine. */
  requiresTls: boolean;
  /** Null where the server knows this one without a name. */
  signIn: { user: string; passwordFile: string } | null;
  /** The sender's address. */
  from: string;
}

/** An OpenID provider, and as what this service is registered there. */
export interface ProviderConfig {
  issuer: string;
  clientId: string;
  clientSecretFile: string;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type Environment = Readonly<Record<string, string | undefined>>;

/** One line for each variable that cannot be used, with what to do about it. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

const EXAMPLE_DATABASE = 'postgres://user:password@host:5432/eproof';

const VARIABLES = {
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: wholeNumber(1, 65_535).nullable().default(null),
  METRICS_HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: z.string().superRefine(checkDatabaseUrl).nullable().default(null),
  CHAIN_RPC_URLS: urlList().nullable().default(null),
  REGISTRY_ADDRESS: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}$/, 'must be 0x and 40 hexadecimal digits')
    .nullable()
    .default(null),
  VERIFIER_URL: z.string().superRefine(checkVerifierUrl).nullable().default(null),
  VERIFIER_RPC_URLS: urlList().nullable().default(null),
  VERIFIER_AGREE: wholeNumber(1, 100).nullable().default(null),
  VERIFIER_EMBEDDERS: embedderList().default(null),
  VERIFIER_CONSOLE: z.string().superRefine(checkVerifierUrl).nullable().default(null),
  PUBLIC_URL: z.string().superRefine(checkOrigin).nullable().default(null),
  OIDC_ISSUER: providerAddress().nullable().default(null),
  OIDC_CLIENT_ID: z.string().nullable().default(null),
  OIDC_CLIENT_SECRET_FILE: z.string().nullable().default(null),
  OIDC_HOLDER_ISSUER: providerAddress().nullable().default(null),
  OIDC_HOLDER_CLIENT_ID: z.string().nullable().default(null),
  OIDC_HOLDER_CLIENT_SECRET_FILE: z.string().nullable().default(null),
  OIDC_HOLDER_COMPANIES_CLAIM: z.string().nullable().default(null),
  OIDC_DEPARTMENTS_FILE: z.string().nullable().default(null),
  SMTP_URL: z.string().superRefine(checkSmtpUrl).nullable().default(null),
  SMTP_PASSWORD_FILE: z.string().nullable().default(null),
  MAIL_FROM: z.email('must be an e-mail address alone, such as no-reply@example.hk').nullable().default(null),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  EPROOF_DATA_DIR: z.string().default('.eproof'),
  EPROOF_PASSWORD_FILE: z.string().nullable().default(null),
  PKCS11_LIBRARY: z.string().nullable().default(null),
  PKCS11_TOKEN: z.string().nullable().default(null),
  PKCS11_PIN_FILE: z.string().nullable().default(null),
  PKCS11_ENVIRONMENT: nameList().default([]),
  EPROOF_SEAL_SIZE: wholeNumber(1, 256).default(256),
  EPROOF_SEAL_WAIT_MS: wholeNumber(0, 86_400_000).default(1_000),
  EPROOF_CONFIRMATIONS: wholeNumber(0, 1_000).default(2),
  EPROOF_MAX_BLOCK_AGE_SECONDS: wholeNumber(1, 86_400).default(300),
  EPROOF_MAX_SNAPSHOT_AGE_SECONDS: wholeNumber(1, 31_536_000).default(86_400),
  EPROOF_SESSION_IDLE_MINUTES: wholeNumber(1, 1_440).default(30),
  EPROOF_SESSION_HOURS: wholeNumber(1, 24).default(10),
  EPROOF_LIMIT_CALLER: wholeNumber(1, 100_000_000).default(180_000),
  EPROOF_LIMIT_REFUSED: wholeNumber(1, 100_000_000).default(600),
  EPROOF_LIMIT_TOKEN: wholeNumber(1, 100_000_000).default(60),
  EPROOF_LIMIT_SIGN_IN: wholeNumber(1, 100_000_000).default(300),
  EPROOF_LIMIT_SIGN_IN_ALL: wholeNumber(1, 100_000_000).default(12_000),
  EPROOF_LIMIT_LOOK_UP: wholeNumber(1, 100_000_000).default(60),
  EPROOF_LIMIT_FACTS: wholeNumber(1, 100_000_000).default(20),
  EPROOF_LIMIT_FACTS_ALL: wholeNumber(1, 100_000_000).default(1_200),
  EPROOF_TRUSTED_PROXIES: networkList().default([]),
  EPROOF_WEBHOOK_ADDRESSES: z.enum(['public', 'any'], 'must be "public" or "any"').default('public'),
  EPROOF_MODE: z.enum(['test', 'live'], 'must be "test" or "live"').default('test'),
} as const;

const SCHEMA = z.object(VARIABLES);
type Values = z.output<typeof SCHEMA>;

/** The configuration of `environment`, and a line for each variable that looks like ours and is not. @throws ConfigError */
export function readConfig(environment: Environment): { config: Config; warnings: string[] } {
  // an empty variable is what a compose file or a unit writes for "not set"
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = SCHEMA.safeParse(given);
  const problems = parsed.success
    ? contradictions(parsed.data, given)
    : parsed.error.issues.map((issue) => `"${String(issue.path[0])}" ${issue.message}`);
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems.join('\n'));
  return { config: toConfig(parsed.data), warnings: strangers(given) };
}

/** The configuration in one line for each setting, without passwords and without what may stand in an address beside its host. */
export function describeConfig(config: Config): string[] {
  return [
    `listen      ${config.host}:${config.port}`,
    `data        ${config.dataFolder}`,
    `database    ${config.databaseUrl === null ? 'its own' : withoutSecrets(config.databaseUrl)}`,
    `chain       ${config.chain === null ? 'its own' : config.chain.rpcUrls.map(withoutSecrets).join(', ')}`,
    `registry    ${config.chain?.registry ?? 'deployed at the start'}`,
    `verifier    ${config.verifier.url ?? 'served here'}`,
    `keys        ${config.securityModule === null ? 'files' : `the token "${config.securityModule.token}" of ${config.securityModule.library}`}`,
    `sign-in     ${describeSignIn(config.signIn)}`,
    `mail        ${config.mail === null ? 'not set up (SMTP_URL)' : `${config.mail.host}:${config.mail.port} as ${config.mail.from}`}`,
    `sealing     up to ${config.sealing.maxSize} in a batch, after ${config.sealing.maxWaitMs} ms at the latest`,
    `final       after ${config.confirmations} blocks`,
    `mode        ${config.isTest ? 'test' : 'live'}`,
  ];
}

function describeSignIn(signIn: SignInConfig | null): string {
  if (signIn === null) return 'none';
  const addresses = new Set([signIn.officers.issuer, signIn.holders.issuer]);
  return `${[...addresses].join(', ')}${signIn.departmentsFile === null ? '' : ', and directories of departments'}`;
}

function toSignIn(values: Values): SignInConfig | null {
  const officers = toProvider(values.OIDC_ISSUER, values.OIDC_CLIENT_ID, values.OIDC_CLIENT_SECRET_FILE);
  const holders = toProvider(
    values.OIDC_HOLDER_ISSUER,
    values.OIDC_HOLDER_CLIENT_ID,
    values.OIDC_HOLDER_CLIENT_SECRET_FILE,
  );
  return (
    officers && {
      ...{ officers, holders: holders ?? officers, companiesClaim: values.OIDC_HOLDER_COMPANIES_CLAIM },
      departmentsFile: values.OIDC_DEPARTMENTS_FILE,
    }
  );
}

function toProvider(
  issuer: string | null,
  clientId: string | null,
  clientSecretFile: string | null,
): ProviderConfig | null {
  if (issuer === null || clientId === null || clientSecretFile === null) return null;
  return { issuer, clientId, clientSecretFile };
}

function toMail({ SMTP_URL: text, SMTP_PASSWORD_FILE: passwordFile, MAIL_FROM: from }: Values): MailConfig | null {
  if (text === null || from === null) return null;
  const { protocol, hostname, port, username } = new URL(text);
  const isSecure = protocol === 'smtps:';
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (isSecure ? 465 : 587) : Number(port),
    isSecure,
    requiresTls: isSecure || !isLoopback(hostname),
    signIn: passwordFile === null ? null : { user: decodeURIComponent(username), passwordFile },
    from,
  };
}

function toSecurityModule(values: Values): SecurityModuleConfig | null {
  const { PKCS11_LIBRARY: library, PKCS11_TOKEN: token, PKCS11_PIN_FILE: pinFile } = values;
  if (library === null || token === null || pinFile === null) return null;
  return { library, token, pinFile, environment: values.PKCS11_ENVIRONMENT };
}

function toConfig(values: Values): Config {
  const { CHAIN_RPC_URLS: rpcUrls, REGISTRY_ADDRESS: registry } = values;
  return {
    port: values.PORT,
    host: values.HOST,
    dataFolder: values.EPROOF_DATA_DIR,
    passwordFile: values.EPROOF_PASSWORD_FILE,
    securityModule: toSecurityModule(values),
    databaseUrl: values.DATABASE_URL,
    chain: rpcUrls === null || registry === null ? null : { rpcUrls, registry },
    verifier: {
      url: values.VERIFIER_URL,
      rpcUrls: values.VERIFIER_RPC_URLS,
      agree: values.VERIFIER_AGREE,
      embedders: values.VERIFIER_EMBEDDERS,
      console: values.VERIFIER_CONSOLE,
    },
    publicUrl: values.PUBLIC_URL,
    signIn: toSignIn(values),
    session: {
      idleMs: values.EPROOF_SESSION_IDLE_MINUTES * 60_000,
      absoluteMs: values.EPROOF_SESSION_HOURS * 3_600_000,
    },
    sealing: { maxSize: values.EPROOF_SEAL_SIZE, maxWaitMs: values.EPROOF_SEAL_WAIT_MS },
    confirmations: values.EPROOF_CONFIRMATIONS,
    maxBlockAgeSeconds: values.EPROOF_MAX_BLOCK_AGE_SECONDS,
    maxSnapshotAgeSeconds: values.EPROOF_MAX_SNAPSHOT_AGE_SECONDS,
    isTest: values.EPROOF_MODE === 'test',
    metrics: values.METRICS_PORT === null ? null : { host: values.METRICS_HOST, port: values.METRICS_PORT },
    limits: {
      caller: values.EPROOF_LIMIT_CALLER,
      refused: values.EPROOF_LIMIT_REFUSED,
      token: values.EPROOF_LIMIT_TOKEN,
      signIn: values.EPROOF_LIMIT_SIGN_IN,
      signInOfAll: values.EPROOF_LIMIT_SIGN_IN_ALL,
      lookUp: values.EPROOF_LIMIT_LOOK_UP,
      facts: values.EPROOF_LIMIT_FACTS,
      factsOfAll: values.EPROOF_LIMIT_FACTS_ALL,
    },
    trustedProxies: values.EPROOF_TRUSTED_PROXIES,
    webhooks: { allowPrivate: values.EPROOF_WEBHOOK_ADDRESSES === 'any' },
    mail: toMail(values),
    logLevel: values.LOG_LEVEL,
  };
}

/** Settings that are right one by one and wrong together. A half setting must never start the embedded part instead. */
function contradictions(values: Values, given: Environment): string[] {
  const problems: string[] = [];
  const half = ['PGHOST', 'PGHOSTADDR', 'PGDATABASE', 'PGSERVICE'].filter((name) => name in given);
  if (values.DATABASE_URL === null && half.length > 0)
    problems.push(
      `"${half[0]}" is set and "DATABASE_URL" is not: set "DATABASE_URL" to ${EXAMPLE_DATABASE}, or unset "${half[0]}"`,
    );
  if (values.CHAIN_RPC_URLS !== null && values.REGISTRY_ADDRESS === null)
    problems.push('"REGISTRY_ADDRESS" must say where the registry is on the chain of "CHAIN_RPC_URLS"');
  if (values.CHAIN_RPC_URLS === null && values.REGISTRY_ADDRESS !== null)
    problems.push('"CHAIN_RPC_URLS" must name the nodes of the chain that holds "REGISTRY_ADDRESS"');
  if (values.VERIFIER_URL === null && !isLoopback(values.HOST))
    problems.push(
      `"VERIFIER_URL" must say how people reach the verifier, because "HOST" is ${values.HOST}: QR codes carry it for ever`,
    );
  const nodes = values.VERIFIER_RPC_URLS ?? values.CHAIN_RPC_URLS;
  if (values.VERIFIER_AGREE !== null && nodes !== null && values.VERIFIER_AGREE > nodes.length)
    problems.push(`"VERIFIER_AGREE" must be at most ${nodes.length}, the number of nodes`);
  return [...problems, ...halfProviders(values), ...halfMail(values), ...halfSecurityModule(values)];
}

const PROVIDER_VARIABLES = ['ISSUER', 'CLIENT_ID', 'CLIENT_SECRET_FILE'] as const;

/** A half provider must never start the development one instead, nor let holders sign in where officers do. */
function halfProviders(values: Values): string[] {
  const problems = (['OIDC', 'OIDC_HOLDER'] as const).flatMap((prefix) => {
    const names = PROVIDER_VARIABLES.map((variable) => `${prefix}_${variable}` as const);
    const missing = names.filter((name) => values[name] === null);
    if (missing.length === 0 || missing.length === names.length) return [];
    const set = names.filter((name) => values[name] !== null);
    return missing.map((name) => `"${name}" must be set too, because "${set[0]}" is`);
  });
  if (values.OIDC_ISSUER === null)
    for (const name of ['OIDC_HOLDER_ISSUER', 'OIDC_HOLDER_COMPANIES_CLAIM', 'OIDC_DEPARTMENTS_FILE'] as const)
      if (values[name] !== null)
        problems.push(`"OIDC_ISSUER" must say where officers sign in, because "${name}" is set`);
  if (values.OIDC_ISSUER !== null && values.PUBLIC_URL === null && !isLoopback(values.HOST))
    problems.push(`"PUBLIC_URL" must say how browsers reach the service, because "HOST" is ${values.HOST}`);
  return problems;
}

/** Half a security module must never be none: keys would be made as files instead. */
function halfSecurityModule(values: Values): string[] {
  const names = ['PKCS11_LIBRARY', 'PKCS11_TOKEN', 'PKCS11_PIN_FILE'] as const;
  const set = names.find((name) => values[name] !== null);
  const given = set ?? (values.PKCS11_ENVIRONMENT.length > 0 ? 'PKCS11_ENVIRONMENT' : null);
  if (given === null) return [];
  return names
    .filter((name) => values[name] === null)
    .map((name) => `"${name}" must be set too, because "${given}" is`);
}

/** Half a mail server must never be none: nobody would miss what is not sent. */
function halfMail({ SMTP_URL: url, SMTP_PASSWORD_FILE: passwordFile, MAIL_FROM: from }: Values): string[] {
  if (url === null) {
    const set = from !== null ? 'MAIL_FROM' : passwordFile !== null ? 'SMTP_PASSWORD_FILE' : null;
    return set === null ? [] : [`"SMTP_URL" must name the mail server, because "${set}" is set`];
  }
  const hasUser = new URL(url).username !== '';
  return [
    ...(from === null ? ['"MAIL_FROM" must be the address that mails come from, because "SMTP_URL" is set'] : []),
    ...(hasUser && passwordFile === null
      ? ['"SMTP_PASSWORD_FILE" must be set too, because "SMTP_URL" names a user']
      : []),
    ...(!hasUser && passwordFile !== null ? ['"SMTP_URL" must name a user, because "SMTP_PASSWORD_FILE" is set'] : []),
  ];
}

function isLoopback(host: string): boolean {
  return /^(?:127(?:\.\d{1,3}){3}|::1|\[::1\]|localhost)$/i.test(host);
}

function strangers(given: Environment): string[] {
  return Object.keys(given)
    .filter((name) => name.startsWith('EPROOF_') && !Object.hasOwn(VARIABLES, name))
    .map(
      (name) =>
        `"${name}" is not a setting; there are ${Object.keys(VARIABLES)
          .filter((known) => known.startsWith('EPROOF_'))
          .join(', ')}`,
    );
}

function wholeNumber(least: number, most: number) {
  const rule = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, rule)
    .transform(Number)
    .refine((value) => value >= least && value <= most, rule);
}

function urlList() {
  return z
    .string()
    .transform((list) => list.split(',').map((url) => url.trim()))
    .refine((urls) => urls.every(isHttpUrl), 'must be http or https addresses, separated by commas')
    .refine((urls) => new Set(urls).size === urls.length, 'must name each node once');
}

function nameList() {
  return z
    .string()
    .transform((list) => list.split(',').map((name) => name.trim()))
    .refine(
      (names) => names.every((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)),
      'must be names of variables, separated by commas',
    );
}

function embedderList() {
  return z
    .string()
    .transform((list) => (list === 'any' ? null : list === 'none' ? [] : list.split(',').map((site) => site.trim())))
    .refine(
      (sites) => sites === null || sites.every((site) => isHttpUrl(site) && new URL(site).origin === site),
      'must be "any", "none", or the origins of sites, such as https://www.example.hk, separated by commas',
    );
}

function networkList() {
  return z
    .string()
    .transform((list) => list.split(',').map((network) => network.trim()))
    .refine(
      (networks) => networks.every(isNetwork),
      'must be addresses or networks such as 10.0.0.0/8, separated by commas',
    );
}

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  if (prefix === undefined) return true;
  // a prefix of 0 would believe everybody
  return /^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128);
}

export function providerAddress() {
  return z
    .string()
    .refine((text) => isHttpUrl(text) && !/[?#]/.test(text), 'must be the https address of an OpenID provider')
    .refine(
      (text) => !URL.canParse(text) || text.startsWith('https:') || isLoopback(new URL(text).hostname),
      'must be an https address: only a provider on this machine may be reached by http',
    );
}

function checkOrigin(text: string, context: z.RefinementCtx): void {
  if (!isHttpUrl(text) || new URL(text).origin !== text)
    context.addIssue({
      code: 'custom',
      message: 'must be an http or https address without a path or a "/" at its end',
    });
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

function checkDatabaseUrl(text: string, context: z.RefinementCtx): void {
  const problem = databaseUrlProblem(text);
  // the value is not repeated: it may carry a password
  if (problem) context.addIssue({ code: 'custom', message: `${problem}: write ${EXAMPLE_DATABASE}` });
}

function databaseUrlProblem(text: string): string | null {
  if (!/^postgres(ql)?:\/\//i.test(text)) return 'must start with postgres://';
  if (!URL.canParse(text)) return 'is not an address';
  const url = new URL(text);
  if (url.hostname === '' && !url.searchParams.has('host')) return 'names no host';
  if (url.pathname.length <= 1) return 'names no database';
  return null;
}

const EXAMPLE_SMTP = 'smtps://user@mail.example.hk:465';

function checkSmtpUrl(text: string, context: z.RefinementCtx): void {
  const problem = smtpUrlProblem(text);
  // the value is not repeated: it may carry a password
  if (problem) context.addIssue({ code: 'custom', message: `${problem}: write ${EXAMPLE_SMTP}` });
}

function smtpUrlProblem(text: string): string | null {
  if (!/^smtps?:\/\//i.test(text)) return 'must start with smtp:// or smtps://';
  if (!URL.canParse(text)) return 'is not an address';
  const { hostname, password, pathname, search, hash, username } = new URL(text);
  if (hostname === '') return 'names no host';
  if (password !== '') return 'must not carry the password, which is in "SMTP_PASSWORD_FILE"';
  if (pathname.length > 1 || search !== '' || hash !== '') return 'must end after the port';
  return isPercentEncoded(username) ? null : 'has a user that is not percent-encoded';
}

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function checkVerifierUrl(text: string, context: z.RefinementCtx): void {
  if (!isHttpUrl(text) || !text.endsWith('/') || /[?#]/.test(text))
    context.addIssue({ code: 'custom', message: 'must be an http or https address that ends in "/"' });
}

function withoutSecrets(text: string): string {
  const { protocol, host, pathname } = new URL(text);
  // a node's address often carries its access key in the path; a database's path is its name
  return `${protocol}//${host}${protocol.startsWith('postgres') ? pathname : ''}`;
}
