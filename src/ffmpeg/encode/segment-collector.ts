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
  #segment: number;
  #packets: Packet[] = [];

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#segment = options.first;
  }

  /** The segment that is being collected. */
  get segment(): number {
    return this.#segment;
  }

  /** The segments that this packet shows to be complete. */
  push(packet: Packet): CollectedSegment[] {
    const { cuts, first, toleranceSeconds, needsKeyframes } = this.#options;
    const isAtOrAfter = (segment: number) =>
      packet.ptsSeconds >= (cuts[segment] ?? Infinity) - toleranceSeconds;
    const complete: CollectedSegment[] = [];
    while ((packet.isKey || !needsKeyframes) && isAtOrAfter(this.#segment + 1)) complete.push(this.#close());
    const isWanted = needsKeyframes || isAtOrAfter(first);
    if (isWanted) this.#packets.push(packet);
    return complete;
  }

  /** The track has ended: what is left, up to the segment `last`. Later ones are empty. */
  end(last: number): CollectedSegment[] {
    const complete: CollectedSegment[] = [];
    while (this.#segment <= last) complete.push(this.#close());
    return complete;
  }

  #close(): CollectedSegment {
    const closed = { segment: this.#segment, packets: inOneBuffer(this.#packets) };
    this.#packets = [];
    this.#segment += 1;
    return closed;
  }
}

/** Copied together, so that a kept segment does not keep the pipe's buffers alive. */
function inOneBuffer(packets: readonly Packet[]): Packet[] {
  const all = Buffer.concat(packets.map(({ data }) => data));
  let at = 0;
  return packets.map((packet) => {
    const data = all.subarray(at, at + packet.data.length);
    at += packet.data.length;
    return { ...packet, data };
  });
}
