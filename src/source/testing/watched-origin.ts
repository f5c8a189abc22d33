import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { ByteSource } from '../byte-source.ts';
import type { SourceFixture } from './fixture.ts';
import type { Behaviour } from './origin.ts';

const HEAD_BYTES = 128 * 1024;

/** What a fixture's origin is asked, and when its answers end. */
export class WatchedOrigin {
  /** Emits `request`, and `closed` and `closed <start>` when a response ends, done or not. */
  readonly events = new EventEmitter();
  readonly #fixture: SourceFixture;
  readonly #content: Buffer;

  constructor(fixture: SourceFixture, content: Buffer) {
    this.#fixture = fixture;
    this.#content = content;
  }

  /** Sends the head and `bytes` of each answer and then waits to be told to send the rest. */
  trickle(bytes: number): { behaviour: Behaviour; rest: (() => void)[] } {
    const rest: (() => void)[] = [];
    const behaviour: Behaviour = (_request, response, range) => {
      this.#fixture.origin.serve(response, range, bytes);
      const start = range?.start ?? 0;
      this.watch(response, start);
      const end = Math.min(range?.end ?? 0, this.#content.length);
      rest.push(() => response.end(this.#content.subarray(start + bytes, end)));
      this.events.emit('request', range);
    };
    return { behaviour, rest };
  }

  watch(response: ServerResponse, start = 0): void {
    response.on('close', () => {
      const outcome = { finished: response.writableFinished };
      this.events.emit('closed', outcome);
      this.events.emit(`closed ${start}`, outcome);
    });
  }

  /** What was asked so far, as `[start, end)`. */
  ranges(): (number | null)[][] {
    return this.#fixture.origin.requests.map(({ start, end }) => [start, end]);
  }

  /** A source whose head is read and forgotten. */
  async openedSource(deps: Parameters<SourceFixture['open']>[0] = {}): Promise<ByteSource> {
    const source = this.#fixture.open(deps);
    await source.read(0, HEAD_BYTES);
    this.#fixture.origin.requests.length = 0;
    return source;
  }
}
