import { CLAIM_TYPES } from '../proof/claim-value.ts';
import { CLAIM_ROLES, DISCLOSURES } from '../proof/credential-type.ts';
import { isJsonObject, type Json, type JsonObject } from '../proof/json.ts';
import type { Field } from './claim-fields-view.ts';
import { blankOf, type Shape, type Typed, type TypedRecord, toJson, toTyped } from './claim-shape.ts';
import type { Reader } from './reader.ts';

/** A definition as it stands in fields: texts, under the names that its file has. */
export type TypedDefinition = TypedRecord & { claims: TypedRecord[]; validity: TypedRecord; dates: TypedRecord };

const LONGEST_LABEL = 200;
const LINE: Shape = { kind: 'line', input: 'text', maxLength: 60 };
const COUNT: Shape = { kind: 'line', input: 'integer' };
const TEXT: Shape = { kind: 'line', input: 'text', maxLength: LONGEST_LABEL };
const LABEL: Shape = {
  kind: 'record',
  parts: [
    ['en', TEXT],
    ['zh-Hant', TEXT],
    ['zh-Hans', TEXT],
  ],
};
const OPTIONS: Shape = {
  kind: 'list',
  item: {
    kind: 'record',
    parts: [
      ['code', LINE],
      ['label', LABEL],
    ],
  },
};

export const VALIDITY_KINDS = [
  ...(['months', 'openEnded', 'printedDate', 'perItem', 'calendarYearEnd', 'followsParent', 'pointInTime'] as const),
] as const;
const VALIDITY_FIELDS = {
  months: ['max', 'min'],
  openEnded: [],
  printedDate: ['typicalMonths'],
  perItem: ['claim'],
  calendarYearEnd: ['years'],
  followsParent: ['claim'],
  pointInTime: [],
} as const satisfies Record<(typeof VALIDITY_KINDS)[number], readonly string[]>;
export type ValidityField = (typeof VALIDITY_FIELDS)[keyof typeof VALIDITY_FIELDS][number];
const DATES = ['issued', 'validFrom', 'validUntil'] as const;

/** Where a claim is: in every proof that says anything, in the code, or in the rest. */
export const CLAIM_PLACES = ['always', 'shown', 'rest'] as const;
/** Kinds of claims whose texts may be as long as somebody says. */
const WITH_LENGTH = ['identifier', 'text', 'bilingualText', 'bilingualAddress', 'list', 'bilingualList', 'addressList'];

export function toTypedDefinition(definition: JsonObject): TypedDefinition {
  const { title, disclosure, validity, dates, claims } = definition;
  return {
    title: toTyped(LABEL, title),
    disclosure: toTyped(LINE, disclosure),
    validity: toTexts(validity),
    dates: Object.fromEntries(
      Object.entries(isJsonObject(dates) ? dates : {}).map(([name, label]) => [name, toTyped(LABEL, label)]),
    ),
    claims: Array.isArray(claims) ? claims.map((claim: Json) => toTypedClaim(isJsonObject(claim) ? claim : {})) : [],
  };
}

function toTypedClaim({ label, options, always, group, ...rest }: JsonObject): TypedRecord {
  return {
    ...toTexts(rest),
    group: always === true ? 'always' : toTyped(LINE, group),
    label: toTyped(LABEL, label),
    options: toTyped(OPTIONS, options),
  };
}

function toTexts(json: Json | undefined): TypedRecord {
  const entries = Object.entries(isJsonObject(json) ? json : {});
  return Object.fromEntries(entries.map(([name, value]) => [name, toTyped(LINE, value)]));
}

/** A claim of which nothing is typed yet. */
export function blankClaim(): TypedRecord {
  const texts = { name: '', type: '', role: '', maxLength: '', required: '', sensitive: '' };
  return { ...texts, group: 'rest', label: blankOf(LABEL), options: [] };
}

/** What is sent: as it was typed, right or wrong. */
export function toDefinitionJson(typed: TypedDefinition): JsonObject {
  const { validity } = typed;
  const kind = String(validity.kind ?? '');
  const fields = VALIDITY_FIELDS[kind as keyof typeof VALIDITY_FIELDS] ?? [];
  const rule = fields.map((name) => [name, toJson(name === 'claim' ? LINE : COUNT, validity[name] ?? '') ?? null]);
  return {
    title: labelJson(typed.title),
    disclosure: String(typed.disclosure),
    validity: { kind, ...Object.fromEntries(rule.filter(([name, json]) => name !== 'min' || json !== null)) },
    dates: Object.fromEntries(Object.entries(typed.dates).map(([name, label]) => [name, labelJson(label)])),
    claims: typed.claims.map(claimJson),
  };
}

