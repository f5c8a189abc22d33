import { createCipheriv, createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { TorrentStatus } from '../../src/torrent/status.ts';
import { LOOPBACK_SETTINGS } from '../../src/torrent/testing.fixture.ts';
import { film, realClip } from '../lab/media/index.ts';
import { startOrigin } from '../lab/origin/index.ts';
import { randomNumbers } from '../support/random.ts';
import { deliveryOf, fetchAll, hashes, urisOf } from './film-delivery.ts';
import { json, NO_FFMPEG, problemOf, Rig } from './rig.ts';
import { type Seed, seed } from './seed.ts';

let rig: Rig;
const seeds: Seed[] = [];
const sessions: string[] = [];

beforeAll(async () => {
  rig = await Rig.start({ ...NO_FFMPEG, torrent: LOOPBACK_SETTINGS });
});
afterAll(() => rig.stop());
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => rig.close(session)));
  await Promise.all(seeds.splice(0).map((one) => one.close()));
});

async function seeded(...options: Parameters<typeof seed>): Promise<Seed> {
  const made = await seed(...options);
  seeds.push(made);
  return made;
}

async function opened(source: string, more: object = {}): Promise<string> {
  const session = await rig.open(source, { kind: 'torrent', ...more });
  sessions.push(session);
  return session;
}

async function statusOf(infoHash: string): Promise<TorrentStatus> {
  return json(await rig.get(`/torrents/${infoHash}/status`)) as TorrentStatus;
}

const MIB = 1024 * 1024;
/** Bytes of which no two places are alike, the same each time. */
const noise = (sizeBytes: number) =>
  createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(sizeBytes));
const sha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest('hex');

describe('a magnet link', () => {
  it.each(['gop2-mkv', 'gop2-mp4', 'moov-at-end'] as const)(
    '%s: gives the segments of the file',
    async (name) => {
      const path = await film(name);
      const { magnet, infoHash } = await seeded(path);
      const session = await opened(magnet);
      expect(await rig.view(session)).toMatchObject({
        isTorrent: true,
        torrentInfoHash: infoHash,
        torrent: { fileIdx: 0, files: [{ fileIdx: 0, playable: true }] },
      });
      const ofTorrent = await deliveryOf(rig, session);
      const local = await rig.open(path);
      const ofFile = await deliveryOf(rig, local);
      const got = hashes(await fetchAll(rig, urisOf(ofTorrent)));
      expect(got).toEqual(hashes(await fetchAll(rig, urisOf(ofFile))));
      expect(Object.keys(got).length).toBeGreaterThan(4);
      await rig.close(local);
    },
  );

  it('touches nothing before somebody asks for the film', async () => {
    const { magnet, infoHash } = await seeded(await film('gop2-mkv'));
    await opened(magnet);
    expect(await statusOf(infoHash)).toMatchObject({ stage: 'metadata', peers: 0 });
  });
});

