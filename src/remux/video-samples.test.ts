import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sample } from './cmaf-fragment.ts';
import { VIDEO_TIMESCALE } from './cmaf-init.ts';
import type { Packet } from './packet.ts';
import { VideoSamples } from './video-samples.ts';

const FRAME_SECONDS = 1 / 24;
const FRAME_TICKS = VIDEO_TIMESCALE / 24;

function packet(ptsSeconds: number, id = 0): Packet {
  return { data: Uint8Array.of(id), ptsSeconds, durationSeconds: FRAME_SECONDS, isKey: false };
}

/** Samples of packets, with how many there were after each packet. */
function samplesOf(packets: readonly Packet[], depth: number, cutSeconds: number, delay = 0) {
  const samples: Sample[] = [];
  const video = new VideoSamples(depth, delay);
  const counts = packets.map((one) => samples.push(...video.push(one)));
  samples.push(...video.end(cutSeconds));
  return { samples, counts };
}

const shownAt = ({ decodeTime, compositionOffset }: Sample) => decodeTime + compositionOffset;

/** Frames in decode order, by their place in the order of presentation; each at most `depth` places late. */
const reordered = (depth: number) =>
  fc.array(fc.nat(depth), { minLength: 1, maxLength: 60 }).map((delays) =>
    delays
      .map((delay, shown) => ({ shown, decoded: shown - delay }))
      .sort((a, b) => a.decoded - b.decoded || b.shown - a.shown)
      .map(({ shown }) => shown),
  );

/** How many frames precede one in decode order that are shown after it, at most. */
const depthOf = (order: readonly number[]) =>
  Math.max(0, ...order.map((shown, i) => order.slice(0, i).filter((other) => other > shown).length));

describe('VideoSamples', () => {
  it('decodes in the order of presentation, whatever the order of the packets and the length of frames', () => {
    const lengths = fc.array(fc.integer({ min: 2, max: 90 }), { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(fc.nat(6).chain(reordered), lengths, fc.nat(3), (order, frameMs, moreDepth) => {
        const starts = frameMs.map((_, n) => 5 + frameMs.slice(0, n).reduce((sum, ms) => sum + ms, 0) / 1000);
        const packets = order.map((shown) => ({ ...packet(starts[shown] ?? 0, shown), durationSeconds: 0 }));
        const end = starts[order.length] ?? 10;
        const { samples } = samplesOf(packets, depthOf(order) + moreDepth, end, 7);
        const ticks = order.map((shown) => Math.round((starts[shown] ?? 0) * VIDEO_TIMESCALE));
        expect(samples.map(({ data }) => data[0])).toEqual(order);
        expect(samples.map((sample) => shownAt(sample) - 7)).toEqual(ticks);
        const decodeTimes = ticks.toSorted((a, b) => a - b);
        expect(samples.map(({ decodeTime }) => decodeTime)).toEqual(decodeTimes);
        const ends = [...decodeTimes.slice(1), Math.round(end * VIDEO_TIMESCALE)];
        expect(samples.map(({ decodeTime, duration }) => decodeTime + duration)).toEqual(ends);
      }),
    );
  });

  it('lets a frame go as soon as its place and the next one’s are settled', () => {
    const packets = [0, 3, 1, 2, 6, 4, 5, 7, 8].map((shown) => packet(shown * FRAME_SECONDS, shown));
    expect(samplesOf(packets, 2, 9 * FRAME_SECONDS).counts).toEqual([0, 0, 0, 1, 1, 3, 4, 4, 6]);
  });

  it('shows every frame at its time where the stream reorders by more than it tells', () => {
    fc.assert(
      fc.property(fc.nat(8).chain(reordered), fc.nat(3), (order, depth) => {
        const packets = order.map((shown) => packet(shown * FRAME_SECONDS, shown));
        const { samples } = samplesOf(packets, depth, order.length * FRAME_SECONDS);
        expect(samples.map(shownAt)).toEqual(order.map((shown) => shown * FRAME_TICKS));
        const rises = samples.every(
          ({ decodeTime }, n) => n === 0 || decodeTime > (samples[n - 1]?.decodeTime ?? 0),
        );
        expect(rises).toBe(true);
        expect(samples.every(({ duration }) => duration > 0)).toBe(true);
      }),
    );
  });

  it('lets any number go at once that waited for a picture shown behind them all', () => {
    // Before they left together, these took minutes: more than the test has.
    const count = 400_000;
    const packets = Array.from({ length: count }, (_, n) => packet(n === 0 ? 300 : n / 1e5, n));
    const video = new VideoSamples(2, 0);
    const early = packets.flatMap((one) => video.push(one));
    expect(early).toEqual([]);
    const samples = video.end(300);
    expect(samples).toHaveLength(count);
    expect(samples[0]).toMatchObject({ decodeTime: 1, compositionOffset: 300 * VIDEO_TIMESCALE - 1 });
    expect(samples.filter(({ data }, n) => data[0] !== n % 256)).toEqual([]);
  });

  it('squeezes pre-roll into the first ticks', () => {
    const packets = [-2, -1, 0, 1].map((shown) => packet(shown * FRAME_SECONDS));
    const { samples } = samplesOf(packets, 0, 2 * FRAME_SECONDS);
    expect(samples.map(shownAt)).toEqual([0, 1, 2, FRAME_TICKS]);
  });

  it('ends with the last frame, where that is within rounding of the cut, else at the cut', () => {
    const endOf = (cutSeconds: number) => {
      const last = samplesOf([packet(1)], 2, cutSeconds).samples[0];
      return ((last?.decodeTime ?? 0) + (last?.duration ?? 0)) / VIDEO_TIMESCALE;
    };
    expect(endOf(1 + FRAME_SECONDS + 0.001)).toBeCloseTo(1 + FRAME_SECONDS, 5);
    expect(endOf(3)).toBeCloseTo(3, 5);
  });
});
