import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CoreConfig } from '../../src/config.ts';
import type { TorrentStatus } from '../../src/torrent/status.ts';
import { LOOPBACK_SETTINGS } from '../../src/torrent/testing.fixture.ts';
import { ApiDescription } from '../http/api-description.ts';
import { film, realClip } from '../lab/media/index.ts';
import { json, NO_FFMPEG, Rig, text } from './rig.ts';
import { type SeedOptions, seed } from './seed.ts';

const MIB = 1024 * 1024;
const PIECE = MIB / 4;
/** Of the film: three minutes, eight megabits each second. */
const FILM_SECONDS = 180;
const api = new ApiDescription(new URL('../../openapi.yaml', import.meta.url));

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function started(config: Partial<CoreConfig> = {}): Promise<Rig> {
  const rig = await Rig.start({ ...NO_FFMPEG, torrent: LOOPBACK_SETTINGS, ...config });
  endings.push(() => rig.stop());
  return rig;
}

/** A seed that counts what it is asked for. */
async function counted(path: string, options: SeedOptions = {}) {
  const asked: number[] = [];
  const made = await seed(path, { pieceBytes: PIECE, onAsked: (piece) => asked.push(piece), ...options });
  endings.push(() => made.close());
  const { size } = await stat(path);
  return { ...made, asked, pieceCount: Math.ceil(size / PIECE), sizeBytes: size };
}

async function statusOf(rig: Rig, infoHash: string): Promise<TorrentStatus> {
  return json(await rig.get(`/torrents/${infoHash}/status`)) as TorrentStatus;
}

/** The piece that holds a film time, nearly. */
const pieceAt = (seconds: number, { pieceCount }: { pieceCount: number }) =>
  Math.floor((seconds / FILM_SECONDS) * pieceCount);
const segment = (session: string, index: number) => `/sessions/${session}/hls/v0/${index}.m4s`;
/** The segment that begins at or before a film time: each is four seconds long. */
const segmentAt = (seconds: number) => Math.floor(seconds / 4);

/** Settles when nothing has come for some seconds. */
async function atRest(rig: Rig, infoHash: string): Promise<TorrentStatus> {
  const waits = { timeout: 60_000, interval: 250 };
  return vi.waitFor(async () => {
    const status = await statusOf(rig, infoHash);
    expect(status.downloadSpeed).toBe(0);
    return status;
  }, waits);
}

