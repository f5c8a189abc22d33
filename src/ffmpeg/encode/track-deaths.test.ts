import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RaffiError } from '../../errors.ts';
import { expectNothingLeft, FakeTrack, REST_MS, settle } from './fake-track.fixture.ts';
import { isInterrupted } from './interrupted.ts';

const SEGMENT_SECONDS = 2;

let fake: FakeTrack;
beforeEach(() => {
  vi.useFakeTimers();
  fake = new FakeTrack(20, SEGMENT_SECONDS, 7);
});
afterEach(() => expectNothingLeft(fake));

const failure = () => new RaffiError('encoder_failed', 'It could not be converted.');

describe('a track whose encoders die', () => {
  it('goes on where a run died: who has had nothing of the segment is served by the next', async () => {
    const [zero, one] = [fake.ask(0), fake.ask(1)];
    await settle();
    fake.runAt(0).make(0, 0, SEGMENT_SECONDS);
    await settle();
    fake.runAt(0).end(failure());
    await expect(zero).rejects.toSatisfy(isInterrupted);
    const again = fake.ask(0);
    await vi.advanceTimersByTimeAsync(REST_MS);
    expect(fake.runs.map(({ first }) => first)).toEqual([0, 0]);
    fake.runAt(1).make(0, 2, SEGMENT_SECONDS);
    expect((await again).map(({ ptsSeconds }) => ptsSeconds)).toEqual([0]);
    expect(await one).toHaveLength(1);
  });

  it('gives up after three deaths at one place, tells all who wait, and is not asked again for a while', async () => {
    const waiting = [fake.ask(5), fake.ask(6), fake.track.header()];
    for (const one of waiting) one.catch(() => {}); // heard below
    for (let attempt = 0; attempt < 3; attempt++) {
      await vi.advanceTimersByTimeAsync(REST_MS);
      fake.runAt(attempt).end(failure());
    }
    await settle();
    for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'encoder_failed' });
    await expect(fake.ask(5)).rejects.toMatchObject({ code: 'encoder_failed' });
    expect(fake.runs).toHaveLength(3);

    await vi.advanceTimersByTimeAsync(21_000);
    const [again, header] = [fake.ask(5), fake.track.header()];
    await settle();
    expect(fake.runs).toHaveLength(4);
    fake.runAt(3).announce();
    fake.runAt(3).make(5, 6, SEGMENT_SECONDS);
    expect(await again).toHaveLength(1);
    expect(await header).toMatchObject({ sampleEntry: 'mp4a' });
  });

  it('passes over a place that encoders die at, where they work elsewhere, in ever longer steps', async () => {
    const zero = fake.ask(0);
    await settle();
    fake.runAt(0).make(0, 1, SEGMENT_SECONDS);
    await zero;
    const damaged = [fake.askAgain(1), fake.askAgain(2), fake.askAgain(3)];
    const behind = fake.askAgain(4);
    /** A film that cannot be decoded from segment 1 to 3. */
    for (let deaths = 0; deaths < 12 && fake.runAt(-1).first < 4; deaths++) {
      fake.runAt(-1).end(failure());
      await vi.advanceTimersByTimeAsync(2 * REST_MS);
    }
    expect(fake.runAt(-1).first).toBe(4);
    for (const one of damaged) expect(await one).toEqual([]);
    // Once as a run that went on from 0, three times at 1, then once at 2.
    expect(fake.runs).toHaveLength(6);
    fake.runAt(-1).make(4, 5, SEGMENT_SECONDS);
    expect(await behind).toHaveLength(1);
    expect(await fake.ask(2)).toEqual([]);
  });

  it('does not take for a death that it gave its encoder to others', async () => {
    const zero = fake.ask(0);
    await settle();
    fake.runAt(0).make(0, 1, SEGMENT_SECONDS);
    await zero;
    const far = fake.askAgain(15);
    for (const starts of [2, 3, 4]) {
      await vi.advanceTimersByTimeAsync(5000);
      expect(fake.runs).toHaveLength(starts);
      fake.track.yieldSlot();
    }
    await vi.advanceTimersByTimeAsync(5000);
    fake.runAt(-1).end(failure());
    await vi.advanceTimersByTimeAsync(5000);
    fake.runAt(-1).make(15, 16, SEGMENT_SECONDS);
    expect(await far).toHaveLength(1);
  });

  it('does not pass over what the source fails at', async () => {
    const zero = fake.ask(0);
    await settle();
    fake.runAt(0).make(0, 1, SEGMENT_SECONDS);
    await zero;
    const one = fake.askAgain(1);
    for (let deaths = 0; deaths < 4; deaths++) {
      fake.runAt(-1).end(new RaffiError('source_unreachable', 'It is away.'));
      await vi.advanceTimersByTimeAsync(2 * REST_MS);
    }
    await expect(one).rejects.toMatchObject({ code: 'source_unreachable' });
  });
});
