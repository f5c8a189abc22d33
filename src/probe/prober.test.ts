import { beforeEach, describe, expect, it } from 'vitest';
import { type ErrorCode, RaffiError } from '../errors.ts';
import type { Clock } from './clock.ts';
import type { MediaInfo } from './media-info.ts';
import { Prober } from './prober.ts';

const media: MediaInfo = {
  formats: ['matroska', 'webm'],
  durationSeconds: 2,
  startSeconds: 0,
  bitRate: null,
  video: [],
  audio: [],
  subtitles: [],
  chapters: [],
};

let now: number;
let slept: number[];
const clock: Clock = {
  now: () => now,
  sleep: async (ms, signal) => {
    signal.throwIfAborted();
    slept.push(ms);
    now += ms;
  },
};

beforeEach(() => {
  now = 1_000;
  slept = [];
});

/** Answers one outcome after the other; the last one for good. */
function make(...outcomes: (MediaInfo | ErrorCode | RaffiError)[]): Prober {
  let turn = 0;
  return new Prober({
    clock,
    examine: async () => {
      const outcome = outcomes[Math.min(turn, outcomes.length - 1)] ?? 'internal';
      turn += 1;
      if (typeof outcome === 'string') throw new RaffiError(outcome, `It failed: ${outcome}`);
      if (outcome instanceof RaffiError) throw outcome;
      return outcome;
    },
  });
}

/** A probe that runs until it is told to end. */
function hanging() {
  const signals: AbortSignal[] = [];
  const answers: ((info: MediaInfo) => void)[] = [];
  const prober = new Prober({
    clock,
    examine: (signal) =>
      new Promise((resolve, reject) => {
        signals.push(signal);
        answers.push(resolve);
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  });
  return { prober, signals, answers };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('Prober', () => {
  it('shares one probe and keeps its result, chapters or none', async () => {
    const prober = make(media);
    expect(prober.known).toBeUndefined();
    const all = await Promise.all([prober.probe(), prober.probe(), prober.probe()]);
    expect(all).toEqual([media, media, media]);
    expect(await prober.probe()).toBe(media);
    expect(prober.known).toBe(media);
    expect(prober.stats).toEqual({ runs: 1, failures: 0 });
  });

  it('retries a transient failure with growing pauses', async () => {
    const prober = make('source_timeout', 'source_failed', media);
    expect(await prober.probe()).toBe(media);
    expect(slept).toEqual([250, 500]);
    expect(prober.stats).toEqual({ runs: 3, failures: 2 });
    expect(prober.failure).toBeUndefined();
  });

  it('gives up after three tries, and starts anew after 20 s', async () => {
    const prober = make('source_timeout', 'source_timeout', 'source_unreachable', media);
    await expect(prober.probe()).rejects.toMatchObject({ code: 'source_unreachable' });
    expect(prober.stats).toEqual({ runs: 3, failures: 3 });
    now += 5_000;
    await expect(prober.probe()).rejects.toMatchObject({ code: 'source_unreachable', retryAfterSeconds: 15 });
    now += 14_999;
    await expect(prober.probe()).rejects.toMatchObject({ retryAfterSeconds: 1 });
    expect(prober.stats.runs).toBe(3);
    expect(prober.failure).toMatchObject({ code: 'source_unreachable' });
    now += 1;
    expect(await prober.probe()).toBe(media);
    expect(prober.failure).toBeUndefined();
  });

  it.each<ErrorCode>([
    'not_media',
    'ffprobe_missing',
    'source_not_found',
    'source_forbidden',
    'probe_failed',
  ])('does not retry %s, and cools down after it', async (code) => {
    const prober = make(code);
    await expect(prober.probe()).rejects.toMatchObject({ code });
    await expect(prober.probe()).rejects.toMatchObject({ code, retryAfterSeconds: 20 });
    expect(prober.stats).toEqual({ runs: 1, failures: 1 });
  });

  it('waits as long as a throttling origin asks, but not longer than a moment', async () => {
    const short = new RaffiError('source_throttled', 'Later.', { retryAfterSeconds: 2 });
    expect(await make(short, media).probe()).toBe(media);
    expect(slept).toEqual([2_000]);
    const long = make(new RaffiError('source_throttled', 'Later.', { retryAfterSeconds: 60 }), media);
    await expect(long.probe()).rejects.toMatchObject({ code: 'source_throttled' });
    expect(long.stats.runs).toBe(1);
  });

  it('goes on while one waiter is left, and ends with the last', async () => {
    const { prober, signals } = hanging();
    const [first, second] = [new AbortController(), new AbortController()];
    const one = prober.probe(first.signal);
    const two = prober.probe(second.signal);
    await turn();
    first.abort(new Error('one left'));
    await expect(one).rejects.toThrow('one left');
    expect(signals).toHaveLength(1);
    expect(signals[0]?.aborted).toBe(false);
    second.abort(new Error('two left'));
    await expect(two).rejects.toThrow('two left');
    expect(signals[0]?.aborted).toBe(true);
    expect(prober.stats).toEqual({ runs: 1, failures: 0 });
    expect(prober.failure).toBeUndefined();
  });

  it('starts again after all have left: a cancelled probe is no failure', async () => {
    const { prober, signals, answers } = hanging();
    const controller = new AbortController();
    const left = prober.probe(controller.signal);
    await turn();
    controller.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    const again = prober.probe();
    await turn();
    expect(signals).toHaveLength(2);
    answers[1]?.(media);
    expect(await again).toBe(media);
  });

  it('never runs two at once: a cancelled one that is slow to end is waited for, and its result used', async () => {
    let running = 0;
    let most = 0;
    const ends: (() => void)[] = [];
    const prober = new Prober({
      clock,
      examine: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise<void>((resolve) => void ends.push(resolve));
        running -= 1;
        return media;
      },
    });
    const controller = new AbortController();
    const left = prober.probe(controller.signal).catch(() => {});
    await turn();
    controller.abort();
    await left;
    const again = prober.probe();
    await turn();
    expect(most).toBe(1);
    ends[0]?.();
    expect(await again).toBe(media);
    expect(most).toBe(1);
  });

  it('close ends the probe under way and refuses later ones', async () => {
    const { prober, signals } = hanging();
    const waiting = prober.probe();
    const outcome = expect(waiting).rejects.toMatchObject({ code: 'aborted' });
    await turn();
    await prober.close();
    await outcome;
    expect(signals[0]?.aborted).toBe(true);
    await expect(prober.probe()).rejects.toMatchObject({ code: 'aborted' });
    await prober.close();
  });
});
