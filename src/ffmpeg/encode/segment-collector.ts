import { Growing } from '../../growing.ts';
import type { Packet } from '../../remux/packet.ts';

export interface CollectorOptions {
  /** Film time at which each segment begins, and after the last the film's end; seconds. */
  cuts: readonly number[];
  /** The segment it begins with: packets before it are an encoder's run-up and dropped. */
  first: number;
  /** Times that differ by less are one, seconds. */
  toleranceSeconds: number;
  /** A packet at a cut begins a segment only if it is a keyframe. */
  needsKeyframes: boolean;
}

export interface CollectedSegment {
  segment: number;
  packets: readonly Packet[];
}

/** Sorts a run's packets into segments. Pure but for what it has collected. */
export class SegmentCollector {
  readonly #options: CollectorOptions;
  readonly #onIdle: () => void;
  #segment: number;
  #packets: Growing<Packet>;

  /** @param onIdle called when the last reader has left a segment in the making */
  constructor(options: CollectorOptions, onIdle: () => void = () => {}) {
    this.#options = options;
    this.#onIdle = onIdle;
    this.#segment = options.first;
    this.#packets = new Growing(onIdle);
  }

  /** The segment that is being collected. */
  get segment(): number {
    return this.#segment;
  }

  /** What there is of it, for whoever does not want to wait for the rest. */
  get packets(): Growing<Packet> {
    return this.#packets;
  }

  /** The segments that this packet shows to be complete. */
  push(packet: Packet): CollectedSegment[] {
    const { cuts, first, toleranceSeconds, needsKeyframes } = this.#options;
    const isAtOrAfter = (segment: number) =>
      packet.ptsSeconds >= (cuts[segment] ?? Infinity) - toleranceSeconds;
    const complete: CollectedSegment[] = [];
    while ((packet.isKey || !needsKeyframes) && isAtOrAfter(this.#segment + 1)) complete.push(this.#close());
    const isWanted = needsKeyframes || isAtOrAfter(first);
    if (isWanted) this.#packets.push(ofItsOwn(packet));
    return complete;
  }

  /** The track has ended: what is left, up to the segment `last`. Later ones are empty. */
  end(last: number): CollectedSegment[] {
    const complete: CollectedSegment[] = [];
    while (this.#segment <= last) complete.push(this.#close());
    return complete;
  }

  #close(): CollectedSegment {
    const closed = { segment: this.#segment, packets: this.#packets.items };
    this.#packets.end();
    this.#packets = new Growing(this.#onIdle);
    this.#segment += 1;
    return closed;
  }
}

/** Copied, so that a kept segment does not keep the pipe's buffers alive. */
function ofItsOwn(packet: Packet): Packet {
  return { ...packet, data: Buffer.from(packet.data) };
}
