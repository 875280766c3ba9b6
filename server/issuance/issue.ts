import type { CatalogueType } from '../../catalogue/catalogue.ts';
import { itemEnds, validityProblems } from '../../catalogue/validity.ts';
import { hashContent } from '../../proof/batch.ts';
import { decodeHex } from '../../proof/bytes.ts';
import { CBOR_LIMITS, encodeCbor } from '../../proof/cbor.ts';
import { type ClaimGroups, readClaims } from '../../proof/claims.ts';
import { createGroupHasher, REST, SEED_BYTES, SHOWN } from '../../proof/commitment.ts';
import { type CredentialType, claimsOf } from '../../proof/credential-type.ts';
import { decodeDate, toDate, toHongKongDay } from '../../proof/day.ts';
import { ProofError } from '../../proof/errors.ts';
import { CREDENTIAL_ID_BYTES, encodeHeader, type Header } from '../../proof/header.ts';
import { decodeHolderKey, hashHolderKey } from '../../proof/holder-key.ts';
import { type JsonObject, MOST_JSON_CHARACTERS } from '../../proof/json.ts';
import { encodeProof } from '../../proof/proof.ts';
import { toVerifiableCredential } from '../../proof/verifiable-credential.ts';
import { AppError, type Problem } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import type { CredentialRow, CredentialTypeRow, Db, IssuerRow, Tx } from '../store/schema.ts';
import { openChanges, requireReplaceable } from './change-status.ts';
import { toCredentialId } from './credential-id.ts';
import { findUndrawables } from './drawable.ts';
import { holderSubjectHmac } from './holder.ts';
import { extractImages, type Image } from './image.ts';
import { requireNoApproval } from './issuing-rules.ts';
import { hashIntoWithOpenssl } from './openssl-hash.ts';
import { contextOf, encryptPayload, type Payload } from './payload.ts';
import { fullProof, largestPlace, qrProof } from './proof-of.ts';
import { qrExcessBytes } from './qr-size.ts';
import { findRow, findView } from './query.ts';
import type { CredentialView, IssuanceDeps, IssueCredential, NewCredential, ReplaceCredential } from './use-cases.ts';

export const issueCredential: IssueCredential = async (tx, deps, { actor, request }) => {
  requireAct(actor, 'credentials.issue');
  await requireNoApproval(tx, { issuer: actor.issuer, code: request.type });
  return accept(tx, deps, { actor, request, replacesSeq: null });
};

/** The old credential names the new one as its successor as soon as the new one is final (finality.ts). */
export const replaceCredential: ReplaceCredential = async (tx, deps, { actor, id, request }) => {
  requireAct(actor, 'credentials.issue');
  await requireNoApproval(tx, { issuer: actor.issuer, code: request.type });
  const old = await findRow(tx, { issuer: actor.issuer, id, lock: true });
  await requireReplaceable(tx, old, await openChanges(tx, old));
  await recordAudit(tx, actor, { act: 'credential.replace', object: id, before: { state: old.state } });
  return accept(tx, deps, { actor, request, replacesSeq: old.seq });
};

interface Acceptance {
  actor: Actor;
  request: NewCredential;
  replacesSeq: number | null;
}

async function accept(tx: Tx, deps: IssuanceDeps, acceptance: Acceptance): Promise<CredentialView> {
  const { actor } = acceptance;
  const { issuer } = actor;
  const composed = await compose(tx, deps, acceptance);
  const { row } = composed;
  const id = await insert(tx, deps, { ...acceptance, ...composed, state: 'issued', preparedBy: actor.id });
  const view = (await findView(tx, deps, { issuer, id: toCredentialId(id) })) as CredentialView;
  const { state, replaces } = view;
  await recordAudit(tx, actor, {
    act: 'credential.issue',
    object: view.id,
    after: { type: row.code, state, replaces },
  });
  return view;
}

/** Made as for one that is issued at once; nothing seals it before it was approved (drafts.ts). */
export async function submitCredential(
  tx: Tx,
  deps: IssuanceDeps,
  { preparedBy, ...acceptance }: Acceptance & { preparedBy: string },
): Promise<Pick<CredentialRow, 'seq' | 'content_hash'>> {
  const composed = await compose(tx, deps, acceptance);
  const id = await insert(tx, deps, { ...acceptance, ...composed, state: 'submitted', preparedBy });
  return tx
    .selectFrom('credentials')
    .select(['seq', 'content_hash'])
    .where('issuer_id', '=', acceptance.actor.issuer.id)
    .where('id', '=', Buffer.from(id))
    .executeTakeFirstOrThrow();
}

type Request = Pick<Acceptance, 'actor' | 'request'>;

/** @throws AppError as IssueCredential, with everything that is wrong with the request */
export async function checkCredential(tx: Db | Tx, deps: IssuanceDeps, request: Request): Promise<void> {
  await compose(tx, deps, request);
}

type Composed = Pick<Insertion, 'row' | 'header' | 'payload' | 'images'>;

