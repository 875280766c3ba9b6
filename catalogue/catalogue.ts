import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import {
  type CredentialType,
  decodeCredentialType,
  decodeIssuerProfile,
  type IssuerProfile,
} from '../proof/credential-type.ts';
import { decodeLifecycle, type Lifecycle, NO_LIFECYCLE } from './lifecycle.ts';
import { checkLogo, checkOrder, decodeLook, type Look, type LookFile, NO_LOOK } from './look.ts';
import { checkFacts, decodeLookUp, type Fact } from './look-up.ts';

/** One immutable file of the catalogue; `sha256` (hex) of its `bytes` is its identity on the chain. */
export interface CatalogueFile {
  bytes: Uint8Array;
  sha256: string;
}

export interface CatalogueType extends CatalogueFile {
  code: string;
  version: number;
  definition: CredentialType;
  /** The same for every version. */
  lifecycle: Lifecycle;
  /** What is typed from the paper to see a credential of it, the same for every version; none where that is not how it is shown. */
  facts: readonly Fact[];
  /** The claims that its document shows first, the same for every version. */
  order: readonly string[];
}

export interface CatalogueDepartment extends CatalogueFile {
  code: string;
  profile: IssuerProfile;
  look: Look;
}

export interface Catalogue {
  /** Sorted by code, then version. */
  types: readonly CatalogueType[];
  /** Sorted by code. */
  departments: readonly CatalogueDepartment[];
}

const ITS_FOLDER = new URL('./', import.meta.url);

/** All types and departments under `folder`. Throws on the first file that is not what its name and the others promise. */
export function loadCatalogue(folder: URL = ITS_FOLDER): Catalogue {
  const looks = readFolder(new URL('looks/', folder), toLook);
  const departments = readFolder(new URL('departments/', folder), toDepartment).map((department) => ({
    ...department,
    look: openLook(folder, looks, department.code),
  }));
  const codes = new Set(departments.map((department) => department.code));
  const lifecycles = new Map(readFolder(new URL('lifecycles/', folder), toLifecycle));
  const lookUps = new Map(readFolder(new URL('look-ups/', folder), toLookUp));
  const types = readFolder(new URL('types/', folder), (file) => toType(file, codes)).map((type) => ({
    ...type,
    lifecycle: lifecycles.get(type.code) ?? NO_LIFECYCLE,
    facts: lookUps.get(type.code) ?? [],
    order: looks.find(({ orders }) => orders.has(type.code))?.orders.get(type.code) ?? [],
  }));
  checkLifecycles(lifecycles, types);
  checkLookUps(lookUps, types);
  checkLooks(looks, { codes, types });
  return {
    departments: departments.sort(byCode),
    types: inOrder(types),
  };
}

/**
 * A version of a type that this catalogue has, from a file that is not in its folder: with the lifecycle, the facts and the order of its code.
 * @throws ProofError TYPE_INVALID, or an Error, where it is not what those demand
 */
export function openVersion({ types, departments }: Catalogue, bytes: Uint8Array): CatalogueType {
  const { code } = decodeCredentialType(bytes);
  const newest = types.findLast((type) => type.code === code);
  if (!newest) throw new Error(`"code" ${code} is no type of the catalogue`);
  const { lifecycle, facts, order } = newest;
  const name = `${code}.${decodeCredentialType(bytes).version}.json`;
  const codes = new Set(departments.map((department) => department.code));
  const file = toType({ name, bytes, sha256: hash('sha256', bytes) }, codes);
  if (file.definition.department !== newest.definition.department) throw new Error('"department" must stay');
  const version = { ...file, lifecycle, facts, order };
  checkRules(version, types);
  return version;
}

/** What stands in other files about its code. */
function checkRules(version: CatalogueType, types: readonly CatalogueType[]): void {
  const all = [...types, version];
  const lifecycles = new Map(types.map(({ code, lifecycle }) => [code, lifecycle]));
  checkLifecycles(new Map([[version.code, version.lifecycle]]), all, lifecycles);
  const isAsked = version.definition.disclosure === 'knowledge-check';
  if (isAsked !== version.facts.length > 0)
    throw new Error('"disclosure" knowledge-check goes with facts that are asked for');
  checkFacts(version.definition, version.facts);
  checkOrder(version.definition, version.order);
}

/** By code, then version. */
export function inOrder(types: readonly CatalogueType[]): CatalogueType[] {
  return types.toSorted((a, b) => byCode(a, b) || a.version - b.version);
}

interface NamedFile extends CatalogueFile {
  name: string;
}

function readFolder<T>(folder: URL, read: (file: NamedFile) => T): T[] {
  return readdirSync(folder).map((name) => {
    // a plain Uint8Array, because a Buffer would leak node's own methods into rooms that run in browsers
    const bytes = new Uint8Array(readFileSync(new URL(name, folder)));
    try {
      return read({ name, bytes, sha256: hash('sha256', bytes) });
    } catch (cause) {
      throw new Error(`catalogue file ${name}: ${(cause as Error).message}`, { cause });
    }
  });
}

function toDepartment({ name, bytes, sha256 }: NamedFile): Omit<CatalogueDepartment, 'look'> {
  const profile = decodeIssuerProfile(bytes);
  checkName(name, profile.code);
  return { code: profile.code, profile, bytes, sha256 };
}

function toLifecycle({ name, bytes }: NamedFile): [string, Lifecycle] {
  const { code, lifecycle } = decodeLifecycle(bytes);
  checkName(name, code);
  return [code, lifecycle];
}

function toLookUp({ name, bytes }: NamedFile): [string, readonly Fact[]] {
  const { code, facts } = decodeLookUp(bytes);
  checkName(name, code);
  return [code, facts];
}

