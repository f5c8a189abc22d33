import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RaffiError } from '../../errors.ts';
import { Requests } from './requests.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const options = { timeoutMs: 8_000 };

function asking() {
  const requests = new Requests();
  const ids: number[] = [];
  return {
    requests,
    ids,
    ask: (signal?: AbortSignal) => requests.ask((id) => ids.push(id), { ...options, signal }),
  };
}

test('answers find their requests in any order, whatever else is said', async () => {
  const { requests, ids, ask } = asking();
  const answers = [ask(), ask(), ask()];
  requests.answered({ type: 'RECEIVER_STATUS', requestId: 0 });
  requests.answered({ type: 'RECEIVER_STATUS', requestId: 99 });
  for (const requestId of ids.toReversed()) requests.answered({ type: 'OK', requestId, nth: requestId });
  expect((await Promise.all(answers)).map(({ nth }) => nth)).toEqual(ids);
});

test('a launch that waits for its owner is not answered yet', async () => {
  const { requests, ids, ask } = asking();
  const answer = ask();
  requests.answered({ type: 'LAUNCH_STATUS', requestId: ids[0] ?? 0, status: 'USER_PENDING_AUTHORIZATION' });
  requests.answered({ type: 'RECEIVER_STATUS', requestId: ids[0] ?? 0 });
  expect(await answer).toMatchObject({ type: 'RECEIVER_STATUS' });
});

test.each([
  [{ type: 'LAUNCH_ERROR', reason: 'NOT_ALLOWED' }, 'cast_refused'],
  [{ type: 'LOAD_FAILED', detailedErrorCode: 104 }, 'cast_failed'],
  [{ type: 'LOAD_CANCELLED' }, 'cast_failed'],
  [{ type: 'INVALID_REQUEST', reason: 'INVALID_MEDIA_SESSION_ID' }, 'cast_failed'],
  [{ type: 'INVALID_PLAYER_STATE' }, 'cast_failed'],
])('%j is %s', async (refusal, code) => {
  const { requests, ids, ask } = asking();
  const answer = ask();
  requests.answered({ ...refusal, requestId: ids[0] ?? 0 });
  await expect(answer).rejects.toMatchObject({ code });
});

test('no answer in time, a caller who leaves, a connection that ends', async () => {
  const { requests, ask } = asking();
  const late = expect(ask()).rejects.toMatchObject({ code: 'cast_device_unreachable' });
  await vi.advanceTimersByTimeAsync(options.timeoutMs);
  await late;
  const leaving = new AbortController();
  const left = expect(ask(leaving.signal)).rejects.toBe('gone');
  leaving.abort('gone');
  await left;
  const ended = expect(ask()).rejects.toMatchObject({ code: 'aborted' });
  requests.failAll(new RaffiError('aborted', 'ended'));
  await ended;
  expect(vi.getTimerCount()).toBe(0);
});

test('a device that answers nothing holds a bounded number of requests', async () => {
  const { requests, ask } = asking();
  const held = Array.from({ length: 64 }, () => ask().catch(() => 'ended'));
  await expect(ask()).rejects.toMatchObject({ code: 'cast_device_unreachable' });
  requests.failAll(new RaffiError('aborted', 'ended'));
  expect(new Set(await Promise.all(held))).toEqual(new Set(['ended']));
});
