import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { Server } from 'bittorrent-tracker';
import { afterEach, expect, it, vi } from 'vitest';
import type { TorrentSettings } from '../../src/torrent/settings.ts';
import type { TorrentStatus } from '../../src/torrent/status.ts';
import { LOOPBACK_SETTINGS } from '../../src/torrent/testing.fixture.ts';
import type { TorrentBounds } from '../../src/torrent/torrent.ts';
import { LSD_GROUP, LSD_PORT } from '../../src/torrent/worker/lsd-message.ts';
import { realClip } from '../lab/media/index.ts';
import { freePort } from '../lab/swarm/ports.ts';
import { startProcess } from '../lab/swarm/process.ts';
import { type SwarmOptions, startSwarm } from '../lab/swarm/swarm.ts';
import { until } from '../lab/swarm/until.ts';
import { startCoreProcess } from '../support/core-process.ts';
import { describeWithSwarm } from '../support/swarm-gate.ts';
import { json, NO_FFMPEG, problemOf, Rig } from './rig.ts';
import { type Seed, seed } from './seed.ts';

const BOUND_MS = 150_000;
const PASSKEY = 'b81ff1be3d7c44a3';

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function started(
  settings: Partial<TorrentSettings> = {},
  torrents: Partial<TorrentBounds> = {},
): Promise<Rig> {
  const torrent = { ...LOOPBACK_SETTINGS, ...settings };
  const rig = await Rig.start({ ...NO_FFMPEG, torrent }, { torrents });
  endings.push(() => rig.stop());
  return rig;
}

async function swarmOf(options: Omit<SwarmOptions, 'content'>) {
  const path = await realClip();
  const swarm = await startSwarm({ ...options, content: { files: { [basename(path)]: path } } });
  endings.push(async () => swarm[Symbol.asyncDispose]());
  return swarm;
}

async function seeded(...[options]: [Parameters<typeof seed>[1]?]): Promise<Seed> {
  const made = await seed(await realClip(), options);
  endings.push(() => made.close());
  return made;
}

/** A WebSocket tracker on loopback. */
async function webSocketTracker(): Promise<string> {
  const server = new Server({ http: false, udp: false, ws: true });
  const listening = once(server, 'listening');
  server.listen(await freePort('127.0.0.1'), '127.0.0.1');
  await listening;
  endings.push(() => new Promise<void>((resolve) => server.close(resolve)));
  return `ws://127.0.0.1:${(server.http.address() as { port: number }).port}`;
}

/** A UDP tracker (BEP 15) on loopback that only listens: `left` of the first announcement. */
async function udpTracker(): Promise<{ url: string; left: Promise<bigint> }> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  endings.push(async () => socket.close());
  const left = new Promise<bigint>((resolve) => {
    socket.on('message', (bytes, { port, address }) => {
      const [CONNECT, ANNOUNCE] = [0, 1];
      const action = bytes.readUInt32BE(8);
      const answer = Buffer.alloc(16);
      answer.writeUInt32BE(action, 0);
      bytes.copy(answer, 4, 12, 16);
      if (action === CONNECT) socket.send(answer, port, address);
      if (action === ANNOUNCE) resolve(bytes.readBigUInt64BE(64));
    });
  });
  return { url: `udp://127.0.0.1:${socket.address().port}/announce`, left };
}

/** A member of the group of BEP 14 on loopback: what it hears, and says. */
async function inLsdGroup() {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  const heard: string[] = [];
  socket.on('message', (bytes) => heard.push(bytes.toString()));
  socket.bind(LSD_PORT);
  await once(socket, 'listening');
  socket.addMembership(LSD_GROUP, '127.0.0.1');
  socket.setMulticastInterface('127.0.0.1');
  endings.push(async () => socket.close());
  return { heard, send: (text: string) => socket.send(text, LSD_PORT, LSD_GROUP) };
}

const statusOf = async (rig: Rig, infoHash: string) =>
  json(await rig.get(`/torrents/${infoHash}/status`)) as TorrentStatus;
