import { type Catalogue, openVersion } from '../../catalogue/catalogue.ts';
import { CLAIM_TYPES } from '../../proof/claim-value.ts';
import {
  CLAIM_ROLES,
  type ClaimDefinition,
  type CredentialType,
  DISCLOSURES,
  MOST_TEXT_LENGTH,
} from '../../proof/credential-type.ts';
import { isJsonObject, type Json, type JsonObject } from '../../proof/json.ts';
import type { Problem } from '../app-error.ts';
import { toBytes } from './definition-file.ts';

/** Of a title, a label or an option. */
export const MOST_LABEL_LENGTH = 200;
const CLAIM_NAME = /^[a-z][A-Za-z0-9]{0,59}$/;
const OPTION_CODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/;
const UNPRINTABLE = /\p{Cc}|\p{Cf}|\p{Co}|\p{Cs}/u;
const KINDS = ['months', 'openEnded', 'printedDate', 'perItem', 'calendarYearEnd', 'followsParent', 'pointInTime'];
const LONGEST_MONTHS = 1_200;

/**
 * All that is wrong with a definition file, each beside its field: pointers are into the file. Empty where a verifier and the rest of the catalogue take it.
 * @param before the version in force
 */
export function faultsOf(file: JsonObject, before: CredentialType, catalogue: Catalogue): Problem[] {
  const faults: Problem[] = [];
  const tell: Tell = (pointer, code, rule) =>
    faults.push({ pointer, code, message: `"${pointer.slice(1).replaceAll('/', '.')}" ${rule}` });
  checkLabel(file.title, '/title', tell);
  checkOneOf(file.disclosure, DISCLOSURES, '/disclosure', tell);
  checkDates(file.dates, tell);
  const claims = Array.isArray(file.claims) ? (file.claims as readonly Json[]) : [];
  checkValidity(file.validity, claims, tell);
  if (claims.length === 0) tell('/claims', 'FIELD_MISSING', 'must have a claim');
  claims.forEach((claim, i) => {
    checkClaim(claim, `/claims/${i}`, tell);
  });
  checkNames(claims, tell);
  checkNumber(claims, before, tell);
  if (faults.length > 0) return faults;
  // the decoder that every verifier has, and what the other files say about the type
  try {
    openVersion(catalogue, toBytes(file));
    return [];
  } catch (error) {
    const { message } = error as Error;
    return [{ pointer: '/claims', code: 'TYPE_RULE_BROKEN', message }];
  }
}

type Tell = (pointer: string, code: string, rule: string) => void;

function checkLabel(json: Json | undefined, pointer: string, tell: Tell): void {
  for (const language of ['en', 'zh-Hant', 'zh-Hans'])
    checkText(isJsonObject(json) ? json[language] : null, `${pointer}/${language}`, tell);
}

function checkText(json: Json | undefined, pointer: string, tell: Tell): void {
  if (typeof json !== 'string' || json.trim() === '') tell(pointer, 'FIELD_MISSING', 'is required');
  else if (json.length > MOST_LABEL_LENGTH)
    tell(pointer, 'TEXT_TOO_LONG', `must have at most ${MOST_LABEL_LENGTH} characters, got ${json.length}`);
  else if (json !== json.trim() || json !== json.normalize('NFC') || UNPRINTABLE.test(json))
    tell(pointer, 'TEXT_UNPRINTABLE', 'must not start or end with a space, or have characters that are not seen');
}

function checkOneOf(json: Json | undefined, allowed: readonly string[], pointer: string, tell: Tell): void {
  if (json === undefined || json === null || json === '') tell(pointer, 'FIELD_MISSING', 'is required');
  else if (!allowed.includes(json as string)) tell(pointer, 'VALUE_UNKNOWN', `must be one of ${allowed.join(', ')}`);
}

function checkCount(json: Json | undefined, most: number, pointer: string, tell: Tell): void {
  const isCount = Number.isSafeInteger(json) && (json as number) > 0 && (json as number) <= most;
  if (json === undefined || json === null || json === '') tell(pointer, 'FIELD_MISSING', 'is required');
  else if (!isCount) tell(pointer, 'COUNT_INVALID', `must be a whole number from 1 to ${most}`);
}

function checkDates(json: Json | undefined, tell: Tell): void {
  if (!isJsonObject(json)) tell('/dates', 'FIELD_MISSING', 'is required');
  else for (const [name, label] of Object.entries(json)) checkLabel(label, `/dates/${name}`, tell);
}

