import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RaffiError } from '../../errors.ts';
import type { Packet } from '../../remux/packet.ts';
import { createEncodedStore, type EncodedStore } from './encoded-store.ts';
import { FakeRun } from './fake-run.fixture.ts';
import { isInterrupted } from './interrupted.ts';
import { EncoderSlots } from './slots.ts';
import { EncodedTrack } from './track.ts';

const SEGMENT_SECONDS = 2;
const SEGMENTS = 200;
const AHEAD_SECONDS = 20;
/** So long a start waits at most for a storm of seeks to come to rest. */
const REST_MS = 450;
const CUTS = Array.from({ length: SEGMENTS + 1 }, (_, n) => n * SEGMENT_SECONDS);

let runs: FakeRun[];
let store: EncodedStore;
let track: EncodedTrack;
beforeEach(() => {
  vi.useFakeTimers();
  runs = [];
  store = createEncodedStore(1_000_000);
  track = new EncodedTrack({
    id: 'film/a0',
    store,
    slots: new EncoderSlots(1),
    cuts: CUTS,
    toleranceSeconds: 1e-6,
    needsKeyframes: false,
    aheadSeconds: AHEAD_SECONDS,
    firstSegment: () => 7,
    startRun: (first, onHeader, signal) => {
      const run = new FakeRun(first, onHeader, signal);
      runs.push(run);
      return { packets: run.packets(), last: SEGMENTS - 1 };
    },
    now: () => Date.now(),
  });
});
afterEach(async () => {
  track.close();
  await settle();
  expect(vi.getTimerCount()).toBe(0);
  expect(runs.filter(({ isOver, taken }) => taken > 0 && !isOver)).toEqual([]);
  expect(store.sizeBytes()).toBe(0);
  vi.useRealTimers();
});

/** Lets all promises run that can. */
const settle = () => vi.advanceTimersByTimeAsync(0);

/** Asks for a segment; what is left of it when nobody hears the answer is no error. */
function ask(segment: number, signal?: AbortSignal) {
  const asked = all(track.packets(segment, signal));
  asked.catch(() => {});
  return asked;
}

/** Asks again when an encoder ends in mid-segment, as readers do that have passed nothing on. */
function askAgain(segment: number): Promise<Packet[]> {
  const asked = ask(segment).catch((error: unknown) => {
    if (isInterrupted(error)) return askAgain(segment);
    throw error;
  });
  asked.catch(() => {});
  return asked;
}

async function all(packets: AsyncIterable<Packet>): Promise<Packet[]> {
  const list: Packet[] = [];
  for await (const packet of packets) list.push(packet);
  return list;
}

function runAt(index: number): FakeRun {
  const run = runs.at(index);
  if (!run) throw new Error(`no run ${index}, of ${runs.length}`);
  return run;
}

const failure = () => new RaffiError('encoder_failed', 'It could not be converted.');

