import { toHex } from '../../proof/bytes.ts';
import type { Cipher, DataKey } from '../issuance/use-cases.ts';
import type { CompanyRow, Tx } from '../store/schema.ts';

/*
 * A company that documents are issued to. What it is called stands in the table under a key of its own, and its number is there as an HMAC alone: whoever
 * reads the database cannot tell what was issued to whom.
 */

/** In one spelling, because it is compared: as it stands in the register of businesses. */
export const COMPANY_NUMBER = /^[0-9A-Z][0-9A-Z-]{2,29}$/;

export interface CompanyName {
  number: string;
  name: string;
}

export interface CompanyDeps {
  cipher: Cipher;
  hashCompanyNumber(number: string): Buffer;
}

/** "cmp_7" */
export function toCompanyId(seq: number): string {
  return `cmp_${seq}`;
}

export function nameOf({ cipher }: Pick<CompanyDeps, 'cipher'>, row: CompanyRow): CompanyName {
  return open<CompanyName>(cipher.openDataKey(row.data_key), row.sealed, contextOf(row.subject_hmac));
}

/** The company of a number, locked until the transaction ends; it is made where nobody has named it before. */
export async function settleCompany(
  tx: Tx,
  { cipher, hashCompanyNumber }: CompanyDeps,
  { number, name, now }: CompanyName & { now: Date },
): Promise<CompanyRow> {
  const subjectHmac = hashCompanyNumber(number);
  const key = cipher.createDataKey();
  await tx
    .insertInto('companies')
    .values({
      ...{ subject_hmac: subjectHmac, data_key: Buffer.from(key.wrapped), created_at: now },
      sealed: seal(key, { number, name }, contextOf(subjectHmac)),
    })
    // two who sign in at the same moment meet here
    .onConflict((conflict) => conflict.column('subject_hmac').doNothing())
    .execute();
  return tx
    .selectFrom('companies')
    .selectAll()
    .where('subject_hmac', '=', subjectHmac)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

export function seal(key: DataKey, value: object | string, context: string): Buffer {
  return Buffer.from(key.encrypt(Buffer.from(JSON.stringify(value)), context));
}

export function open<Value>(key: DataKey, sealed: Buffer, context: string): Value {
  return JSON.parse(Buffer.from(key.decrypt(sealed, context)).toString()) as Value;
}

function contextOf(subjectHmac: Buffer): string {
  return `company:${toHex(subjectHmac)}`;
}
