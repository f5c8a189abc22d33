import type { Growing } from '../../growing.ts';
import type { Packet } from '../../remux/packet.ts';
import type { EncodedHeader } from './fragment-parser.ts';
import { closed } from './interrupted.ts';
import { type CollectedSegment, SegmentCollector } from './segment-collector.ts';
import type { EncodedTrackOptions } from './track-options.ts';

/** Whose run it is. */
export interface RunOwner {
  onHeader(header: EncodedHeader): void;
  /** The segment in the making has its first packet. */
  onBegun(segment: number, packets: Growing<Packet>): void;
  onMade(made: CollectedSegment): void;
  /** The last reader has left the segment in the making. */
  onLeft(): void;
  /** Asked after each packet: whether the next one is taken, or not before `wake`, or never. */
  goesOn(run: ActiveRun): 'yes' | 'later' | 'no';
  onPaused(): void;
  onResumed(): void;
}

type RunOptions = Pick<EncodedTrackOptions, 'startRun' | 'cuts' | 'toleranceSeconds' | 'needsKeyframes'>;

/** An encoder under way: what it makes, sorted into segments, no faster than its owner wants it. */
export class ActiveRun {
  /** The segment it was started at. */
  readonly first: number;
  /** The last segment it makes. */
  readonly last: number;
  readonly #owner: RunOwner;
  readonly #collector: SegmentCollector;
  readonly #incoming: AsyncIterable<Packet>;
  readonly #controller = new AbortController();
  #wake: (() => void) | undefined;

  constructor(first: number, options: RunOptions, owner: RunOwner) {
    const onHeader = (header: EncodedHeader) => owner.onHeader(header);
    const { packets, last } = options.startRun(first, onHeader, this.#controller.signal);
    this.first = first;
    this.last = last;
    this.#owner = owner;
    this.#incoming = packets;
    this.#collector = new SegmentCollector({ ...options, first }, () => owner.onLeft());
  }

  /** The segment that it is making. */
  get segment(): number {
    return this.#collector.segment;
  }

  /** What there is of that. */
  get packets(): Growing<Packet> {
    return this.#collector.packets;
  }

  /** Somebody is being handed the segment that it is making. */
  get isRead(): boolean {
    return this.packets.readers > 0;
  }

  /** Takes packets until the last segment is whole, the owner wants no more, or it is stopped. @throws what the encoder does */
  async follow(): Promise<void> {
    for await (const packet of this.#incoming) {
      if (this.#isStopped) return;
      this.#take(packet);
      if (this.segment > this.last || !(await this.#mayGoOn())) return;
    }
    if (this.#isStopped) return;
    for (const made of this.#collector.end(this.last)) this.#owner.onMade(made);
  }

  /** The owner may want more than it did when it was asked. */
  wake(): void {
    this.#wake?.();
  }

  /** Ends the encoder; readers of the segment in the making hear why. */
  stop(reason: unknown): void {
    this.packets.fail(reason);
    this.#controller.abort(closed());
    this.wake();
  }

  get #isStopped(): boolean {
    return this.#controller.signal.aborted;
  }

  #take(packet: Packet): void {
    for (const made of this.#collector.push(packet)) this.#owner.onMade(made);
    // Not of what it will not make to the end: whoever waits for that is served by the next run.
    if (this.#isStopped || this.segment > this.last) return;
    if (this.packets.items.length === 1) this.#owner.onBegun(this.segment, this.packets);
  }

  async #mayGoOn(): Promise<boolean> {
    while (!this.#isStopped) {
      const goesOn = this.#owner.goesOn(this);
      if (goesOn !== 'later') return goesOn === 'yes';
      this.#owner.onPaused();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#owner.onResumed();
    }
    return false;
  }
}
