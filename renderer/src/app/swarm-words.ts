import type { TorrentStatus } from '../../../src/torrent/status.ts';

/** How peers are looked for, in a line: the trackers that answer, and how much of the DHT is known. Empty where neither is asked. */
export function discoveryText({ trackers, dht }: Pick<TorrentStatus, 'trackers' | 'dht'>): string {
  const working = trackers.filter(({ state }) => state === 'working').length;
  const parts = [
    trackers.length === 0
      ? ''
      : trackers.length === 1
        ? `The tracker ${working === 1 ? 'answers' : 'does not answer'}`
        : `${working} of ${trackers.length} trackers answer`,
    dht === null ? '' : `DHT: ${dht.nodes} ${dht.nodes === 1 ? 'node' : 'nodes'}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}
