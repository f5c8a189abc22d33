import { problem, RaffiError, toRaffiError } from '../../src/errors.ts';
import type { OpenOptions, OpenResult } from '../ipc/contract.ts';
import type { CoreSessionRequest } from '../ipc/core-protocol.ts';
import type { HandedOver } from './targets.ts';

/** The longest queue of a page that never subscribes: a person who drops a folder's worth of films on the icon. */
const MAX_QUEUED = 100;

/** Opens targets in the core, and keeps those that come before the page listens. */
export class Opener {
  readonly #open: (request: CoreSessionRequest) => Promise<string>;
  readonly #queue: HandedOver[] = [];
  #subscriber: { options: OpenOptions; deliver(result: OpenResult): void } | null = null;

  constructor(open: (request: CoreSessionRequest) => Promise<string>) {
    this.#open = open;
  }

  /** Opens at once for the page that asked. Never rejects. */
  async open(target: HandedOver, options: OpenOptions): Promise<OpenResult> {
    const { name } = target;
    try {
      if ('refused' in target) throw new RaffiError('source_refused', target.refused);
      const { source, kind } = target;
      const sessionId = await this.#open({ ...options, source, kind });
      return { ok: true, sessionId, name };
    } catch (error) {
      return { ok: false, name, problem: problem(toRaffiError(error)) };
    }
  }

  /** Something came from outside: delivered to the subscriber, or kept for it. */
  handOver(targets: readonly HandedOver[]): void {
    this.#queue.push(...targets);
    this.#queue.splice(0, this.#queue.length - MAX_QUEUED);
    this.#flush();
  }

  /** Takes the place of the last subscriber, until the returned function is called. */
  subscribe(options: OpenOptions, deliver: (result: OpenResult) => void): () => void {
    const subscriber = { options, deliver };
    this.#subscriber = subscriber;
    this.#flush();
    return () => {
      if (this.#subscriber === subscriber) this.#subscriber = null;
    };
  }

  #flush(): void {
    const subscriber = this.#subscriber;
    if (subscriber === null) return;
    for (const target of this.#queue.splice(0)) {
      void this.open(target, subscriber.options).then((result) => subscriber.deliver(result));
    }
  }
}
