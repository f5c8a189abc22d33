import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockBytes } from '../testing/matroska-bytes.fixture.ts';
import { unlace } from './lacing.ts';

const BLOCK_HEAD_BYTES = 4;
const frame = fc.uint8Array({ minLength: 0, maxLength: 700 });

describe('unlace', () => {
  it.each(['xiph', 'ebml'] as const)('gives back the frames of a %s lace', (lacing) => {
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 9 }), (frames) => {
        const block = blockBytes({ track: 1, time: 0, lacing, frames });
        const found = unlace(block.subarray(BLOCK_HEAD_BYTES), lacing);
        expect(found?.map((data) => [...data])).toEqual(frames.map((data) => [...data]));
      }),
    );
  });

  it('cuts a fixed lace into equal parts', () => {
    const frames = [Uint8Array.of(1, 2), Uint8Array.of(3, 4), Uint8Array.of(5, 6)];
    const block = blockBytes({ track: 1, time: 0, lacing: 'fixed', frames });
    expect(unlace(block.subarray(BLOCK_HEAD_BYTES), 'fixed')?.map((data) => [...data])).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(unlace(Uint8Array.of(2, 1, 2, 3, 4), 'fixed')).toBeNull();
  });

  it('never throws and never reaches beyond the block, whatever it is given', () => {
    const lacing = fc.constantFrom('none', 'xiph', 'fixed', 'ebml' as const);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), lacing, (data, kind) => {
        const frames = unlace(data, kind as 'none' | 'xiph' | 'fixed' | 'ebml');
        const total = frames?.reduce((sum, part) => sum + part.length, 0) ?? 0;
        expect(total).toBeLessThanOrEqual(data.length);
      }),
      { numRuns: 500 },
    );
  });
});