/** Goes to the network: nothing does before somebody asks for the film. */
const ask = (rig: Rig, session: string) => void rig.get(`/sessions/${session}/master.m3u8`).catch(() => {});
const bareMagnet = (infoHash: string, ...more: string[]) =>
  `magnet:?xt=urn:btih:${infoHash}${more.map((part) => `&${part}`).join('')}`;
const sha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest('hex');
const isTheClip = async (rig: Rig, infoHash: string) => {
  expect(sha1(await rig.bytes(`/torrents/${infoHash}`))).toBe(sha1(await readFile(await realClip())));
};

describeWithSwarm('the status', { timeout: BOUND_MS }, () => {
  it('says which trackers answer and how much of the DHT is known, and names no passkey', async () => {
    const swarm = await swarmOf({ seeds: [{ make: 'libtorrent' }], dht: true });
    const { host, port } = swarm.dhtNode?.address ?? { host: '', port: 0 };
    const dead = await freePort('127.0.0.1');
    const rig = await started({ features: ['dht'], dhtNodes: [`${host}:${port}`] });
    // Not of the link: what that names at home is asked for nothing but an announcement.
    const trackers = [`http://127.0.0.1:${dead}/${PASSKEY}/announce?passkey=${PASSKEY}`];
    const session = await rig.open(swarm.magnet, { kind: 'torrent', trackers });
    expect(await statusOf(rig, swarm.infoHash)).toMatchObject({ trackers: [], dht: null });
    ask(rig, session);
    await vi.waitFor(async () => {
      expect(await statusOf(rig, swarm.infoHash)).toMatchObject({
        trackers: [
          { url: `http://127.0.0.1:${swarm.tracker?.port}`, state: 'working', seeds: 1 },
          {
            url: `http://127.0.0.1:${dead}`,
            state: 'failed',
            error: expect.stringContaining('ECONNREFUSED'),
          },
        ],
        trouble: expect.stringContaining(`http://127.0.0.1:${dead}: `),
      });
      expect((await statusOf(rig, swarm.infoHash)).dht?.nodes).toBeGreaterThan(0);
    }, 30_000);
    expect(JSON.stringify(await statusOf(rig, swarm.infoHash))).not.toContain(PASSKEY);
  });
});

it('a link tells its tracker that the film is lacking, though nobody knows yet how large it is', async () => {
  const { url, left } = await udpTracker();
  const rig = await started();
  ask(rig, await rig.open(bareMagnet('3'.repeat(40), `tr=${encodeURIComponent(url)}`), { kind: 'torrent' }));
  // With nothing left to fetch it would be a seed, and be told of no other.
  expect(await left).toBeGreaterThan(0n);
});

