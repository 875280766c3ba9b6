import type { CatalogueType } from '../../catalogue/catalogue.ts';
import type { FollowedDate } from '../../catalogue/lifecycle.ts';
import {
  followedEnd,
  followedProblems,
  itemEnds,
  proposedValidUntil,
  validityProblems,
} from '../../catalogue/validity.ts';
import { type ClaimGroups, readClaims } from '../../proof/claims.ts';
import { SEED_BYTES } from '../../proof/commitment.ts';
import type { ValidityRule } from '../../proof/credential-type.ts';
import { decodeDate, toDate, toHongKongDay } from '../../proof/day.ts';
import { ProofError } from '../../proof/errors.ts';
import { CREDENTIAL_ID_BYTES, encodeHeader, type Header } from '../../proof/header.ts';
import { decodeHolderKey, hashHolderKey } from '../../proof/holder-key.ts';
import type { JsonObject } from '../../proof/json.ts';
import { AppError, type Problem } from '../app-error.ts';
import { hashStoredContent } from './content-hash.ts';
import { findUndrawables } from './drawable.ts';
import { requireFit } from './fit.ts';
import { holderSubjectHmac } from './holder.ts';
import { identityOf } from './identity.ts';
import { extractImages, type Image } from './image.ts';
import { contextOf, encodePayload, type Payload } from './payload.ts';
import { searchTermsOf } from './search-terms.ts';
import { toDay } from './to-day.ts';
import type { IssuanceDeps, NewCredential } from './use-cases.ts';

/*
 * From a request to a row, without a database: what single issue and imports share. Workers call it too, so that it is handed nothing
 * that cannot be made again from a key and a few numbers.
 */

export type PrepareDeps = Pick<
  IssuanceDeps,
  | 'now'
  | 'randomBytes'
  | 'cipher'
  | 'hashHolderSubject'
  | 'hashCompanyNumber'
  | 'registry'
  | 'registryIndex'
  | 'verifier'
>;

/** A type that a department may issue. */
export interface OpenType {
  type: CatalogueType;
  /** Its number at the issuer in the registry. */
  number: number;
  issuer: {
    id: number;
    /** In the registry. */
    number: number;
  };
}

/** A request in which nothing is wrong. */
export interface Draft {
  open: OpenType;
  /** Without its id, which is drawn when the row is made. */
  header: Omit<Header, 'id'>;
  payload: Payload;
  /** The payload's bytes before they are encrypted. */
  plain: Uint8Array;
  images: readonly Image[];
  /** 16 bytes, the same for what is the same document: identity.ts. */
  identity: Uint8Array;
  /** By which its holder finds it. */
  holderSubjectHmac: Uint8Array | null;
  /** By which its department finds it: search-terms.ts. */
  searchTerms: readonly Uint8Array[];
}

/** What a draft becomes in the table of credentials, beside who did it and when. */
export interface PreparedRow {
  id: Uint8Array;
  header: Uint8Array;
  contentHash: Uint8Array;
  wrappedKey: Uint8Array;
  payload: Uint8Array;
  images: { claim: string; mediaType: string; sha256: string; data: Uint8Array }[];
}

/** What is asked for; what takes another's place says to which holder's key it stays bound, by its hash, where the request says nothing of a key. */
export type Asked = Omit<NewCredential, 'type'> & { boundTo?: Uint8Array };

/** @throws AppError VALIDATION_FAILED with every problem at once, QR_TOO_LARGE, CREDENTIAL_TOO_LARGE */
export async function readDraft(open: OpenType, request: Asked, deps: PrepareDeps): Promise<Draft> {
  const { type } = open;
  const content = await readContent(type, request, deps);
  const header = {
    issuer: open.issuer.number,
    credentialType: open.number,
    ...content.dates,
    holderKey: content.holderKey,
  };
  const payload = {
    shown: { seed: deps.randomBytes(SEED_BYTES), values: content.groups.shown },
    rest: { seed: deps.randomBytes(SEED_BYTES), values: content.groups.rest },
    holder: request.holder ?? null,
  };
  const { bytes: plain, shownBytes } = encodePayload(payload);
  requireFit(
    { type, header, payload, claims: content.claims, sizes: { plain: plain.length, shown: shownBytes } },
    deps,
  );
  const identity = identityOf(open, { groups: content.groups, validFrom: header.validFrom }, deps.cipher);
  return {
    open,
    header,
    payload,
    plain,
    images: content.images,
    identity,
    holderSubjectHmac: holderSubjectHmac(deps, payload.holder),
    searchTerms: searchTermsOf(type.definition, content.groups, { issuer: open.issuer, cipher: deps.cipher }),
  };
}

