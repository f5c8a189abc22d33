import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAudioSpecificConfig } from './aac.ts';
import { buildCmafInit } from './cmaf-init.ts';
import { audioFragments } from './cmaf-segment.ts';
import type { AudioFormat, Packet } from './packet.ts';
import { fillSilence } from './silence.ts';
import { decodeErrors, FilmFolder, joined } from './testing/films.fixture.ts';

const run = promisify(execFile);
let folder: FilmFolder;
beforeAll(async () => {
  folder = await FilmFolder.open();
});
afterAll(() => folder.close());

function aac(channels: number, sampleRate = 48000): AudioFormat {
  const description = buildAudioSpecificConfig(2, sampleRate, channels);
  return { kind: 'audio', codec: 'aac', codecString: 'mp4a.40.2', sampleRate, channels, description };
}

function opus(channels: number): AudioFormat {
  const surround = channels > 2 ? [1, 4, 2, 0, 4, 1, 2, 3, 5] : [0];
  const description = Buffer.concat([
    Buffer.from('OpusHead'),
    Buffer.of(1, channels, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, ...surround),
  ]);
  return { kind: 'audio', codec: 'opus', codecString: 'opus', sampleRate: 48000, channels, description };
}

function mp3(channels: number, sampleRate: number): AudioFormat {
  return { kind: 'audio', codec: 'mp3', codecString: 'mp3', sampleRate, channels, description: null };
}

const FORMATS: [string, AudioFormat][] = [
  ...[1, 2, 3, 4, 5, 6, 8].map((channels): [string, AudioFormat] => [
    `AAC, ${channels} channels`,
    aac(channels),
  ]),
  ['AAC, 22.05 kHz', aac(2, 22050)],
  ['Opus, mono', opus(1)],
  ['Opus, stereo', opus(2)],
  ['Opus, 5.1', opus(6)],
  ['MP3, stereo', mp3(2, 44100)],
  ['MP3, mono', mp3(1, 48000)],
  ['MP3, MPEG-2', mp3(2, 24000)],
];

describe('silent frames', () => {
  it.each(FORMATS)('%s decode to silence of the right length', async (name, format) => {
    const span = { startSeconds: 0, endSeconds: 1 };
    const segment = { index: 0, ...span, startOffset: 0, endOffset: 0 };
    const fragments = audioFragments([], { segment, ...span }, format);
    const file = await folder.write(
      `${name.replace(/\W+/g, '-')}.mp4`,
      Buffer.concat([await buildCmafInit(format), await joined(fragments)]),
    );
    expect(await decodeErrors(file)).toBe('');
    const { stdout } = await run(
      'ffmpeg',
      ['-v', 'error', '-i', file, '-map', '0:a', '-f', 's16le', '-c:a', 'pcm_s16le', '-'],
      { encoding: 'buffer', maxBuffer: 16 << 20, timeout: 30_000, killSignal: 'SIGKILL' },
    );
    expect(stdout.every((byte) => byte === 0)).toBe(true);
    const seconds = stdout.length / 2 / format.channels / format.sampleRate;
    expect(Math.abs(seconds - 1)).toBeLessThan(0.06);
  });
});

describe('fillSilence', () => {
  const format = aac(2);
  const frame = 1024 / 48000;
  const packet = (ptsSeconds: number): Packet => ({
    data: Uint8Array.of(1),
    ptsSeconds,
    durationSeconds: frame,
    isKey: true,
  });

  it('leaves a contiguous track as it is', () => {
    const packets = Array.from({ length: 100 }, (_, i) => packet(i * frame));
    expect(fillSilence(packets, { startSeconds: 0, endSeconds: 100 * frame }, format)).toEqual(packets);
  });

  it('leaves holes where the codec has no silent frame', () => {
    const flac: AudioFormat = { ...format, codec: 'flac', codecString: 'flac' };
    const packets = [packet(3)];
    expect(fillSilence(packets, { startSeconds: 0, endSeconds: 6 }, flac)).toEqual(packets);
  });

  it('does not fill days', () => {
    const packets = [packet(86_400), packet(172_800)];
    const filled = fillSilence(packets, { startSeconds: 0, endSeconds: 259_200 }, format);
    expect(filled.length).toBeLessThan(100_000);
    expect(filled.filter((one) => packets.includes(one))).toEqual(packets);
  });

  it('makes any track contiguous to within a frame and keeps every packet in its place', () => {
    const present = fc.uniqueArray(fc.nat(280), { maxLength: 280 });
    fc.assert(
      fc.property(present, fc.double({ min: 0, max: frame, noNaN: true }), (indices, phase) => {
        const span = { startSeconds: 12, endSeconds: 18 };
        const packets = indices
          .sort((a, b) => a - b)
          .map((index) => packet(12 + phase + index * frame))
          .filter(({ ptsSeconds }) => ptsSeconds < 18);
        const filled = fillSilence(packets, span, format);
        expect(filled.filter((one) => packets.includes(one))).toEqual(packets);
        expect((filled[0]?.ptsSeconds ?? 0) - span.startSeconds).toBeLessThan(frame);
        filled.forEach((one, i) => {
          const next = filled[i + 1]?.ptsSeconds ?? span.endSeconds;
          const gap = next - one.ptsSeconds - frame;
          expect(gap).toBeLessThan(frame);
          expect(gap).toBeGreaterThan(i + 1 < filled.length ? -0.06 * frame : -frame);
        });
      }),
    );
  });
});
