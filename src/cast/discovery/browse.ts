import { networkInterfaces } from 'node:os';
import multicastDns, { type MulticastDns } from 'multicast-dns';
import type { CastDevice } from '../types.ts';
import { CAST_SERVICE, readAnnouncements } from './announcement.ts';
import { DeviceList } from './device-list.ts';

/** Devices are asked for at once and again soon, since a packet may be lost, then ever less often (RFC 6762 §5.2), but within the time they stay for. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const EXPIRY_CHECK_MS = 5_000;
/** Of instances that are only named, asked for at once. */
const MAX_ASKED = 20;

/**
 * Looks for devices until the returned function is called.
 *
 * One socket for each network of this computer: the system would send on its favourite alone, which is a VPN's as often as not.
 */
export function browse(onDevices: (devices: CastDevice[]) => void): () => void {
  const list = new DeviceList();
  const sockets = new Map<string, MulticastDns>();
  let pauseMs = FIRST_PAUSE_MS;
  let nextRound: NodeJS.Timeout | undefined;

  const drop = (address: string) => {
    sockets.get(address)?.destroy();
    sockets.delete(address);
  };
  const open = (address: string) => {
    const socket = multicastDns({ interface: address, bind: '0.0.0.0' });
    sockets.set(address, socket);
    // A port that another program keeps to itself, a network that went away: the next round tries anew.
    socket.on('error', () => drop(address));
    socket.on('response', (packet, from) => {
      const { announcements, unresolved } = readAnnouncements(packet, from.address);
      const now = performance.now();
      const changes = announcements.filter((announcement) => list.heed(announcement, now));
      if (changes.length > 0) onDevices(list.devices);
      const questions = unresolved
        .slice(0, MAX_ASKED)
        .flatMap((name) => ['SRV', 'TXT'].map((type) => ({ name, type })));
      if (questions.length > 0) socket.query(questions, () => {});
    });
    return socket;
  };
  const round = () => {
    const addresses = ownAddresses();
    for (const address of sockets.keys()) if (!addresses.includes(address)) drop(address);
    for (const address of addresses) {
      const socket = sockets.get(address) ?? open(address);
      socket.query([{ name: CAST_SERVICE, type: 'PTR' }], () => {});
    }
    nextRound = setTimeout(round, pauseMs).unref();
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  };
  const expiry = setInterval(() => {
    if (list.expire(performance.now())) onDevices(list.devices);
  }, EXPIRY_CHECK_MS).unref();
  round();

  return () => {
    clearTimeout(nextRound);
    clearInterval(expiry);
    for (const address of [...sockets.keys()]) drop(address);
  };
}

/** One for each network; mDNS of IPv4 alone, which every cast device speaks. Loopback only where there is no other. */
function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses?.find(({ family }) => family === 'IPv4') ?? [])
    .toSorted((a, b) => Number(a.internal) - Number(b.internal));
  const outer = all.filter(({ internal }) => !internal);
  return (outer.length > 0 ? outer : all).map(({ address }) => address);
}
