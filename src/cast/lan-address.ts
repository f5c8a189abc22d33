import { isIPv6 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import ipaddr from 'ipaddr.js';

/** What `os.networkInterfaces()` gives. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** Of containers, virtual machines and tunnels: no television is there. `br-` is Docker's; a bridge of one's own is called otherwise. */
const VIRTUAL_NAME =
  /^(?:docker|br-|veth|virbr|lxc|lxd|cni|flannel|cali|podman|vmnet|vboxnet|vethernet|bridge\d|tun|tap|utun|ipsec|ppp|wg|tailscale|zt|nordlynx|proton|awdl|llw|anpi)|virtualbox|vmware|hyper-v|tailscale|zerotier|wireguard|openvpn|vpn/i;
/** Tunnels have no hardware. */
const NO_MAC = '00:00:00:00:00:00';
const UNREACHABLE = Number.POSITIVE_INFINITY;

/** Dearest first. Every receiver speaks IPv4; 100.64.0.0/10 (carrier-grade NAT) is a mesh VPN's as a rule. */
const KINDS: readonly string[] = ['private', 'unicast', 'carrierGradeNat', 'uniqueLocal', 'globalIPv6'];

/**
 * This computer's addresses at which devices of the network may reach it, the likeliest first: of real interfaces before virtual ones, IPv4
 * before IPv6, and last what a computer gives itself where nobody gives it an address. IPv6's own of that kind cannot be named in a URL.
 */
export function lanAddresses(interfaces: Interfaces): string[] {
  return Object.entries(interfaces)
    .flatMap(([name, infos = []]) =>
      infos.map((info) => ({ address: info.address, rank: rankOf(name, info) })),
    )
    .filter(({ rank }) => rank !== UNREACHABLE)
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ address }) => address);
}

/** An address as a URL's host. */
export function urlHost(address: string): string {
  return isIPv6(address) ? `[${address}]` : address;
}

/** Lower is better. */
function rankOf(name: string, { address, family, mac, internal }: NetworkInterfaceInfo): number {
  if (internal || !ipaddr.isValid(address)) return UNREACHABLE;
  const range = ipaddr.parse(address).range();
  if (family === 'IPv4' && range === 'linkLocal') return 2 * KINDS.length;
  const kind = KINDS.indexOf(kindOf(family, range));
  if (kind < 0) return UNREACHABLE;
  const isVirtual = VIRTUAL_NAME.test(name) || mac === NO_MAC;
  return isVirtual ? KINDS.length + kind : kind;
}

function kindOf(family: string, range: string): string {
  if (family === 'IPv6') return range === 'unicast' ? 'globalIPv6' : range;
  // Ranges for documentation and the like are other networks' private ones.
  return range === 'reserved' ? 'unicast' : range;
}
