import type { CatalogueType } from '../../catalogue/catalogue.ts';
import { decodeCbor } from '../../proof/cbor.ts';
import { decodeHeaderItems, type Header } from '../../proof/header.ts';
import { AppError } from '../app-error.ts';
import { findPlace } from '../issuance/document.ts';
import type { Place } from '../issuance/proof-of.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import type { CredentialRow, Db, IssuerRow } from '../store/schema.ts';

/** A credential that can be shown, of whichever department. */
export interface Final {
  row: CredentialRow;
  type: CatalogueType;
}

/** Not what is under way, failed or was erased: for whoever asks there is nothing. One query, whatever it finds. */
export async function findFinal(db: Db, deps: IssuanceDeps, id: Buffer): Promise<Final | null> {
  const row = await db
    .selectFrom('credentials')
    .selectAll()
    .where('id', '=', id)
    .where('state', '=', 'final')
    .where('erased_at', 'is', null)
    .executeTakeFirst();
  if (!row) return null;
  const type = deps.findDefinition(row.definition);
  if (!type) throw new Error(`the catalogue has no credential type with the hash ${row.definition}`);
  return { row, type };
}

export async function findIssuerOf(db: Db, { row }: Final): Promise<IssuerRow> {
  return db.selectFrom('issuers').selectAll().where('id', '=', row.issuer_id).executeTakeFirstOrThrow();
}

/** The two parts of a proof that are not claims. */
export async function frameOf(db: Db, deps: IssuanceDeps, { row }: Final): Promise<{ header: Header; place: Place }> {
  return { header: decodeHeaderItems(decodeCbor(row.header)), place: await findPlace(db, row, deps) };
}

/** The one answer to everything that is not found, for whatever reason. */
export function noMatch(): AppError {
  return new AppError('LOOK_UP_NO_MATCH', 'nothing that can be shown here has this reference and says this');
}
