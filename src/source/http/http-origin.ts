import type { IncomingHttpHeaders } from 'node:http';
import { RaffiError } from '../../errors.ts';
import { checkedUrl } from '../validate-source.ts';
import type { Connections } from './connections.ts';
import { EntityCheck } from './entity.ts';
import { type BodyControl, exchange } from './exchange.ts';
import { AttemptFailure, transportFailure } from './failure.ts';
import { interpret, type OriginAnswer } from './interpret.ts';
import { requestHeaders } from './request-headers.ts';

export interface OriginSink {
  /** Called once, before any data. What it throws ends the attempt. */
  answer(answer: OriginAnswer, headers: IncomingHttpHeaders, url: URL, control: BodyControl): void;
  data(chunk: Buffer): void;
}

const MAX_REDIRECTS = 10;
/** A refusal's or redirect's body up to this size, and not for long, is read to its end, so that the connection can be used again. */
const MAX_DRAINED_BYTES = 64 * 1024;
/** Statuses with which a signed link says that its time is over. */
const EXPIRED = new Set([401, 403, 404, 410]);

/** One file on an HTTP server: single requests over a keep-alive pool, redirects followed by hand and validated each. */
export class HttpOrigin {
  readonly #original: URL;
  readonly #connections: Connections;
  readonly #entity = new EntityCheck();
  /** Where the redirects led last time. */
  #resolved: URL | undefined;
  /** Requests sent, redirects included. */
  requests = 0;

  /**
   * @param url the source itself, or another file that it names. Throws `source_refused` for an address outside the source's scope.
   */
  constructor(connections: Connections, url: URL = connections.source) {
    this.#connections = connections;
    this.#original = url;
    connections.scope.checkUrl(url);
  }

  /**
   * One attempt to fetch `range` (null: the whole file). Resolves when the body has ended; rejects with an `AttemptFailure`, or with
   * the signal's reason. A remembered redirect target that no longer answers is resolved anew from the original URL, once.
   */
  async fetch(
    range: { start: number; end: number } | null,
    sink: OriginSink,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.#follow(range, sink, signal);
    } catch (thrown) {
      if (signal.aborted) throw signal.reason;
      throw transportFailure(thrown);
    }
  }

  async #follow(
    range: { start: number; end: number } | null,
    sink: OriginSink,
    signal: AbortSignal,
  ): Promise<void> {
    let url = this.#resolved ?? this.#original;
    let remembered = this.#resolved !== undefined;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const refusal = await this.#attempt(url, range, sink, signal);
      if (!refusal) return;
      if ('location' in refusal) {
        url = redirectTarget(refusal.location, url);
        this.#connections.scope.checkUrl(url);
      } else if (remembered && EXPIRED.has(refusal.status)) {
        this.#resolved = undefined;
        remembered = false;
        url = this.#original;
      } else {
        throw refusal.failure;
      }
    }
    throw new AttemptFailure(
      new RaffiError('source_redirects', 'The server redirects in circles. Check the address.'),
      'never',
    );
  }

  /** One exchange. Undefined when the sink got its bytes. */
  async #attempt(
    url: URL,
    range: { start: number; end: number } | null,
    sink: OriginSink,
    signal: AbortSignal,
  ) {
    let refusal: { location: string } | { status: number; failure: AttemptFailure } | undefined;
    let control: BodyControl | undefined;
    let drained = 0;
    let drainTimer: NodeJS.Timeout | undefined;
    this.requests += 1;
    const { agent, headers: given, source, drainMs } = this.#connections;
    const headers = requestHeaders(given, source, url, range);
    await exchange(
      agent,
      url,
      headers,
      {
        head: (status, responseHeaders, bodyControl) => {
          control = bodyControl;
          const meaning = interpret(range, status, responseHeaders);
          if (meaning.kind === 'redirect') refusal = { location: meaning.location };
          else if (meaning.kind === 'failure') refusal = { status, failure: meaning.failure };
          else {
            this.#entity.check(url.host, responseHeaders, meaning.answer.totalBytes);
            if (url !== this.#original) this.#resolved = url;
            sink.answer(meaning.answer, responseHeaders, url, bodyControl);
          }
          // A body that drips would hold one of the source's few places.
          if (refusal) drainTimer = setTimeout(() => bodyControl.stop(), drainMs);
        },
        data: (chunk) => {
          if (!refusal) return sink.data(chunk);
          drained += chunk.length;
          if (drained > MAX_DRAINED_BYTES) control?.stop();
        },
      },
      signal,
    )
      .catch((thrown: unknown) => {
        // A refusal whose body breaks off is still that refusal.
        if (!refusal || signal.aborted) throw thrown;
      })
      .finally(() => clearTimeout(drainTimer));
    return refusal;
  }
}

function redirectTarget(location: string, from: URL): URL {
  if (!URL.canParse(location, from)) {
    throw new RaffiError(
      'source_failed',
      'The server redirects to an address that is not valid. Use another source.',
    );
  }
  return checkedUrl(new URL(location, from));
}
