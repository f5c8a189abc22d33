import { describe, expect, it } from 'vitest';
import type { AudioTarget, VideoTarget } from '../../plan/types.ts';
import { DEMUXERS } from '../../probe/ffprobe-arguments.ts';
import { audioArguments, videoArguments } from './arguments.ts';
import { X264 } from './encoders/families.ts';

const INPUT = {
  url: 'http://127.0.0.1:1/secret',
  streamIndex: 3,
  originSeconds: 0.042,
  readFromSeconds: 100,
};
const STEREO: AudioTarget = { codec: 'aac', sampleRate: 48_000, channels: 2, bitRate: 192_000 };
const HD: VideoTarget = {
  codec: 'h264',
  width: 1920,
  height: 1080,
  level: 41,
  maxBitRate: 10_000_000,
  preset: 'veryfast',
  deinterlace: false,
  toneMap: false,
};
const CUTS = { startSeconds: 100, endSeconds: 104, keyframes: [100, 102], frameSeconds: 0.04 };

const sound = (input = INPUT) => audioArguments(input, STEREO, 4_800_512);
const picture = (changes: Partial<VideoTarget> = {}, input = INPUT, table: string | null = null) =>
  videoArguments(input, { ...HD, ...changes }, CUTS, X264, table);
const optionOf = (args: readonly string[], option: string) => args[args.indexOf(option) + 1];

describe.each([
  ['sound', sound],
  ['picture', (input = INPUT) => picture({}, input)],
])('arguments for %s', (_, build) => {
  it('name the source nowhere but after -i: where it is told to be, nothing it is called can be an option or an output', () => {
    const args = build({ ...INPUT, url: '-y' });
    expect(args.filter((arg) => arg.includes('-y'))).toEqual(['-y']);
    expect(args.indexOf('-y')).toBe(args.indexOf('-i') + 1);
    expect(args.at(-1)).toBe('pipe:1');
  });

  it('let a hostile film open nothing else: loopback HTTP, containers that name no further URLs', () => {
    const args = build();
    const input = args.indexOf('-i');
    expect(optionOf(args, '-protocol_whitelist')).toBe('http,tcp');
    expect(optionOf(args, '-format_whitelist')).toBe(DEMUXERS);
    expect(args.indexOf('-protocol_whitelist')).toBeLessThan(input);
    expect(args.indexOf('-format_whitelist')).toBeLessThan(input);
    expect(args.indexOf('-max_alloc')).toBeLessThan(input);
    expect(args).toContain('-nostdin');
  });

  it('take the one stream that was chosen, cover art or not', () => {
    expect(optionOf(build(), '-map')).toBe('0:3');
  });

  it('seek on the container’s clock, and not at all at its beginning, which may lie before 0', () => {
    const args = build();
    expect(optionOf(args, '-ss')).toBe('100.042000');
    expect(args.indexOf('-ss')).toBeLessThan(args.indexOf('-i'));
    expect(build({ ...INPUT, readFromSeconds: 0 })).not.toContain('-ss');
    expect(build({ ...INPUT, readFromSeconds: -0.5 })).not.toContain('-ss');
  });

  it('have no number in a form that ffmpeg does not read', () => {
    const args = build({ ...INPUT, readFromSeconds: 1e-9, originSeconds: 1 / 3 });
    expect(args.filter((arg) => /\de[+-]?\d|NaN|Infinity|undefined/.test(arg))).toEqual([]);
  });
});

describe('audioArguments', () => {
  it('begin at the sample, fill holes and never stretch', () => {
    const filters = optionOf(sound(), '-af');
    expect(filters).toContain('aresample=48000:async=1:first_pts=4800512');
    expect(filters).toContain('channel_layouts=stereo');
    expect(filters).not.toContain('pan=');
  });
});

describe('audioArguments with the grid of a track’s packets', () => {
  it('take a container’s rounding off the first packet, before anything else looks at its time', () => {
    const args = audioArguments(INPUT, STEREO, 0, { startSeconds: 0.011, packetSeconds: 512 / 48_000 });
    const [first] = (optionOf(args, '-af') ?? '').split(/,(?=aresample)/);
    expect(first).toMatch(
      /^asetpts='round\(PTS\+\(if\(lt\(abs\(.*STARTPTS\*TB-\(0\.011\).*-\(0\.042\)\)\/TB\)'$/,
    );
  });
});

describe('videoArguments', () => {
  it('put keyframes at the plan’s cuts and nowhere else, half a frame early for a container’s rounding', () => {
    const args = picture();
    expect(optionOf(args, '-force_key_frames')).toBe('99.980000,101.980000');
    expect(optionOf(args, '-x264-params')).toMatch(/^keyint=infinite:scenecut=0:open-gop=0:/);
    expect(optionOf(args, '-vf')).toContain('trim=start=99.980000:end=103.980000');
  });

  it('are 8-bit SDR with square pixels, whatever the film is', () => {
    expect(optionOf(picture(), '-vf')).toMatch(/scale=1920:1080.*setsar=1,format=yuv420p$/);
    expect(optionOf(picture(), '-vf')).not.toMatch(/lut3d|bwdif/);
    const mapped = optionOf(picture({ toneMap: true }, INPUT, '/run/pq.cube'), '-vf');
    expect(mapped).toMatch(/in_color_matrix=bt2020.*lut3d=file='\/run\/pq.cube'.*out_color_matrix=bt709/);
    expect(optionOf(picture(), '-color_trc')).toBe('bt709');
  });

  it('deinterlace before they scale: lines of two fields must not be mixed', () => {
    const filters = optionOf(picture({ deinterlace: true }), '-vf') ?? '';
    expect(filters.indexOf('bwdif')).toBeGreaterThan(0);
    expect(filters.indexOf('bwdif')).toBeLessThan(filters.indexOf('scale='));
  });
});