/** Draws an id and makes everything that depends on it. An id that is taken (one in millions) is drawn again by calling this again. */
export function toRow(draft: Draft, deps: PrepareDeps): PreparedRow {
  const id = deps.randomBytes(CREDENTIAL_ID_BYTES);
  const key = deps.cipher.createDataKey();
  const header = encodeHeader({ ...draft.header, id });
  return {
    id,
    header,
    contentHash: hashStoredContent(header, draft.plain),
    wrappedKey: key.wrapped,
    payload: key.encrypt(draft.plain, contextOf('payload', id)),
    images: draft.images.map(({ claim, mediaType, sha256, bytes }) => ({
      claim,
      mediaType,
      sha256,
      data: key.encrypt(bytes, contextOf(`image:${claim}`, id)),
    })),
  };
}

interface Content {
  claims: JsonObject;
  groups: ClaimGroups;
  images: Image[];
  dates: Pick<Header, 'issued' | 'validFrom' | 'validUntil' | 'partlyUntil'>;
  holderKey: Uint8Array | null;
}

/** @throws AppError VALIDATION_FAILED with every problem at once */
async function readContent(
  { definition: type, lifecycle }: CatalogueType,
  request: Asked,
  deps: PrepareDeps,
): Promise<Content> {
  const extracted = extractImages(type, request.claims);
  const { groups, problems } = readClaims(type, extracted.claims);
  const rules = { validity: type.validity, follows: lifecycle.follows };
  const dates = readDates(rules, { ...request, claims: extracted.claims }, deps);
  const binding = readHolderKey(request.holderKey);
  const refused = new Set(extracted.problems.map(({ pointer }) => pointer));
  const all = [
    ...extracted.problems,
    ...problems
      .map((problem) => ({ ...problem, pointer: `/claims${problem.pointer}` }))
      .filter(({ pointer }) => !refused.has(pointer)),
    ...dates.problems,
    ...binding.problems,
  ];
  // only what is well formed is worth drawing
  if (all.length === 0) all.push(...(await findUndrawables(extracted.claims, extracted.images)));
  if (all.length > 0)
    throw new AppError('VALIDATION_FAILED', 'the credential is not what its type demands', { problems: all });
  return {
    claims: extracted.claims,
    groups,
    images: extracted.images,
    dates: toDays(dates.value),
    holderKey: request.holderKey === undefined ? (request.boundTo ?? null) : binding.value,
  };
}

/** The hash that the header holds. A key that is no point of the curve would bind the credential to nobody. */
export function readHolderKey(text: string | null | undefined): { value: Uint8Array | null; problems: Problem[] } {
  if (text == null) return { value: null, problems: [] };
  try {
    return { value: hashHolderKey(decodeHolderKey(text)), problems: [] };
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    const message = '"holderKey" must be a compressed P-256 public key, in base64url without padding';
    return { value: null, problems: [{ pointer: '/holderKey', code: 'HOLDER_KEY_INVALID', message }] };
  }
}

interface Dates {
  issued: string;
  validFrom: string;
  validUntil: string | null;
  partlyUntil: string | null;
}

interface DateRules {
  validity: ValidityRule;
  follows: FollowedDate | null;
}

function readDates(
  { validity: rule, follows }: DateRules,
  { claims, validity }: { claims: JsonObject; validity: NewCredential['validity'] },
  deps: PrepareDeps,
): { value: Dates; problems: Problem[] } {
  const ends = rule.kind === 'perItem' ? itemEnds(claims, rule.claim) : undefined;
  const dates = {
    issued: validity.issued ?? toDate(toHongKongDay(deps.now() / 1000)),
    validFrom: validity.validFrom,
    validUntil:
      validity.validUntil === undefined
        ? (ends?.validUntil ?? proposedEnd({ validity: rule, follows }, validity.validFrom, claims))
        : validity.validUntil,
  };
  const own = validityProblems(rule, dates, claims);
  const found = own.length === 0 && follows ? followedProblems(follows, dates, claims) : own;
  const problems = found.map(({ field, code, message }) => ({
    pointer: field in dates ? `/validity/${field}` : `/claims/${field}`,
    code,
    message,
  }));
  return { value: { ...dates, partlyUntil: ends?.partlyUntil ?? null }, problems };
}

/** Where another date says when it ends: the last day that both rules allow. */
function proposedEnd({ validity, follows }: DateRules, validFrom: string, claims: JsonObject): string | null {
  const followed = follows ? followedEnd(follows, claims) : undefined;
  if (followed === undefined || (toDay(validFrom) ?? -1) < 0) return null;
  const longest = proposedValidUntil(validity, validFrom) ?? followed;
  return followed < longest ? followed : longest;
}

function toDays({ issued, validFrom, validUntil, partlyUntil }: Dates): Content['dates'] {
  return {
    issued: decodeDate(issued),
    validFrom: decodeDate(validFrom),
    validUntil: validUntil === null ? null : decodeDate(validUntil),
    partlyUntil: partlyUntil === null ? null : decodeDate(partlyUntil),
  };
}
