import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EncoderLimits, encoderLimits } from './encoder-limits.ts';

const film = { frameRate: 24, hdr: null, isInterlaced: false } as const;
const limitsAt = (realTime: number | null, changes: Partial<Parameters<typeof encoderLimits>[0]> = {}) =>
  encoderLimits({ ...film, ...changes }, { realTime, isHardware: false });

describe('encoderLimits', () => {
  it.each<[string, number | null, object, EncoderLimits]>([
    ['nothing measured', null, {}, { maxHeight: 1080, preset: 'veryfast' }],
    ['nothing measured, HDR', null, { hdr: 'hdr10' }, { maxHeight: 720, preset: 'veryfast' }],
    ['a small machine', 2, {}, { maxHeight: 1080, preset: 'veryfast' }],
    ['at the edge', 1.2, {}, { maxHeight: 1080, preset: 'superfast' }],
    ['at the very edge', 0.8, {}, { maxHeight: 1080, preset: 'ultrafast' }],
    ['a slow one', 0.6, {}, { maxHeight: 720, preset: 'veryfast' }],
    ['a very slow one', 0.1, {}, { maxHeight: 360, preset: 'ultrafast' }],
    ['none to speak of', 0.0001, {}, { maxHeight: 240, preset: 'ultrafast' }],
    ['a workstation', 6, {}, { maxHeight: 2160, preset: 'veryfast' }],
    ['a small machine, HDR', 2, { hdr: 'hdr10' }, { maxHeight: 720, preset: 'veryfast' }],
    ['a film of 60 pictures a second', 2, { frameRate: 60 }, { maxHeight: 1080, preset: 'ultrafast' }],
    ['fields', 1.4, { isInterlaced: true }, { maxHeight: 1080, preset: 'superfast' }],
  ])('%s', (_, realTime, changes, limits) => {
    expect(limitsAt(realTime, changes)).toEqual(limits);
  });

  it('leaves presets alone where a graphics processor encodes', () => {
    expect(encoderLimits(film, { realTime: 1.2, isHardware: true })).toEqual({
      maxHeight: 720,
      preset: 'veryfast',
    });
  });

  it('never gives a faster machine fewer lines', () => {
    const speed = fc.double({ min: 0.01, max: 50, noNaN: true });
    const rate = fc.double({ min: 1, max: 240, noNaN: true });
    fc.assert(
      fc.property(speed, speed, rate, (a, b, frameRate) => {
        const [slow, fast] = [Math.min(a, b), Math.max(a, b)].map((one) => limitsAt(one, { frameRate }));
        expect(fast?.maxHeight).toBeGreaterThanOrEqual(slow?.maxHeight ?? 0);
      }),
    );
  });
});
