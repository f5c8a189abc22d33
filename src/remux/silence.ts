import { packetSamples } from './audio-frames.ts';
import type { AudioFormat, Packet } from './packet.ts';
import { silentFrame } from './silent-frames.ts';

/** What a container's rounding may take off a hole, in frames. */
const ROUNDING_FRAMES = 0.05;
/** Half an hour of 20 ms frames: holes beyond are left, as for a codec without silence. */
const MAX_SILENT_FRAMES = 90_000;

interface AudioSpan {
  startSeconds: number;
  endSeconds: number;
}

/**
 * Makes a segment's audio contiguous over its span: silent frames before the track's first packet, in holes of a frame and more, and after its
 * last packet, so that a player never waits for sound that does not exist. Real packets are never moved. Where the codec has no
 * silent frame, or absurdly many were needed, the holes stay.
 *
 * @param packets in presentation order, all of the span
 */
export function fillSilence(packets: readonly Packet[], span: AudioSpan, format: AudioFormat): Packet[] {
  const filler = new SilenceFiller(span, format);
  return [...packets.flatMap((packet) => filler.push(packet)), ...filler.end()];
}

/** The same, packet by packet. */
export class SilenceFiller {
  readonly #span: AudioSpan;
  readonly #format: AudioFormat;
  #silence: { data: Uint8Array; frameSeconds: number } | null | undefined;
  /** Where the next packet should begin; unknown before the first. */
  #next: number | null = null;
  #left = MAX_SILENT_FRAMES;

  constructor(span: AudioSpan, format: AudioFormat) {
    this.#span = span;
    this.#format = format;
  }

  /** The next packet in order → silence before it, and it. */
  push(packet: Packet): Packet[] {
    const silence = this.#silenceLike(packet.data);
    if (!silence) return [packet];
    const { frameSeconds } = silence;
    const filled = this.#next === null ? this.#lead(packet, frameSeconds) : this.#gap(packet, frameSeconds);
    filled.push(packet);
    this.#next = packet.ptsSeconds + (packet.durationSeconds || frameSeconds);
    return filled;
  }

  /** There are no more → silence up to the span's end. */
  end(): Packet[] {
    const silence = this.#silenceLike(null);
    if (!silence) return [];
    const { startSeconds, endSeconds } = this.#span;
    const { frameSeconds } = silence;
    // On the grid of time 0, so that silent segments join each other without knowing each other.
    const start = this.#next ?? Math.ceil(startSeconds / frameSeconds - 1e-6) * frameSeconds;
    return this.#frames(start, Math.round((endSeconds - start) / frameSeconds), frameSeconds);
  }

  /** Counted back from the first packet, so that silence ends exactly where sound begins. */
  #lead({ ptsSeconds }: Packet, frameSeconds: number): Packet[] {
    const wanted = Math.floor((ptsSeconds - this.#span.startSeconds) / frameSeconds + 1e-6);
    const count = Math.min(wanted, this.#left);
    return this.#frames(ptsSeconds - count * frameSeconds, count, frameSeconds);
  }

  /** Within the track silence must fit whole: the codec's own frames stand behind it. */
  #gap({ ptsSeconds }: Packet, frameSeconds: number): Packet[] {
    const start = this.#next ?? ptsSeconds;
    return this.#frames(
      start,
      Math.floor((ptsSeconds - start) / frameSeconds + ROUNDING_FRAMES),
      frameSeconds,
    );
  }

  #frames(startSeconds: number, wanted: number, frameSeconds: number): Packet[] {
    const data = this.#silence?.data;
    const count = Math.max(0, Math.min(wanted, this.#left));
    if (!data) return [];
    this.#left -= count;
    return Array.from({ length: count }, (_, k) => ({
      data,
      ptsSeconds: startSeconds + k * frameSeconds,
      durationSeconds: frameSeconds,
      isKey: true,
    }));
  }

  /** A silent frame as the track's own are; null where its codec has none. */
  #silenceLike(sample: Uint8Array | null): { data: Uint8Array; frameSeconds: number } | null {
    if (this.#silence === undefined) {
      const data = silentFrame(this.#format, sample);
      const samples = data && packetSamples(this.#format, data);
      this.#silence = data && samples ? { data, frameSeconds: samples / this.#format.sampleRate } : null;
    }
    return this.#silence;
  }
}
