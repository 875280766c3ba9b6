import type { CatalogueDepartment, CatalogueType } from '../../catalogue/catalogue.ts';
import { decodeCbor } from '../../proof/cbor.ts';
import { CREDENTIAL_ID_BYTES, decodeHeaderItems, type Header } from '../../proof/header.ts';
import type { JsonObject } from '../../proof/json.ts';
import { encodeProof } from '../../proof/proof.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import type { CredentialRow, Db } from '../store/schema.ts';
import { findImages } from './document.ts';
import { type OneDraft, openPreview } from './drafts.ts';
import type { Image } from './image.ts';
import { composeCredential, requireNumber } from './issue.ts';
import { claimsOfPayload, decryptPayload, type Payload } from './payload.ts';
import { type Asked as Content, readDraft } from './prepare.ts';
import { largestPlace, qrProof } from './proof-of.ts';
import type { DocumentSource, IssuanceDeps, NewCredential } from './use-cases.ts';

/** What a document will look like, before anything of it is sealed: no proof is made, and no id of a credential told. */
export interface PreviewSource {
  type: CatalogueType;
  department: CatalogueDepartment;
  header: Omit<Header, 'id'>;
  claims: JsonObject;
  images: DocumentSource['images'];
  /** Of the proof in the code, at most: how large the code will be. */
  proofBytes: number;
}

/**
 * A submitted draft as it will be signed, and one that is not submitted as it would be.
 * @throws AppError FORBIDDEN, DRAFT_NOT_FOUND, DRAFT_STATE, and as IssueCredential where it is not right yet
 */
export async function previewDraft(db: Db, deps: IssuanceDeps, one: OneDraft): Promise<PreviewSource> {
  requireAct(one.actor, 'credentials.read');
  const found = await openPreview(db, deps, one);
  return 'request' in found
    ? composePreview(db, deps, { actor: one.actor, request: found.request })
    : submittedPreview(db, deps, { actor: one.actor, row: found.credential });
}

interface Asked {
  actor: Actor;
  request: NewCredential;
}

/** What is asked for, of which nothing is kept. @throws AppError FORBIDDEN, and as IssueCredential */
export async function previewCredential(db: Db, deps: IssuanceDeps, asked: Asked): Promise<PreviewSource> {
  if (!asked.actor.may.has('credentials.issue')) requireAct(asked.actor, 'credentials.prepare');
  return composePreview(db, deps, asked);
}

async function composePreview(db: Db, deps: IssuanceDeps, asked: Asked): Promise<PreviewSource> {
  const { open, header, payload, images } = await composeCredential(db, deps, asked);
  return toSource(deps, { actor: asked.actor, type: open.type, header, payload, images: toPictures(images) });
}

function toPictures(images: readonly Image[]): PreviewSource['images'] {
  return new Map(images.map(({ claim, mediaType, bytes }) => [claim, { mediaType, bytes }] as const));
}

/** Of a type that is not on the chain yet. @throws AppError VALIDATION_FAILED, ISSUER_NOT_READY, QR_TOO_LARGE, CREDENTIAL_TOO_LARGE */
export async function previewOf(
  deps: IssuanceDeps,
  { actor, type, request }: { actor: Actor; type: CatalogueType; request: Content },
): Promise<PreviewSource> {
  const issuer = { id: actor.issuer.id, number: requireNumber(actor.issuer) };
  const { header, payload, images } = await readDraft({ type, number: LARGEST_TYPE_NUMBER, issuer }, request, deps);
  return toSource(deps, { actor, type, header, payload, images: toPictures(images) });
}

/** Of which the code takes the most bytes, of numbers that a department will have. */
const LARGEST_TYPE_NUMBER = 0xff_ff;

/** Of a credential in the state "submitted". */
export async function submittedPreview(
  db: Db,
  deps: IssuanceDeps,
  { actor, row }: { actor: Actor; row: CredentialRow },
): Promise<PreviewSource> {
  const type = deps.findDefinition(row.definition);
  if (!type) throw new Error(`the catalogue has no credential type with the hash ${row.definition}`);
  const header = decodeHeaderItems(decodeCbor(row.header));
  const images = await findImages(db, row, deps);
  return toSource(deps, { actor, type, header, payload: decryptPayload(row, deps.cipher), images });
}

type Parts = Pick<PreviewSource, 'type' | 'header' | 'images'> & { actor: Actor; payload: Payload };

function toSource(deps: IssuanceDeps, { actor, payload, ...parts }: Parts): PreviewSource {
  const department = deps.findDepartment(actor.issuer.code);
  if (!department) throw new Error(`the catalogue has no department "${actor.issuer.code}"`);
  const { definition } = parts.type;
  const header = { ...parts.header, id: new Uint8Array(CREDENTIAL_ID_BYTES) };
  const proof = qrProof(header, payload, {
    place: largestPlace(deps.registryIndex),
    disclosure: definition.disclosure,
  });
  const claims = claimsOfPayload(definition, payload);
  return { ...parts, department, claims, proofBytes: encodeProof(proof).length };
}
