import { RaffiError } from '../errors.ts';

/** What casting can fail by, in words that say what to do next. */

export function ended(): RaffiError {
  return new RaffiError('aborted', 'Casting was ended.');
}

export function nothingCast(): RaffiError {
  return new RaffiError('cast_no_device', 'Nothing is cast now. Choose a device first.');
}

export function notOurs(): RaffiError {
  return new RaffiError(
    'cast_failed',
    'This film was cast from elsewhere: its tracks can be chosen only there.',
  );
}

export function noScreen(): RaffiError {
  return new RaffiError('cast_refused', 'This device has no screen. Choose one that has.');
}

export function takenAway(): RaffiError {
  return new RaffiError('cast_failed', 'The device was taken for something else meanwhile. Cast again.');
}

export function brokenOff(): RaffiError {
  return new RaffiError(
    'cast_failed',
    'The device broke off the film. Cast again; if it breaks off again, check in Raffi whether the device can reach this computer.',
  );
}

/** Why a film was not loaded: a device says no more than that it failed, or nothing, but one that has fetched nothing of it could not. */
export function whyNotLoaded(error: unknown, hasFetched: boolean): unknown {
  const isItsFailure = error instanceof RaffiError && /^cast_(?:failed|device_unreachable)$/.test(error.code);
  return isItsFailure && !hasFetched ? notFetched(error) : error;
}

function notFetched(cause: unknown): RaffiError {
  return new RaffiError(
    'cast_address_unreachable',
    'The device could not fetch the film from this computer. Allow Raffi in this computer’s firewall, and have both in one network, not in a guest network.',
    { cause },
  );
}
