import type { Sample } from './cmaf-fragment.ts';
import { VIDEO_TIMESCALE } from './cmaf-init.ts';
import type { Packet } from './packet.ts';

/** A packet's own end and the plan's cut are the same moment when they differ by no more than a container's rounding. */
const ROUNDING_SECONDS = 0.0015;

interface Waiting {
  packet: Packet;
  /** Presentation time in ticks, once its place among the others is settled. */
  ticks: number | null;
}

/**
 * Times of a video segment's samples, settled while its packets arrive. Decode times are the segment's presentation times in order, so each sample
 * lasts as long as a frame is shown (Chromium shows a frame for its sample's duration, also when that is wrong) and the first (`tfdt`) is the
 * segment's start on the film clock, which hls.js takes it for. Which is the next in that order is known once as many further packets are there as
 * the stream reorders by. Offsets are larger by the track's composition delay, which the init segment's edit list takes off: libavformat
 * shifts a track that has negative ones.
 *
 * A function of the packets alone: whoever makes a segment, in whatever pieces its packets come, the samples are the same.
 */
export class VideoSamples {
  readonly #depth: number;
  readonly #compositionDelay: number;
  /** In decode order, from the first whose sample is not out yet. */
  readonly #waiting: Waiting[] = [];
  /** Those without ticks, in the order of presentation. */
  readonly #unordered: Waiting[] = [];
  /** Decode times that no sample has yet. */
  readonly #decodeTimes: number[] = [];
  #lastSettledSeconds = Number.NEGATIVE_INFINITY;
  #lastTicks = -1;
  #lastDecodeTime = -1;
  #lastShown: Packet | null = null;

  /**
   * @param reorderDepth frames by which the stream's decode order may run ahead of presentation. Where it tells too few, presentation times
   * are right all the same, decode times rise, and only some durations are off
   * @param compositionDelay in ticks, the same for all segments and the init segment
   */
  constructor(reorderDepth: number, compositionDelay: number) {
    this.#depth = reorderDepth;
    this.#compositionDelay = compositionDelay;
  }

  /** The next packet in decode order → the samples that are settled by it. */
  push(packet: Packet): Sample[] {
    if (this.#lastShown === null || packet.ptsSeconds > this.#lastShown.ptsSeconds) this.#lastShown = packet;
    const added: Waiting = { packet, ticks: null };
    this.#waiting.push(added);
    // From the end: few packets are shown after those that come later.
    let at = this.#unordered.length;
    while (at > 0 && (this.#unordered[at - 1]?.packet.ptsSeconds ?? 0) > packet.ptsSeconds) at--;
    this.#unordered.splice(at, 0, added);
    if (this.#unordered.length > this.#depth) this.#settleFirst();
    return this.#settled();
  }

  /**
   * There are no more → the samples that are left. The last presented frame ends by its own duration where that meets the cut, else at the cut.
   *
   * @param cutSeconds film time at which the segment ends
   */
  end(cutSeconds: number): Sample[] {
    while (this.#unordered.length > 0) this.#settleFirst();
    return this.#settled(this.#end(cutSeconds));
  }

  /** Ticks are rounded, not negative, and all different: pre-roll before time 0, which an edit list hides, is squeezed into the first. */
  #settleFirst(): void {
    const first = this.#unordered.shift();
    if (!first) return;
    const { ptsSeconds } = first.packet;
    const exact = Math.max(0, Math.round(ptsSeconds * VIDEO_TIMESCALE));
    // Out of turn, where the stream reorders by more than it tells: it is shown when it should be.
    const isLate = ptsSeconds < this.#lastSettledSeconds;
    first.ticks = isLate ? exact : Math.max(exact, this.#lastTicks + 1);
    this.#lastSettledSeconds = Math.max(this.#lastSettledSeconds, ptsSeconds);
    this.#lastTicks = Math.max(this.#lastTicks, first.ticks);
    this.#lastDecodeTime = Math.max(this.#lastDecodeTime + 1, first.ticks);
    this.#decodeTimes.push(this.#lastDecodeTime);
  }

  /**
   * Those whose own times are known, and that of the sample after them: `endTime` for the very last. They leave together: one by one they would cost
   * the square of their number where a hostile film keeps all of them waiting for its first picture.
   */
  #settled(endTime?: number): Sample[] {
    const ready = this.#decodeTimes.length - (endTime === undefined ? 1 : 0);
    let count = 0;
    while (count < ready && typeof this.#waiting[count]?.ticks === 'number') count++;
    const decodeTimes = this.#decodeTimes.splice(0, count);
    const nextTime = this.#decodeTimes[0] ?? endTime ?? 0;
    return this.#waiting.splice(0, count).map(({ packet, ticks }, n) => {
      const decodeTime = decodeTimes[n] ?? 0;
      return {
        data: packet.data,
        decodeTime,
        duration: Math.max(1, (decodeTimes[n + 1] ?? nextTime) - decodeTime),
        compositionOffset: (ticks ?? 0) + this.#compositionDelay - decodeTime,
        isKey: packet.isKey,
      };
    });
  }

  #end(cutSeconds: number): number {
    const { ptsSeconds = 0, durationSeconds = 0 } = this.#lastShown ?? {};
    const end = ptsSeconds + durationSeconds;
    return Math.round((Math.abs(end - cutSeconds) <= ROUNDING_SECONDS ? end : cutSeconds) * VIDEO_TIMESCALE);
  }
}
