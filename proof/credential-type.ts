import { CLAIM_TYPES, type ClaimRule, type ClaimType } from './claim-value.ts';
import { MOST_CLAIMS_IN_GROUP } from './commitment.ts';
import { ProofError } from './errors.ts';
import { decodeJson, isJsonObject, type Json, type JsonObject } from './json.ts';

/** A text in the three languages of Hong Kong's services, each one reviewed, none converted by a program. */
export interface Label {
  en: string;
  'zh-Hant': string;
  'zh-Hans': string;
}

export const DISCLOSURES = ['public', 'holder-consent', 'authorised-only', 'knowledge-check'] as const;
export type DisclosureRule = (typeof DISCLOSURES)[number];

export const HOLDER_KINDS = ['person', 'company', 'premises', 'vehicle', 'vessel', 'equipment'] as const;
export type HolderKind = (typeof HOLDER_KINDS)[number];

export const CLAIM_ROLES = ['number', 'holder', 'subject', 'place', 'conditions'] as const;
export type ClaimRole = (typeof CLAIM_ROLES)[number];

/** How long a credential of the type may be valid; lengths in whole months. */
export type ValidityRule =
  | { kind: 'months'; min?: number; max: number }
  | { kind: 'openEnded' }
  | { kind: 'printedDate'; typicalMonths: number }
  | { kind: 'perItem'; claim: string }
  | { kind: 'calendarYearEnd'; years: number }
  | { kind: 'followsParent'; claim: string }
  | { kind: 'pointInTime' };

export interface ClaimDefinition extends ClaimRule {
  name: string;
  type: ClaimType;
  group: 'shown' | 'rest';
  sensitive: boolean;
  required: boolean;
  /** Whether every proof that discloses anything discloses this (FORMAT.md section 4). Only shown claims. */
  always: boolean;
  role?: ClaimRole;
  label: Label;
  options?: readonly { code: string; label: Label }[];
}

/** A kind of credential: an immutable file, known by the SHA-256 of its bytes (FORMAT.md section 7). */
export interface CredentialType {
  code: string;
  version: number;
  department: string;
  title: Label;
  holder: HolderKind;
  disclosure: DisclosureRule;
  validity: ValidityRule;
  /** What this kind calls the header's dates; a date without a label is not printed. */
  dates: { issued?: Label; validFrom?: Label; validUntil?: Label };
  /** Shown claims first; a claim's place within its group is what its commitment binds. */
  claims: readonly ClaimDefinition[];
  /** Texts that await review, as paths such as `title.zh-Hant`. */
  drafts: readonly string[];
}

/** An issuer as the registry's profile names it: an immutable file, known by the SHA-256 of its bytes. */
export interface IssuerProfile {
  code: string;
  name: Label;
  website?: string;
}

/** The longest text of a claim that a type may allow, in UTF-16 units. */
export const MOST_TEXT_LENGTH = 4_000;
const MOST_OPTIONS = 255;
const CLAIM_NAME = /^[a-z][A-Za-z0-9]{0,59}$/;
/** A subject's `id` and `type` are the W3C data model's own words, so that a claim of that name would say something else. */
const RESERVED_NAMES = ['id', 'type'];

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws ProofError TYPE_INVALID, naming the field */
export function decodeCredentialType(bytes: Uint8Array): CredentialType {
  const file = decodeFile(bytes, 'eproof-credential-type/1');
  const claims = expectList(file.claims, 'claims').map((claim, i) => decodeClaim(claim, `claims[${i}]`));
  checkClaims(claims);
  return {
    code: expectText(file.code, 'code'),
    version: expectCount(file.version, 'version'),
    department: expectText(file.department, 'department'),
    title: expectLabel(file.title, 'title'),
    holder: expectOneOf(file.holder, 'holder', HOLDER_KINDS),
    disclosure: expectOneOf(file.disclosure, 'disclosure', DISCLOSURES),
    validity: decodeValidity(expectObject(file.validity, 'validity')),
    dates: decodeDates(expectObject(file.dates, 'dates')),
    claims,
    drafts: expectList(file.drafts, 'drafts').map((path) => expectText(path, 'drafts')),
  };
}

/** @throws ProofError TYPE_INVALID, naming the field */
export function decodeIssuerProfile(bytes: Uint8Array): IssuerProfile {
  const file = decodeFile(bytes, 'eproof-issuer/1');
  return {
    code: expectText(file.code, 'code'),
    name: expectLabel(file.name, 'name'),
    ...(file.website === undefined ? {} : { website: expectText(file.website, 'website') }),
  };
}

/** The claims of one group, in the order that their commitments bind. */
export function claimsOf(type: CredentialType, group: 'shown' | 'rest'): ClaimDefinition[] {
  return type.claims.filter((claim) => claim.group === group);
}

function decodeFile(bytes: Uint8Array, format: string): JsonObject {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new ProofError('TYPE_INVALID', 'the file is not UTF-8');
  }
  const file = expectObject(decodeJson(text), 'file');
  if (file.format !== format) throw new ProofError('TYPE_INVALID', `"format" must be ${format}`);
  return file;
}