describe('a torrent’s file', () => {
  it('is the same under random ranges while it comes in, and after', async () => {
    const path = await realClip();
    const bytes = await readFile(path);
    const { magnet, infoHash } = await seeded(path, { pieceBytes: 64 * 1024, uploadLimit: 3_000_000 });
    await opened(magnet);
    const random = randomNumbers(20);
    const wrong: string[] = [];
    const ask = async () => {
      for (let n = 0; n < 40; n += 1) {
        const start = Math.floor(random() * bytes.length);
        const end = Math.min(bytes.length, start + 1 + Math.floor(random() * 200_000));
        const answer = await rig.get(`/torrents/${infoHash}/0`, {
          headers: { Range: `bytes=${start}-${end - 1}` },
        });
        const right = answer.status === 206 && sha1(answer.bytes) === sha1(bytes.subarray(start, end));
        if (!right) wrong.push(`${start}-${end}: ${answer.status}, ${answer.bytes.length} bytes`);
      }
    };
    await Promise.all([ask(), ask(), ask()]);
    expect(wrong).toEqual([]);
    expect(sha1(await rig.bytes(`/torrents/${infoHash}`))).toBe(sha1(bytes));
    expect(await statusOf(infoHash)).toMatchObject({
      stage: 'ready',
      ready: true,
      downUsefulBytes: bytes.length,
    });
  });

  it('is the same under 10,000 random ranges, several at once, while it comes in', {
    timeout: 240_000,
  }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'raffi-ranges-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const bytes = noise(32 * MIB);
    const path = join(folder, 'noise.mkv');
    await writeFile(path, bytes);
    const { magnet, infoHash } = await seeded(path, { pieceBytes: 128 * 1024, uploadLimit: 12_000_000 });
    const random = randomNumbers(21);
    const wrong: string[] = [];
    const ask = async () => {
      const start = Math.floor(random() * bytes.length);
      const end = Math.min(bytes.length, start + 1 + Math.floor(random() * 20_000));
      const headers = { Range: `bytes=${start}-${end - 1}` };
      const answer = await rig.get(`/torrents/${infoHash}/0`, { headers });
      const isRight = answer.status === 206 && Buffer.compare(answer.bytes, bytes.subarray(start, end)) === 0;
      if (!isRight) wrong.push(`${start}-${end}: ${answer.status}, ${answer.bytes.length} bytes`);
    };
    // After so many most of it is there, and it is opened anew.
    for (let round = 0; round < 10; round += 1) {
      const session = await rig.open(magnet, { kind: 'torrent' });
      const four = [1, 2, 3, 4].map(async () => {
        for (let n = 0; n < 250; n += 1) await ask();
      });
      await Promise.all(four);
      await rig.close(session);
    }
    expect(wrong).toEqual([]);
  });

  it('answers HEAD, suffixes and what lies beyond it', async () => {
    const path = await film('gop2-mkv');
    const bytes = await readFile(path);
    const { magnet, infoHash } = await seeded(path);
    await opened(magnet);
    const url = `/torrents/${infoHash.toUpperCase()}`;
    const head = await rig.get(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), head.headers.get('content-type')]).toEqual([
      200,
      String(bytes.length),
      'video/x-matroska',
    ]);
    const end = await rig.get(url, { headers: { Range: 'bytes=-100' } });
    expect([end.status, sha1(end.bytes)]).toEqual([206, sha1(bytes.subarray(-100))]);
    const first = await rig.get(url, { headers: { Range: 'bytes=0-0' } });
    expect([first.status, first.bytes.length]).toEqual([206, 1]);
    const beyond = await rig.get(url, { headers: { Range: `bytes=${bytes.length}-` } });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${bytes.length}`]);
    expect((await rig.get(`${url}/7`)).status).toBe(404);
  });
});

describe('a .torrent file', () => {
  const upload = (body: Uint8Array, query = '') =>
    rig.get(`/sessions${query}`, {
      method: 'POST',
      body: Buffer.from(body),
      headers: { 'Content-Type': 'application/x-bittorrent' },
    });

  it('can be sent as the body, with the rest of the request beside it', async () => {
    const path = await film('gop2-mkv');
    const { torrentFile, infoHash, address } = await seeded(path);
    const options = encodeURIComponent(JSON.stringify({ startTime: 4, fileIdx: 0 }));
    const answer = await upload(torrentFile, `?options=${options}`);
    expect(answer.status).toBe(200);
    const { id } = json(answer) as { id: string };
    sessions.push(id);
    // Nobody told where the peers are: the same torrent's link does.
    await opened(`magnet:?xt=urn:btih:${infoHash}&x.pe=${address}`);
    expect(json(await rig.get('/sessions'))).toMatchObject({
      sessions: expect.arrayContaining([expect.objectContaining({ id, startTime: 4, kind: 'torrent' })]),
    });
    expect(await statusOf(infoHash)).toMatchObject({ stage: 'metadata' });
  });

  it('can be sent in a form, as a page does', async () => {
    const { torrentFile, infoHash } = await seeded(await film('gop2-mkv'));
    const form = new FormData();
    form.append('options', JSON.stringify({ startTime: 4 }));
    form.append('torrent', new Blob([Buffer.from(torrentFile)]), 'film.torrent');
    const answer = await rig.get('/sessions', { method: 'POST', body: form });
    expect(answer.status).toBe(200);
    const { id } = json(answer) as { id: string };
    sessions.push(id);
    expect(await statusOf(infoHash)).toMatchObject({ stage: 'metadata' });
    expect(json(await rig.get('/sessions'))).toMatchObject({
      sessions: expect.arrayContaining([expect.objectContaining({ id, startTime: 4, kind: 'torrent' })]),
    });
  });

  it.each([
    ['no torrent', Buffer.from('<html>'), 400, 'bad_torrent'],
    ['a file of 9 MiB', Buffer.alloc(9 * MIB), 413, 'body_too_large'],
  ] as const)('a form with %s is refused', async (_what, bytes, status, code) => {
    const form = new FormData();
    form.append('torrent', new Blob([bytes]), 'film.torrent');
    const answer = await rig.get('/sessions', { method: 'POST', body: form });
    expect([answer.status, problemOf(answer).code]).toEqual([status, code]);
  });

  it.each([
    ['a page', Buffer.from('<html>'), '', 400, 'bad_torrent'],
    ['9 MiB', new Uint8Array(9 * 1024 * 1024), '', 413, 'body_too_large'],
    ['a good one with bad options', null, '?options=%7B', 400, 'bad_json'],
    ['a good one that begins before its start', null, '?options=%7B"startTime":-1%7D', 400, 'bad_start_time'],
  ] as const)('%s is refused', async (_what, body, query, status, code) => {
    const { torrentFile } = await seeded(await film('gop2-mkv'));
    const answer = await upload(body ?? torrentFile, query);
    expect([answer.status, problemOf(answer).code]).toEqual([status, code]);
  });

  it('behind a link is fetched, and what is none says so', async () => {
    const { torrentFile, infoHash } = await seeded(await film('gop2-mkv'));
    const origin = await startOrigin({
      files: { '/film.torrent': Buffer.from(torrentFile), '/page.torrent': Buffer.from('<html>') },
    });
    const session = await opened(origin.url('/film.torrent'));
    const wrong = await opened(origin.url('/page.torrent'));
    void rig.get(`/sessions/${session}`).catch(() => {});
    await vi.waitFor(async () => expect((await statusOf(infoHash)).stage).toBe('downloading'), 30_000);
    const answer = await rig.get(`/sessions/${wrong}/master.m3u8`);
    expect([answer.status, problemOf(answer).code]).toEqual([400, 'bad_torrent']);
    await origin.close();
  });
});

describe('sessions', () => {
  it('share a torrent: the last one out frees it', async () => {
    const { magnet, infoHash } = await seeded(await film('gop2-mkv'));
    const [first, second] = [
      await opened(magnet),
      await opened(magnet.toUpperCase().replace('MAGNET:?XT', 'magnet:?xt')),
    ];
    await rig.bytes(`/sessions/${first}/master.m3u8`);
    await rig.close(first);
    expect(await statusOf(infoHash)).toMatchObject({ stage: 'ready' });
    await rig.bytes(`/sessions/${second}/master.m3u8`);
    await rig.close(second);
    expect(await statusOf(infoHash)).toMatchObject({ stage: 'missing' });
    // And it can be opened again at once.
    const third = await opened(magnet);
    await rig.bytes(`/sessions/${third}/master.m3u8`);
  });

  it('of the link to a .torrent file share it too, before the later one has asked for anything', async () => {
    const { torrentFile, infoHash, address } = await seeded(await film('gop2-mkv'));
    const origin = await startOrigin({ files: { '/film.torrent': Buffer.from(torrentFile) } });
    onTestFinished(() => origin.close());
    const first = await opened(origin.url('/film.torrent'));
    // The file does not name the peer.
    const found = await opened(`magnet:?xt=urn:btih:${infoHash}&x.pe=${address}`);
    await Promise.all([first, found].map((session) => rig.bytes(`/sessions/${session}/master.m3u8`)));
    const next = await opened(origin.url('/film.torrent'), { fileIdx: 0 });
    await rig.close(first);
    await rig.close(found);
    expect(await statusOf(infoHash)).toMatchObject({ stage: 'ready' });
    await rig.bytes(`/sessions/${next}/master.m3u8`);
    await rig.close(next);
    expect(await statusOf(infoHash)).toMatchObject({ stage: 'missing' });
  });

  it('say within the bound that nobody shares the torrent', async () => {
    const impatient = await Rig.start(
      { ...NO_FFMPEG, torrent: LOOPBACK_SETTINGS },
      { torrents: { metadataMs: 300, stallMs: 300 } },
    );
    const session = await impatient.open(`magnet:?xt=urn:btih:${'1'.repeat(40)}`, { kind: 'torrent' });
    const answer = await impatient.get(`/sessions/${session}/master.m3u8`);
    expect([answer.status, problemOf(answer).code]).toEqual([504, 'no_peers']);
    await vi.waitFor(async () =>
      expect(await impatient.view(session)).toMatchObject({ error: { code: 'no_peers' } }),
    );
    await impatient.stop();
  });
});
