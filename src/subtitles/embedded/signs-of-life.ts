/**
 * The items, and null now and then while the next one is waited for and something is being done towards it: whoever bounds the wait knows that it is
 * worth it.
 *
 * @param progress a number that changes as work goes on
 */
export async function* withSignsOfLife<T>(
  items: AsyncIterable<T>,
  progress: () => number,
  everyMs: number,
): AsyncGenerator<T | null, void, void> {
  const iterator = items[Symbol.asyncIterator]();
  let seen = progress();
  let pending = iterator.next();
  pending.catch(() => {}); // heard below, unless the reader leaves before
  try {
    for (;;) {
      const result = await orNull(pending, everyMs);
      if (result === null) {
        const now = progress();
        if (now !== seen) yield null;
        seen = now;
      } else if (result.done) return;
      else {
        yield result.value;
        pending = iterator.next();
        pending.catch(() => {});
      }
    }
  } finally {
    // Not waited for: what its next item waits for may end only after this.
    iterator.return?.()?.catch(() => {});
  }
}

async function orNull<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const tick = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ms, null);
  });
  return Promise.race([promise, tick]).finally(() => clearTimeout(timer));
}
