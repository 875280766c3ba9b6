import type { RegistryAddress } from '../../proof/signature.ts';
import type { TrustedRegistry } from '../../proof/trust.ts';
import { HEAD_DEFINITIONS } from '../audit/definition.ts';
import type { Db } from '../store/schema.ts';

/** What the operator says of the chain; the rest of the trust data follows from what the registry was told. */
export interface TrustedNodes extends RegistryAddress {
  /** keccak-256 of the contract's code: 0x and 64 lower-case hex digits. */
  codeHash: string;
  nodes: readonly string[];
  agree: number;
}

/** The registry as trust.json names it: every department and credential type that this service put there. */
export async function readTrustedRegistry(db: Db, trusted: TrustedNodes): Promise<TrustedRegistry> {
  const issuers = await db
    .selectFrom('issuers')
    .selectAll()
    .where('number', 'is not', null)
    .orderBy('number')
    .execute();
  const types = await db
    .selectFrom('credential_types as t')
    .innerJoin('issuers as i', 'i.id', 't.issuer_id')
    .select(['i.number as issuer', 't.number', 't.definition'])
    // a verifier has no business with the heads of audit logs
    .where('t.definition', 'not in', HEAD_DEFINITIONS)
    .orderBy('i.number')
    .orderBy('t.number')
    .execute();
  return {
    ...trusted,
    issuers: issuers.map(({ number, profile, anchor_key }) => ({
      issuer: number as number,
      profile,
      keys: anchor_key === null ? [] : [anchor_key],
    })),
    types: types.map(({ issuer, number, definition }) => ({ issuer: issuer as number, number, definition })),
  };
}
