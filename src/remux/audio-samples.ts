import { packetSamples } from './audio-frames.ts';
import type { Sample } from './cmaf-fragment.ts';
import { timescaleOf } from './cmaf-init.ts';
import type { AudioFormat, Packet } from './packet.ts';

/** Jitter below this part of a frame is a container's rounding, not a hole. */
const JITTER_FRAMES = 0.4;

/**
 * Times of an audio segment's samples. Each lasts as long as its codec says, so that frames follow each other without a gap whatever the container
 * rounded; only where the packets' times leave that grid (a hole, an overlap) does a sample's duration follow them: it is settled when the
 * next packet is there. A function of the packets alone.
 */
export class AudioSamples {
  readonly #format: AudioFormat;
  readonly #timescale: number;
  /** The last packet's, whose duration may yet change. */
  #last: Sample | null = null;

  constructor(format: AudioFormat) {
    this.#format = format;
    this.#timescale = timescaleOf(format);
  }

  /** The next packet in order → the sample that is settled by it. */
  push({ data, ptsSeconds, durationSeconds }: Packet): Sample[] {
    const duration = packetSamples(this.#format, data) ?? Math.round(durationSeconds * this.#timescale);
    const told = Math.max(0, Math.round(ptsSeconds * this.#timescale));
    const last = this.#last;
    const next = last ? last.decodeTime + last.duration : Number.NEGATIVE_INFINITY;
    const isOnGrid = Math.abs(told - next) <= duration * JITTER_FRAMES;
    const decodeTime = isOnGrid ? next : Math.max(told, (last?.decodeTime ?? -1) + 1);
    this.#last = { data, decodeTime, duration, compositionOffset: 0, isKey: true };
    return last ? [{ ...last, duration: decodeTime - last.decodeTime }] : [];
  }

  /** There are no more → the sample that is left. */
  end(): Sample[] {
    return this.#last ? [this.#last] : [];
  }
}
