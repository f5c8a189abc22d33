import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BoundedWaitOptions, boundedWait, deadlineIn, WAIT_BOUNDS } from './bounded-wait.ts';

const stage = () => ({ stage: 'probe' as const, progress: 0.5, since: '2026-01-01T00:00:00Z' });
const options = (): BoundedWaitOptions => ({
  deadline: deadlineIn(1_000),
  graceMs: 30_000,
  what: 'The playlist',
  stage,
});

/** Work that never ends by itself and notes when it is cancelled. */
function endless() {
  const state = { cancelled: false };
  const work = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        state.cancelled = true;
        reject(signal.reason);
      });
    });
  return { state, work };
}

describe('boundedWait', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('hands on a result that comes in time, and leaves no timer', async () => {
    await expect(boundedWait(async () => 'here', options())).resolves.toBe('here');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves no timer when the work throws before it gives a promise', async () => {
    const work = () => {
      throw new Error('not playable');
    };
    await expect(boundedWait(work, options())).rejects.toThrow('not playable');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('says with the stage when to come back, and cancels the work only after the grace', async () => {
    const { state, work } = endless();
    const waiting = expect(boundedWait(work, options())).rejects.toMatchObject({
      code: 'wait_exceeded',
      status: 503,
      retryAfterSeconds: 1,
      data: { stage: 'probe', progress: 0.5 },
    });
    await vi.advanceTimersByTimeAsync(1_000);
    await waiting;
    expect(state.cancelled).toBe(false);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(state.cancelled).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(state.cancelled).toBe(true);
  });

  it('leaves no timer when the work ends within the grace', async () => {
    let finish = () => {};
    const work = () => new Promise<void>((resolve) => (finish = resolve));
    const waiting = expect(boundedWait(work, options())).rejects.toMatchObject({ code: 'wait_exceeded' });
    await vi.advanceTimersByTimeAsync(1_000);
    await waiting;
    finish();
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('shares one deadline between the waits of a request', async () => {
    const shared = { ...options(), deadline: deadlineIn(1_000) };
    const opening = boundedWait(() => new Promise<void>((resolve) => setTimeout(resolve, 900)), shared);
    await vi.advanceTimersByTimeAsync(900);
    await opening;
    let code: unknown;
    boundedWait(endless().work, shared).catch((error: { code: string }) => {
      code = error.code;
    });
    await vi.advanceTimersByTimeAsync(99);
    expect(code).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(code).toBe('wait_exceeded');
  });

  it('outlasts the pauses of a documented client, and answers before hls.js gives up', () => {
    const longestPauseMs = 8_000;
    expect(WAIT_BOUNDS.openingGraceMs).toBeGreaterThanOrEqual(30_000);
    expect(WAIT_BOUNDS.segmentGraceMs).toBeGreaterThan(longestPauseMs);
    expect(WAIT_BOUNDS.segmentMs).toBeLessThan(10_000);
    expect(WAIT_BOUNDS.viewMs).toBeLessThanOrEqual(10_000);
  });

  it('cancels the work at once when the caller leaves', async () => {
    const { state, work } = endless();
    const caller = new AbortController();
    const waiting = expect(boundedWait(work, { ...options(), signal: caller.signal })).rejects.toThrow(
      'gone',
    );
    caller.abort(new Error('gone'));
    await waiting;
    expect(state.cancelled).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
