import { Deferred } from '../../deferred.ts';
import { RaffiError } from '../../errors.ts';
import type { Payload } from './payloads.ts';
import { refusalIn } from './refusals.ts';

/** More than a remote control has under way at once; a device that answers nothing must not fill our memory. */
const MAX_PENDING = 64;

/** Tells which answer belongs to which request. */
export class Requests {
  readonly #pending = new Map<number, Deferred<Payload>>();
  #lastId = 0;

  /**
   * Sends a request and waits for its answer.
   *
   * @param send gets the request's number, which its answer repeats
   * @throws what `refusalIn` says of the answer, `cast_device_unreachable` when there is none in time, the signal's reason
   */
  async ask(
    send: (requestId: number) => void,
    { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined },
  ): Promise<Payload> {
    signal?.throwIfAborted();
    if (this.#pending.size >= MAX_PENDING) throw noAnswer();
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Deferred<Payload>();
    const timer = setTimeout(() => answer.reject(noAnswer()), timeoutMs);
    const leave = () => answer.reject(signal?.reason);
    signal?.addEventListener('abort', leave, { once: true });
    this.#pending.set(id, answer);
    try {
      send(id);
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', leave);
      this.#pending.delete(id);
    }
  }

  /** A message that may answer one of them. What only says that it is being done is no answer. */
  answered(payload: Payload): void {
    if (payload.type === 'LAUNCH_STATUS') return;
    const pending = this.#pending.get(payload.requestId);
    if (!pending) return;
    const refusal = refusalIn(payload);
    if (refusal) pending.reject(refusal);
    else pending.resolve(payload);
  }

  /** Nothing will be answered any more. */
  failAll(error: RaffiError): void {
    for (const { reject } of [...this.#pending.values()]) reject(error);
  }
}

function noAnswer(): RaffiError {
  return new RaffiError(
    'cast_device_unreachable',
    'The device does not answer. Look whether it is switched on and in the same network, then try again.',
  );
}
