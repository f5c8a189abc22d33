import { RaffiError, toRaffiError } from '../errors.ts';
import { type Clock, systemClock } from '../probe/clock.ts';

/** Between tries after a device was lost: a breath of the Wi-Fi is over in a second, a router that starts again takes minutes. */
export const RECONNECT_PAUSES_MS: readonly number[] = [
  ...[250, 500, 1_000, 2_000, 4_000, 8_000],
  ...Array.from({ length: 20 }, () => 15_000),
];

/**
 * Looks for a lost device until it is there. Tries are counted, not time, so that a computer that slept looks as long as any other.
 *
 * @param look one try: false, or an error, where it is not there
 * @throws the last try's error, `cast_device_unreachable` when it had none; the signal's reason
 */
export async function lookAgain(
  look: (signal: AbortSignal) => Promise<boolean>,
  {
    signal,
    pausesMs = RECONNECT_PAUSES_MS,
    clock = systemClock,
  }: { signal: AbortSignal; pausesMs?: readonly number[] | undefined; clock?: Pick<Clock, 'sleep'> },
): Promise<void> {
  let error = gone();
  for (const pauseMs of pausesMs) {
    await clock.sleep(pauseMs, signal);
    try {
      if (await look(signal)) return;
    } catch (thrown) {
      error = toRaffiError(thrown);
    }
    signal.throwIfAborted();
  }
  throw error;
}

function gone(): RaffiError {
  return new RaffiError(
    'cast_device_unreachable',
    'The device cannot be found any more. Look whether it is switched on and in the same network, then cast again.',
  );
}
