import { ProofError } from './errors.ts';
import { decodeJson, isJsonObject, type Json, type JsonObject } from './json.ts';
import type { RegistryAddress } from './signature.ts';

/** What a verifier trusts before it looks at anything: `trust.json` on its own origin (FORMAT.md section 9). */
export interface Trust {
  /** True everywhere but in production: every verdict says so. */
  test: boolean;
  /** Addresses that a QR may lead to, each ending in "/". */
  verifiers: readonly string[];
  /** Where officers read what only they may, ending in "/"; absent where it is `console/` beside the page. */
  console?: string;
  /** A reading whose block is older than this, or further ahead of the clock, is not used. */
  maxBlockAgeSeconds: number;
  /** A snapshot whose block is older than this no longer says what is so, only what was. */
  maxSnapshotAgeSeconds: number;
  /** A proof names its registry by the place in this list. */
  registries: readonly TrustedRegistry[];
}

export interface TrustedRegistry extends RegistryAddress {
  /** keccak-256 of the contract's code: 0x and 64 lower-case hex digits. */
  codeHash: string;
  /** JSON-RPC addresses, of which `agree` must give the same answer. */
  nodes: readonly string[];
  agree: number;
  /** By issuer number: the SHA-256 of its profile file and the keys known when this file was made. */
  issuers: readonly { issuer: number; profile: string; keys: readonly string[] }[];
  /** By issuer and type number: the SHA-256 of the definition file. */
  types: readonly { issuer: number; number: number; definition: string }[];
}

/** @throws ProofError TRUST_INVALID, naming the field */
export function decodeTrust(text: string): Trust {
  const file = expect(decodeJson(text), 'trust', isJsonObject);
  if (file.format !== 'eproof-trust/1') fail('format', 'eproof-trust/1');
  const verifiers = expect(file.verifiers, 'verifiers', isTextList);
  if (!verifiers.every(isWebAddress)) fail('verifiers', 'web addresses that end in a slash');
  const { console } = file;
  if (console !== undefined && !isWebAddress(console)) fail('console', 'a web address that ends in a slash');
  return {
    test: expect(file.test, 'test', isBoolean),
    verifiers,
    ...(console === undefined ? {} : { console }),
    maxBlockAgeSeconds: expect(file.maxBlockAgeSeconds, 'maxBlockAgeSeconds', isCount),
    maxSnapshotAgeSeconds: expect(file.maxSnapshotAgeSeconds, 'maxSnapshotAgeSeconds', isCount),
    registries: expect(file.registries, 'registries', isList).map((registry, i) =>
      decodeRegistry(registry, `registries[${i}]`),
    ),
  };
}

function decodeRegistry(json: Json, path: string): TrustedRegistry {
  const registry = expect(json, path, isJsonObject);
  const nodes = expect(registry.nodes, `${path}.nodes`, isTextList);
  const agree = expect(registry.agree, `${path}.agree`, isCount);
  if (agree > nodes.length) fail(`${path}.agree`, 'from 1 to the number of nodes');
  // a node that is listed twice would agree with itself
  checkUnique(nodes, `${path}.nodes`);
  const issuers = rows(registry, 'issuers', path).map((row) => ({
    issuer: expect(row.issuer, `${path}.issuers.issuer`, isCount),
    profile: expect(row.profile, `${path}.issuers.profile`, isSha256),
    keys: expect(row.keys, `${path}.issuers.keys`, isAddressList),
  }));
  const types = rows(registry, 'types', path).map((row) => ({
    issuer: expect(row.issuer, `${path}.types.issuer`, isCount),
    number: expect(row.number, `${path}.types.number`, isCount),
    definition: expect(row.definition, `${path}.types.definition`, isSha256),
  }));
  checkUnique(
    issuers.map(({ issuer }) => issuer),
    `${path}.issuers`,
  );
  checkUnique(
    types.map(({ issuer, number }) => `${issuer}/${number}`),
    `${path}.types`,
  );
  return {
    chainId: expect(registry.chainId, `${path}.chainId`, isCount),
    address: expect(registry.address, `${path}.address`, isAddress),
    codeHash: expect(registry.codeHash, `${path}.codeHash`, isHash).toLowerCase(),
    nodes,
    agree,
    issuers,
    types,
  };
}

function checkUnique(items: readonly (string | number)[], field: string): void {
  if (new Set(items).size !== items.length) fail(field, 'without one twice');
}

function rows(registry: JsonObject, name: string, path: string): JsonObject[] {
  return expect(registry[name], `${path}.${name}`, isList).map((row) => expect(row, `${path}.${name}`, isJsonObject));
}

function expect<T extends Json>(json: Json | undefined, field: string, is: (value: Json | undefined) => value is T): T {
  return is(json) ? json : fail(field, 'there and of its kind');
}

function fail(field: string, rule: string): never {
  throw new ProofError('TRUST_INVALID', `"${field}" must be ${rule}`);
}

const isBoolean = (value: Json | undefined): value is boolean => typeof value === 'boolean';
const isCount = (value: Json | undefined): value is number => Number.isSafeInteger(value) && (value as number) >= 1;
const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
const isTextList = (value: Json | undefined): value is readonly string[] =>
  isList(value) && value.every((item) => typeof item === 'string');
const isText =
  (pattern: RegExp) =>
  (value: Json | undefined): value is string =>
    typeof value === 'string' && pattern.test(value);
const isWebAddress = isText(/^https?:\/\/.+\/$/);
const isSha256 = isText(/^[0-9a-f]{64}$/);
const isAddress = isText(/^0x[0-9a-fA-F]{40}$/);
const isHash = isText(/^0x[0-9a-fA-F]{64}$/);
const isAddressList = (value: Json | undefined): value is readonly string[] => isList(value) && value.every(isAddress);
