import { expect, vi } from 'vitest';
import type { Packet } from '../../remux/packet.ts';
import { createEncodedStore } from './encoded-store.ts';
import { FakeRun } from './fake-run.fixture.ts';
import { isInterrupted } from './interrupted.ts';
import { EncoderSlots } from './slots.ts';
import { EncodedTrack } from './track.ts';

/** How far a run may be ahead of what was asked for last, seconds. */
export const AHEAD_SECONDS = 20;
/** So long a start waits at most for a storm of seeks to come to rest. */
export const REST_MS = 450;

/** A track of so many segments of one length whose encoders are a test's own. */
export class FakeTrack {
  /** In the order of their start. */
  readonly runs: FakeRun[] = [];
  readonly store = createEncodedStore(1_000_000);
  readonly track: EncodedTrack;

  constructor(segments: number, segmentSeconds: number, firstSegment: number) {
    this.track = new EncodedTrack({
      id: 'film/a0',
      store: this.store,
      slots: new EncoderSlots(1),
      cuts: Array.from({ length: segments + 1 }, (_, n) => n * segmentSeconds),
      toleranceSeconds: 1e-6,
      needsKeyframes: false,
      aheadSeconds: AHEAD_SECONDS,
      firstSegment: () => firstSegment,
      startRun: (first, onHeader, signal) => {
        const run = new FakeRun(first, onHeader, signal);
        this.runs.push(run);
        return { packets: run.packets(), last: segments - 1 };
      },
      now: () => Date.now(),
    });
  }

  /** Asks for a segment; what is left of it when nobody hears the answer is no error. */
  ask(segment: number, signal?: AbortSignal): Promise<Packet[]> {
    return heard(all(this.track.packets(segment, signal)));
  }

  /** Asks again when an encoder ends in mid-segment, as readers do that have passed nothing on. */
  askAgain(segment: number): Promise<Packet[]> {
    return heard(
      this.ask(segment).catch((error: unknown) => {
        if (isInterrupted(error)) return this.askAgain(segment);
        throw error;
      }),
    );
  }

  runAt(index: number): FakeRun {
    const run = this.runs.at(index);
    if (!run) throw new Error(`no run ${index}, of ${this.runs.length}`);
    return run;
  }
}

async function all(packets: AsyncIterable<Packet>): Promise<Packet[]> {
  const list: Packet[] = [];
  for await (const packet of packets) list.push(packet);
  return list;
}

function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** On a faked clock: lets all promises run that can. */
export const settle = () => vi.advanceTimersByTimeAsync(0);

/** Ends a track on a faked clock, and that clock: no timer, no run under way and no stored segment may be left of it. */
export async function expectNothingLeft(fake: FakeTrack): Promise<void> {
  fake.track.close();
  await settle();
  expect(vi.getTimerCount()).toBe(0);
  expect(fake.runs.filter(({ isOver, taken }) => taken > 0 && !isOver)).toEqual([]);
  expect(fake.store.sizeBytes()).toBe(0);
  vi.useRealTimers();
}
