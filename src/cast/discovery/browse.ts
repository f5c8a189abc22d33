import { networkInterfaces } from 'node:os';
import multicastDns, { type MulticastDns } from 'multicast-dns';
import type { CastDevice } from '../types.ts';
import { CAST_SERVICE, readAnnouncements } from './announcement.ts';
import { DeviceList } from './device-list.ts';

/** Devices are asked for at once and again soon, since a packet may be lost, then ever less often (RFC 6762 §5.2), but within the time they stay for. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const EXPIRY_CHECK_MS = 5_000;
/** Changes within this time are told as one: a neighbour that changes its name all the time must not keep us busy. */
const TELL_AFTER_MS = 50;
/** Instances that are only named are asked for at most so many at once, and so often: what is heard must not make us shout. */
const MAX_ASKED = 20;
const ASK_AGAIN_AFTER_MS = 1_000;

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
  let telling: NodeJS.Timeout | undefined;
  let askedAtMs = Number.NEGATIVE_INFINITY;

  const tell = () => {
    telling ??= setTimeout(() => {
      telling = undefined;
      onDevices(list.devices);
    }, TELL_AFTER_MS).unref();
  };
  const drop = (address: string, socket: MulticastDns) => {
    if (sockets.get(address) !== socket) return;
    sockets.delete(address);
    socket.destroy();
  };
  const askFor = (socket: MulticastDns, instances: readonly string[]) => {
    const nowMs = performance.now();
    if (instances.length === 0 || nowMs - askedAtMs < ASK_AGAIN_AFTER_MS) return;
    askedAtMs = nowMs;
    const questions = instances
      .slice(0, MAX_ASKED)
      .flatMap((name) => ['SRV', 'TXT'].map((type) => ({ name, type })));
    socket.query(questions, () => {});
  };
  const open = (address: string) => {
    const socket = multicastDns({ interface: address, bind: '0.0.0.0' });
    sockets.set(address, socket);
    // A port that another program keeps to itself, a network that went away: the next round tries anew.
    socket.on('error', () => drop(address, socket));
    socket.on('response', (packet, from) => {
      const { announcements, unresolved } = readAnnouncements(packet, from.address);
      const nowMs = performance.now();
      const changes = announcements.filter((announcement) => list.heed(announcement, nowMs));
      if (changes.length > 0) tell();
      askFor(socket, unresolved);
    });
    return socket;
  };
  const round = () => {
    const addresses = ownAddresses();
    for (const [address, socket] of sockets) if (!addresses.includes(address)) drop(address, socket);
    for (const address of addresses) {
      const socket = sockets.get(address) ?? open(address);
      socket.query([{ name: CAST_SERVICE, type: 'PTR' }], () => {});
    }
    nextRound = setTimeout(round, pauseMs).unref();
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  };
  const expiry = setInterval(() => {
    if (list.expire(performance.now())) tell();
  }, EXPIRY_CHECK_MS).unref();
  round();

  return () => {
    clearTimeout(nextRound);
    clearTimeout(telling);
    clearInterval(expiry);
    for (const [address, socket] of sockets) drop(address, socket);
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
