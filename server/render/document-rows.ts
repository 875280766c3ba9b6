import { createHash } from 'node:crypto';
import type { ClaimDefinition, CredentialType } from '../../proof/credential-type.ts';
import type { Json, JsonObject } from '../../proof/json.ts';
import type { DocumentDate, DocumentRow, DocumentValue, Phrase } from './document.ts';
import { dateInWords, dateOrNone, moneyInWords, quantityInWords, WORDS } from './phrase.ts';
import { RenderError } from './render-error.ts';

/** Image bytes by their SHA-256 in hexadecimal digits, as image claims name them. */
export type Images = ReadonlyMap<string, Uint8Array>;

interface HeaderDates {
  readonly issued: string | null;
  readonly validFrom: string | null;
  readonly validUntil: string | null;
}

/**
 * The rows that a document shows, in the order of the definition; absent claims have none. `claims` are values that the credential
 * type accepts, in their JSON form.
 * @throws RenderError IMAGE_NOT_SUPPLIED, IMAGE_NOT_THE_SAME
 */
export function toDocumentRows(definition: CredentialType, claims: JsonObject, images: Images): DocumentRow[] {
  return definition.claims.flatMap((claim) => {
    const json = claims[claim.name];
    if (json === undefined || json === null) return [];
    const prominent = claim.role === 'number' || claim.role === 'holder';
    return [{ field: claim.name, label: claim.label, value: toDocumentValue(claim, json, images), prominent }];
  });
}

/** The header's dates that this kind of credential prints. */
export function toDocumentDates({ dates }: Pick<CredentialType, 'dates'>, header: HeaderDates): DocumentDate[] {
  return (['issued', 'validFrom', 'validUntil'] as const).flatMap((name) => {
    const label = dates[name];
    return label === undefined ? [] : [{ label, date: header[name] }];
  });
}

interface MovedEnd {
  readonly extension: { readonly validUntil: string | null } | null;
  readonly notice: { readonly validUntil: string; readonly law: string | null } | null;
}

/**
 * Where an extension or a notice moved the last valid day that is signed: as a verifier tells it, so that what is printed afterwards does not
 * say something else. No row where nothing moved it.
 */
export function toMovedEnd({ extension, notice }: MovedEnd): DocumentRow[] {
  if (extension === null && notice === null) return [];
  const day = (notice ?? extension)?.validUntil ?? null;
  const until = day === null ? WORDS.untilFurtherNotice : dateInWords(day);
  const value = notice?.law == null ? texts(until) : texts(until, notice.law);
  return [{ field: 'validUntil', label: WORDS.movedTo, value, prominent: true }];
}

function toDocumentValue(claim: ClaimDefinition, json: Json, images: Images): DocumentValue {
  switch (claim.type) {
    case 'identifier':
    case 'text':
    case 'bilingualText':
    case 'bilingualAddress':
      return texts(json as Phrase);
    case 'date':
      return texts(dateInWords(json as string));
    case 'integer':
      return texts(String(json));
    case 'boolean':
      return texts(json === true ? WORDS.yes : WORDS.no);
    case 'enum':
      return texts(optionLabel(claim, json as string));
    case 'list':
      return texts(...(json as readonly string[]));
    case 'bilingualList':
    case 'addressList':
      return { kind: 'list', items: json as readonly Phrase[] };
    case 'quantity':
      return texts(quantityInWords(json as { amount: string; unit: string }));
    case 'money':
      return texts(moneyInWords(json as { amount: string; currency: string }));
    case 'quantityList':
    case 'classList':
    case 'endorsementList':
    case 'gradeList':
      return { kind: 'table', ...TABLES[claim.type](json) };
    case 'table':
      return toTable(json as readonly (readonly string[])[]);
    case 'image':
      return toImage(claim.name, json as { mediaType: ImageType; sha256: string }, images);
  }
}

function texts(...values: readonly Phrase[]): DocumentValue {
  return { kind: 'texts', texts: values };
}

function optionLabel({ name, options = [] }: ClaimDefinition, code: string): Phrase {
  const option = options.find((candidate) => candidate.code === code);
  if (option === undefined) throw new TypeError(`"${name}" is not one of its options`);
  return option.label;
}

interface Table {
  readonly head: readonly Phrase[];
  readonly rows: readonly (readonly Phrase[])[];
}

const TABLES = {
  quantityList: (json: Json): Table => ({
    head: [WORDS.item, WORDS.quantity],
    rows: (json as unknown as readonly { item: string; amount: string; unit: string }[]).map((row) => [
      row.item,
      quantityInWords(row),
    ]),
  }),
  classList: (json: Json): Table => ({
    head: [WORDS.class, WORDS.validFrom, WORDS.validUntil],
    rows: (json as unknown as readonly { class: string; validFrom: string; validUntil: string | null }[]).map((row) => [
      row.class,
      dateInWords(row.validFrom),
      dateOrNone(row.validUntil),
    ]),
  }),
  endorsementList: (json: Json): Table => ({
    head: [WORDS.endorsement, WORDS.date],
    rows: (json as unknown as readonly { text: Phrase; date: string }[]).map((row) => [
      row.text,
      dateInWords(row.date),
    ]),
  }),
  gradeList: (json: Json): Table => ({
    head: [WORDS.subject, WORDS.grade],
    rows: (json as unknown as readonly { subject: Phrase; grade: string }[]).map((row) => [row.subject, row.grade]),
  }),
};

/** The first row of a table claim names its columns. */
function toTable(rows: readonly (readonly string[])[]): DocumentValue {
  const [head, ...rest] = rows;
  return head === undefined || rest.length === 0 ? { kind: 'table', rows } : { kind: 'table', head, rows: rest };
}

type ImageType = 'image/png' | 'image/jpeg';

function toImage(
  field: string,
  { mediaType, sha256 }: { mediaType: ImageType; sha256: string },
  images: Images,
): DocumentValue {
  const bytes = images.get(sha256);
  if (bytes === undefined) throw new RenderError('IMAGE_NOT_SUPPLIED', `"${field}" needs the image ${sha256}`);
  // What is printed must be what the claim commits to.
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw new RenderError('IMAGE_NOT_THE_SAME', `"${field}" is not the image ${sha256}`);
  return { kind: 'image', mediaType, bytes };
}
