import type { Catalogue, CatalogueType } from '../../catalogue/catalogue.ts';
import { sampleClaims } from '../../catalogue/samples.ts';
import { readClaims } from '../../proof/claims.ts';
import { SEED_BYTES } from '../../proof/commitment.ts';
import { decodeDate, toDate, toHongKongDay } from '../../proof/day.ts';
import { CREDENTIAL_ID_BYTES } from '../../proof/header.ts';
import { encryptPayload } from '../issuance/payload.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import type { CredentialRow } from '../store/schema.ts';

/** What facts are compared with where there is no credential: its claims are a sample's, which is never shown. */
export interface Decoy {
  row: Pick<CredentialRow, 'id' | 'wrapped_key' | 'payload' | 'issued' | 'valid_from' | 'valid_until'>;
  type: CatalogueType;
}

/** By the code of a type that is shown for facts. */
export type Decoys = (code: string) => Decoy;

/** Made once for each type, under keys of this service like any other, so that to open one takes what opening another takes. */
export function createDecoys({ types }: Catalogue, deps: IssuanceDeps): Decoys {
  const decoys = new Map<string, Decoy>();
  return (code) => {
    const decoy = decoys.get(code) ?? createDecoy(types.findLast((type) => type.code === code) as CatalogueType, deps);
    decoys.set(code, decoy);
    return decoy;
  };
}

function createDecoy(type: CatalogueType, deps: IssuanceDeps): Decoy {
  const today = toHongKongDay(deps.now() / 1000);
  const { claims, validity } = sampleClaims(type.code, toDate(today));
  const { groups } = readClaims(type.definition, claims);
  const id = Buffer.from(deps.randomBytes(CREDENTIAL_ID_BYTES));
  const key = deps.cipher.createDataKey();
  const toGroup = (values: (typeof groups)['shown']) => ({ seed: deps.randomBytes(SEED_BYTES), values });
  const payload = { shown: toGroup(groups.shown), rest: toGroup(groups.rest), holder: null };
  return {
    type,
    row: {
      id,
      wrapped_key: Buffer.from(key.wrapped),
      payload: Buffer.from(encryptPayload(payload, key, id)),
      issued: today,
      valid_from: decodeDate(validity.validFrom),
      valid_until: validity.validUntil == null ? null : decodeDate(validity.validUntil),
    },
  };
}