describe('what is fetched of a torrent', () => {
  it('is a minute of film ahead when it is paused, its index, and no more', {
    timeout: 120_000,
  }, async () => {
    const rig = await started();
    const peer = await counted(await film('bench-gop2-mkv'));
    const session = await rig.open(peer.magnet, { kind: 'torrent' });
    await rig.bytes(segment(session, 0));
    const isFilled = async () => {
      const { bands, nextPlayableSeconds } = await atRest(rig, peer.infoHash);
      expect(nextPlayableSeconds).toBe(0);
      for (const band of ['now', 'next', 'ahead'] as const)
        expect(bands?.[band].haveBytes).toBe(bands?.[band].totalBytes);
    };
    await vi.waitFor(isFilled, 60_000);
    const furthest = Math.max(...peer.asked.filter((piece) => piece < peer.pieceCount - 4));
    // A segment has been played: as much again may have been fetched beyond the minute.
    expect(furthest).toBeGreaterThan(pieceAt(55, peer));
    expect(furthest).toBeLessThan(pieceAt(85, peer));
  });

  it('is all of it where that is asked for, from the playhead on, then from the beginning', {
    timeout: 120_000,
  }, async () => {
    const rig = await started();
    const peer = await counted(await film('bench-gop2-mkv'));
    const session = await rig.open(peer.magnet, { kind: 'torrent', startTime: 60 });
    await rig.bytes(segment(session, segmentAt(60)));
    const ask = (all: boolean) => rig.send('POST', `/sessions/${session}/download`, { all });
    const answer = await ask(true);
    expect(json(answer)).toEqual({ id: session, downloadAll: true });
    const operation = api.operations.find(({ operationId }) => operationId === 'download');
    expect(operation && api.faults(operation, { ...answer, body: text(answer) })).toEqual([]);
    await vi.waitFor(
      async () => expect((await statusOf(rig, peer.infoHash)).downUsefulBytes).toBe(peer.sizeBytes),
      { timeout: 60_000, interval: 250 },
    );
    const lastOfEnd = peer.asked.lastIndexOf(pieceAt(175, peer));
    const firstOfBeginning = peer.asked.indexOf(pieceAt(30, peer));
    expect(lastOfEnd).toBeLessThan(firstOfBeginning);

    const view = await rig.get(`/sessions/${session}`);
    expect(json(view)).toMatchObject({ torrent: { downloadAll: true, status: { progress: 1 } } });
    const session_ = api.operations.find(({ operationId }) => operationId === 'session');
    expect(session_ && api.faults(session_, { ...view, body: text(view) })).toEqual([]);
    expect(json(await ask(false))).toEqual({ id: session, downloadAll: false });
    expect(await rig.view(session)).toMatchObject({ torrent: { downloadAll: false } });
  });

  it('is all of it before anybody plays, where the session is opened so', async () => {
    const rig = await started();
    const path = await film('gop2-mkv');
    const peer = await counted(path);
    await rig.open(peer.magnet, { kind: 'torrent', downloadAll: true });
    await vi.waitFor(
      async () => expect((await statusOf(rig, peer.infoHash)).downUsefulBytes).toBe(peer.sizeBytes),
      { timeout: 30_000, interval: 250 },
    );
  });

  it('is not more than the cache may hold, and plays all the same', { timeout: 120_000 }, async () => {
    const cacheBytes = 16 * MIB;
    const clip = await realClip('mkv');
    const rig = await started({ cacheBytes });
    const peer = await counted(clip, { pieceBytes: 64 * 1024 });
    const session = await rig.open(peer.magnet, { kind: 'torrent', downloadAll: true });
    const { downUsefulBytes } = await vi.waitFor(async () => {
      const status = await atRest(rig, peer.infoHash);
      expect(status.downUsefulBytes).toBeGreaterThan(cacheBytes / 2);
      return status;
    }, 60_000);
    expect(downUsefulBytes).toBeLessThanOrEqual(cacheBytes);
    const whole = createHash('sha1').update(await rig.bytes(`/sessions/${session}/direct`));
    expect(whole.digest('hex')).toBe(
      createHash('sha1')
        .update(await readFile(clip))
        .digest('hex'),
    );
    const status = await atRest(rig, peer.infoHash);
    expect(status.downUsefulBytes).toBeLessThanOrEqual(cacheBytes);
    // Not in circles: what was played is not fetched again because there was no room for it.
    expect(peer.asked.length * 16 * 1024).toBeLessThan(2 * peer.sizeBytes);
  });

  it('is what a seek leads to, and not what was wanted before it', { timeout: 120_000 }, async () => {
    const rig = await started();
    const peer = await counted(await film('bench-gop2-mkv'), { uploadLimit: 3_000_000 });
    const session = await rig.open(peer.magnet, { kind: 'torrent' });
    await rig.bytes(segment(session, 0));
    const before = peer.asked.length;
    await rig.bytes(segment(session, segmentAt(120)));
    const since = peer.asked.slice(before);
    // A peer is asked in order: what was under way to it when the viewer sought lies before the first that is wanted now.
    const first = since.findIndex((piece) => piece >= pieceAt(115, peer) && piece < pieceAt(125, peer));
    const wanted = since.slice(first);
    expect(wanted.length).toBeGreaterThan(100);
    expect(wanted.filter((piece) => piece < pieceAt(100, peer))).toEqual([]);
  });
});

it.each(['bench-gop2-mkv', 'bench-gop2-moov-at-end'] as const)(
  '%s: the place where a film is resumed is fetched beside what tells of the film',
  { timeout: 60_000 },
  async (name) => {
    const rig = await started();
    const pieceBytes = 32 * 1024;
    const peer = await counted(await film(name), { pieceBytes, uploadLimit: 2_000_000 });
    const session = await rig.open(peer.magnet, { kind: 'torrent', startTime: 90 });
    await rig.bytes(segment(session, segmentAt(90)));
    const pieceCount = Math.ceil(peer.sizeBytes / pieceBytes);
    const isHead = (piece: number) => piece * pieceBytes < 2 * MIB;
    const isIndex = (piece: number) => piece >= pieceCount - 16;
    const isResumed = (piece: number) =>
      piece >= pieceAt(80, { pieceCount }) && piece < pieceAt(160, { pieceCount });
    expect(peer.asked[0]).toBe(0);
    expect(peer.asked.filter((piece) => !isHead(piece) && !isIndex(piece) && !isResumed(piece))).toEqual([]);
    // The place is not asked for only after a lot else: a piece has two blocks.
    expect(peer.asked.findIndex(isResumed)).toBeLessThan(120);
  },
);

it('says when the next second can be played', { timeout: 60_000 }, async () => {
  const rig = await started();
  const peer = await counted(await film('bench-gop2-mkv'), { uploadLimit: 400_000, pieceBytes: MIB });
  const session = await rig.open(peer.magnet, { kind: 'torrent' });
  const playing = rig.get(segment(session, 0)).catch(() => null);
  await vi.waitFor(
    async () => {
      const { bands, nextPlayableSeconds } = await statusOf(rig, peer.infoHash);
      expect(bands?.rest.totalBytes).toBeGreaterThan(peer.sizeBytes / 4);
      expect(nextPlayableSeconds).toBeGreaterThan(0);
      // Two mebibytes at most, the head's and the end's.
      expect(nextPlayableSeconds).toBeLessThan(60);
    },
    { timeout: 30_000, interval: 100 },
  );
  await rig.close(session);
  await playing;
});