function claimJson({ label, options, group, required, sensitive, ...rest }: TypedRecord): JsonObject {
  const { name = '', type = '', role = '', maxLength = '' } = rest;
  return {
    ...{ name: String(name).trim(), type: String(type), group: group === 'always' ? 'shown' : String(group) },
    ...{ always: group === 'always', required: required === 'true', sensitive: sensitive === 'true' },
    ...{ role: String(role), maxLength: toJson(COUNT, maxLength) ?? null, label: labelJson(label) },
    ...(type === 'enum' ? { options: toJson(OPTIONS, options ?? []) ?? [] } : {}),
  };
}

function labelJson(label: Typed | undefined): Json {
  return toJson(LABEL, label ?? blankOf(LABEL)) ?? {};
}

/** Claims that are shown stand first: the order is part of what a commitment binds. */
export function sortClaims(typed: TypedDefinition): void {
  const isRest = ({ group }: TypedRecord) => group === 'rest';
  typed.claims = [...typed.claims.filter((claim) => !isRest(claim)), ...typed.claims.filter(isRest)];
}

/** Title and labels of the dates, in the order of a document. */
export function textFields(typed: TypedDefinition, { words }: Reader): Field[] {
  const texts = words.typeVersion;
  const label = (pointer: string, name: string, value: Typed | undefined): Field => ({
    ...{ pointer, label: name, shape: LABEL, typed: value ?? blankOf(LABEL), isOptional: false },
  });
  return [
    label('/title', texts.titleField, typed.title),
    ...DATES.filter((name) => name in typed.dates).map((name) =>
      label(`/dates/${name}`, texts.date[name], typed.dates[name]),
    ),
  ];
}

export function ruleFields({ disclosure, validity }: TypedDefinition, { words }: Reader): Field[] {
  const texts = words.typeVersion;
  const options = <Code extends string>(codes: readonly Code[], labels: Record<Code, string>) =>
    codes.map((code) => ({ code, label: labels[code] }));
  const rules = { ...words.types.rules, ...texts.rule };
  const kind = validity.kind as keyof typeof VALIDITY_FIELDS;
  return [
    {
      ...{ pointer: '/disclosure', label: words.types.disclosure, typed: disclosure ?? '', isOptional: false },
      shape: { kind: 'choice', options: options(DISCLOSURES, words.types.shownTo) },
    },
    {
      ...{ pointer: '/validity/kind', label: words.types.validity, typed: validity.kind ?? '', isOptional: false },
      shape: { kind: 'choice', options: options(VALIDITY_KINDS, rules) },
    },
    ...(VALIDITY_FIELDS[kind] ?? []).map(
      (name): Field => ({
        ...{ pointer: `/validity/${name}`, label: texts.validity[name], typed: validity[name] ?? '' },
        ...{ shape: name === 'claim' ? LINE : COUNT, isOptional: name === 'min' },
      }),
    ),
  ];
}

/** One claim's, under its place in the list. */
export function claimFields(claim: TypedRecord, at: number, { words }: Reader): Field[] {
  const texts = words.typeVersion;
  const field = (name: string, label: string, shape: Shape, more: Partial<Field> = {}): Field => ({
    ...{ pointer: `/claims/${at}/${name}`, label, shape, typed: claim[name] ?? blankOf(shape), isOptional: false },
    ...more,
  });
  const choice = <Code extends string>(codes: readonly Code[], labels: Record<Code, string>): Shape => ({
    kind: 'choice',
    options: codes.map((code) => ({ code, label: labels[code] })),
  });
  return [
    field('label', texts.labelField, LABEL),
    field('name', words.types.name, LINE, { hint: texts.nameHint }),
    field('type', words.types.kind, choice(CLAIM_TYPES, texts.claimType)),
    ...(claim.type === 'enum' ? [field('options', texts.options, OPTIONS)] : []),
    field('group', words.types.where, choice(CLAIM_PLACES, texts.place)),
    field('role', texts.roleField, choice(CLAIM_ROLES, texts.role), { isOptional: true }),
    ...(WITH_LENGTH.includes(String(claim.type))
      ? [field('maxLength', texts.maxLength, COUNT, { isOptional: true })]
      : []),
    field('required', texts.required, { kind: 'tick' }),
    field('sensitive', texts.sensitive, { kind: 'tick' }),
  ];
}
