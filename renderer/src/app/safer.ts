import type { FeedbackAnswer } from '../../../src/session/types.ts';
import type { ApiClient } from '../api/client.ts';
import { ApiError, type Failure } from '../api/problem.ts';
import type { Complaint } from '../player/symptom.ts';

/**
 * Asks the core for the next safer decision, of one track after the other until there is one. The core takes each once, so whoever asks again and
 * again comes to an end. Never rejects; null once aborted.
 *
 * @param detail the player's own words
 * @returns the answer with that decision; else why there is none, where that is more than that nothing is left
 */
export async function askForSafer(
  api: ApiClient,
  sessionId: string,
  complaints: readonly Complaint[],
  detail: string,
  signal: AbortSignal,
): Promise<FeedbackAnswer | Failure | null> {
  let refusal: Failure | null = null;
  for (const complaint of complaints) {
    if (signal.aborted) return null;
    try {
      const answer = await api.complain(sessionId, complaint, detail, signal);
      if (answer.taken) return answer;
    } catch (thrown) {
      if (thrown instanceof ApiError) refusal = thrown.failure;
    }
  }
  return refusal;
}
