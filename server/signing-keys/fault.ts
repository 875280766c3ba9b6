import type { OwnedKey } from '../chain/registry-state.ts';
import type { KeyPurpose } from '../keys/department-signers.ts';

/** Why the registry takes nothing of a key: in the words of contracts/interfaces/IKeys.sol. */
export const KEY_FAULTS = ['unknown', 'purpose', 'not-yet-valid', 'ended', 'compromised'] as const;
export type KeyFault = (typeof KEY_FAULTS)[number];

/** As the contract judges it; null where it would take what the key signs. `time` is that of a block: seconds since 1970 UTC. */
export function faultOf(
  key: OwnedKey | undefined,
  { issuer, purpose, time }: { issuer: number; purpose: KeyPurpose; time: number },
): KeyFault | null {
  if (!key || key.issuer === 0 || key.issuer !== issuer) return 'unknown';
  if (purpose === 'anchor' && key.purpose !== 'anchor') return 'purpose';
  if (key.invalidFrom !== 0) return 'compromised';
  if (time < key.validFrom) return 'not-yet-valid';
  return key.validUntil !== 0 && time >= key.validUntil ? 'ended' : null;
}
