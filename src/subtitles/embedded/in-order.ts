/**
 * Results in the order of the items, with some of the work under way ahead of the one that is waited for. Whoever leaves early ends that work by
 * its signal.
 *
 * @param atOnce how many may be under way
 */
export async function* inOrder<T, R>(
  items: readonly T[],
  work: (item: T, signal: AbortSignal) => Promise<R>,
  atOnce: number,
  signal: AbortSignal,
): AsyncGenerator<R, void, void> {
  const leaving = new AbortController();
  const running = AbortSignal.any([signal, leaving.signal]);
  const underWay: Promise<R>[] = [];
  let next = 0;
  try {
    while (next < items.length || underWay.length > 0) {
      for (; underWay.length < atOnce && next < items.length; next++) {
        const started = work(items[next] as T, running);
        started.catch(() => {}); // heard when its turn comes, or nobody waits for it any more
        underWay.push(started);
      }
      yield await (underWay.shift() as Promise<R>);
    }
  } finally {
    leaving.abort();
  }
}