describeWithSwarm('a peer', { timeout: BOUND_MS }, () => {
  it('is found by another peer that tells of it (PEX)', async () => {
    const seeds = [{ make: 'libtorrent', uploadBytesPerSecond: 100_000 }, { make: 'libtorrent' }] as const;
    const swarm = await swarmOf({ seeds, tracker: false, pex: true });
    const [teller, other] = swarm.seeds as [(typeof swarm.seeds)[0], (typeof swarm.seeds)[0]];
    await teller.connect?.(other.address);
    await vi.waitFor(async () => expect((await teller.status()).peers).toBe(1), 20_000);
    const rig = await started({ features: ['pex'] });
    const { host, port } = teller.address;
    await rig.open(bareMagnet(swarm.infoHash, `x.pe=${host}:${port}`), { kind: 'torrent' });
    await isTheClip(rig, swarm.infoHash);
    expect(await statusOf(rig, swarm.infoHash)).toMatchObject({ peers: 2, seeds: 2 });
    expect((await other.status()).uploadedBytes).toBeGreaterThan(0);
  });

  it.each([
    ['name:first-last', 'that one: over there:127.0.0.2-127.0.0.2'],
    ['CIDR', '127.0.0.2/32'],
  ])('that is blocked (%s) is not connected to, and may not connect', async (_form, line) => {
    const swarm = await swarmOf({ seeds: [{ make: 'libtorrent' }, { make: 'libtorrent' }] });
    const blocklist = join(swarm.folder, 'blocklist.txt');
    await writeFile(blocklist, `# not these\n10.0.0.0/8\n${line}\n`);
    const port = await freePort('127.0.0.1');
    const rig = await started({ blocklist, port });
    const peers = swarm.peerAddresses.map((address) => `&x.pe=${address}`).join('');
    await rig.open(swarm.magnet + peers, { kind: 'torrent' });
    await isTheClip(rig, swarm.infoHash);
    const [blocked, other] = await Promise.all(swarm.seeds.map((one) => one.status()));
    expect([blocked?.peers, blocked?.uploadedBytes]).toEqual([0, 0]);
    expect(other?.uploadedBytes).toBeGreaterThan(0);
    const handshake = Buffer.concat([
      Buffer.from('\x13BitTorrent protocol\0\0\0\0\0\0\0\0', 'latin1'),
      Buffer.from(swarm.infoHash, 'hex'),
      Buffer.from('-XX0001-abcdefghijkl'),
    ]);
    const answerTo = (localAddress: string) =>
      new Promise<string>((resolve) => {
        const socket = connect({ host: '127.0.0.1', port, localAddress });
        socket.on('error', () => {});
        socket.once('data', () => resolve('answered') ?? socket.destroy());
        socket.once('close', () => resolve('closed'));
        socket.write(handshake);
      });
    expect([await answerTo('127.0.0.2'), await answerTo('127.0.0.9')]).toEqual(['closed', 'answered']);
  });
});

it('WebRTC finds a peer by a WebSocket tracker, for one torrent after the other', {
  timeout: BOUND_MS,
}, async () => {
  const url = await webSocketTracker();
  const clip = await realClip();
  const script = join(import.meta.dirname, '../lab/swarm/webrtc-seed.ts');
  const seeding = await startProcess(process.execPath, ['--import', 'tsx', script, clip, url]);
  endings.push(async () => seeding[Symbol.asyncDispose]());
  const infoHash = await until('it seeds', 30_000, () => /^[0-9a-f]{40}$/m.exec(seeding.tail())?.[0] ?? null);
  // Should it crash, as node-datachannel can, it is not this process.
  const core = await startCoreProcess({
    RAFFI_TORRENT_FEATURES: 'webrtc',
    RAFFI_TORRENT_ADDR: '127.0.0.1:0',
  });
  endings.push(async () => core[Symbol.asyncDispose]());
  for (let round = 0; round < 2; round += 1) {
    const session = await core.open(bareMagnet(infoHash, `tr=${encodeURIComponent(url)}`));
    expect(sha1(await core.bytes(`/torrents/${infoHash}`))).toBe(sha1(await readFile(clip)));
    const status = JSON.parse(Buffer.from(await core.bytes(`/torrents/${infoHash}/status`)).toString());
    expect(status).toMatchObject({ peers: 1, trackers: [{ url, state: 'working' }] });
    await core.close(session);
  }
  expect(core.isRunning()).toBe(true);
});

describeWithSwarm('uTP', { timeout: BOUND_MS }, () => {
  it('reaches a peer that speaks nothing else, where it is asked for', async () => {
    const swarm = await swarmOf({ seeds: [{ make: 'libtorrent', utpOnly: true }], tracker: false });
    // utp-native can end the process that ends its thread: not this one.
    const core = await startCoreProcess({ RAFFI_TORRENT_FEATURES: 'utp', RAFFI_TORRENT_ADDR: '0.0.0.0:0' });
    endings.push(async () => core[Symbol.asyncDispose]());
    await core.open(bareMagnet(swarm.infoHash, `x.pe=${swarm.peerAddresses[0]}`));
    expect(sha1(await core.bytes(`/torrents/${swarm.infoHash}`))).toBe(
      sha1(await readFile(await realClip())),
    );
  });
});

