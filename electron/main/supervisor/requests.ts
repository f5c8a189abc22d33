import { RaffiError } from '../../../src/errors.ts';
import type { IpcProblem } from '../../ipc/problem.ts';

/** Requests to the core that wait for their answer. Every one is settled: by its answer, its time-out, or the core's end. */
export class Requests {
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  /** Sends by `send(requestId)` and resolves with the answer's value; rejects with a `RaffiError`. */
  send(send: (requestId: number) => void, timeoutMs: number): Promise<unknown> {
    this.#lastId += 1;
    const requestId = this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(requestId);
        reject(
          new RaffiError('core_unavailable', 'The streaming core does not answer. Try again in a moment.'),
        );
      }, timeoutMs);
      this.#waiting.set(requestId, { resolve, reject, timer });
      send(requestId);
    });
  }

  answer(requestId: number, value: unknown): void {
    this.#take(requestId)?.resolve(value);
  }

  fail(requestId: number, problem: IpcProblem): void {
    this.#take(requestId)?.reject(fromProblem(problem));
  }

  /** The core is gone: nobody will answer. */
  failAll(reason: string): void {
    for (const requestId of [...this.#waiting.keys()]) {
      this.#take(requestId)?.reject(new RaffiError('core_unavailable', reason));
    }
  }

  #take(requestId: number): Waiting | undefined {
    const waiting = this.#waiting.get(requestId);
    this.#waiting.delete(requestId);
    clearTimeout(waiting?.timer);
    return waiting;
  }
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: RaffiError): void;
  timer: NodeJS.Timeout;
}

/** The error that a problem document was made of. */
export function fromProblem({
  type: _type,
  title: _title,
  status: _status,
  detail,
  code,
  ...data
}: IpcProblem): RaffiError {
  return new RaffiError(code, detail, { data });
}
