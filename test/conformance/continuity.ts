import { expect } from 'vitest';
import type { FragmentTimes } from './fragment-times.ts';
import type { Measured, MeasuredFrame, MeasuredPacket } from './measure.ts';

/** A segment as its playlist promises it and as ffmpeg finds it. */
export interface SegmentFound {
  extinfSeconds: number;
  found: Measured;
}

/** Packets and frames of a source on the film clock. */
export interface SourceStream {
  packets: MeasuredPacket[];
  frames: MeasuredFrame[];
}

/** MKV rounds to milliseconds, twice where a remux came between; our ticks are far finer. */
const ROUNDING_SECONDS = 0.0021;

/**
 * Video: each segment is as long as its EXTINF says and the next begins where it ends, both by its pictures' times and by its
 * samples' durations.
 *
 * @param originSeconds what the container calls film time 0
 * @param frameSeconds how long a picture is shown
 */
export function expectVideoJoins(
  segments: readonly SegmentFound[],
  { originSeconds, frameSeconds }: { originSeconds: number; frameSeconds: number },
): void {
  let startSeconds = originSeconds;
  for (const [index, { extinfSeconds, found }] of segments.entries()) {
    const { frames, packets } = found;
    const first = frames[0]?.ptsSeconds ?? Number.NaN;
    const next = segments[index + 1]?.found.frames[0]?.ptsSeconds ?? startSeconds + extinfSeconds;
    expect(Math.abs(first - startSeconds), `segment ${index} begins`).toBeLessThan(ROUNDING_SECONDS);
    expect(Math.abs(next - first - extinfSeconds), `EXTINF ${index}`).toBeLessThan(frameSeconds);
    const shown = packets.map(({ ptsSeconds }) => ptsSeconds).filter((time) => time >= first - 1e-6);
    expect(new Set(shown).size, `different times in segment ${index}`).toBe(shown.length);
    const decode = packets.map(({ dtsSeconds }) => dtsSeconds);
    expect(decode.every((time, at) => at === 0 || time > (decode[at - 1] ?? 0))).toBe(true);
    startSeconds += extinfSeconds;
  }
}

/** fMP4: a segment's samples, each with its duration, fill the time from its `tfdt` up to the next segment's. */
export function expectFragmentsJoin(times: readonly FragmentTimes[], frameSeconds: number): void {
  for (const [index, { startSeconds }] of times.entries()) {
    const before = times[index - 1]?.endSeconds ?? 0;
    expect(Math.abs(startSeconds - before), `gap or overlap before ${index}`).toBeLessThan(frameSeconds);
  }
}

/** Audio: each segment holds the frames of its time, and the next goes on where it ends, closer than one frame. */
export function expectAudioJoins(times: readonly FragmentTimes[], extinfSeconds: readonly number[]): void {
  let planned = 0;
  for (const [index, { startSeconds, endSeconds, longestSeconds }] of times.entries()) {
    const tolerance = longestSeconds + ROUNDING_SECONDS;
    const extinf = extinfSeconds[index] ?? Number.NaN;
    expect(Math.abs(startSeconds - planned), `segment ${index} begins`).toBeLessThan(tolerance);
    expect(Math.abs(endSeconds - startSeconds - extinf), `EXTINF ${index}`).toBeLessThan(tolerance);
    planned += extinf;
  }
  expectFragmentsJoin(times, Math.max(...times.map(({ longestSeconds }) => longestSeconds)));
}

/** The source's pictures, all of them, in order, each at its time. */
export function expectSameFrames(
  frames: readonly MeasuredFrame[],
  source: readonly MeasuredFrame[],
  originSeconds: number,
): void {
  expect(frames.map(({ md5 }) => md5)).toEqual(source.map(({ md5 }) => md5));
  const drifts = frames.map(({ ptsSeconds }, index) =>
    Math.abs(ptsSeconds - originSeconds - (source[index]?.ptsSeconds ?? Number.NaN)),
  );
  expect(Math.max(...drifts), 'drift').toBeLessThan(ROUNDING_SECONDS);
}

/**
 * The source's audio packets from film time 0 on, in a row, each at its time; before and after may lie silence of ours where
 * the track begins late or ends early.
 */
export function expectSameSound(
  packets: readonly MeasuredPacket[],
  source: readonly MeasuredPacket[],
  originSeconds: number,
): void {
  const wanted = source.filter(({ ptsSeconds }) => ptsSeconds > -0.0009);
  const lead = Math.max(0, runStart(packets, wanted));
  const run = packets.slice(lead, lead + wanted.length);
  expect(run.map(({ md5 }) => md5)).toEqual(wanted.map(({ md5 }) => md5));
  const drifts = run.map(({ ptsSeconds }, index) =>
    Math.abs(ptsSeconds - originSeconds - (wanted[index]?.ptsSeconds ?? Number.NaN)),
  );
  expect(Math.max(...drifts), 'drift').toBeLessThan(ROUNDING_SECONDS);
}

/** Where the row of wanted packets begins: silence may look like the first of them. */
function runStart(packets: readonly MeasuredPacket[], wanted: readonly MeasuredPacket[]): number {
  return packets.findIndex((_, at) =>
    wanted.every(({ md5 }, index) => index > 200 || packets[at + index]?.md5 === md5),
  );
}
