import { decodeHex, isEqualBytes } from '../../proof/bytes.ts';
import { decodeCredentialType, decodeIssuerProfile, type Label } from '../../proof/credential-type.ts';
import { ProofError } from '../../proof/errors.ts';
import { hashIntoWithNoble } from '../../proof/hash.ts';
import { decodeTrust, type TrustedRegistry } from '../../proof/trust.ts';
import { openNewestWith } from './page-files.ts';

/** A department, and the kinds of its documents. */
export interface KnownIssuer {
  name: Label;
  kinds: Label[];
}

/**
 * Whose documents this device can judge without a network: what the kept list of trust names and whose files are kept with it, each of them
 * what the list says that it is. Empty where nothing is kept.
 */
export async function findKnownIssuers(base: URL): Promise<KnownIssuer[]> {
  const address = (name: string): string => new URL(name, base).href;
  const cache = await openNewestWith(address('trust.json'));
  if (!cache) return [];

  async function read(name: string): Promise<Uint8Array | null> {
    const answer = await cache?.match(address(name));
    return answer ? new Uint8Array(await answer.arrayBuffer()) : null;
  }

  async function readNamed<T>(
    { folder, sha256 }: { folder: string; sha256: string },
    decode: (bytes: Uint8Array) => T,
  ): Promise<T | null> {
    const bytes = await read(`${folder}/${sha256}.json`);
    return bytes && isNamed(bytes, sha256) ? decodeOrNull(() => decode(bytes)) : null;
  }

  async function issuersOf({ issuers, types }: TrustedRegistry): Promise<KnownIssuer[]> {
    const found = await Promise.all(
      issuers.map(async ({ issuer, profile }) => {
        const own = types.filter((type) => type.issuer === issuer);
        const [department, ...kinds] = await Promise.all([
          readNamed({ folder: 'issuers', sha256: profile }, decodeIssuerProfile),
          ...own.map(({ definition }) => readNamed({ folder: 'types', sha256: definition }, decodeCredentialType)),
        ]);
        if (!department) return [];
        // of several versions of a kind the last one names it
        const titles = new Map(kinds.flatMap((kind) => (kind ? [[kind.code, kind.title] as const] : [])));
        return [{ name: department.name, kinds: [...titles.values()] }];
      }),
    );
    return found.flat();
  }

  const trust = await read('trust.json');
  const { registries } = decodeTrust(new TextDecoder().decode(trust ?? new Uint8Array()));
  return (await Promise.all(registries.map(issuersOf))).flat();
}

/** Made for a newer verifier: this one cannot judge with it. */
function decodeOrNull<T>(decode: () => T): T | null {
  try {
    return decode();
  } catch (error) {
    if (error instanceof ProofError) return null;
    throw error;
  }
}

function isNamed(bytes: Uint8Array, sha256: string): boolean {
  const hash = new Uint8Array(32);
  hashIntoWithNoble(bytes, hash, 0);
  return isEqualBytes(hash, decodeHex(sha256));
}
