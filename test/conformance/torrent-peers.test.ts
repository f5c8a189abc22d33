import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TorrentSettings } from '../../src/torrent/settings.ts';
import { LOOPBACK_SETTINGS } from '../../src/torrent/testing.fixture.ts';
import { realClip } from '../lab/media/index.ts';
import { startOrigin } from '../lab/origin/index.ts';
import { type Swarm, type SwarmOptions, startSwarm } from '../lab/swarm/swarm.ts';
import { randomNumbers } from '../support/random.ts';
import { json, NO_FFMPEG, Rig } from './rig.ts';

/** Of three makes, as a real swarm is. */
const THREE_MAKES = [{ make: 'transmission' }, { make: 'aria2' }, { make: 'libtorrent' }] as const;
const BOUND_MS = 150_000;

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function sharedClip(options: Omit<SwarmOptions, 'content'>) {
  const path = await realClip();
  const swarm = await startSwarm({ ...options, content: { files: { [basename(path)]: path } } });
  endings.push(async () => swarm[Symbol.asyncDispose]());
  return { swarm, bytes: await readFile(path) };
}

async function started(settings: Partial<TorrentSettings> = {}): Promise<Rig> {
  const rig = await Rig.start({ ...NO_FFMPEG, torrent: { ...LOOPBACK_SETTINGS, ...settings } });
  endings.push(() => rig.stop());
  return rig;
}

const sha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest('hex');
const addressed = ({ bareMagnet, peerAddresses }: Swarm) =>
  bareMagnet + peerAddresses.map((address) => `&x.pe=${address}`).join('');

describe('peers of three makes', () => {
  it('are found by the tracker, and give the film byte for byte', { timeout: BOUND_MS }, async () => {
    // Unlimited, the quickest would have given all of it before the others let anybody in (aria2 takes 5 s, transmission 10 s).
    const seeds = THREE_MAKES.map((seed) => ({ ...seed, uploadBytesPerSecond: 1_000_000 }));
    const { swarm, bytes } = await sharedClip({ seeds });
    const rig = await started();
    const session = await rig.open(swarm.magnet, { kind: 'torrent' });
    expect(await rig.view(session)).toMatchObject({ isTorrent: true, torrentInfoHash: swarm.infoHash });
    expect((await rig.bytesInTime(`/sessions/${session}/hls/v0/1.m4s`)).length).toBeGreaterThan(10_000);
    expect(sha1(await rig.bytes(`/torrents/${swarm.infoHash}`))).toBe(sha1(bytes));
    const sent = await Promise.all(swarm.seeds.map((seed) => seed.status()));
    expect(sent.filter(({ uploadedBytes }) => uploadedBytes > 0).length).toBeGreaterThan(1);
  });

  it('give what is sought before what was asked for earlier', { timeout: BOUND_MS }, async () => {
    const limited = THREE_MAKES.map((seed) => ({ ...seed, uploadBytesPerSecond: 500_000 }));
    const { swarm, bytes } = await sharedClip({ seeds: limited });
    const rig = await started();
    await rig.open(addressed(swarm), { kind: 'torrent' });
    const url = `/torrents/${swarm.infoHash}`;
    const random = randomNumbers(7);
    const leave = new AbortController();
    // Somebody reads on all the while, and would need a quarter of a minute for all of it.
    const reading = rig.get(url, { signal: leave.signal }).then(
      () => 'read to the end',
      () => 'left',
    );
    for (let seek = 0; seek < 5; seek += 1) {
      const start = Math.floor((0.3 + 0.6 * random()) * bytes.length);
      const answer = await rig.get(url, { headers: { Range: `bytes=${start}-${start + 99_999}` } });
      expect([answer.status, sha1(answer.bytes)]).toEqual([
        206,
        sha1(bytes.subarray(start, start + 100_000)),
      ]);
    }
    leave.abort();
    expect(await reading).toBe('left');
  });
});

it('a torrent is found by the DHT alone', { timeout: BOUND_MS }, async () => {
  const { swarm, bytes } = await sharedClip({ seeds: [{ make: 'libtorrent' }], tracker: false, dht: true });
  const { host, port } = swarm.dhtNode?.address ?? { host: '', port: 0 };
  const rig = await started({ features: ['dht'], dhtNodes: [`${host}:${port}`] });
  const session = await rig.open(swarm.bareMagnet, { kind: 'torrent' });
  await rig.bytesInTime(`/sessions/${session}/master.m3u8`);
  const answer = await rig.get(`/torrents/${swarm.infoHash}`, { headers: { Range: 'bytes=-1000' } });
  expect(sha1(answer.bytes)).toBe(sha1(bytes.subarray(-1000)));
});

it('a .torrent file needs no description from peers', { timeout: BOUND_MS }, async () => {
  const { swarm, bytes } = await sharedClip({ seeds: [{ make: 'transmission' }], isPrivate: true });
  const rig = await started({ features: ['dht', 'pex', 'lsd'], dhtNodes: [] });
  const { sessionId } = await rig.core.open({ kind: 'torrent', source: swarm.torrentFile });
  expect(await rig.view(sessionId)).toMatchObject({ torrentInfoHash: swarm.infoHash });
  expect(sha1(await rig.bytes(`/torrents/${swarm.infoHash}`))).toBe(sha1(bytes));
});

it('a web seed alone gives the film byte for byte', { timeout: BOUND_MS }, async () => {
  const origin = await startOrigin({ files: { '/clip': await realClip() } });
  endings.push(() => origin.close());
  const { swarm, bytes } = await sharedClip({ seeds: [], tracker: false, webSeeds: [origin.url('/clip')] });
  const rig = await started({ features: ['webseeds'] });
  await rig.core.open({ kind: 'torrent', source: swarm.torrentFile });
  expect(sha1(await rig.bytes(`/torrents/${swarm.infoHash}`))).toBe(sha1(bytes));
});

it('a web seed that gives no parts of the film is given up, and another asked', {
  timeout: BOUND_MS,
}, async () => {
  const clip = await realClip();
  const origin = await startOrigin({
    files: { '/clip': clip, '/whole': clip },
    faults: { '/whole': { ignoreRange: true } },
  });
  endings.push(() => origin.close());
  const webSeeds = [origin.url('/whole'), origin.url('/clip')];
  const { swarm, bytes } = await sharedClip({ seeds: [], tracker: false, webSeeds });
  const rig = await started({ features: ['webseeds'] });
  await rig.core.open({ kind: 'torrent', source: swarm.torrentFile });
  expect(sha1(await rig.bytes(`/torrents/${swarm.infoHash}`))).toBe(sha1(bytes));
  expect(origin.log.requests('/whole').length).toBeGreaterThan(0);
  await vi.waitFor(
    async () => expect(json(await rig.get(`/torrents/${swarm.infoHash}/status`))).toMatchObject({ peers: 1 }),
    10_000,
  );
});
