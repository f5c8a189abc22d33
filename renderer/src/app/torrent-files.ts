import type { TorrentStatus, TorrentView } from '../../../src/torrent/status.ts';
import { byteSize } from '../player/time.ts';

/** A file of a torrent that can be chosen. */
export interface FileChoice {
  /** Its `fileIdx`. */
  key: number;
  label: string;
  hint: string;
}

/** What can be played of a torrent, in the order of its names: episodes come one after the other. */
export function fileChoices(torrent: TorrentView | undefined): FileChoice[] {
  const order = new Intl.Collator(undefined, { numeric: true });
  return (torrent?.files ?? [])
    .filter(({ playable }) => playable)
    .toSorted((a, b) => order.compare(a.path, b.path))
    .map(({ fileIdx, path, sizeBytes }) => ({
      key: fileIdx,
      label: path.split('/').at(-1) ?? path,
      hint: byteSize(sizeBytes),
    }));
}

/** The swarm in a line, for somebody who waits: how many share it, how fast it comes in. */
export function swarmText({ stage, peers, knownPeers, downloadSpeed }: TorrentStatus): string {
  if (peers === 0) return knownPeers === 0 ? 'No peers yet' : `Connecting to ${count(knownPeers, 'peer')}`;
  const speed = stage === 'metadata' ? '' : ` · ${byteSize(downloadSpeed)}/s`;
  return `${count(peers, 'peer')}${speed}`;
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
