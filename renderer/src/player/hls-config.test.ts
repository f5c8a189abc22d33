import type { RetryConfig } from 'hls.js';
import { describe, expect, test } from 'vitest';
import { WAIT_BOUNDS } from '../../../src/session/bounded-wait.ts';
import { hlsConfig } from './hls-config.ts';
import { PictureClock } from './picture-clock.ts';

const config = hlsConfig(0, new PictureClock());

test('a film begins where it is told to, a live stream at its edge', () => {
  expect(hlsConfig(7, new PictureClock()).startPosition).toBe(7);
  expect(hlsConfig(null, new PictureClock()).startPosition).toBe(-1);
});

describe.each(['manifestLoadPolicy', 'playlistLoadPolicy', 'fragLoadPolicy'] as const)('%s', (name) => {
  const retry = config[name]?.default.errorRetry;
  const retries = (code: number, count = 0) =>
    shouldRetry(retry)(retry, count, false, { url: '', data: '', code }, false);

  test.each([400, 403, 404, 410, 416, 422, 500, 507])('%i is a verdict', (code) => {
    expect(retries(code)).toBe(false);
  });

  test('what the core asks to be asked again for is waited for through all attempts', () => {
    const { maxLoadTimeMs = 0, maxTimeToFirstByteMs = 0 } = config[name]?.default ?? {};
    const answerMs = Math.max(WAIT_BOUNDS.playlistMs, WAIT_BOUNDS.segmentMs);
    expect(maxTimeToFirstByteMs).toBeGreaterThan(answerMs);
    expect(maxLoadTimeMs).toBeGreaterThan((retry?.maxNumRetry ?? 0) * answerMs);
  });

  test.each([0, 429, 502, 503, 504])('%i may pass, a bounded number of times', (code) => {
    expect(retries(code)).toBe(true);
    expect(retries(code, retry?.maxNumRetry)).toBe(false);
  });
});

function shouldRetry(retry: RetryConfig | null | undefined) {
  if (retry?.shouldRetry === undefined) throw new Error('no rule of our own');
  return retry.shouldRetry;
}
