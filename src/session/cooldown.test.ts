import { describe, expect, it } from 'vitest';
import { RaffiError } from '../errors.ts';
import { cooldownMs, Failure } from './cooldown.ts';

describe('cooldownMs', () => {
  it.each([
    ['http', 'source_unreachable', 20_000],
    ['http', 'not_media', 20_000],
    ['http', 'ffprobe_missing', 1_000],
    ['http', 'cache_full', 1_000],
    ['file', 'source_not_found', 1_000],
    ['file', 'probe_failed', 1_000],
  ] as const)('%s, %s: %d ms', (kind, code, expected) => {
    expect(cooldownMs(kind, new RaffiError(code, 'It failed.'))).toBe(expected);
  });
});

describe('Failure', () => {
  it('is the answer until the cooldown is over', () => {
    const failure = new Failure(new RaffiError('source_timeout', 'No answer.'), 'http', 5_000);
    expect([5_000, 24_999, 25_000].map((nowMs) => failure.isCooling(nowMs))).toEqual([true, true, false]);
  });

  it.each([
    ['source_throttled', undefined, 0, 20],
    ['source_throttled', undefined, 7_500, 13],
    ['source_throttled', undefined, 19_999, 1],
    ['source_throttled', 3600, 10_000, 3590],
    ['source_throttled', 2, 10_000, 10],
    ['source_unreachable', undefined, 10_000, 10],
    ['probe_failed', undefined, 10_000, 10],
    ['not_media', undefined, 0, undefined],
    ['source_not_found', undefined, 0, undefined],
    ['not_implemented', undefined, 0, undefined],
  ] as const)(
    '%s (Retry-After of the origin: %s) after %d ms: come back in %s s',
    (code, asked, ms, expected) => {
      const options = {
        data: { stage: 'probe' },
        ...(asked === undefined ? {} : { retryAfterSeconds: asked }),
      };
      const failure = new Failure(new RaffiError(code, 'It failed.', options), 'http', 0);
      const answer = failure.answer(ms);
      expect(answer).toMatchObject({ code, message: 'It failed.', data: { stage: 'probe' } });
      expect(answer.retryAfterSeconds).toBe(expected);
    },
  );
});
