import type { CatalogueType } from '../../catalogue/catalogue.ts';
import { isJsonObject, type Json, type JsonObject } from '../../proof/json.ts';

/*
 * The file of a definition, from what somebody typed: its fields in the order of the catalogue's own files, so that the same definition is the same bytes.
 * What a definition does not have is left out; what is wrong is left as it is, and told by `faultsOf`.
 */

const LABEL = ['en', 'zh-Hant', 'zh-Hans'];
const CLAIM = ['name', 'type', 'group', 'sensitive', 'required', 'always', 'role', 'label', 'options', 'maxLength'];
const VALIDITY: Readonly<Record<string, readonly string[]>> = {
  months: ['min', 'max'],
  printedDate: ['typicalMonths'],
  calendarYearEnd: ['years'],
  perItem: ['claim'],
  followsParent: ['claim'],
};
const DATES = ['issued', 'validFrom', 'validUntil'];

/** What is typed anew, of a type. Its code, department and kind of holder stay as they are. */
export function toDefinition(typed: JsonObject, { code, version, definition }: CatalogueType): JsonObject {
  const claims = Array.isArray(typed.claims) ? typed.claims.map(toClaim) : [];
  const { department, holder } = definition;
  const said = {
    title: toLabel(typed.title),
    disclosure: typed.disclosure ?? null,
    validity: toValidity(typed.validity),
    dates: toDates(typed.dates),
    claims,
  };
  const { title, ...rest } = said;
  return {
    format: 'eproof-credential-type/1',
    ...{ code, version: version + 1, department, title, holder },
    ...rest,
    drafts: stillDrafts({ ...said }, definition as unknown as JsonObject),
  };
}

/** As the catalogue's files are written. */
export function toBytes(definition: JsonObject): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(definition, null, 2)}\n`);
}

function toLabel(json: Json | undefined): Json {
  return isJsonObject(json) ? pick(json, LABEL) : (json ?? null);
}

function toClaim(json: Json): Json {
  if (!isJsonObject(json)) return json;
  const claim = pick(json, CLAIM);
  const isEnum = claim.type === 'enum';
  return {
    ...claim,
    label: toLabel(claim.label),
    ...(isEnum ? { options: toOptions(claim.options) } : {}),
  };
}

function toOptions(json: Json | undefined): Json {
  if (!Array.isArray(json)) return json ?? null;
  return json.map((one: Json) => (isJsonObject(one) ? { code: one.code ?? null, label: toLabel(one.label) } : one));
}

function toValidity(json: Json | undefined): Json {
  if (!isJsonObject(json)) return json ?? null;
  const { kind } = json;
  return { kind: kind ?? null, ...pick(json, VALIDITY[typeof kind === 'string' ? kind : ''] ?? []) };
}

function toDates(json: Json | undefined): Json {
  if (!isJsonObject(json)) return json ?? null;
  return Object.fromEntries(DATES.flatMap((name) => (name in json ? [[name, toLabel(json[name])]] : [])));
}

/** Left out is what is not there, or says nothing: `false`, `null` and an empty text of what may be missing. */
function pick(json: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name): [string, Json][] => {
      const value = Object.hasOwn(json, name) ? json[name] : undefined;
      const isNothing = value === undefined || (OPTIONAL.includes(name) && NOTHING.includes(value));
      return isNothing ? [] : [[name, value as Json]];
    }),
  );
}

const OPTIONAL = ['always', 'role', 'maxLength', 'min', 'options'];
const NOTHING: readonly Json[] = [false, null, ''];

/** Texts that nobody has confirmed yet and that are what they were; whoever wrote one anew has confirmed it. */
function stillDrafts(now: JsonObject, before: JsonObject): string[] {
  const drafts = before.drafts as readonly string[];
  return drafts.filter((path) => {
    const found = textAt(now, path);
    return found !== undefined && JSON.stringify(found) === JSON.stringify(textAt(before, path));
  });
}

/** By a path such as `claims.use.options.bakery.label.en`: claims by their names, options by their codes. */
function textAt(definition: JsonObject, path: string): Json | undefined {
  let at: Json | undefined = definition;
  for (const step of path.split('.')) {
    if (Array.isArray(at))
      at = at.find((one: Json) => isJsonObject(one) && (one.name === step || one.code === step)) as Json | undefined;
    else at = isJsonObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  }
  return at;
}
