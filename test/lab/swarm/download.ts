import { mkdir } from 'node:fs/promises';
import { aria2Arguments } from './aria2.ts';
import { type LibtorrentPeer, startLibtorrent } from './libtorrent.ts';
import { freePort } from './ports.ts';
import { startProcess } from './process.ts';
import type { PeerAddress } from './seed.ts';
import { until } from './until.ts';

/** Downloaders that are not ours, to hold the lab, and later the core, against. */
export interface DownloadWish {
  /** Path of a .torrent, or a magnet link. */
  source: string;
  /** Made if need be. */
  folder: string;
  /** Absent or null: no DHT. */
  dhtNodes?: readonly PeerAddress[] | null;
}

let started = 0;

/** An address that no peer of this process had: see the traps of transmission. */
function nextHost(): string {
  started += 1;
  return `127.0.1.${started}`;
}

const DOWNLOAD_MS = 40_000;

/** aria2 downloads it whole; it checks every piece. */
export async function downloadByAria2({ source, folder, dhtNodes = null }: DownloadWish): Promise<void> {
  await mkdir(folder, { recursive: true });
  const host = nextHost();
  const port = await freePort(host);
  const args = aria2Arguments({ folder, host, port, pex: false, dhtNodes });
  await using lab = await startProcess('aria2c', [...args, '--seed-time=0', source]);
  await until('aria2 ends', DOWNLOAD_MS, () => !lab.isRunning() || null);
  if (lab.child.exitCode !== 0) throw new Error(`aria2c ended with ${lab.child.exitCode}:\n${lab.tail()}`);
}

/** Starts a libtorrent that downloads; it can be watched, and ends when it is disposed. */
export async function startDownload({
  source,
  folder,
  dhtNodes = null,
}: DownloadWish): Promise<LibtorrentPeer> {
  await mkdir(folder, { recursive: true });
  return startLibtorrent({ source, folder, host: nextHost(), pex: false, dhtNodes });
}

/** Waits until it has everything. */
export async function completed(download: LibtorrentPeer): Promise<void> {
  await until('libtorrent has it all', DOWNLOAD_MS, () => {
    if (!download.process.isRunning()) throw new Error(`libtorrent ended:\n${download.process.tail()}`);
    return download.events.find(({ event }) => event === 'complete') ?? null;
  });
}
