import { open, readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { frameNumbers, originSeconds, packets, probe, toneOf } from '../reference.ts';
import { readElement } from './edit-matroska.ts';
import { isReal } from './huge/layout.ts';
import {
  type AudioFacts,
  FILM_NAMES,
  type FilmName,
  film,
  filmFacts,
  frameNumberAt,
  frameTime,
  realClip,
  type VideoFacts,
} from './index.ts';

/** MKV rounds to milliseconds, twice where a remux came between. */
const VIDEO_TOLERANCE_SECONDS = 0.0021;
/** Codec priming, and the last frame's length. */
const AUDIO_TOLERANCE_SECONDS = 0.1;

const isLong = (name: FilmName) => name.startsWith('day-long');
/** Their cover comes first, so `v:0` is not the film: they have a test of their own. */
const isCoverFirst = (name: FilmName) => name.startsWith('cover-first');
const whole = FILM_NAMES.filter((name) => ['copy', 'encoder'].includes(filmFacts(name).health));

interface Streams {
  streams: {
    codec_type: string;
    codec_name: string;
    width?: number;
    height?: number;
    sample_aspect_ratio?: string;
    disposition: Record<string, number>;
    tags?: Record<string, string>;
    side_data_list?: { rotation?: number }[];
  }[];
}

describe('the facts of each film are true', () => {
  it.concurrent.each(whole.filter((name) => !isLong(name) && !isCoverFirst(name)))('%s', async (name) => {
    const { video, audio } = filmFacts(name);
    const path = await film(name);
    const origin = video === null ? await originSeconds(path) : await expectVideo(path, video);
    await expectAudio(path, audio, origin);
  });

  it.each(['day-long-mkv', 'day-long-mp4'] as const)('%s, at its start, middle and end', async (name) => {
    const { video } = filmFacts(name);
    const path = await film(name);
    for (const at of [0, 43_200, 86_399]) {
      const { frames } = await frameNumbers(path, { fromSeconds: at, count: 1 });
      expect(frames[0]?.number).toBe(at);
      expect(video && frameNumberAt(video, at)).toBe(at);
    }
  });

  it.each(['huge-mkv', 'huge-mp4'] as const)('%s, wherever it has frames', async (name) => {
    const { video } = filmFacts(name);
    const path = await film(name);
    expect((await stat(path)).size).toBeGreaterThan(20_000_000_000);
    for (const gop of [0, 361, 1800, 3597].filter(isReal)) {
      const { frames, errors } = await frameNumbers(path, { fromSeconds: gop * 2 + 0.01, count: 40 });
      expect(errors).toEqual([]);
      expect(frames).toHaveLength(40);
      for (const { ptsSeconds, number } of frames) {
        expect(number).toBe(video && frameNumberAt(video, ptsSeconds + VIDEO_TOLERANCE_SECONDS));
      }
    }
  });
});

/** Checks every frame's number and time; returns the film clock's origin. */
async function expectVideo(path: string, video: VideoFacts): Promise<number> {
  const { frames, errors } = await frameNumbers(path);
  expect(errors).toEqual([]);
  expect(frames).toHaveLength(video.frames);
  const origin = frames[0]?.ptsSeconds ?? 0;
  const wrong = frames.filter((frame, index) => {
    const time = frameTime(video, index);
    const drift = Math.abs(frame.ptsSeconds - origin - time);
    return drift > VIDEO_TOLERANCE_SECONDS || frame.number !== frameNumberAt(video, time);
  });
  expect(wrong).toEqual([]);
  return origin;
}

async function expectAudio(path: string, audio: AudioFacts[], origin: number): Promise<void> {
  const streams = (await streamsOf(path)).filter((stream) => stream.codec_type === 'audio');
  expect(streams.map((stream) => stream.codec_name)).toEqual(audio.map(({ codec }) => codec));
  for (const [track, fact] of audio.entries()) {
    const shown = (await packets(path, `a:${track}`)).filter((packet) => !packet.isDiscarded);
    const last = shown.at(-1);
    const start = Math.min(...shown.flatMap((packet) => packet.ptsSeconds ?? [])) - origin;
    const end = (last?.ptsSeconds ?? 0) + (last?.durationSeconds ?? 0) - origin;
    expect(Math.abs(start - fact.startSeconds), 'start').toBeLessThan(AUDIO_TOLERANCE_SECONDS);
    expect(Math.abs(end - fact.endSeconds), 'end').toBeLessThan(AUDIO_TOLERANCE_SECONDS);
    const tone = await toneOf(path, `a:${track}`);
    expect(Math.abs((tone ?? 0) - (fact.toneHz ?? 0)), 'tone').toBeLessThan(15);
    if (fact.language !== undefined) expect(streams[track]?.tags?.language).toBe(fact.language);
    if (fact.isDefault !== undefined) expect(streams[track]?.disposition.default === 1).toBe(fact.isDefault);
  }
}

describe('films are what their names say', () => {
  it.each(['cover-first-mp4', 'cover-first-mkv'] as const)(
    '%s: the first video stream is no film',
    async (name) => {
      const streams = await streamsOf(await film(name));
      expect(streams.map(({ codec_name }) => codec_name)).toEqual(['mjpeg', 'h264', 'aac']);
      expect(streams[0]?.disposition.attached_pic).toBe(name === 'cover-first-mp4' ? 1 : 0);
      expect(await packets(await film(name), 'v:1')).toHaveLength(480);
    },
  );

  it.each(['chapters-mkv', 'chapters-mp4'] as const)('%s', async (name) => {
    const answer = await probe<{ chapters: { start_time: string; tags: { title: string } }[] }>(
      await film(name),
      ['-show_chapters'],
    );
    const found = answer.chapters.map(({ start_time, tags }) => ({
      startSeconds: Number(start_time),
      title: tags.title,
    }));
    expect(found).toEqual(filmFacts(name).chapters);
  });

  it('shape: anamorphic, rotated', async () => {
    expect((await streamsOf(await film('anamorphic-mp4')))[0]).toMatchObject({ sample_aspect_ratio: '4:3' });
    const [rotated] = await streamsOf(await film('rotated-mp4'));
    expect(Math.abs(rotated?.side_data_list?.[0]?.rotation ?? 0)).toBe(90);
  });

  it('clocks: pre-roll behind an edit list, an offset start', async () => {
    const first = await packets(await film('edit-list-mp4'), 'v:0');
    expect(first.filter((packet) => packet.isDiscarded).length).toBeGreaterThan(20);
    expect(await originSeconds(await film('start-offset-mkv'))).toBeCloseTo(5.021, 3);
  });

  it.each([
    ['gop2-mp4', ['ftyp', 'moov', 'free', 'mdat']],
    ['moov-at-end', ['ftyp', 'free', 'mdat', 'moov']],
  ] as const)('%s: the order of boxes', async (name, order) => {
    expect(topLevel(await readFile(await film(name)))).toEqual(order);
  });

  it('fragmented: with mfra, with sidx, with neither', async () => {
    const boxes = async (name: FilmName) => new Set(topLevel(await readFile(await film(name))));
    expect([...(await boxes('fragmented-mfra'))]).toEqual(['ftyp', 'moov', 'moof', 'mdat', 'mfra']);
    expect([...(await boxes('fragmented-sidx'))]).toEqual(['ftyp', 'moov', 'sidx', 'moof', 'mdat']);
    expect([...(await boxes('fragmented-no-index'))]).toEqual(['ftyp', 'moov', 'moof', 'mdat']);
  });

  it.each([
    ['gop2-mkv', 'after'],
    ['mkv-cues-front', 'before'],
    ['mkv-cues-partial', 'after'],
    ['mkv-cues-void', 'nowhere'],
    ['mkv-no-cues', 'nowhere'],
    ['huge-mkv', 'after'],
  ] as const)('%s: Cues lie %s the clusters', async (name, where) => {
    const elements = await matroskaElements(await film(name));
    const [cues, cluster] = [elements.indexOf(0x1c53bb6b), elements.indexOf(0x1f43b675)];
    expect(cluster).toBeGreaterThan(0);
    expect(cues < 0 ? 'nowhere' : cues < cluster ? 'before' : 'after').toBe(where);
  });

  it('a live recording has clusters of unknown size', async () => {
    const bytes = await readFile(await film('mkv-live'));
    const cluster = bytes.indexOf(Buffer.from([0x1f, 0x43, 0xb6, 0x75]));
    expect([0x3f, 0x7f]).toContain(bytes[cluster + 4]);
  });

  it('a name that begins with a dash', async () => {
    expect(basename(await film('dash-name'))).toMatch(/^-/);
  });

  it.each(FILM_NAMES.filter((name) => ['unopenable', 'not-media'].includes(filmFacts(name).health)))(
    '%s cannot be opened',
    async (name) => {
      const nothing = async () => [];
      expect(await streamsOf(await film(name)).catch(nothing)).toEqual([]);
    },
  );

  it.each(FILM_NAMES.filter((name) => filmFacts(name).health === 'damaged'))(
    '%s opens, and is not whole',
    async (name) => {
      const { frames } = await frameNumbers(await film(name));
      expect(frames.length).toBeGreaterThan(100);
      expect(frames.length).toBeLessThan(480);
    },
  );

  it('the real clip, as MP4 and as MKV', async () => {
    const [mp4, mkv] = [await realClip(), await realClip('mkv')];
    expect((await packets(mkv, 'v:0')).length).toBe((await packets(mp4, 'v:0')).length);
  });
});

async function streamsOf(path: string): Promise<Streams['streams']> {
  return (await probe<Partial<Streams>>(path, ['-show_streams'])).streams ?? [];
}

/** IDs of the Segment's children, read by their heads alone. */
async function matroskaElements(path: string): Promise<number[]> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const elementAt = async (at: number) => {
      const { buffer } = await file.read(Buffer.alloc(16), 0, 16, at);
      const { id, body, end } = readElement(buffer, 0);
      return { id, body: at + body, end: at + end };
    };
    const ids: number[] = [];
    const ebml = await elementAt(0);
    for (let at = (await elementAt(ebml.end)).body; at < size; ) {
      const { id, end } = await elementAt(at);
      ids.push(id);
      at = end;
    }
    return ids;
  } finally {
    await file.close();
  }
}

function topLevel(bytes: Buffer): string[] {
  const types: string[] = [];
  for (let at = 0; at + 8 <= bytes.length; at += bytes.readUInt32BE(at)) {
    types.push(bytes.toString('latin1', at + 4, at + 8));
  }
  return types;
}
