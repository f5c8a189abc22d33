import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemorySource } from '../../test/support/memory-source.ts';
import { npmCandidates } from '../ffmpeg/candidates.ts';
import { FfmpegTools } from '../ffmpeg/tools.ts';
import { probeWithFfprobe } from './ffprobe.ts';
import { AUDIO, FilmFolder, VIDEO, X264 } from './testing/films.fixture.ts';

const never = new AbortController().signal;
let films: FilmFolder;

beforeAll(async () => {
  films = await FilmFolder.create();
  await writeFile(join(films.path, 'subs.srt'), '1\n00:00:00,100 --> 00:00:01,000\nHello\n');
  await writeFile(
    join(films.path, 'chapters.txt'),
    ';FFMETADATA1\ntitle=Film\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=500\nEND=1000\n',
  );
});

afterAll(() => films.remove());

function probe(source: MemorySource, signal: AbortSignal = never) {
  return probeWithFfprobe(source, films.tools, signal);
}

describe('films', () => {
  it('Matroska with tracks, titles, chapters, cover art and subtitles', async () => {
    const cover = await films.film('cover.png', '-f', 'lavfi', '-i', 'color=s=32x32:d=1', '-frames:v', '1');
    expect(cover.takenBytes).toBe(0);
    const source = await films.film(
      'film.mkv',
      ...[...VIDEO, ...AUDIO, ...AUDIO, '-i', 'subs.srt', '-i', 'chapters.txt'],
      ...['-map', '0', '-map', '1', '-map', '2', '-map', '3', '-map_metadata', '4'],
      ...[...X264, '-c:a:0', 'aac', '-c:a:1', 'ac3', '-ac:a:1', '6', '-c:s', 'srt', '-attach', 'cover.png'],
      ...[
        '-metadata:s:t',
        'mimetype=image/png',
        '-metadata:s:a:0',
        'language=und',
        '-metadata:s:a:1',
        'language=eng',
      ],
      ...['-metadata:s:a:1', 'title=Director', '-disposition:a:1', 'default', '-disposition:s:0', 'forced'],
    );
    const media = await probe(source);
    expect(media.formats).toContain('matroska');
    expect(media.durationSeconds).toBeCloseTo(1, 0);
    expect(media.video).toEqual([
      expect.objectContaining({
        position: 0,
        streamIndex: 0,
        codec: 'h264',
        profile: 'High',
        width: 128,
        height: 72,
        frameRate: 24,
        baseFrameRate: 24,
        pixelFormat: 'yuv420p',
        bitDepth: 8,
        reorderDepth: 2,
        isInterlaced: false,
        rotationDegrees: 0,
        hdr: null,
      }),
    ]);
    expect(media.video[0]?.level).toBeGreaterThanOrEqual(10);
    expect(media.video[0]?.durationSeconds).toBeCloseTo(1, 1);
    expect(media.audio).toMatchObject([
      {
        position: 0,
        codec: 'aac',
        profile: 'LC',
        language: null,
        title: null,
        channels: 1,
        sampleRate: 48000,
      },
      { position: 1, codec: 'ac3', language: 'eng', title: 'Director', isDefault: true, channels: 6 },
    ]);
    expect(media.subtitles).toMatchObject([{ position: 0, codec: 'subrip', isText: true, isForced: true }]);
    // The video starts 21 ms into the container, after the AAC priming: chapters move onto the film clock with it.
    const origin = media.video[0]?.startSeconds ?? 0;
    expect(origin).toBeGreaterThan(0);
    expect(media.chapters).toEqual([
      { startSeconds: 0, endSeconds: expect.closeTo(0.5 - origin, 6), title: 'One' },
      {
        startSeconds: expect.closeTo(0.5 - origin, 6),
        endSeconds: expect.closeTo(1 - origin, 6),
        title: 'Chapter 2',
      },
    ]);
  });

  it.each([
    ['moov at the end', []],
    ['moov first', ['-movflags', '+faststart']],
  ])('MP4, %s', async (_, flags) => {
    const source = await films.film('film.mp4', ...VIDEO, ...AUDIO, ...X264, '-c:a', 'aac', ...flags);
    const media = await probe(source);
    expect(media.formats).toContain('mp4');
    expect(media.durationSeconds).toBeCloseTo(1, 1);
    expect(media.video).toMatchObject([
      { codec: 'h264', durationSeconds: 1, startSeconds: 0, frameRate: 24 },
    ]);
    expect(media.audio).toMatchObject([{ codec: 'aac', profile: 'LC', channels: 1 }]);
    expect(media.chapters).toEqual([]);
  });

  it('the duration of a fragmented MP4 is unknown rather than that of its first fragment', async () => {
    const long = ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=24:d=2', '-f', 'lavfi', '-i', 'sine=d=2'];
    const flags = '+frag_keyframe+empty_moov+default_base_moof';
    const source = await films.film(
      'fragments.mp4',
      ...long,
      ...X264,
      '-g',
      '12',
      '-c:a',
      'aac',
      '-movflags',
      flags,
    );
    const media = await probe(source);
    expect(media.durationSeconds).toBeNull();
    expect(media.video).toMatchObject([{ codec: 'h264', width: 320, durationSeconds: null }]);
    expect(media.audio).toMatchObject([{ codec: 'aac', profile: 'LC' }]);
  });

  it('an edit list that hides a pre-roll starts the clock at the first frame shown', async () => {
    const flat = await films.film('flat.mp4', ...VIDEO, ...X264);
    await probe(flat);
    const source = await films.film('cut.mp4', '-ss', '0.5', '-i', 'flat.mp4', '-c', 'copy');
    const media = await probe(source);
    expect(media.video[0]?.startSeconds).toBeCloseTo(0, 6);
    expect(media.video[0]?.durationSeconds).toBeCloseTo(0.5, 1);
  });

  it.each([
    [90, [0, 1, -1, 0]],
    [180, [-1, 0, 0, -1]],
    [270, [0, -1, 1, 0]],
  ])('a phone’s rotation of %d degrees clockwise', async (degrees, [a = 0, b = 0, c = 0, d = 0]) => {
    await films.film('upright.mp4', ...VIDEO, ...X264);
    const bytes = await films.bytes('upright.mp4');
    // ISO 14496-12 §8.3.2: the matrix lies 44 bytes into a version 0 `tkhd`, rows of 16.16, 16.16, 2.30 (QuickTime's a b u, c d v).
    const matrix = bytes.indexOf('tkhd') + 44;
    for (const [slot, value] of [
      [0, a],
      [1, b],
      [3, c],
      [4, d],
    ] as const) {
      bytes.writeInt32BE(value * 0x10000, matrix + slot * 4);
    }
    const media = await probe(new MemorySource(bytes, { name: 'phone.mp4' }));
    expect(media.video).toMatchObject([{ rotationDegrees: degrees }]);
  });

  it('10-bit HDR', async () => {
    const tagged = ['-pix_fmt', 'yuv420p10le', '-color_primaries', 'bt2020', '-colorspace', 'bt2020nc'];
    const params = 'colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc';
    const source = await films.film('hdr.mkv', ...VIDEO, ...X264, ...tagged, '-x264-params', params);
    expect((await probe(source)).video).toMatchObject([
      { bitDepth: 10, pixelFormat: 'yuv420p10le', hdr: 'hdr10', colorTransfer: 'smpte2084' },
    ]);
  });

  it.each([
    ['film.ts', 'mpegts', ['-c:a', 'aac']],
    ['film.avi', 'avi', ['-c:a', 'libmp3lame']],
    ['film.flv', 'flv', ['-c:a', 'aac', '-ar', '44100']],
    ['misnamed.mkv', 'mpegts', ['-c:a', 'aac', '-f', 'mpegts']],
  ])('%s', async (name, format, args) => {
    const media = await probe(await films.film(name, ...VIDEO, ...AUDIO, ...X264, ...args));
    expect(media.formats).toContain(format);
    expect(media.video).toMatchObject([{ codec: 'h264', width: 128, pixelFormat: 'yuv420p' }]);
    expect(media.audio).toMatchObject([{ channels: 1 }]);
    expect(media.durationSeconds).toBeGreaterThan(0.9);
    expect(media.durationSeconds).toBeLessThan(1.3);
  });

  it('music with a cover has no video', async () => {
    const cover = ['-f', 'lavfi', '-i', 'color=s=32x32:d=1:r=1'];
    const source = await films.film(
      'song.mp3',
      ...AUDIO,
      ...cover,
      '-map',
      '0',
      '-map',
      '1',
      '-c:v',
      'mjpeg',
      '-id3v2_version',
      '3',
    );
    const media = await probe(source);
    expect(media.video).toEqual([]);
    expect(media.audio).toMatchObject([{ codec: 'mp3', sampleRate: 48000 }]);
  });

  it('reads with the old ffprobe of the npm package as with the new', async () => {
    const [npm] = npmCandidates('ffprobe');
    const old = new FfmpegTools({ ffprobePath: npm?.path });
    try {
      for (const name of ['film.mkv', 'film.mp4', 'fragments.mp4']) {
        const source = () => films.bytes(name).then((bytes) => new MemorySource(bytes, { name }));
        const [a, b] = [
          await probeWithFfprobe(await source(), old, never),
          await probeWithFfprobe(await source(), films.tools, never),
        ];
        const essence = ({ video, audio, subtitles, chapters, durationSeconds }: typeof a) => ({
          video: video.map(({ codec, width, frameRate, startSeconds, reorderDepth }) => [
            codec,
            width,
            frameRate,
            startSeconds,
            reorderDepth,
          ]),
          audio: audio.map(({ codec, channels, profile }) => [codec, channels, profile]),
          subtitles: subtitles.map(({ codec }) => codec),
          chapters,
          durationSeconds,
        });
        expect(essence(a)).toEqual(essence(b));
      }
    } finally {
      await old.stop();
    }
  });
});
