import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** An address that was looked at before anything is sent to it. */
export interface CheckedAddress {
  address: string;
  family: 4 | 6;
}

export class AddressRefused extends Error {
  override name = 'AddressRefused';
}

const NOT_PUBLIC = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  NOT_PUBLIC.addSubnet(network, prefix, 'ipv4');

const GLOBAL_UNICAST = new BlockList();
GLOBAL_UNICAST.addSubnet('2000::', 3, 'ipv6');
// Teredo and the like, documentation, and 6to4, which carries any IPv4 address inside
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  NOT_PUBLIC.addSubnet(network, prefix, 'ipv6');

/** Whether the address is one of the public internet: not this machine, not its network, not a cloud's own services. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !NOT_PUBLIC.check(address, 'ipv4');
  return family === 6 && GLOBAL_UNICAST.check(address, 'ipv6') && !NOT_PUBLIC.check(address, 'ipv6');
}

export type Resolve = (host: string) => Promise<CheckedAddress[]>;

export const resolveWithSystem: Resolve = async (host) =>
  (await lookup(host, { all: true })).map(({ address, family }) => ({ address, family: family as 4 | 6 }));

/**
 * The address to connect to. The name is resolved here, once, and the connection goes to what was checked: a name that changes
 * its mind between check and connection (DNS rebinding) gains nothing. One forbidden address among several refuses them all.
 * @throws AddressRefused
 */
export async function checkedAddressOf(
  host: string,
  { resolve, allowPrivate }: { resolve: Resolve; allowPrivate: boolean },
): Promise<CheckedAddress> {
  const bare = host.replace(/^\[|\]$/g, '');
  const family = isIP(bare);
  const addresses = family ? [{ address: bare, family: family as 4 | 6 }] : await resolve(bare);
  const first = addresses[0];
  if (!first) throw new AddressRefused('the name has no address');
  if (!allowPrivate && !addresses.every(({ address }) => isPublicAddress(address)))
    throw new AddressRefused('the name leads to an address that is not public');
  return first;
}
