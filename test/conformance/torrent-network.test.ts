import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { lackingSwarmPackages } from '../../build/setup/swarm.ts';
import { realClip } from '../lab/media/index.ts';
import { layContent } from '../lab/swarm/content.ts';
import { startLibtorrent } from '../lab/swarm/libtorrent.ts';
import { makeTorrent } from '../lab/swarm/torrent-file.ts';
import type { Told } from '../support/lan.ts';
import { type Computer, twoComputers } from '../support/network.ts';

const lacking = await lackingSwarmPackages();
const computers = lacking.length > 0 ? null : await twoComputers();
const NOTE =
  computers !== null
    ? ''
    : ` (SKIPPED: ${lacking.length > 0 ? `${lacking.join(' and ')} not installed` : 'this process may not make network namespaces'})`;

const HERE = '10.78.0.1';
const OTHER = '10.78.0.2';
const PORT = 6969;
const BOUND_MS = 150_000;

/** Tells of what is asked of routers: UPnP's search (SSDP, a multicast), NAT-PMP and PCP (UDP 5351). */
const ROUTER = `
const { createSocket } = require('node:dgram');
const listen = (port, join) => {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  socket.on('message', (bytes) => console.log(port === 1900 ? String(bytes).split('\\r')[0] : 'NAT-PMP'));
  socket.bind(port, () => { join?.(socket); console.log('ready'); });
};
listen(1900, (socket) => socket.addMembership('239.255.255.250', '${OTHER}'));
listen(5351);
`;

/** The core at one end of a cable, a peer or a router at the other; there is no other network. */
describe.skipIf(computers === null)(`torrents in a network${NOTE}`, { timeout: BOUND_MS }, () => {
  const [home, other] = computers as [Computer, Computer];
  let folder: string;
  let torrent: Awaited<ReturnType<typeof makeTorrent>>;
  const endings: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'raffi-network-'));
    const clip = await realClip();
    const name = basename(clip);
    await layContent({ files: { [name]: clip } }, folder);
    const path = join(folder, 'clip.torrent');
    torrent = await makeTorrent({ path, folder, files: [name], pieceLengthBytes: 256 * 1024 });
    await home.ip('addr', 'add', `${HERE}/24`, 'dev', 'eth0');
    await other.ip('addr', 'add', `${OTHER}/24`, 'dev', 'eth0');
    await home.ip('route', 'add', 'default', 'via', OTHER);
  });
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });
  afterAll(async () => {
    await Promise.all([home, other].map((computer) => computer.remove()));
    await rm(folder, { recursive: true, force: true });
  });

  it('a peer is found by multicast, and no router is asked for anything', async () => {
    const asked = await router();
    const peer = await startLibtorrent({
      within: other.within,
      source: torrent.path,
      folder,
      host: OTHER,
      pex: false,
      dhtNodes: null,
      lsd: true,
    });
    endings.push(async () => peer[Symbol.asyncDispose]());
    await core('lsd');
    await openTorrent();
    const headers = ['Range', 'bytes=-100'];
    const answer = await home.ask({ ...AT, path: `/torrents/${torrent.infoHash}`, headers });
    expect(answer).toMatchObject({ status: 206 });
    expect(asked).toEqual([]);
  });

  it('the router is asked where that is wanted, and one that does not answer does no harm', async () => {
    const asked = await router();
    await core('nat');
    // Looking at it is what goes to the network; it waits for some seconds and then tells what is known.
    await home.ask({ ...AT, path: `/sessions/${await openTorrent()}` });
    await vi.waitFor(() => expect(asked).toContain('M-SEARCH * HTTP/1.1'), 30_000);
    expect(await home.ask({ ...AT, path: '/' })).toMatchObject({ status: 200 });
  });

  const AT = { host: '127.0.0.1', port: PORT };

  async function router(): Promise<string[]> {
    const lines: string[] = [];
    let ready = 0;
    const child = other.spawn(process.execPath, ['-e', ROUTER]);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n').filter((one) => one !== '')) {
        if (line === 'ready') ready += 1;
        else lines.push(line);
      }
    });
    endings.push(async () => child.kill('SIGKILL'));
    await vi.waitFor(() => expect(ready).toBe(2), 20_000);
    return lines;
  }

  async function core(features: string): Promise<void> {
    let said = '';
    const child = home.spawn(process.execPath, ['--import', 'tsx', 'src/cli.ts'], {
      RAFFI_SERVER_ADDR: `127.0.0.1:${PORT}`,
      RAFFI_CACHE_DIR: join(folder, 'cache'),
      RAFFI_TORRENT_FEATURES: features,
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    endings.push(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    await vi.waitFor(() => expect(said).toContain('Ctrl+C'), { timeout: 60_000 });
  }

  async function openTorrent(): Promise<string> {
    const body = JSON.stringify({ source: torrent.infoHash, kind: 'torrent' });
    const opened = (await home.ask({ ...AT, method: 'POST', path: '/sessions', body })) as Told;
    expect(opened.status).toBe(200);
    return (JSON.parse(opened.text) as { id: string }).id;
  }
});
