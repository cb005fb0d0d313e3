/** `createTrustedProxies`: the addresses of proxies whose word about their clients counts. */
import { BlockList, isIP } from 'node:net';

/** Whether a proxy with this address is trusted. */
export type TrustsProxy = (address: string) => boolean;

/** Facts: RFC 1122, 3927, 1918, 4291 and 4193. */
const NAMED: ReadonlyMap<string, readonly string[]> = new Map([
  ['loopback', ['127.0.0.0/8', '::1/128']],
  ['linklocal', ['169.254.0.0/16', 'fe80::/10']],
  ['uniquelocal', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']],
]);

/** Each entry is a name above, an address, or a range such as `10.0.0.0/8`. */
export function createTrustedProxies(entries: readonly string[]): TrustsProxy {
  const trusted = new BlockList();
  for (const entry of entries.flatMap((one) => NAMED.get(one) ?? one)) {
    const [address = '', prefix] = entry.split('/');
    if (prefix === undefined) trusted.addAddress(address, familyOf(address));
    else trusted.addSubnet(address, Number(prefix), familyOf(address));
  }
  return (address) => {
    // Of a link-local address the zone says by which network it is reached.
    const [bare = ''] = address.split('%', 1);
    return isIP(bare) !== 0 && trusted.check(bare, familyOf(bare));
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}
