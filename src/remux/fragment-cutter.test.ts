import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteParts } from './byte-parts.ts';
import type { Sample } from './cmaf-fragment.ts';
import { FragmentCutter } from './fragment-cutter.ts';

const TIMESCALE = 1000;
const PICTURE = { timescale: TIMESCALE, firstSeconds: 0 };
const SOUND = { timescale: TIMESCALE, firstSeconds: 0.1 };

function samplesOf(durations: readonly number[], start = 5000): Sample[] {
  let decodeTime = start;
  return durations.map((duration, id) => {
    const sample = {
      data: Uint8Array.of(id),
      decodeTime,
      duration,
      compositionOffset: 0,
      isKey: id === 0,
    };
    decodeTime += duration;
    return sample;
  });
}

function cut(samples: readonly Sample[], rule = PICTURE, segment = 0): ByteParts[] {
  const cutter = new FragmentCutter(segment, rule);
  return [...cutter.pushAll(samples), ...cutter.end(7000)];
}

/** What a fragment's boxes say: type and size of each, number, decode time, and the samples' count. */
function read(fragment: ByteParts) {
  const bytes = Buffer.concat(fragment);
  const boxes: string[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at))
    boxes.push(bytes.toString('latin1', at + 4, at + 8));
  const moof = bytes.indexOf('moof') - 4;
  return {
    boxes,
    number: bytes.readUInt32BE(moof + 20),
    decodeTime: Number(bytes.readBigUInt64BE(bytes.indexOf('tfdt') + 8)),
    count: bytes.readUInt32BE(bytes.indexOf('trun') + 8),
    data: bytes.subarray(bytes.indexOf('mdat') + 4),
  };
}

describe('FragmentCutter', () => {
  it.each([
    ['a picture at a time, then half a second', PICTURE, [...Array(12).fill(1), 12, 12]],
    ['some sound at a time, then half a second', SOUND, [3, 3, 3, 3, 12, 12]],
  ])('cuts %s', (_, rule, expected) => {
    const fragments = cut(samplesOf(Array(36).fill(42)), rule).map(read);
    expect(fragments.map(({ count }) => count)).toEqual(expected);
  });

  it('gives a fragment with the sample that fills it, each with boxes of its own', () => {
    const cutter = new FragmentCutter(3, PICTURE);
    const counts = samplesOf([40, 40, 40]).map((sample) => [...cutter.pushAll([sample])].length);
    expect(counts).toEqual([1, 1, 1]);
    expect([...cutter.end(0)]).toEqual([]);
    const [first, second] = cut(samplesOf([40, 40]), PICTURE, 3).map(read);
    expect(first?.boxes).toEqual(['styp', 'moof', 'mdat']);
    expect(second?.boxes).toEqual(['moof', 'mdat']);
  });

  it('gives a segment without samples one fragment', () => {
    expect(cut([]).map(read)).toMatchObject([{ count: 0, decodeTime: 7000 }]);
  });

  it('loses and doubles nothing, numbers on, and depends on the samples alone', () => {
    const durations = fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(durations, fc.constantFrom(PICTURE, SOUND), fc.nat(50), (list, rule, segment) => {
        const samples = samplesOf(list);
        const fragments = cut(samples, rule, segment);
        const found = fragments.map(read);
        const ids = Buffer.concat(found.map(({ data }) => data));
        expect([...ids]).toEqual(samples.map((_, id) => id));
        let first = 0;
        for (const { count, decodeTime } of found) {
          expect(decodeTime).toBe(samples[first]?.decodeTime);
          first += count;
        }
        const numbers = found.map(({ number }) => number);
        expect(numbers).toEqual(numbers.map((_, n) => (numbers[0] ?? 0) + n));
        const next = read(cut(samples, rule, segment + 1)[0] ?? []);
        expect(next.number).toBeGreaterThan(numbers.at(-1) ?? 0);
        const cutter = new FragmentCutter(segment, rule);
        const oneByOne = samples.flatMap((sample) => [...cutter.pushAll([sample])]);
        expect([...oneByOne, ...cutter.end(0)]).toEqual(fragments);
      }),
    );
  });
});