function toLook({ name, bytes }: NamedFile): LookFile {
  const look = decodeLook(bytes);
  checkName(name, look.department);
  if (look.logo !== null && look.logo !== `${look.department}.png`)
    throw new Error(`"logo" must be ${look.department}.png, in the folder logos`);
  return look;
}

function openLook(folder: URL, looks: readonly LookFile[], code: string): Look {
  const { logo, accent } = looks.find(({ department }) => department === code) ?? NO_LOOK;
  if (typeof logo !== 'string') return { logo: null, accent };
  const bytes = new Uint8Array(readFileSync(new URL(`logos/${logo}`, folder)));
  checkLogo(bytes);
  return { logo: bytes, accent };
}

function toType(
  { name, bytes, sha256 }: NamedFile,
  departments: ReadonlySet<string>,
): Omit<CatalogueType, 'lifecycle' | 'facts' | 'order'> {
  const definition = decodeCredentialType(bytes);
  const { code, version } = definition;
  checkName(name, version === 1 ? code : `${code}.${version}`);
  if (!departments.has(definition.department)) throw new Error('"department" has no profile');
  checkValidityClaim(definition);
  return { code, version, definition, bytes, sha256 };
}

function checkName(name: string, expected: string): void {
  if (name !== `${expected}.json`) throw new Error(`"code" and "version" belong in a file named ${expected}.json`);
}

function checkValidityClaim({ validity, claims }: CredentialType): void {
  if (validity.kind !== 'perItem' && validity.kind !== 'followsParent') return;
  const type = claims.find((claim) => claim.name === validity.claim)?.type;
  const expected = validity.kind === 'perItem' ? 'classList' : 'identifier';
  if (type !== expected) throw new Error(`"validity.claim" must name a claim of type ${expected}`);
}

const RENEWABLE = ['months', 'printedDate', 'calendarYearEnd'];

/** @param all of every type, where `lifecycles` are of some */
function checkLifecycles(
  lifecycles: ReadonlyMap<string, Lifecycle>,
  types: readonly CatalogueType[],
  all: ReadonlyMap<string, Lifecycle> = lifecycles,
): void {
  for (const [code, lifecycle] of lifecycles) {
    const { renewal } = lifecycle;
    const found = types.filter((type) => type.code === code);
    if (found.length === 0) throw new Error(`lifecycles/${code}.json is of no type`);
    // of the other rules no end follows from the start alone
    if (renewal && found.some(({ definition }) => !RENEWABLE.includes(definition.validity.kind)))
      throw new Error(`lifecycles/${code}.json: "renewal" is for types whose end follows from their start`);
    checkFollowed(code, lifecycle, found);
    checkBecomes(code, lifecycle, types);
    checkParent(code, { lifecycles: all, types });
  }
}

function checkFollowed(code: string, { follows }: Lifecycle, found: readonly CatalogueType[]): void {
  if (follows === null) return;
  for (const { definition } of found) {
    const claim = definition.claims.find(({ name }) => name === follows.claim);
    if (claim?.type !== 'date' || !claim.required || definition.validity.kind !== 'months')
      throw new Error(`lifecycles/${code}.json: "follows" names a required date, in a type that lasts for months`);
  }
}

function checkBecomes(code: string, { becomes }: Lifecycle, types: readonly CatalogueType[]): void {
  const departmentOf = (one: string) => types.find((type) => type.code === one)?.definition.department;
  for (const full of becomes)
    if (full === code || departmentOf(full) !== departmentOf(code))
      throw new Error(`lifecycles/${code}.json: "becomes" names other types of the same department`);
}

// Of one generation: whoever ends a parent is offered its children, and those have none.
function checkParent(
  code: string,
  { lifecycles, types }: { lifecycles: ReadonlyMap<string, Lifecycle>; types: readonly CatalogueType[] },
): void {
  const parent = lifecycles.get(code)?.parent;
  if (!parent) return;
  const own = types.filter((type) => type.code === code);
  const isWrong = own.some(({ definition: { claims } }) => {
    const claim = claims.find(({ name }) => name === parent.claim);
    return claim?.type !== 'identifier' || !claim.required;
  });
  const isStranger = parent.types.some((one) => {
    const found = types.find((type) => type.code === one)?.definition.department;
    return found !== own[0]?.definition.department || lifecycles.get(one)?.parent;
  });
  if (isWrong || isStranger)
    throw new Error(
      `lifecycles/${code}.json: "parent" names types of the department that have none themselves, and a required identifier`,
    );
}

function checkLookUps(lookUps: ReadonlyMap<string, readonly Fact[]>, types: readonly CatalogueType[]): void {
  for (const code of lookUps.keys())
    if (!types.some((type) => type.code === code)) throw new Error(`look-ups/${code}.json is of no type`);
  for (const { code, facts, definition } of types) {
    const isAsked = definition.disclosure === 'knowledge-check';
    if (isAsked !== lookUps.has(code))
      throw new Error(`look-ups/${code}.json: ${isAsked ? 'is missing' : '"disclosure" of the type is another'}`);
    checkFacts(definition, facts);
  }
}

function checkLooks(
  looks: readonly LookFile[],
  { codes, types }: { codes: ReadonlySet<string>; types: readonly CatalogueType[] },
): void {
  for (const { department, orders } of looks) {
    if (!codes.has(department)) throw new Error(`looks/${department}.json is of no department`);
    for (const [code, order] of orders) {
      const found = types.filter(({ definition }) => definition.code === code && definition.department === department);
      if (found.length === 0) throw new Error(`looks/${department}.json: "${code}" is no type of it`);
      for (const { definition } of found) checkOrder(definition, order);
    }
  }
}

function byCode(a: { code: string }, b: { code: string }): number {
  return a.code < b.code ? -1 : Number(a.code > b.code);
}
