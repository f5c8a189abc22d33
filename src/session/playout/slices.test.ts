import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RaffiError } from '../../errors.ts';
import type { SegmentPlan } from '../../plan/types.ts';
import { slicePlaylist } from './slice-playlist.ts';
import { parseSegmentName, sliceFor, sliceSegmentName } from './slices.ts';

/** Ten segments of 4 s. */
const plan: SegmentPlan = {
  segments: Array.from({ length: 10 }, (_, index) => ({
    index,
    startSeconds: index * 4,
    endSeconds: index * 4 + 4,
    startOffset: index * 1000,
    endOffset: index * 1000 + 1000,
  })),
  targetDurationSeconds: 4,
  durationSeconds: 40,
  videoEndSeconds: 40,
};

const TRACKS = { audioPosition: 0, edition: 0 };

describe('slices', () => {
  it('span the whole film unless a slice is forced', () => {
    const whole = sliceFor(plan, { seekSeconds: 17.5 }, TRACKS);
    expect(slicePlaylist('id', plan, whole).sliceStartSeconds).toBe(0);
    expect(slicePlaylist('id', plan, whole).text).toContain('#EXT-X-START:TIME-OFFSET=17.5,PRECISE=YES');
    const forced = sliceFor(plan, { seekSeconds: 17.5, forceSlice: true }, TRACKS);
    const playlist = slicePlaylist('id', plan, forced);
    expect(playlist.sliceStartSeconds).toBe(16);
    expect(playlist.text).toContain('TIME-OFFSET=1.5,');
    expect(playlist.text.match(/#EXTINF/g)).toHaveLength(6);
  });

  it('take a seek beyond the film back into it', () => {
    expect(sliceFor(plan, { seekSeconds: 1e12 }, TRACKS).offsetSeconds).toBe(36);
    expect(sliceFor(plan, { seekSeconds: 40, forceSlice: true }, TRACKS).firstSegment).toBe(9);
  });

  it('name their segments so that different slices never collide', () => {
    const slice = fc.record({
      firstSegment: fc.nat(5),
      audioPosition: fc.option(fc.nat(3)),
      edition: fc.nat(2),
      offsetSeconds: fc.constant(0),
    });
    fc.assert(
      fc.property(slice, slice, fc.nat(9), (a, b, n) => {
        const isSame =
          a.firstSegment === b.firstSegment && a.audioPosition === b.audioPosition && a.edition === b.edition;
        expect(sliceSegmentName(a, n) === sliceSegmentName(b, n)).toBe(isSame);
        const index = n + a.firstSegment;
        const parsed = parseSegmentName(sliceSegmentName(a, index));
        expect(parsed).toEqual({ audioPosition: a.audioPosition, edition: a.edition, segmentIndex: index });
      }),
    );
  });

  it.each([
    '',
    '../../etc/passwd',
    's0a0-0.ts/..',
    's0a0-0.mp4',
    's5a0-2.ts',
    's0a0-99999999999999999.ts',
    's0-0.ts',
    's0a0e0-0.ts',
    's0a0e-0.ts',
  ])('refuse the name %j', (name) => {
    expect(() => parseSegmentName(name)).toThrow(RaffiError);
  });
});
