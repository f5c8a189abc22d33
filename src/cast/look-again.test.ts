import { expect, test } from 'vitest';
import { RaffiError } from '../errors.ts';
import { lookAgain, RECONNECT_PAUSES_MS } from './look-again.ts';

/** A clock that only notes how long it was asked to wait. */
function looking(look: (attempt: number) => Promise<boolean> | boolean, pausesMs?: readonly number[]) {
  const slept: number[] = [];
  const closed = new AbortController();
  const sleep = async (ms: number, signal: AbortSignal) => {
    signal.throwIfAborted();
    slept.push(ms);
  };
  const options = { signal: closed.signal, clock: { sleep }, ...(pausesMs ? { pausesMs } : {}) };
  return { slept, closed, found: lookAgain(async () => look(slept.length), options) };
}

test('looks soon, then ever more rarely, until it is there', async () => {
  const { slept, found } = looking((attempt) => attempt === 5);
  await found;
  expect(slept).toEqual([250, 500, 1_000, 2_000, 4_000]);
});

test('gives up in the end, and says why', async () => {
  const refused = new RaffiError('cast_refused', 'No.');
  const { slept, found } = looking(() => Promise.reject(refused));
  await expect(found).rejects.toBe(refused);
  expect(slept).toEqual(RECONNECT_PAUSES_MS);
  expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(5 * 60_000);
  await expect(looking(() => false, [1, 1]).found).rejects.toMatchObject({ code: 'cast_device_unreachable' });
});

test('stops when nobody wants the device any more', async () => {
  const { slept, closed, found } = looking((attempt) => {
    if (attempt === 2) closed.abort(new RaffiError('aborted', 'ended'));
    return false;
  });
  await expect(found).rejects.toMatchObject({ code: 'aborted' });
  expect(slept).toHaveLength(2);
});
