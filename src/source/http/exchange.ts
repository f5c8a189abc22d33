import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { Gather } from './gather.ts';

/** Holds a response's body back, or ends it. */
export interface BodyControl {
  /** Stops reading from the socket, so that TCP slows the origin down. */
  pause(): void;
  resume(): void;
  /** Enough was received: the connection is dropped and the exchange resolves. */
  stop(): void;
}

export interface ExchangeSink {
  /** The final status and headers. What it throws ends the exchange. */
  head(status: number, headers: IncomingHttpHeaders, control: BodyControl): void;
  /** A piece of the body, in order; small ones joined. What it throws ends the exchange. */
  data(chunk: Buffer): void;
}

/**
 * One GET on the pool, without redirects or retries. Resolves when the body has ended or was stopped; rejects with undici's error, with what
 * the sink threw, or with the signal's reason. Uses the dispatcher's handler interface: no stream objects, no copies, and a
 * pause that reaches the socket.
 */
export function exchange(
  dispatcher: Dispatcher,
  url: URL,
  headers: Record<string, string>,
  sink: ExchangeSink,
  signal: AbortSignal,
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let settled = false;
    let paused = false;
    const settle = (finish: () => void) => {
      if (settled) return;
      settled = true;
      signal.removeEventListener('abort', onAbort);
      finish();
    };
    const cut = (finish: () => void) => {
      if (settled) return;
      settle(finish);
      // Before the request is on a socket there is nothing to cut yet: `onRequestStart` does it then.
      controller?.abort(new Error('No longer wanted'));
    };
    const guarded = (act: () => void) => {
      if (settled) return;
      try {
        act();
      } catch (error) {
        cut(() => reject(error));
      }
    };
    const gather = new Gather((data) => guarded(() => sink.data(data)));
    const onAbort = () => cut(() => reject(signal.reason));
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', onAbort);
    const control: BodyControl = {
      pause: () => {
        paused = true;
        controller?.pause();
      },
      resume: () => {
        paused = false;
        // Undici's parser is one WebAssembly instance and not re-entrant: resuming one response inside another's data callback
        // fails an assertion and breaks the connection.
        queueMicrotask(() => {
          if (!paused && !settled) controller?.resume();
        });
      },
      stop: () => cut(resolve),
    };
    dispatcher.dispatch(
      { origin: url.origin, path: url.pathname + url.search, method: 'GET', headers },
      {
        onRequestStart(started) {
          controller = started;
          if (settled) started.abort(new Error('No longer wanted'));
        },
        onResponseStart(_controller, status, responseHeaders) {
          if (status >= 200) guarded(() => sink.head(status, responseHeaders, control));
        },
        onResponseData(_controller, chunk) {
          gather.add(chunk);
        },
        onResponseEnd() {
          gather.flush();
          settle(resolve);
        },
        onResponseError(_controller, error) {
          gather.flush();
          settle(() => reject(error));
        },
      },
    );
  });
}