async function compose(tx: Db | Tx, deps: IssuanceDeps, { actor: { issuer }, request }: Request): Promise<Composed> {
  requireReady(issuer);
  const { type, row } = await requireType(tx, deps, { issuer, code: request.type });
  const content = await readContent(type.definition, request, deps);
  const number = requireNumber(issuer);
  const header = { issuer: number, credentialType: row.number, ...content.dates, holderKey: content.holderKey };
  const payload = {
    shown: { seed: deps.randomBytes(SEED_BYTES), values: content.groups.shown },
    rest: { seed: deps.randomBytes(SEED_BYTES), values: content.groups.rest },
    holder: request.holder ?? null,
  };
  requireFit({ type, header: { ...header, id: new Uint8Array(CREDENTIAL_ID_BYTES) }, payload }, deps);
  return { row, header, payload, images: content.images };
}

/** @throws AppError ISSUER_NOT_READY, ISSUER_HELD */
export function requireReady({ state, held_reason }: IssuerRow): void {
  if (state === 'provisioning')
    throw new AppError('ISSUER_NOT_READY', 'this department is not registered on the chain yet');
  if (state === 'held') throw new AppError('ISSUER_HELD', `this department issues nothing for now: ${held_reason}`);
}

function requireNumber({ number }: IssuerRow): number {
  if (number === null) throw new AppError('ISSUER_NOT_READY', 'this department is not registered on the chain yet');
  return number;
}

/** @throws AppError TYPE_UNKNOWN, TYPE_NOT_YOURS, TYPE_NOT_OPEN */
export async function requireType(
  tx: Db | Tx,
  deps: IssuanceDeps,
  { issuer, code }: { issuer: IssuerRow; code: string },
): Promise<{ type: CatalogueType; row: CredentialTypeRow }> {
  const type = deps.findType(code);
  if (!type) throw refuseType('TYPE_UNKNOWN', 'is not a type of the catalogue');
  const row = await tx
    .selectFrom('credential_types')
    .selectAll()
    .where('issuer_id', '=', issuer.id)
    .where('definition', '=', type.sha256)
    .executeTakeFirst();
  if (row) return { type, row };
  if (type.definition.department !== issuer.code) throw refuseType('TYPE_NOT_YOURS', 'belongs to another department');
  throw refuseType('TYPE_NOT_OPEN', 'is not registered on the chain yet');
}

function refuseType(code: 'TYPE_UNKNOWN' | 'TYPE_NOT_YOURS' | 'TYPE_NOT_OPEN', rule: string): AppError {
  const message = `"type" ${rule}`;
  return new AppError(code, message, { problems: [{ pointer: '/type', code, message }] });
}

interface Content {
  groups: ClaimGroups;
  images: Image[];
  dates: Pick<Header, 'issued' | 'validFrom' | 'validUntil' | 'partlyUntil'>;
  holderKey: Uint8Array | null;
}

/** @throws AppError VALIDATION_FAILED with every problem at once */
async function readContent(type: CredentialType, request: NewCredential, deps: IssuanceDeps): Promise<Content> {
  const extracted = extractImages(type, request.claims);
  const { groups, problems } = readClaims(type, extracted.claims);
  const dates = readDates(type, { ...request, claims: extracted.claims }, deps);
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
  return { groups, images: extracted.images, dates: toDays(dates.value), holderKey: binding.value };
}

