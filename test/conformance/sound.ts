import { expect } from 'vitest';
import { originSeconds } from '../lab/reference.ts';
import { mustFfmpeg } from '../lab/tools.ts';

/** A track decoded to stereo, on the film clock: what the left and the right ear hear, sample by sample from film time 0 on. */
export interface Sound {
  sampleRate: number;
  left: Float32Array;
  right: Float32Array;
}

/**
 * @param path of a file that ffmpeg reads
 * @param origin the container's time of film time 0, seconds; absent: of the first picture, or of the first sound
 */
export async function decodeSound(path: string, sampleRate: number, origin?: number): Promise<Sound> {
  const zero = origin ?? (await originSeconds(path));
  const filters = [
    `asetpts=PTS-(${zero})/TB`,
    `aresample=${sampleRate}:async=1:first_pts=0`,
    'aformat=sample_fmts=flt:channel_layouts=stereo',
  ];
  const input = ['-v', 'error', '-copyts', '-i', path, '-map', '0:a:0'];
  const pcm = await mustFfmpeg([...input, '-af', filters.join(','), '-f', 'f32le', 'pipe:1']);
  const samples = Math.floor(pcm.length / 8);
  const at = (index: number) => pcm.readFloatLE(4 * index);
  return {
    sampleRate,
    left: Float32Array.from({ length: samples }, (_, n) => at(2 * n)),
    right: Float32Array.from({ length: samples }, (_, n) => at(2 * n + 1)),
  };
}

/** Samples at either end that an encoder may fade: its first frame has none before it, its last is cut. */
const EDGE = 4096;
const WINDOW = 1024;

/** What a container in milliseconds rounds away, of a track's times and of its film's. */
const ROUNDING_SECONDS = 0.0011;

/**
 * The same sound at the same time, everywhere: a click, or a lost or doubled frame makes a window that differs as loudly as it sounds.
 *
 * @param most how loud the difference may be, as a part of the sound
 * @param mayChange where two encoder runs join that were told rounded times, the sound may go over from one rounding to the other
 */
export function expectSameSoundWave(heard: Sound, wanted: Sound, most: number, mayChange: boolean): void {
  const farthest = Math.ceil(ROUNDING_SECONDS * heard.sampleRate);
  for (const ear of ['left', 'right'] as const) {
    const [a, b] = [heard[ear], wanted[ear]];
    const length = Math.min(a.length, b.length) - EDGE;
    const loudness = rms(b, EDGE, length);
    const difference = (from: number, lag: number) =>
      rmsOf(WINDOW, (n) => (a[from + n] ?? 0) - (b[from + n + lag] ?? 0)) / loudness;
    const lags = Array.from({ length: 2 * farthest + 1 }, (_, n) => n - farthest);
    const wrong: string[] = [];
    let lag = 0;
    let isJoint = false;
    for (let from = EDGE; from + WINDOW <= length; from += WINDOW) {
      if (difference(from, lag) < most) continue;
      const found = lags.find((other) => difference(from, other) < most);
      if (found === undefined && (isJoint || !mayChange))
        wrong.push(`${(from / heard.sampleRate).toFixed(3)} s`);
      isJoint = found === undefined;
      lag = found ?? lag;
    }
    expect(wrong, `${ear} differs`).toEqual([]);
    expect(Math.abs(decibels(rms(a, EDGE, length) / loudness)), `level ${ear}`).toBeLessThan(1);
  }
}

/** How loud an ear hears it, root mean square of full scale. */
export function loudnessOf({ left, right }: Sound): { left: number; right: number } {
  const end = left.length - EDGE;
  return { left: rms(left, EDGE, end), right: rms(right, EDGE, end) };
}

function decibels(ratio: number): number {
  return 20 * Math.log10(ratio);
}

function rms(samples: Float32Array, from: number, to: number): number {
  return rmsOf(to - from, (n) => samples[from + n] ?? 0);
}

function rmsOf(count: number, at: (n: number) => number): number {
  let sum = 0;
  for (let n = 0; n < count; n++) sum += at(n) ** 2;
  return Math.sqrt(sum / count);
}
