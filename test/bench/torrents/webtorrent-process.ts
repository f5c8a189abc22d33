import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import WebTorrent, { type Torrent } from 'webtorrent';
import { LONE_CLIENT } from '../../support/lone-webtorrent.ts';

/** webtorrent's own HTTP server, as its documentation shows it, in a process of its own: what our torrents are held against. */
export type Ask = { add: string; folder: string } | { remove: true };

export interface Added {
  /** How long the description took. */
  metadataMs: number;
  url: string;
}

const client = new WebTorrent(LONE_CLIENT);
const { server } = client.createServer();
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
let current: { torrent: Torrent; folder: string } | undefined;
process.once('disconnect', () => process.exit());
process.send?.({ ready: true });

process.on('message', async (ask: Ask) => {
  process.send?.('add' in ask ? await add(ask.add, ask.folder) : await remove());
});

/** Nothing is selected: it fetches what is streamed, and does not compete with itself. */
async function add(magnet: string, folder: string): Promise<Added> {
  const startedMs = performance.now();
  const torrent = client.add(magnet, { deselect: true, path: folder });
  current = { torrent, folder };
  await once(torrent, 'metadata');
  const metadataMs = performance.now() - startedMs;
  if (!torrent.ready) await once(torrent, 'ready');
  return { metadataMs, url: `${baseUrl}${torrent.files[0]?.streamURL}` };
}

async function remove(): Promise<object> {
  if (!current) return {};
  const { torrent, folder } = current;
  current = undefined;
  await new Promise<void>((resolve) => torrent.destroy({ destroyStore: true }, () => resolve()));
  await rm(folder, { recursive: true, force: true });
  return {};
}
