import type { IpcHealth } from '../../../electron/ipc/contract.ts';
import { CORE_UNREACHABLE, coreFailure, type Failure } from '../api/problem.ts';

/** How many times in a row a core that calls itself ready may leave a film without an answer. */
const UNANSWERED_LIMIT = 10;

type News = Pick<IpcHealth, 'state' | 'reason'>;

/** What a film makes of a core that does not answer: whether it is worth waiting for, and when it is back. */
export class CoreOutage {
  #unanswered = 0;
  #wasReady = true;

  /** The film plays. */
  end(): void {
    this.#unanswered = 0;
  }

  /** No answer came. Why to give up; null to try again. */
  noAnswer({ state, reason }: News): Failure | null {
    this.#unanswered += 1;
    if (state === 'failed') return coreFailure(reason);
    return this.#unanswered > UNANSWERED_LIMIT ? CORE_UNREACHABLE : null;
  }

  /**
   * The supervisor's news. Health is also reported while all is well (the number of sessions changes): that must not disturb requests under way.
   *
   * @returns why to give up, where the film waits in vain; else whether the core has just come back
   */
  heard({ state, reason }: News): Failure | 'back' | null {
    const isBack = state === 'ready' && !this.#wasReady;
    this.#wasReady = state === 'ready';
    if (state === 'failed' && this.#unanswered > 0) return coreFailure(reason);
    return isBack ? 'back' : null;
  }
}
