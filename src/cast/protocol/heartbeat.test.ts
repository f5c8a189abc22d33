import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Heartbeat, PING_INTERVAL_MS } from './heartbeat.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function beating() {
  const ping = vi.fn();
  const onDead = vi.fn();
  return { ping, onDead, heartbeat: new Heartbeat(ping, onDead) };
}

test('a peer that says anything lives', () => {
  const { ping, onDead, heartbeat } = beating();
  for (let beat = 0; beat < 20; beat++) {
    vi.advanceTimersByTime(2 * PING_INTERVAL_MS);
    heartbeat.heard();
  }
  expect(ping).toHaveBeenCalledTimes(41);
  expect(onDead).not.toHaveBeenCalled();
  heartbeat.stop();
});

test('three beats without a word are its end, told once', () => {
  const { ping, onDead } = beating();
  vi.advanceTimersByTime(3 * PING_INTERVAL_MS - 1);
  expect(onDead).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onDead).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(10 * PING_INTERVAL_MS);
  expect(onDead).toHaveBeenCalledTimes(1);
  expect(ping).toHaveBeenCalledTimes(3);
});

test('our own sleep is no silence of the device', () => {
  const { onDead, heartbeat } = beating();
  // Timers do not run while a computer sleeps: hours later there is one beat.
  vi.setSystemTime(Date.now() + 8 * 60 * 60 * 1000);
  vi.advanceTimersByTime(PING_INTERVAL_MS);
  expect(onDead).not.toHaveBeenCalled();
  heartbeat.stop();
});
