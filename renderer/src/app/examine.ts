import type { SessionView } from '../../../src/session/types.ts';
import type { ApiClient } from '../api/client.ts';
import { pause } from '../api/pause.ts';
import { ApiError, CORE_UNREACHABLE } from '../api/problem.ts';

/** Each question waits in the core for up to 10 s, so this is two minutes for a dead slow source. */
const ATTEMPTS = 12;
/** A core that is being restarted refuses connections at once: more attempts, with a pause. */
const REFUSALS = 40;
const PAUSE_MS = 250;

/**
 * Asks for the session until the film is examined or has failed. Answers with what is known when the bound is reached: the
 * playlist, which has a bound and stages of its own, then says why. Rejects with `ApiError` or the signal's reason.
 */
export async function waitForAnswer(
  api: () => ApiClient,
  sessionId: string,
  signal: AbortSignal,
): Promise<SessionView> {
  let refusals = 0;
  let last: SessionView | null = null;
  for (let attempt = 0; attempt < ATTEMPTS; ) {
    try {
      last = await api().session(sessionId, signal);
      if (last.decisions !== undefined || last.error !== undefined) return last;
      attempt += 1;
    } catch (thrown) {
      refusals += 1;
      if (!(thrown instanceof ApiError) || thrown.status !== 0 || refusals > REFUSALS) throw thrown;
    }
    await pause(PAUSE_MS, signal);
  }
  if (last === null) throw new ApiError(CORE_UNREACHABLE, 0);
  return last;
}
