import { RaffiError } from '../../errors.ts';

/** Why a request was given up that nobody wanted. No reader ever sees it. */
export class Cancelled extends Error {}

export function superseded(): Cancelled {
  return new Cancelled('No reader wants these bytes any more');
}

/** Asking again would bring bytes of another file, or the whole file once more to no avail. */
export function isFatal(error: Error): boolean {
  return error instanceof RaffiError && (error.code === 'source_changed' || error.code === 'cache_full');
}

export function spoolTooLarge(cause: unknown): RaffiError {
  return new RaffiError(
    'cache_full',
    'This server cannot send parts of a file, so all of it must be kept, and the disk or the cache has no room for it. Free some space or allow a larger cache.',
    { cause },
  );
}
