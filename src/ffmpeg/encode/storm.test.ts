import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeTrack, REST_MS } from './fake-track.fixture.ts';
import type { EncodedTrack } from './track.ts';

const SEGMENTS = 20_000;
/** Leaps no further apart are one storm. */
const STORM_GAP_MS = 400;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Seek {
  /** After the one before, milliseconds. */
  gapMs: number;
  segment: number;
  /** How much later the player gives up what it asked for before. */
  leavesAfterMs: number;
  /** Whether the player also asks for the segment after. */
  asksForNext: boolean;
}

const seek = fc.record({
  gapMs: fc.oneof(
    fc.integer({ min: 0, max: STORM_GAP_MS }),
    fc.integer({ min: STORM_GAP_MS - 160, max: STORM_GAP_MS }),
  ),
  // So far apart that no run gets from one to another by itself.
  segment: fc.integer({ min: 1, max: SEGMENTS / 100 - 1 }).map((n) => n * 100),
  leavesAfterMs: fc.integer({ min: 0, max: 1000 }),
  asksForNext: fc.boolean(),
}) satisfies fc.Arbitrary<Seek>;

describe('a storm of seeks, in any rhythm', () => {
  it('costs at most two starts, and its last target is made as soon as it has come to rest', async () => {
    const storms = fc
      .array(seek, { minLength: 2, maxLength: 30 })
      .map((seeks) => seeks.filter(({ segment }, n) => segment !== seeks[n - 1]?.segment));
    await fc.assert(
      fc.asyncProperty(storms, fc.integer({ min: 0, max: 3000 }), async (storm, startMs) => {
        const fake = new FakeTrack(SEGMENTS, 1, 0);
        const { track, runs } = fake;
        await playFromTheStart(fake, startMs);
        const before = track.starts;
        await play(track, storm);
        const target = storm.at(-1)?.segment;
        await vi.advanceTimersByTimeAsync(REST_MS);
        expect(track.starts - before).toBeLessThanOrEqual(2);
        expect(runs.at(-1)?.first).toBe(target);
        track.close();
        await vi.advanceTimersByTimeAsync(0);
      }),
      { numRuns: 200 },
    );
  });
});

/** An encoder that took `startMs` for its first segment, and then a film that plays for a while. */
async function playFromTheStart({ track, runs }: FakeTrack, startMs: number): Promise<void> {
  const first = drain(track.packets(0));
  await vi.advanceTimersByTimeAsync(startMs);
  runs[0]?.make(0, 5, 1);
  await first;
  await vi.advanceTimersByTimeAsync(10_000);
}

async function play(track: EncodedTrack, storm: readonly Seek[]): Promise<void> {
  let leave = new AbortController();
  for (const [n, { gapMs, segment, leavesAfterMs, asksForNext }] of storm.entries()) {
    await vi.advanceTimersByTimeAsync(n === 0 ? 0 : gapMs);
    const before = leave;
    leave = new AbortController();
    for (const wanted of asksForNext ? [segment, segment + 1] : [segment]) {
      drain(track.packets(wanted, leave.signal)).catch(() => {}); // nobody hears what is given up
    }
    setTimeout(() => before.abort(), leavesAfterMs);
  }
}

async function drain(packets: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of packets);
}
