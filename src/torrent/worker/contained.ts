import type { EventEmitter } from 'node:events';

/**
 * Lets no exception out of the listeners that there are for an event: what comes with it is a stranger's bytes, the listeners are a library's that
 * trusts them in places, and an exception that nobody catches would end the thread with all its torrents.
 */
export function containListeners(
  emitter: EventEmitter,
  event: string,
  onError: (error: unknown) => void,
): void {
  for (const listener of emitter.listeners(event)) {
    emitter.removeListener(event, listener as () => void);
    emitter.on(event, contained(listener.bind(emitter) as (...args: unknown[]) => unknown, onError));
  }
}

/** The same function, but what it throws, or its promise is rejected with, goes to `onError`. */
export function contained(
  handle: (...args: unknown[]) => unknown,
  onError: (error: unknown) => void,
): (...args: unknown[]) => void {
  return (...args) => {
    try {
      const done = handle(...args);
      if (done instanceof Promise) done.catch(onError);
    } catch (error) {
      onError(error);
    }
  };
}
