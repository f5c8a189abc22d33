import type { TorrentStatus } from '../../../src/torrent/status.ts';
import { byteSize } from '../player/time.ts';

/** The swarm in a line, for somebody who waits: how many share it, how fast it comes in. */
export function swarmText({ stage, peers, knownPeers, downloadSpeed }: TorrentStatus): string {
  if (peers === 0) return knownPeers === 0 ? 'No peers yet' : `Connecting to ${count(knownPeers, 'peer')}`;
  const speed = stage === 'metadata' ? '' : ` · ${byteSize(downloadSpeed)}/s`;
  return `${count(peers, 'peer')}${speed}`;
}

/** Longer than this nobody can foresee, seconds. */
const FORESEEN_SECONDS = 15 * 60;

/** The same, with how long the wait will be where that can be told. */
export function waitText(status: TorrentStatus): string {
  const seconds = status.nextPlayableSeconds;
  if (status.peers === 0 || seconds === null || seconds <= 0 || seconds > FORESEEN_SECONDS)
    return swarmText(status);
  const wait = seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`;
  return `${swarmText(status)} · ready in about ${wait}`;
}

/** How much of the film ahead is here, in a line; empty where nobody knows. */
export function bufferText({ bands }: TorrentStatus): string {
  if (bands === null) return '';
  const { now, next, ahead, rest } = bands;
  const soon = { haveBytes: now.haveBytes + next.haveBytes, totalBytes: now.totalBytes + next.totalBytes };
  const parts = { 'next seconds': soon, 'next minute': ahead, rest };
  return Object.entries(parts)
    .filter(([, { totalBytes }]) => totalBytes > 0)
    .map(([name, { haveBytes, totalBytes }]) => `${name} ${Math.floor((100 * haveBytes) / totalBytes)} %`)
    .join(' · ');
}

/** How peers are looked for, in a line: the trackers that answer, and how much of the DHT is known. Empty where neither is asked. */
export function discoveryText({ trackers, dht }: Pick<TorrentStatus, 'trackers' | 'dht'>): string {
  const working = trackers.filter(({ state }) => state === 'working').length;
  const parts = [
    trackers.length === 0
      ? ''
      : trackers.length === 1
        ? `The tracker ${working === 1 ? 'answers' : 'does not answer'}`
        : `${working} of ${trackers.length} trackers answer`,
    dht === null ? '' : `DHT: ${count(dht.nodes, 'node')}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
