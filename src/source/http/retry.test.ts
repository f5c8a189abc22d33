import { expect, it } from 'vitest';
import { RaffiError } from '../../errors.ts';
import { AttemptFailure, transportFailure } from './failure.ts';
import { DEFAULT_RETRY, retryDelay } from './retry.ts';

/** All waits of a source that fails to connect with `code` each time, ms; an attempt takes `attemptMs`. */
function waits(code: string, { opened, attemptMs = 1 }: { opened: boolean; attemptMs?: number }): number[] {
  const failure = transportFailure(Object.assign(new Error(code), { code }));
  const all: number[] = [];
  for (let count = 1, elapsedMs = attemptMs; ; count += 1) {
    const waitMs = retryDelay(DEFAULT_RETRY, { failure, count, opened, elapsedMs }, () => 1);
    if (waitMs === null) return all;
    all.push(waitMs);
    elapsedMs += waitMs + attemptMs;
  }
}

it.each([
  ['EAI_AGAIN', [250, 500, 1000]],
  ['ETIMEDOUT', [250, 500, 1000]],
  ['ECONNRESET', [250, 500, 1000]],
  ['EPIPE', [250, 500, 1000]],
  ['UND_ERR_SOCKET', [250, 500, 1000]],
  ['ECONNREFUSED', [250, 500]],
  ['ENOTFOUND', []],
  ['EHOSTUNREACH', []],
  ['UND_ERR_CONNECT_TIMEOUT', []],
])('a first %s is tried again after %j ms', (code, expected) => {
  expect(waits(code, { opened: false })).toEqual(expected);
});

it('a first failure that takes long is not tried again', () => {
  expect(waits('EAI_AGAIN', { opened: false, attemptMs: 900 })).toEqual([250]);
  expect(waits('EAI_AGAIN', { opened: false, attemptMs: 5000 })).toEqual([]);
});

it('a source that has answered before gets all attempts, however long they take', () => {
  for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT']) {
    expect(waits(code, { opened: true, attemptMs: 10_000 })).toEqual([250, 500, 1000]);
  }
});

it('waits as long as the server asks, or not at all', () => {
  const after = (retryAfterMs: number) => {
    const failure = new AttemptFailure(new RaffiError('source_throttled', ''), 'always', retryAfterMs);
    return retryDelay(DEFAULT_RETRY, { failure, count: 1, opened: false, elapsedMs: 60_000 });
  };
  expect(after(9000)).toBe(9000);
  expect(after(11_000)).toBeNull();
});
