import { sealBatch } from '../../proof/batch.ts';
import { decodeCbor } from '../../proof/cbor.ts';
import { decodeHeaderItems } from '../../proof/header.ts';
import { AppError } from '../app-error.ts';
import { requireAct } from '../auth/policy.ts';
import { requireBelieved } from '../signing-keys/disbelieved.ts';
import type { CredentialRow, Db, Tx } from '../store/schema.ts';
import { hashIntoWithOpenssl } from './openssl-hash.ts';
import { claimsOfPayload, contextOf, decryptPayload } from './payload.ts';
import { fullProof, type Place, qrProof } from './proof-of.ts';
import { findRow, findView } from './query.ts';
import type { CredentialView, DocumentSource, GetDocument, IssuanceDeps } from './use-cases.ts';

export const credentialDocument: GetDocument = async (tx, deps, { actor, id }) => {
  requireAct(actor, 'credentials.read');
  const { issuer } = actor;
  const row = await findRow(tx, { issuer, id });
  if (row.state === 'failed') throw new AppError('CREDENTIAL_FAILED', 'the credential could not be issued');
  if (row.state !== 'final') throw new AppError('NOT_FINAL', 'the credential is not final on the chain yet');
  await requireBelieved(tx, row);
  if (row.erased_at !== null) throw new AppError('CREDENTIAL_ERASED', 'the credential was erased');
  const type = deps.findDefinition(row.definition);
  const department = deps.findDepartment(issuer.code);
  if (!type || !department)
    throw new Error(`the catalogue lacks ${issuer.code} or the type with the hash ${row.definition}`);
  const payload = decryptPayload(row, deps.cipher);
  const header = decodeHeaderItems(decodeCbor(row.header));
  const place = await findPlace(tx, row, deps);
  return {
    view: (await findView(tx, deps, { issuer, id })) as CredentialView,
    type,
    department,
    header,
    claims: claimsOfPayload(type.definition, payload),
    images: await findImages(tx, row, deps),
    fullProof: fullProof(header, payload, place),
    qrProof: qrProof(header, payload, { place, disclosure: type.definition.disclosure }),
    registry: deps.registry,
  };
};

/** Where a final credential stands in its batch. */
export async function findPlace(
  tx: Db | Tx,
  row: LeafOfBatch,
  { registryIndex }: Pick<IssuanceDeps, 'registryIndex'>,
): Promise<Place> {
  return { registry: registryIndex, ...(await findInclusion(tx, row)) };
}

type LeafOfBatch = Pick<CredentialRow, 'issuer_id' | 'batch_seq' | 'leaf'>;

/** How the leaf of a signed batch leads to its root. */
export async function findInclusion(tx: Db | Tx, row: LeafOfBatch): Promise<Omit<Place, 'registry'>> {
  const batch = await tx
    .selectFrom('batches')
    .select(['seq', 'signature', 'number'])
    .where('issuer_id', '=', row.issuer_id)
    .where('seq', '=', row.batch_seq)
    .executeTakeFirstOrThrow();
  const leaves = await tx
    .selectFrom('credentials_and_copies')
    .select('content_hash')
    .where('issuer_id', '=', row.issuer_id)
    .where('batch_seq', '=', batch.seq)
    .orderBy('leaf')
    .execute();
  const sealed = sealBatch(
    leaves.map((leaf) => leaf.content_hash),
    hashIntoWithOpenssl,
  );
  return {
    index: row.leaf as number,
    size: sealed.size,
    path: sealed.inclusionOf(row.leaf as number),
    signature: new Uint8Array(batch.signature as Buffer),
    locator: batch.number,
  };
}

export async function findImages(
  tx: Db | Tx,
  row: CredentialRow,
  { cipher }: IssuanceDeps,
): Promise<DocumentSource['images']> {
  const images = await tx
    .selectFrom('images')
    .selectAll()
    .where('issuer_id', '=', row.issuer_id)
    .where('credential_seq', '=', row.seq)
    .execute();
  if (images.length === 0) return new Map();
  const key = cipher.openDataKey(row.wrapped_key);
  return new Map(
    images.map(({ claim, media_type, data }) => [
      claim,
      {
        mediaType: media_type as 'image/png' | 'image/jpeg',
        bytes: key.decrypt(data, contextOf(`image:${claim}`, row.id)),
      },
    ]),
  );
}