it('peers of the local network find each other, and a stranger’s datagram harms nobody (LSD)', {
  timeout: BOUND_MS,
}, async () => {
  const { magnet, infoHash } = await seeded();
  const [holder, seeker] = [await started({ features: ['lsd'] }), await started({ features: ['lsd'] })];
  await holder.open(magnet, { kind: 'torrent' });
  await isTheClip(holder, infoHash);
  const stranger = await inLsdGroup();
  stranger.send('BT-SEARCH * HTTP/1.1');
  stranger.send(`BT-SEARCH * HTTP/1.1\r\nPort: 9\r\nInfohash: ${infoHash}\r\n\r\n\r\n`);
  await seeker.open(bareMagnet(infoHash), { kind: 'torrent' });
  await isTheClip(seeker, infoHash);
  expect(stranger.heard).toContainEqual(expect.stringContaining(`Infohash: ${infoHash}`));
});

it('a private torrent is not fetched from who was found before its link was known to be one (BEP 27)', async () => {
  const { infoHash, address, connections } = await seeded({ isPrivate: true });
  const neighbour = await inLsdGroup();
  const rig = await started({ features: ['lsd'] }, { stallMs: 6_000 });
  await rig.open(bareMagnet(infoHash), { kind: 'torrent' });
  const answer = rig.get(`/torrents/${infoHash}`);
  await expect.poll(() => neighbour.heard.some((text) => text.includes(infoHash))).toBe(true);
  neighbour.send(
    `BT-SEARCH * HTTP/1.1\r\nPort: ${address.split(':')[1]}\r\nInfohash: ${infoHash}\r\n\r\n\r\n`,
  );
  expect([(await answer).status, problemOf(await answer).code]).toEqual([504, 'no_peers']);
  expect(connections()).toBe(0);
  // It was there, and gave the description.
  expect((await statusOf(rig, infoHash)).piecesTotal).toBeGreaterThan(0);
});

it.each([
  ['no list', '<html>\n'],
  ['a list with a word in it', '10.0.0.1\nlocalhost\n'],
])('a blocklist that is %s lets nothing go to the network, and says so', async (_what, text) => {
  const rig = await started();
  const blocklist = join(rig.cacheDir, 'blocklist.txt');
  await writeFile(blocklist, text);
  const blocking = await started({ blocklist });
  const session = await blocking.open(bareMagnet('4'.repeat(40)), { kind: 'torrent' });
  const answer = await blocking.get(`/sessions/${session}/master.m3u8`);
  expect([answer.status, problemOf(answer).code]).toEqual([502, 'torrent_failed']);
  expect(problemOf(answer).detail).toMatch(/line [12] is no range of addresses.*RAFFI_TORRENT_BLOCKLIST/);
});

describeWithSwarm('a torrent', { timeout: BOUND_MS }, () => {
  it.each([
    ['that is private is told of to nobody but its trackers (BEP 27)', true],
    ['that is not is told of to the DHT and the local network', false],
  ])('%s', async (_what, isPrivate) => {
    const swarm = await swarmOf({ seeds: [], tracker: false, dht: true, isPrivate });
    const { host, port } = swarm.dhtNode?.address ?? { host: '', port: 0 };
    const neighbour = await inLsdGroup();
    const ours = { host: '127.0.0.1', port: await freePort('127.0.0.1') };
    const rig = await started(
      { features: ['dht', 'pex', 'lsd'], dhtNodes: [`${host}:${port}`], port: ours.port },
      { stallMs: 4_000 },
    );
    await rig.core.open({ kind: 'torrent', source: swarm.torrentFile });
    const answer = await rig.get(`/torrents/${swarm.infoHash}`);
    expect([answer.status, problemOf(answer).code]).toEqual([504, 'no_peers']);
    const told = {
      dht: swarm.dhtNode?.knows(swarm.infoHash, ours),
      network: neighbour.heard.some((text) => text.includes(swarm.infoHash)),
      status: (await statusOf(rig, swarm.infoHash)).dht !== null,
    };
    expect(told).toEqual({ dht: !isPrivate, network: !isPrivate, status: !isPrivate });
  });
});
