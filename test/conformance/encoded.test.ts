import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlaybackDecision } from '../../src/plan/types.ts';
import { film, filmFacts, frameNumberAt, frameTime } from '../lab/media/index.ts';
import { frameNumbers } from '../lab/reference.ts';
import { encodersOf } from '../support/encoders.ts';
import { killAll } from '../support/processes.ts';
import { type Delivery, deliveryOf, fetchAll, shuffled, urisOf } from './film-delivery.ts';
import { type MeasuredPacket, measure } from './measure.ts';
import { expectSoundDurations, type MediaPlaylist } from './playlists.ts';
import { Rig } from './rig.ts';
import { decodeSound, expectSameSoundWave, loudnessOf } from './sound.ts';
import { ENCODED, WITHOUT_INDEX } from './what-to-expect.ts';

/** `/stream` presents film time 0 here. */
const TRANSPORT_ORIGIN_SECONDS = 10;
const FRAME_SAMPLES = 1024;

let rig: Rig;
let folder: string;
let kills = 0;

/** Ends the encoders that run now, without a warning. */
function kill(): void {
  const running = encodersOf(process.pid);
  killAll(running);
  kills += running.length;
}

beforeAll(async () => {
  [rig, folder] = await Promise.all([Rig.start(), mkdtemp(join(tmpdir(), 'raffi-encoded-'))]);
});
afterAll(async () => {
  await rig.stop();
  await rm(folder, { recursive: true });
  expect(kills).toBeGreaterThan(10);
});

describe.each([...ENCODED, ...WITHOUT_INDEX])(
  '%s, encoded for a client that said nothing of itself',
  (name) => {
    const { video, audio } = filmFacts(name);
    let delivery: Delivery;
    let decisions: PlaybackDecision[];
    let fetched: Map<string, Uint8Array>;

    beforeAll(async () => {
      const { sessionId: id } = await rig.core.open({ kind: 'file', source: await film(name) });
      delivery = await deliveryOf(rig, id);
      const view = await rig.view(id);
      decisions = view.decisions ? [view.decisions.mpegts, view.decisions.cmaf] : [];
      // Out of order, and with encoders that die in the middle, so that they are started anew and what different runs made has to join.
      const uris = shuffled(urisOf(delivery), 7);
      fetched = await fetchAll(rig, uris, { patient: true, onFetched: (count) => count % 3 === 0 && kill() });
      await rig.close(id);
    });

    const joined = ({ map, segments }: MediaPlaylist, index?: number) => {
      const wanted = index === undefined ? segments : segments.slice(index, index + 1);
      const uris = [...(map === null ? [] : [map]), ...wanted.map(({ uri }) => uri)];
      return Buffer.concat(uris.map((uri) => fetched.get(uri) ?? new Uint8Array(0)));
    };
    const playlistOf = (id: string): MediaPlaylist => {
      const found =
        id === 'ts'
          ? delivery.transport
          : delivery.renditions.find((rendition) => rendition.id === id)?.playlist;
      if (!found) throw new Error(`no ${id}`);
      return found;
    };

    it('says what it encodes to, and why', () => {
      for (const decision of decisions) {
        const encoded = [decision.video, ...decision.audio].filter((track) => track?.action === 'transcode');
        expect(encoded.length).toBeGreaterThan(0);
        for (const track of encoded) {
          expect(track?.reason.length).toBeGreaterThan(10);
          expect(track?.target?.codec).toBe(track?.kind === 'video' ? 'h264' : 'aac');
        }
      }
      expect(delivery.master.variants[0]?.codecs).toMatch(/^avc1\.64.{4},mp4a\.40\.2$/);
    });

    it('has playlists that two parsers read alike and that add up', () => {
      expect(delivery.renditions.map(({ id }) => id).toSorted()).toEqual(['a0', 'v0']);
      for (const { playlist } of delivery.renditions) {
        const sum = playlist.segments.reduce((total, { durationSeconds }) => total + durationSeconds, 0);
        expectSoundDurations(playlist, sum);
        expect(Math.abs(sum - delivery.durationSeconds)).toBeLessThan(0.1);
      }
      expectSoundDurations(playlistOf('ts'), delivery.durationSeconds);
    });

    it('has segments that decode alone', async () => {
      const alone = ['v0', 'a0', 'ts'].flatMap((id) =>
        playlistOf(id).segments.map((_, index) => ({
          media: joined(playlistOf(id), index),
          streams: [id === 'a0' ? 'a:0' : 'v:0'],
        })),
      );
      expect((await measure(alone)).errors).toEqual([]);
    });

    it.each([
      ['v0', 0],
      ['ts', TRANSPORT_ORIGIN_SECONDS],
    ] as const)('shows every picture of the film at its time: %s', async (id, originSeconds) => {
      if (!video) throw new Error('no video');
      const { frames, errors } = await frameNumbers(joined(playlistOf(id)));
      expect(errors).toEqual([]);
      expect(frames).toHaveLength(video.frames);
      const half = video.rate[1] / video.rate[0] / 2;
      const wrong = frames.filter(({ ptsSeconds, number }, index) => {
        const time = frameTime(video, index);
        const isLate = Math.abs(ptsSeconds - originSeconds - time) > half;
        return isLate || number !== frameNumberAt(video, time);
      });
      expect(wrong).toEqual([]);
    });

    it.each([
      ['a0', 0],
      ['ts', TRANSPORT_ORIGIN_SECONDS],
    ] as const)('sounds as the film does, without a gap: %s', async (id, originSeconds) => {
      const path = join(folder, `${name}-${id}`);
      await writeFile(path, joined(playlistOf(id)));
      const { streams, errors } = await measure([{ media: path, streams: ['a:0'], hasAdts: id === 'ts' }]);
      expect(errors).toEqual([]);
      const sampleRate = Number(decisions[0]?.audio[0]?.target?.sampleRate ?? 48_000);
      const isEncoded = decisions[0]?.audio[0]?.action === 'transcode';
      if (isEncoded) expectFrameGrid(streams[0]?.packets ?? [], FRAME_SAMPLES / sampleRate, originSeconds);
      const [heard, wanted] = await Promise.all([
        decodeSound(path, sampleRate, originSeconds),
        decodeSound(await film(name), sampleRate),
      ]);
      expect(Math.abs(heard.left.length - delivery.durationSeconds * sampleRate)).toBeLessThan(
        2 * FRAME_SAMPLES,
      );
      expectSameSoundWave(heard, wanted, 0.1, audio[0]?.codec === 'vorbis');
      if (audio[0] && name.endsWith('-side-mkv')) {
        // Every channel has a level of its own (ITU-R BS.775: centre and surround 3 dB down): none is lost, none is swapped.
        const { left, right } = loudnessOf(heard);
        expect(left * Math.SQRT2).toBeCloseTo(0.2 + Math.SQRT1_2 * (0.08 + 0.12), 1.5);
        expect(right * Math.SQRT2).toBeCloseTo(0.1 + Math.SQRT1_2 * (0.08 + 0.05), 1.5);
      }
    });
  },
);

/** Frame after frame, from film time 0 on, all of them on one grid; MPEG-TS tells the time of some only, in ticks of 90 kHz. */
function expectFrameGrid(packets: readonly MeasuredPacket[], frameSeconds: number, origin: number): void {
  const off = packets.filter(
    ({ ptsSeconds }, n) => Math.abs(ptsSeconds - origin - n * frameSeconds) > 0.0002,
  );
  expect(off).toEqual([]);
}
