import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Packet } from '../../remux/packet.ts';
import { type CollectedSegment, SegmentCollector } from './segment-collector.ts';

const CUTS = [0, 2, 4, 6];
const VIDEO = { cuts: CUTS, toleranceSeconds: 0.02, needsKeyframes: true };
const SOUND = { cuts: CUTS, toleranceSeconds: 1e-6, needsKeyframes: false };

function packet(ptsSeconds: number, isKey = true, id = 0): Packet {
  return { data: Uint8Array.of(id), ptsSeconds, durationSeconds: 0.04, isKey };
}

function collect(options: typeof VIDEO, first: number, packets: readonly Packet[], last = 2) {
  const collector = new SegmentCollector({ ...options, first });
  return [...packets.flatMap((one) => collector.push(one)), ...collector.end(last)];
}

const timesOf = (collected: readonly CollectedSegment[]) =>
  collected.map(({ segment, packets }) => [segment, packets.map(({ ptsSeconds }) => ptsSeconds)]);

describe('SegmentCollector', () => {
  it.each<[string, typeof VIDEO, number, Packet[], unknown]>([
    [
      'sound is cut where the film is, run-up before the first segment dropped',
      SOUND,
      1,
      [packet(1.98), packet(2), packet(3.99), packet(4), packet(5.9)],
      [
        [1, [2, 3.99]],
        [2, [4, 5.9]],
      ],
    ],
    [
      'a picture is cut at keyframes only: those decoded after one and shown before it belong to it',
      VIDEO,
      0,
      [packet(0), packet(0.1, false), packet(2), packet(1.96, false), packet(4.1, false), packet(4.1)],
      [
        [0, [0, 0.1]],
        [1, [2, 1.96, 4.1]],
        [2, [4.1]],
      ],
    ],
    [
      'a keyframe half a frame early is the cut’s',
      VIDEO,
      0,
      [packet(0), packet(1.985), packet(4.01)],
      [
        [0, [0]],
        [1, [1.985]],
        [2, [4.01]],
      ],
    ],
    [
      'what lies behind the film’s end is dropped',
      SOUND,
      0,
      [packet(0), packet(5), packet(6), packet(7)],
      [
        [0, [0]],
        [1, []],
        [2, [5]],
      ],
    ],
    [
      'a track that has a hole gives segments of nothing',
      SOUND,
      0,
      [packet(0), packet(4)],
      [
        [0, [0]],
        [1, []],
        [2, [4]],
      ],
    ],
    [
      'so does one that ends before the film',
      SOUND,
      0,
      [packet(0)],
      [
        [0, [0]],
        [1, []],
        [2, []],
      ],
    ],
  ])('%s', (_, options, first, packets, expected) => {
    expect(timesOf(collect(options, first, packets))).toEqual(expected);
  });

  it('lets go of the buffer that a packet came in', () => {
    const pipe = new Uint8Array(65_536);
    const [segment] = collect(SOUND, 0, [{ ...packet(0), data: pipe.subarray(100, 104) }]);
    expect(segment?.packets[0]?.data.buffer).not.toBe(pipe.buffer);
    expect(segment?.packets[0]?.data).toEqual(Buffer.alloc(4));
  });

  it('loses none, doubles none and keeps their order, whatever comes', () => {
    const packets = fc.array(
      fc.record({ time: fc.double({ min: -1, max: 5.9, noNaN: true }), isKey: fc.boolean() }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(packets, fc.boolean(), fc.nat(2), (list, needsKeyframes, first) => {
        const options = { ...(needsKeyframes ? VIDEO : SOUND), needsKeyframes };
        const given = list.map(({ time, isKey }, id) => packet(time, isKey, id));
        const collected = collect(options, first, given);
        expect(collected.map(({ segment }) => segment)).toEqual(
          Array.from({ length: 3 - first }, (_, n) => first + n),
        );
        const isWanted = ({ ptsSeconds }: Packet) =>
          needsKeyframes || ptsSeconds >= (CUTS[first] ?? 0) - options.toleranceSeconds;
        const ids = collected.flatMap(({ packets }) => packets.map(({ data }) => data[0]));
        expect(ids).toEqual(given.filter(isWanted).map(({ data }) => data[0]));
      }),
    );
  });
});
