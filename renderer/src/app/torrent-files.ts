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

/** What a film of a pack is called: as its file; null for the one film of a torrent, which is called as that is. */
export function nameInPack(
  files: readonly FileChoice[],
  torrent: Pick<TorrentView, 'fileIdx'> | undefined,
): string | null {
  return files.length < 2 ? null : (files.find(({ key }) => key === torrent?.fileIdx)?.label ?? null);
}

/** What is to be played after this file, as the core says; null: nothing. */
export function nextFile(
  files: readonly FileChoice[],
  torrent: Pick<TorrentView, 'nextFileIdx'> | undefined,
): FileChoice | null {
  return files.find(({ key }) => key === torrent?.nextFileIdx) ?? null;
}

/** A file's name as a person would call it. */
export function titleOfFile(label: string): string {
  return label.replace(/\.[a-z0-9]{2,4}$/i, '');
}

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

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
