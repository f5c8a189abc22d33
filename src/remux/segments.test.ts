import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Segment } from '../plan/types.ts';
import type { SegmentPart } from './cmaf-segment.ts';
import { buildCmafInit, buildTransportSegment, cmafFragments } from './segments.ts';
import {
  decodeErrors,
  decodeWarnings,
  FilmFolder,
  joined,
  type OpenFilm,
  openFilm,
  packetHashes,
  pictureHashes,
  probePackets,
  synthetic,
} from './testing/films.fixture.ts';

let folder: FilmFolder;
beforeAll(async () => {
  folder = await FilmFolder.open();
});
afterAll(() => folder.close());

const x264 = (options = '') => [
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-threads', '1', '-g', '48', '-bf', '3'],
  ...['-x264-params', `scenecut=0${options}`],
];
const SIZE = '160x90';

interface Case {
  args: () => string[];
  /** MPEG-TS knows the codecs. */
  transport: boolean;
  /** Leading pictures of an open GOP need the segment before. */
  decodesAlone?: boolean;
}

const CASES: Record<string, Case> = {
  'H.264 with B-frames, AAC, Matroska': {
    args: () => [...synthetic(10, '24', SIZE), ...x264(), '-c:a', 'aac', 'h264.mkv'],
    transport: true,
  },
  'H.264 with B-frames, AAC, MP4': {
    args: () => [...synthetic(10, '24', SIZE), ...x264(), '-c:a', 'aac', 'h264.mp4'],
    transport: true,
  },
  'H.264 at 24000/1001, Matroska': {
    args: () => [...synthetic(10, '24000/1001', SIZE), ...x264(), '-c:a', 'aac', 'ntsc.mkv'],
    transport: true,
  },
  'H.264 in fragmented MP4': {
    args: () => [
      ...[...synthetic(10, '25', SIZE), ...x264(), '-c:a', 'aac'],
      ...['-movflags', 'frag_keyframe+empty_moov+default_base_moof', 'fragmented.mp4'],
    ],
    transport: true,
  },
  'H.264 with open GOPs, Matroska': {
    args: () => [...synthetic(10, '24', SIZE), ...x264(':open-gop=1'), '-c:a', 'aac', 'open.mkv'],
    transport: true,
    decodesAlone: false,
  },
  'H.264 with a variable frame rate, Matroska': {
    args: () => [
      ...synthetic(10, '30', SIZE),
      ...['-vf', "select='not(eq(mod(n,5),2))+gt(n,150)',settb=1/1000", '-fps_mode', 'vfr'],
      ...[...x264(), '-c:a', 'aac', 'vfr.mkv'],
    ],
    transport: true,
  },
  'H.264 with a variable frame rate, MP4, MP3': {
    args: () => [
      ...synthetic(10, '30', SIZE),
      ...['-vf', "select='not(eq(mod(n,7),2))',settb=1/1000", '-fps_mode', 'vfr'],
      ...[...x264(), '-c:a', 'libmp3lame', 'vfr.mp4'],
    ],
    transport: true,
  },
  'HEVC, MP3, Matroska': {
    args: () => [
      ...synthetic(9, '24', SIZE),
      ...['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params'],
      ...['log-level=error:keyint=48:min-keyint=48:scenecut=0:open-gop=0:bframes=3:pools=1:frame-threads=1'],
      ...['-c:a', 'libmp3lame', 'hevc.mkv'],
    ],
    transport: true,
  },
  'HEVC, AAC, MP4': {
    args: () => [
      ...synthetic(9, '24', SIZE),
      ...['-c:v', 'libx265', '-preset', 'ultrafast', '-tag:v', 'hev1', '-x265-params'],
      ...['log-level=error:keyint=48:min-keyint=48:scenecut=0:open-gop=0:bframes=3:pools=1:frame-threads=1'],
      ...['-c:a', 'aac', 'hevc.mp4'],
    ],
    transport: true,
  },
  'VP9, Opus, WebM': {
    args: () => [
      ...synthetic(9, '24', SIZE),
      ...['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '48', '-b:v', '200k'],
      ...['-c:a', 'libopus', 'vp9.webm'],
    ],
    transport: false,
  },
  'VP9, Opus, MP4': {
    args: () => [
      ...synthetic(9, '24', SIZE),
      ...['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '48', '-b:v', '200k'],
      ...['-c:a', 'libopus', 'vp9.mp4'],
    ],
    transport: false,
  },
  'AV1, FLAC, Matroska': {
    args: () => [
      ...synthetic(9, '24', SIZE),
      ...['-c:v', 'libsvtav1', '-preset', '12', '-g', '48', '-svtav1-params', 'lp=1'],
      ...['-c:a', 'flac', 'av1.mkv'],
    ],
    transport: false,
  },
  'H.264, FLAC, MP4': {
    args: () => [...synthetic(9, '24', SIZE), ...x264(), '-c:a', 'flac', '-strict', '-2', 'flac.mp4'],
    transport: false,
  },
};

describe.each(Object.entries(CASES))('%s', (name, { args, transport, decodesAlone = true }) => {
  const stem = name.replace(/\W+/g, '-');
  let film: OpenFilm;
  beforeAll(async () => {
    film = await openFilm(await folder.make(...args()));
    expect(film.plan.segments.length).toBeGreaterThanOrEqual(2);
  }, 60_000);

  const part = (segment: Segment): SegmentPart => ({
    segment,
    startSeconds: segment.startSeconds,
    endSeconds: Math.min(segment.endSeconds, film.plan.videoEndSeconds ?? segment.endSeconds),
  });
  const cmaf = (rendition: 'v' | number, segment: Segment) =>
    joined(cmafFragments(film.reader, rendition, part(segment), film.media));
  const init = (rendition: 'v' | number) => {
    const format = rendition === 'v' ? film.reader.video : film.reader.audio[rendition];
    if (!format) throw new Error('no format');
    return buildCmafInit(format, film.media);
  };

  it('gives video segments that decode alone and together are the source', async () => {
    const head = await init('v');
    const segments: Uint8Array[] = [];
    for (const segment of film.plan.segments) {
      const bytes = await cmaf('v', segment);
      segments.push(bytes);
      const alone = await folder.write(`${stem}-v${segment.index}.mp4`, Buffer.concat([head, bytes]));
      if (decodesAlone || segment.index === 0) expect(await decodeErrors(alone)).toBe('');
    }
    const whole = await folder.write(`${stem}-v.mp4`, Buffer.concat([head, ...segments]));
    expect(await decodeErrors(whole)).toBe('');
    expect(await pictureHashes(whole)).toEqual(await pictureHashes(film.file));
    const packets = await probePackets(whole);
    expect(packets.slice(1).every((packet, i) => packet.dts > (packets[i]?.dts ?? 0))).toBe(true);
    expect(Math.min(...packets.map(({ pts }) => pts))).toBeCloseTo(0, 3);
  });

  it('gives audio segments that hold each packet of the source once, without a gap', async () => {
    const head = await init(0);
    const segments: Uint8Array[] = [];
    for (const segment of film.plan.segments) {
      const bytes = await cmaf(0, segment);
      segments.push(bytes);
      const alone = await folder.write(`${stem}-a${segment.index}.mp4`, Buffer.concat([head, bytes]));
      expect(await decodeErrors(alone)).toBe('');
    }
    const whole = await folder.write(`${stem}-a.mp4`, Buffer.concat([head, ...segments]));
    const source = (await packetHashes(film.file, 'a:0')).filter(
      ({ pts }) => pts - film.index.originSeconds > -0.0009,
    );
    const ours = await packetHashes(whole, 'a:0');
    expect(ours.map(({ hash }) => hash)).toEqual(source.map(({ hash }) => hash));
    const steps = ours.slice(1).map(({ pts }, i) => pts - (ours[i]?.pts ?? 0));
    expect(Math.max(...steps) - Math.min(...steps)).toBeLessThan(0.0001);
  });

  it('gives the same bytes in any order', async () => {
    const order = [...film.plan.segments, ...[...film.plan.segments].reverse()];
    const made = new Map<string, Uint8Array>();
    for (const segment of order) {
      for (const rendition of ['v', 0] as const) {
        const key = `${rendition}${segment.index}`;
        const bytes = await cmaf(rendition, segment);
        expect(Buffer.compare(bytes, made.get(key) ?? bytes)).toBe(0);
        made.set(key, bytes);
      }
    }
  });

  it.runIf(transport)('gives a valid transport stream', async () => {
    const segments = await Promise.all(
      film.plan.segments.map(async (segment) =>
        Buffer.concat(await buildTransportSegment(film.reader, 0, segment, film)),
      ),
    );
    const whole = await folder.write(`${stem}.ts`, Buffer.concat(segments));
    expect(await decodeErrors(whole)).toBe('');
    expect(await decodeWarnings(whole)).not.toMatch(/ontinuity|monoton|corrupt/i);
    expect(await pictureHashes(whole)).toEqual(await pictureHashes(film.file));
    const packets = await probePackets(whole);
    for (const stream of [0, 1]) {
      const own = packets.filter((packet) => packet.stream === stream);
      expect(own.filter(({ pts, dts }) => pts < dts)).toEqual([]);
      expect(own.filter(({ dts }, i) => i > 0 && dts <= (own[i - 1]?.dts ?? 0))).toEqual([]);
    }
    const video = packets.filter(({ stream }) => stream === 0);
    expect(Math.min(...video.map(({ pts }) => pts))).toBeCloseTo(10, 3);
    for (const segment of decodesAlone ? film.plan.segments : []) {
      const alone = await folder.write(
        `${stem}${segment.index}.ts`,
        segments[segment.index] ?? new Uint8Array(),
      );
      expect(await decodeErrors(alone)).toBe('');
    }
  });

  it.runIf(!transport)('refuses MPEG-TS by its code', async () => {
    const [segment] = film.plan.segments;
    if (!segment) throw new Error('no segment');
    await expect(buildTransportSegment(film.reader, 0, segment, film)).rejects.toMatchObject({
      code: 'codec_not_playable',
    });
  });
});
