import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AHEAD_SECONDS, expectNothingLeft, FakeTrack, REST_MS, settle } from './fake-track.fixture.ts';

const SEGMENT_SECONDS = 2;
const SEGMENTS = 200;

let fake: FakeTrack;
beforeEach(() => {
  vi.useFakeTimers();
  fake = new FakeTrack(SEGMENTS, SEGMENT_SECONDS, 7);
});
afterEach(() => expectNothingLeft(fake));

describe('EncodedTrack', () => {
  it('makes a segment once: what is asked for next comes of the run, what was made of the store', async () => {
    const [zero, one] = [fake.ask(0), fake.ask(1)];
    await settle();
    fake.runAt(0).make(0, 3, SEGMENT_SECONDS);
    expect((await zero).map(({ ptsSeconds }) => ptsSeconds)).toEqual([0]);
    expect((await one).map(({ ptsSeconds }) => ptsSeconds)).toEqual([2]);
    expect(await fake.ask(2)).toHaveLength(1);
    expect(await fake.ask(0)).toEqual(await zero);
    expect(fake.track.starts).toBe(1);
  });

  it('waits for a segment a little ahead, starts anew for one far away, and ends what ran', async () => {
    fake.ask(0);
    await settle();
    fake.runAt(0).make(0, 1, SEGMENT_SECONDS);
    fake.ask(2);
    await settle();
    expect(fake.runs).toHaveLength(1);
    fake.runAt(0).make(1, 3, SEGMENT_SECONDS);
    await vi.advanceTimersByTimeAsync(10_000);
    const far = fake.ask(150);
    await settle();
    expect(fake.runs.map(({ first }) => first)).toEqual([0, 150]);
    expect(fake.runAt(0).isOver).toBe(true);
    fake.runAt(1).make(150, 151, SEGMENT_SECONDS);
    expect(await far).toHaveLength(1);
  });

  it('starts at most twice for 30 seeks in 3 s, and plays the last', async () => {
    fake.ask(0);
    await settle();
    fake.runAt(0).make(0, 1, SEGMENT_SECONDS);
    await vi.advanceTimersByTimeAsync(10_000);
    const before = fake.track.starts;
    let left = new AbortController();
    let last = fake.ask(100, left.signal);
    for (let seek = 1; seek < 30; seek++) {
      await vi.advanceTimersByTimeAsync(100);
      // As players do, who give up what they asked for before.
      left.abort();
      left = new AbortController();
      last = fake.ask(100 + ((seek * 37) % 90), left.signal);
    }
    await vi.advanceTimersByTimeAsync(1000);
    expect(fake.track.starts - before).toBeLessThanOrEqual(2);
    const target = 100 + ((29 * 37) % 90);
    expect(fake.runAt(-1).first).toBe(target);
    fake.runAt(-1).make(target, target + 1, SEGMENT_SECONDS);
    expect(await last).toHaveLength(1);
  });

  it('hands out packets as they are made, to who comes late too, and nobody’s leaving harms the others', async () => {
    const leaving = new AbortController();
    const readers = [fake.track.packets(0), fake.track.packets(0, leaving.signal)] as const;
    const firsts = readers.map((reader) => reader.next());
    await settle();
    fake.runAt(0).make(0, 0, SEGMENT_SECONDS);
    const late = fake.track.packets(0);
    for (const first of [...firsts, late.next()]) {
      expect(await first).toMatchObject({ done: false, value: { ptsSeconds: 0 } });
    }
    const [staying, left] = readers.map((reader) => reader.next());
    const gone = expect(left).rejects.toThrow('gone');
    leaving.abort(new Error('gone'));
    await gone;
    fake.runAt(0).make(1, 1, SEGMENT_SECONDS);
    expect(await staying).toMatchObject({ done: true });
    expect(await late.next()).toMatchObject({ done: true });
    expect(fake.runs).toHaveLength(1);
  });

  it('lets who reads a segment in the making have it before it starts elsewhere', async () => {
    const zero = fake.ask(0);
    await settle();
    fake.runAt(0).make(0, 0, SEGMENT_SECONDS);
    await settle();
    const far = fake.ask(150);
    await settle();
    expect(fake.runs).toHaveLength(1);
    fake.runAt(0).make(1, 1, SEGMENT_SECONDS);
    await settle();
    expect(await zero).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(REST_MS);
    expect(fake.runs.map(({ first }) => first)).toEqual([0, 150]);
    fake.runAt(1).make(150, 151, SEGMENT_SECONDS);
    expect(await far).toHaveLength(1);
  });

  it('takes no more than its look-ahead, and goes on when the player does', async () => {
    fake.ask(0);
    await settle();
    fake.runAt(0).make(0, 100, SEGMENT_SECONDS);
    await settle();
    const ahead = AHEAD_SECONDS / SEGMENT_SECONDS;
    expect(fake.runAt(0).taken).toBe(ahead + 2);
    fake.ask(1);
    await settle();
    expect(fake.runAt(0).taken).toBe(ahead + 3);
    expect(fake.runs).toHaveLength(1);
  });

  it('ends a run of which nobody has asked anything for a minute, and keeps what it made', async () => {
    fake.ask(0);
    await settle();
    fake.runAt(0).make(0, 100, SEGMENT_SECONDS);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(fake.runAt(0).isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(2000);
    expect(fake.runAt(0).isOver).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    expect(await fake.ask(3)).toHaveLength(1);
  });

  it('does not end a run that somebody still waits for, however long it takes', async () => {
    const zero = fake.ask(0);
    await vi.advanceTimersByTimeAsync(150_000);
    expect(fake.runAt(0).isOver).toBe(false);
    fake.runAt(0).make(0, 1, SEGMENT_SECONDS);
    expect(await zero).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(fake.runAt(0).isOver).toBe(true);
  });

  it('gives empty segments where the sound has ended before the film', async () => {
    const waiting = [fake.ask(0), fake.ask(1), fake.ask(SEGMENTS - 1)];
    await settle();
    fake.runAt(0).make(0, 0, SEGMENT_SECONDS);
    fake.runAt(0).end();
    expect((await Promise.all(waiting)).map(({ length }) => length)).toEqual([1, 0, 0]);
    expect(await fake.ask(100)).toEqual([]);
    expect(fake.runs).toHaveLength(1);
  });

  it('tells of its output before the first segment is whole, having begun where playing will start', async () => {
    const header = fake.track.header();
    await settle();
    expect(fake.runAt(0).first).toBe(7);
    fake.runAt(0).announce();
    expect(await header).toMatchObject({ sampleEntry: 'mp4a' });
    expect(fake.store.sizeBytes()).toBe(0);
  });

  it('lets who asks for the header of a run under way leave by its signal', async () => {
    fake.ask(0);
    await settle();
    const leave = new AbortController();
    const header = fake.track.header(leave.signal);
    leave.abort(new Error('gone'));
    await expect(header).rejects.toThrow('gone');
  });

  it('leaves nothing when it is closed: no run, no waiter, no timer, no segment that was on its way', async () => {
    const waiting = [fake.ask(0), fake.ask(1)];
    const header = fake.track.header();
    header.catch(() => {}); // heard below
    await settle();
    fake.runAt(0).make(0, 5, SEGMENT_SECONDS);
    fake.track.close();
    for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'aborted' });
    await expect(header).rejects.toMatchObject({ code: 'aborted' });
    await settle();
    expect(fake.runAt(0).isOver).toBe(true);
    await expect(fake.ask(0)).rejects.toMatchObject({ code: 'aborted' });
    await expect(fake.track.header()).rejects.toMatchObject({ code: 'aborted' });
    expect(fake.runs).toHaveLength(1);
  });
});