function decodeClaim(json: Json, path: string): ClaimDefinition {
  const claim = expectObject(json, path);
  const type = expectOneOf(claim.type, `${path}.type`, CLAIM_TYPES);
  return {
    name: expectClaimName(claim.name, `${path}.name`),
    type,
    group: expectOneOf(claim.group, `${path}.group`, ['shown', 'rest']),
    sensitive: expectBoolean(claim.sensitive, `${path}.sensitive`),
    required: expectBoolean(claim.required, `${path}.required`),
    always: claim.always !== undefined && expectBoolean(claim.always, `${path}.always`),
    ...(claim.role === undefined ? {} : { role: expectOneOf(claim.role, `${path}.role`, CLAIM_ROLES) }),
    label: expectLabel(claim.label, `${path}.label`),
    ...(type === 'enum' ? { options: decodeOptions(claim.options, `${path}.options`) } : {}),
    ...(claim.maxLength === undefined ? {} : { maxLength: expectMaxLength(claim.maxLength, `${path}.maxLength`) }),
  };
}

function decodeOptions(json: Json | undefined, path: string): { code: string; label: Label }[] {
  const options = expectList(json, path).map((item, i) => {
    const option = expectObject(item, `${path}[${i}]`);
    return {
      code: expectText(option.code, `${path}[${i}].code`),
      label: expectLabel(option.label, `${path}[${i}].label`),
    };
  });
  if (options.length < 1 || options.length > MOST_OPTIONS) fail(path, `a list of 1 to ${MOST_OPTIONS}`);
  // two numbers for one code would be two encodings of one value
  if (new Set(options.map(({ code }) => code)).size !== options.length) fail(path, 'without a code twice');
  return options;
}

function checkClaims(claims: readonly ClaimDefinition[]): void {
  const names = new Set(claims.map((claim) => claim.name));
  if (names.size !== claims.length) throw new ProofError('TYPE_INVALID', '"claims" has a name twice');
  const firstRest = claims.findIndex((claim) => claim.group === 'rest');
  if (firstRest >= 0 && claims.slice(firstRest).some((claim) => claim.group === 'shown')) {
    throw new ProofError('TYPE_INVALID', '"claims" must have the shown claims first');
  }
  if (claims.some((claim) => claim.always && claim.group === 'rest'))
    throw new ProofError('TYPE_INVALID', '"claims" must have what is always shown among the shown claims');
  for (const group of ['shown', 'rest'])
    if (claims.filter((claim) => claim.group === group).length > MOST_CLAIMS_IN_GROUP)
      throw new ProofError('TYPE_INVALID', `"claims" has more than ${MOST_CLAIMS_IN_GROUP} of one group`);
}

function decodeValidity(rule: JsonObject): ValidityRule {
  const { kind } = rule;
  switch (kind) {
    case 'months':
      return {
        kind,
        max: expectCount(rule.max, 'validity.max'),
        ...(rule.min === undefined ? {} : { min: expectCount(rule.min, 'validity.min') }),
      };
    case 'printedDate':
      return { kind, typicalMonths: expectCount(rule.typicalMonths, 'validity.typicalMonths') };
    case 'calendarYearEnd':
      return { kind, years: expectCount(rule.years, 'validity.years') };
    case 'perItem':
    case 'followsParent':
      return { kind, claim: expectText(rule.claim, 'validity.claim') };
    case 'openEnded':
    case 'pointInTime':
      return { kind };
    default:
      throw new ProofError('TYPE_INVALID', '"validity.kind" is not known');
  }
}

function decodeDates(dates: JsonObject): CredentialType['dates'] {
  const labels: Record<string, Label> = {};
  for (const [name, label] of Object.entries(dates))
    labels[expectOneOf(name, 'dates', ['issued', 'validFrom', 'validUntil'])] = expectLabel(label, `dates.${name}`);
  return labels;
}

function fail(field: string, rule: string): never {
  throw new ProofError('TYPE_INVALID', `"${field}" must be ${rule}`);
}

function expectObject(json: Json | undefined, field: string): JsonObject {
  return isJsonObject(json) ? json : fail(field, 'an object');
}

function expectList(json: Json | undefined, field: string): readonly Json[] {
  return Array.isArray(json) ? json : fail(field, 'a list');
}

function expectText(json: Json | undefined, field: string): string {
  return typeof json === 'string' && json.length > 0 ? json : fail(field, 'text');
}

function expectClaimName(json: Json | undefined, field: string): string {
  const isName = typeof json === 'string' && CLAIM_NAME.test(json) && !RESERVED_NAMES.includes(json);
  return isName ? json : fail(field, 'a name such as "licenceNumber"');
}

function expectMaxLength(json: Json | undefined, field: string): number {
  const most = expectCount(json, field);
  return most <= MOST_TEXT_LENGTH ? most : fail(field, `at most ${MOST_TEXT_LENGTH}`);
}

function expectBoolean(json: Json | undefined, field: string): boolean {
  return typeof json === 'boolean' ? json : fail(field, 'true or false');
}

function expectCount(json: Json | undefined, field: string): number {
  return Number.isSafeInteger(json) && (json as number) > 0 ? (json as number) : fail(field, 'a whole number above 0');
}

function expectOneOf<T extends string>(json: Json | undefined, field: string, allowed: readonly T[]): T {
  return allowed.includes(json as T) ? (json as T) : fail(field, `one of ${allowed.join(', ')}`);
}

function expectLabel(json: Json | undefined, field: string): Label {
  const label = expectObject(json, field);
  return {
    en: expectText(label.en, `${field}.en`),
    'zh-Hant': expectText(label['zh-Hant'], `${field}.zh-Hant`),
    'zh-Hans': expectText(label['zh-Hans'], `${field}.zh-Hans`),
  };
}
