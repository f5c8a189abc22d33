import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 25;

/**
 * Asks until the answer is not null and returns it; for programs that can only be asked, not listened to. A failing question ends it.
 * @throws Error naming `what` after `boundMs`.
 */
export async function until<T>(
  what: string,
  boundMs: number,
  ask: () => Promise<T | null> | T | null,
): Promise<T> {
  const deadline = performance.now() + boundMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${boundMs} ms`);
    await delay(POLL_MS);
  }
}