/** The hash that the header holds. A key that is no point of the curve would bind the credential to nobody. */
function readHolderKey(text: string | undefined): { value: Uint8Array | null; problems: Problem[] } {
  if (text === undefined) return { value: null, problems: [] };
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

function readDates(
  { validity: rule }: CredentialType,
  { claims, validity }: { claims: JsonObject; validity: NewCredential['validity'] },
  deps: IssuanceDeps,
): { value: Dates; problems: Problem[] } {
  const ends = rule.kind === 'perItem' ? itemEnds(claims, rule.claim) : undefined;
  const dates = {
    issued: validity.issued ?? toDate(toHongKongDay(deps.now() / 1000)),
    validFrom: validity.validFrom,
    validUntil: validity.validUntil === undefined ? (ends?.validUntil ?? null) : validity.validUntil,
  };
  const problems = validityProblems(rule, dates, claims).map(({ field, code, message }) => ({
    pointer: field in dates ? `/validity/${field}` : `/claims/${field}`,
    code,
    message,
  }));
  return { value: { ...dates, partlyUntil: ends?.partlyUntil ?? null }, problems };
}

function toDays({ issued, validFrom, validUntil, partlyUntil }: Dates): Content['dates'] {
  return {
    issued: decodeDate(issued),
    validFrom: decodeDate(validFrom),
    validUntil: validUntil === null ? null : decodeDate(validUntil),
    partlyUntil: partlyUntil === null ? null : decodeDate(partlyUntil),
  };
}

interface Draft {
  type: CatalogueType;
  header: Header;
  payload: Payload;
}

/** What is accepted can be sealed, printed and read by every verifier, however large its batch becomes. */
function requireFit(draft: Draft, deps: IssuanceDeps): void {
  const place = largestPlace(deps.registryIndex);
  requireSmallDocument(draft, deps);
  const disclosure = draft.type.definition.disclosure;
  const size = encodeProof(qrProof(draft.header, draft.payload, { place, disclosure })).length;
  const excess = qrExcessBytes(size, deps.verifier);
  if (excess === 0) return;
  const message = `the QR code would be too large by ${excess} bytes: shorten its largest claims`;
  throw new AppError('QR_TOO_LARGE', message, { problems: largestClaims(draft) });
}

function requireSmallDocument({ type, header, payload }: Draft, deps: IssuanceDeps): void {
  const proof = fullProof(header, payload, largestPlace(deps.registryIndex));
  const isFit =
    encodeProof(proof).length <= CBOR_LIMITS.sizeBytes &&
    JSON.stringify(
      toVerifiableCredential({
        proof,
        type: type.definition,
        definition: decodeHex(type.sha256),
        registry: deps.registry,
      }),
    ).length <= MOST_JSON_CHARACTERS;
  if (!isFit) throw new AppError('CREDENTIAL_TOO_LARGE', 'the claims are larger than a document may be');
}

function largestClaims({ type, payload }: Draft): Problem[] {
  return claimsOf(type.definition, 'shown')
    .map(({ name }, i) => ({ name, sizeBytes: encodeCbor(payload.shown.values[i] ?? null).length }))
    .sort((a, b) => b.sizeBytes - a.sizeBytes)
    .slice(0, 3)
    .map(({ name, sizeBytes }) => ({
      pointer: `/claims/${name}`,
      code: 'QR_TOO_LARGE',
      message: `"${name}" takes ${sizeBytes} bytes of the QR code`,
    }));
}

interface Insertion extends Acceptance {
  state: 'submitted' | 'issued';
  preparedBy: string;
  row: CredentialTypeRow;
  header: Omit<Header, 'id'>;
  payload: Payload;
  images: readonly Image[];
}

const MOST_ID_TRIES = 5;

/** An id that is taken (one in millions) is drawn again; nothing else of the credential depends on it. */
async function insert(tx: Tx, deps: IssuanceDeps, insertion: Insertion): Promise<Uint8Array> {
  for (let tries = 0; tries < MOST_ID_TRIES; tries++) {
    const id = deps.randomBytes(CREDENTIAL_ID_BYTES);
    if (await insertWithId(tx, deps, { ...insertion, id })) return id;
  }
  throw new Error('no free credential id was drawn');
}

const hasher = createGroupHasher(hashIntoWithOpenssl);

async function insertWithId(tx: Tx, deps: IssuanceDeps, insertion: Insertion & { id: Uint8Array }): Promise<boolean> {
  const { id, actor, row, payload } = insertion;
  const header = { ...insertion.header, id };
  const key = deps.cipher.createDataKey();
  const headerBytes = encodeHeader(header);
  const now = new Date(deps.now());
  const inserted = await tx
    .insertInto('credentials')
    .values({
      id: Buffer.from(id),
      issuer_id: actor.issuer.id,
      type_number: row.number,
      code: row.code,
      version: row.version,
      definition: row.definition,
      state: insertion.state,
      header: Buffer.from(headerBytes),
      issued: header.issued,
      valid_from: header.validFrom,
      valid_until: header.validUntil,
      partly_until: header.partlyUntil,
      content_hash: Buffer.from(hashPayload(headerBytes, payload)),
      wrapped_key: Buffer.from(key.wrapped),
      payload: Buffer.from(encryptPayload(payload, key, id)),
      holder_subject_hmac: holderSubjectHmac(deps, payload.holder),
      replaces_seq: insertion.replacesSeq,
      prepared_by: insertion.preparedBy,
      submitted_by: actor.id,
      approved_by: insertion.state === 'issued' ? actor.id : null,
      approved_at: insertion.state === 'issued' ? now : null,
      created_at: now,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('seq')
    .executeTakeFirst();
  if (!inserted) return false;
  if (insertion.images.length === 0) return true;
  await tx
    .insertInto('images')
    .values(
      insertion.images.map((image) => ({
        issuer_id: actor.issuer.id,
        credential_seq: inserted.seq,
        claim: image.claim,
        media_type: image.mediaType,
        sha256: Buffer.from(decodeHex(image.sha256)),
        data: Buffer.from(key.encrypt(image.bytes, contextOf(`image:${image.claim}`, id))),
      })),
    )
    .execute();
  return true;
}

function hashPayload(header: Uint8Array, { shown, rest }: Payload): Uint8Array {
  const groups = {
    shown: hasher.hashFull(SHOWN, shown.seed, shown.values),
    rest: hasher.hashFull(REST, rest.seed, rest.values),
  };
  return hashContent(header, groups, hashIntoWithOpenssl);
}