function checkValidity(json: Json | undefined, claims: readonly Json[], tell: Tell): void {
  const rule = isJsonObject(json) ? json : {};
  checkOneOf(rule.kind, KINDS, '/validity/kind', tell);
  switch (rule.kind) {
    case 'months':
      checkCount(rule.max, LONGEST_MONTHS, '/validity/max', tell);
      if (rule.min !== undefined) checkCount(rule.min, LONGEST_MONTHS, '/validity/min', tell);
      if (Number(rule.min) > Number(rule.max))
        tell('/validity/min', 'COUNT_INVALID', 'must not be more than "validity.max"');
      break;
    case 'printedDate':
      checkCount(rule.typicalMonths, LONGEST_MONTHS, '/validity/typicalMonths', tell);
      break;
    case 'calendarYearEnd':
      checkCount(rule.years, 100, '/validity/years', tell);
      break;
    case 'perItem':
    case 'followsParent': {
      const type = rule.kind === 'perItem' ? 'classList' : 'identifier';
      const isThere = claims.some((claim) => isJsonObject(claim) && claim.name === rule.claim && claim.type === type);
      if (!isThere) tell('/validity/claim', 'CLAIM_NEEDED', `must name a claim of the type ${type}`);
    }
  }
}

function checkClaim(json: Json, pointer: string, tell: Tell): void {
  const {
    name,
    type,
    group,
    sensitive,
    required,
    always = false,
    role,
    maxLength,
    label,
    options,
  } = isJsonObject(json) ? json : {};
  if (typeof name !== 'string' || name === '') tell(`${pointer}/name`, 'FIELD_MISSING', 'is required');
  else if (!CLAIM_NAME.test(name) || ['id', 'type'].includes(name))
    tell(
      `${pointer}/name`,
      'NAME_INVALID',
      'must be a name such as licenceNumber: letters and digits, a small one first',
    );
  checkOneOf(type, CLAIM_TYPES, `${pointer}/type`, tell);
  checkOneOf(group, ['shown', 'rest'], `${pointer}/group`, tell);
  for (const [field, value] of Object.entries({ sensitive, required, always }))
    if (typeof value !== 'boolean') tell(`${pointer}/${field}`, 'VALUE_UNKNOWN', 'must be true or false');
  if (always === true && group !== 'shown')
    tell(`${pointer}/always`, 'ALWAYS_NOT_SHOWN', 'is for claims of the group "shown"');
  if (role !== undefined) checkOneOf(role, CLAIM_ROLES, `${pointer}/role`, tell);
  if (maxLength !== undefined) checkCount(maxLength, MOST_TEXT_LENGTH, `${pointer}/maxLength`, tell);
  checkLabel(label, `${pointer}/label`, tell);
  if (type === 'enum') checkOptions(options, `${pointer}/options`, tell);
}

function checkOptions(json: Json | undefined, pointer: string, tell: Tell): void {
  const options = Array.isArray(json) ? (json as readonly Json[]) : [];
  if (options.length === 0 || options.length > 255) tell(pointer, 'OPTIONS_MISSING', 'must have 1 to 255 options');
  const codes = options.map((option) => (isJsonObject(option) ? option.code : null));
  options.forEach((option, i) => {
    const code = codes[i];
    if (typeof code !== 'string' || !OPTION_CODE.test(code))
      tell(`${pointer}/${i}/code`, 'NAME_INVALID', 'must be a code such as full-licence');
    else if (codes.indexOf(code) < i) tell(`${pointer}/${i}/code`, 'NAME_TWICE', 'is there already');
    checkLabel(isJsonObject(option) ? option.label : null, `${pointer}/${i}/label`, tell);
  });
}

function checkNames(claims: readonly Json[], tell: Tell): void {
  const names = claims.map((claim) => (isJsonObject(claim) ? claim.name : null));
  names.forEach((name, i) => {
    if (typeof name === 'string' && name !== '' && names.indexOf(name) < i)
      tell(`/claims/${i}/name`, 'NAME_TWICE', 'is there already');
  });
  let isRest = false;
  claims.forEach((claim, i) => {
    const group = isJsonObject(claim) ? claim.group : null;
    if (group === 'shown' && isRest)
      tell(`/claims/${i}/group`, 'SHOWN_AFTER_REST', 'must stand before the claims of the rest');
    isRest ||= group === 'rest';
  });
}

/** By its number the service knows a document again: what has one keeps one. */
function checkNumber(claims: readonly Json[], { claims: before }: CredentialType, tell: Tell): void {
  const had = before.some((claim: ClaimDefinition) => claim.role === 'number');
  const numbers = claims.filter((claim) => isJsonObject(claim) && claim.role === 'number').length;
  if (had && numbers !== 1) tell('/claims', 'NUMBER_MISSING', 'must have one claim with the role "number"');
}