describe('EncodedTrack', () => {
  it('makes a segment once: what is asked for next comes of the run, what was made of the store', async () => {
    const [zero, one] = [ask(0), ask(1)];
    await settle();
    runAt(0).make(0, 3, SEGMENT_SECONDS);
    expect((await zero).map(({ ptsSeconds }) => ptsSeconds)).toEqual([0]);
    expect((await one).map(({ ptsSeconds }) => ptsSeconds)).toEqual([2]);
    expect(await ask(2)).toHaveLength(1);
    expect(await ask(0)).toEqual(await zero);
    expect(track.starts).toBe(1);
  });

  it('waits for a segment a little ahead, starts anew for one far away, and ends what ran', async () => {
    ask(0);
    await settle();
    runAt(0).make(0, 1, SEGMENT_SECONDS);
    ask(2);
    await settle();
    expect(runs).toHaveLength(1);
    runAt(0).make(1, 3, SEGMENT_SECONDS);
    await vi.advanceTimersByTimeAsync(10_000);
    const far = ask(150);
    await settle();
    expect(runs.map(({ first }) => first)).toEqual([0, 150]);
    expect(runAt(0).isOver).toBe(true);
    runAt(1).make(150, 151, SEGMENT_SECONDS);
    expect(await far).toHaveLength(1);
  });

  it('starts at most twice for 30 seeks in 3 s, and plays the last', async () => {
    ask(0);
    await settle();
    runAt(0).make(0, 1, SEGMENT_SECONDS);
    await vi.advanceTimersByTimeAsync(10_000);
    const before = track.starts;
    let left = new AbortController();
    let last = ask(100, left.signal);
    for (let seek = 1; seek < 30; seek++) {
      await vi.advanceTimersByTimeAsync(100);
      // As players do, who give up what they asked for before.
      left.abort();
      left = new AbortController();
      last = ask(100 + ((seek * 37) % 90), left.signal);
    }
    await vi.advanceTimersByTimeAsync(1000);
    expect(track.starts - before).toBeLessThanOrEqual(2);
    const target = 100 + ((29 * 37) % 90);
    expect(runAt(-1).first).toBe(target);
    runAt(-1).make(target, target + 1, SEGMENT_SECONDS);
    expect(await last).toHaveLength(1);
  });

  it('hands out packets as they are made, to who comes late too, and nobody’s leaving harms the others', async () => {
    const leaving = new AbortController();
    const readers = [track.packets(0), track.packets(0, leaving.signal)] as const;
    const firsts = readers.map((reader) => reader.next());
    await settle();
    runAt(0).make(0, 0, SEGMENT_SECONDS);
    const late = track.packets(0);
    for (const first of [...firsts, late.next()]) {
      expect(await first).toMatchObject({ done: false, value: { ptsSeconds: 0 } });
    }
    const [staying, left] = readers.map((reader) => reader.next());
    const gone = expect(left).rejects.toThrow('gone');
    leaving.abort(new Error('gone'));
    await gone;
    runAt(0).make(1, 1, SEGMENT_SECONDS);
    expect(await staying).toMatchObject({ done: true });
    expect(await late.next()).toMatchObject({ done: true });
    expect(runs).toHaveLength(1);
  });

  it('goes on where a run died: who has had nothing of the segment is served by the next', async () => {
    const [zero, one] = [ask(0), ask(1)];
    await settle();
    runAt(0).make(0, 0, SEGMENT_SECONDS);
    await settle();
    runAt(0).end(failure());
    await expect(zero).rejects.toSatisfy(isInterrupted);
    const again = ask(0);
    await vi.advanceTimersByTimeAsync(REST_MS);
    expect(runs.map(({ first }) => first)).toEqual([0, 0]);
    runAt(1).make(0, 2, SEGMENT_SECONDS);
    expect((await again).map(({ ptsSeconds }) => ptsSeconds)).toEqual([0]);
    expect(await one).toHaveLength(1);
  });

  it('lets who reads a segment in the making have it before it starts elsewhere', async () => {
    const zero = ask(0);
    await settle();
    runAt(0).make(0, 0, SEGMENT_SECONDS);
    await settle();
    const far = ask(150);
    await settle();
    expect(runs).toHaveLength(1);
    runAt(0).make(1, 1, SEGMENT_SECONDS);
    await settle();
    expect(await zero).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(REST_MS);
    expect(runs.map(({ first }) => first)).toEqual([0, 150]);
    runAt(1).make(150, 151, SEGMENT_SECONDS);
    expect(await far).toHaveLength(1);
  });

  it('gives up after three deaths at one place, tells all who wait, and is not asked again for a while', async () => {
    const waiting = [ask(5), ask(6), track.header()];
    for (const one of waiting) one.catch(() => {}); // heard below
    for (let attempt = 0; attempt < 3; attempt++) {
      await vi.advanceTimersByTimeAsync(REST_MS);
      runAt(attempt).end(failure());
    }
    await settle();
    for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'encoder_failed' });
    await expect(ask(5)).rejects.toMatchObject({ code: 'encoder_failed' });
    expect(runs).toHaveLength(3);

    await vi.advanceTimersByTimeAsync(21_000);
    const [again, header] = [ask(5), track.header()];
    await settle();
    expect(runs).toHaveLength(4);
    runAt(3).announce();
    runAt(3).make(5, 6, SEGMENT_SECONDS);
    expect(await again).toHaveLength(1);
    expect(await header).toMatchObject({ sampleEntry: 'mp4a' });
  });

  it('passes over a place that encoders die at, where they work elsewhere, in ever longer steps', async () => {
    const zero = ask(0);
    await settle();
    runAt(0).make(0, 1, SEGMENT_SECONDS);
    await zero;
    const damaged = [askAgain(1), askAgain(2), askAgain(3)];
    const behind = askAgain(4);
    /** A film that cannot be decoded from segment 1 to 3. */
    for (let deaths = 0; deaths < 12 && runAt(-1).first < 4; deaths++) {
      runAt(-1).end(failure());
      await vi.advanceTimersByTimeAsync(2 * REST_MS);
    }
    expect(runAt(-1).first).toBe(4);
    for (const one of damaged) expect(await one).toEqual([]);
    // Once as a run that went on from 0, three times at 1, then once at 2.
    expect(runs).toHaveLength(6);
    runAt(-1).make(4, 5, SEGMENT_SECONDS);
    expect(await behind).toHaveLength(1);
    expect(await ask(2)).toEqual([]);
  });

  it('does not pass over what the source fails at', async () => {
    const zero = ask(0);
    await settle();
    runAt(0).make(0, 1, SEGMENT_SECONDS);
    await zero;
    const one = askAgain(1);
    for (let deaths = 0; deaths < 4; deaths++) {
      runAt(-1).end(new RaffiError('source_unreachable', 'It is away.'));
      await vi.advanceTimersByTimeAsync(2 * REST_MS);
    }
    await expect(one).rejects.toMatchObject({ code: 'source_unreachable' });
  });

  it('takes no more than its look-ahead, and goes on when the player does', async () => {
    ask(0);
    await settle();
    runAt(0).make(0, 100, SEGMENT_SECONDS);
    await settle();
    const ahead = AHEAD_SECONDS / SEGMENT_SECONDS;
    expect(runAt(0).taken).toBe(ahead + 2);
    ask(1);
    await settle();
    expect(runAt(0).taken).toBe(ahead + 3);
    expect(runs).toHaveLength(1);
  });

  it('ends a run of which nobody has asked anything for a minute, and keeps what it made', async () => {
    ask(0);
    await settle();
    runAt(0).make(0, 100, SEGMENT_SECONDS);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(runAt(0).isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(2000);
    expect(runAt(0).isOver).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    expect(await ask(3)).toHaveLength(1);
  });

  it('gives empty segments where the sound has ended before the film', async () => {
    const waiting = [ask(0), ask(1), ask(SEGMENTS - 1)];
    await settle();
    runAt(0).make(0, 0, SEGMENT_SECONDS);
    runAt(0).end();
    expect((await Promise.all(waiting)).map(({ length }) => length)).toEqual([1, 0, 0]);
    expect(await ask(100)).toEqual([]);
    expect(runs).toHaveLength(1);
  });

  it('tells of its output before the first segment is whole, having begun where playing will start', async () => {
    const header = track.header();
    await settle();
    expect(runAt(0).first).toBe(7);
    runAt(0).announce();
    expect(await header).toMatchObject({ sampleEntry: 'mp4a' });
    expect(store.sizeBytes()).toBe(0);
  });

  it('lets who asks for the header of a run under way leave by its signal', async () => {
    ask(0);
    await settle();
    const leave = new AbortController();
    const header = track.header(leave.signal);
    leave.abort(new Error('gone'));
    await expect(header).rejects.toThrow('gone');
  });

  it('leaves nothing when it is closed: no run, no waiter, no timer, no segment that was on its way', async () => {
    const waiting = [ask(0), ask(1)];
    const header = track.header();
    header.catch(() => {}); // heard below
    await settle();
    runAt(0).make(0, 5, SEGMENT_SECONDS);
    track.close();
    for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'aborted' });
    await expect(header).rejects.toMatchObject({ code: 'aborted' });
    await settle();
    expect(runAt(0).isOver).toBe(true);
    await expect(ask(0)).rejects.toMatchObject({ code: 'aborted' });
    await expect(track.header()).rejects.toMatchObject({ code: 'aborted' });
    expect(runs).toHaveLength(1);
  });
});
