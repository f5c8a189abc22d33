import type { ByteParts } from './byte-parts.ts';
import { type Sample, SEGMENT_TYPE, writeFragment } from './cmaf-fragment.ts';

/** A fragment holds so much of a segment. */
const FRAGMENT_SECONDS = 0.5;
/** More fragments than a segment may have: an hour of them. */
const MAX_FRAGMENTS = 1 << 14;

export interface FragmentRule {
  /** Ticks per second of the rendition. */
  timescale: number;
  /**
   * How long fragments of the segment's first half second are, seconds: a player that waits for this segment has something to show after the
   * first. hls.js hands a fragment to the browser only when the next one has begun, so that a pair of long ones would double the wait.
   */
  firstSeconds: number;
}

/** A picture at a time, which waits for the next one only; some frames of sound, since each fragment costs a hundred bytes. */
export const VIDEO_FIRST_SECONDS = 0;
export const AUDIO_FIRST_SECONDS = 0.1;

/**
 * Cuts a segment's samples into fragments, by decode time alone: the same ones whoever makes the segment, and when (ISO/IEC 23000-19 §7.3.3: a CMAF
 * fragment of several chunks). A fragment is complete with the sample that fills it.
 */
export class FragmentCutter {
  readonly #rule: FragmentRule;
  readonly #firstNumber: number;
  #startTime: number | null = null;
  #samples: Sample[] = [];
  #written = 0;

  /** @param segmentIndex fragments are numbered on from segment to segment */
  constructor(segmentIndex: number, rule: FragmentRule) {
    this.#rule = rule;
    this.#firstNumber = segmentIndex * MAX_FRAGMENTS + 1;
  }

  /** The next samples → the fragments that they complete. */
  *pushAll(samples: readonly Sample[]): Generator<ByteParts, void, void> {
    for (const sample of samples) {
      const fragment = this.#push(sample);
      if (fragment) yield fragment;
    }
  }

  /**
   * There are no more → what is left.
   *
   * @param emptyTime decode time of the fragment that a segment without a sample (a damaged stretch) consists of, ticks
   */
  *end(emptyTime: number): Generator<ByteParts, void, void> {
    const [first] = this.#samples;
    if (first) yield this.#write(first.decodeTime);
    else if (this.#written === 0) yield this.#write(emptyTime);
  }

  #push(sample: Sample): ByteParts | null {
    this.#startTime ??= sample.decodeTime;
    this.#samples.push(sample);
    const fragmentTime = this.#samples[0]?.decodeTime ?? sample.decodeTime;
    const { timescale, firstSeconds } = this.#rule;
    const isEarly = fragmentTime - this.#startTime < FRAGMENT_SECONDS * timescale;
    const limit = (isEarly ? firstSeconds : FRAGMENT_SECONDS) * timescale;
    if (sample.decodeTime + sample.duration - fragmentTime < limit) return null;
    return this.#write(fragmentTime);
  }

  #write(decodeTime: number): ByteParts {
    // 32 bits (ISO/IEC 14496-12 §8.8.5) are three days of encoded film.
    const number = (this.#firstNumber + this.#written) >>> 0;
    const parts = writeFragment(number, decodeTime, this.#samples);
    this.#samples = [];
    this.#written += 1;
    return this.#written === 1 ? [SEGMENT_TYPE, ...parts] : parts;
  }
}
