import type { Packet } from '../../remux/packet.ts';
import type { EncodedStore } from './encoded-store.ts';
import type { EncodedHeader } from './fragment-parser.ts';
import type { EncoderSlots } from './slots.ts';

/** What an encoded track is told of its film, and of the core it runs in. */
export interface EncodedTrackOptions {
  /** Prefix of this track's keys in the store. */
  id: string;
  store: EncodedStore;
  /** Shared by all tracks of its kind. */
  slots: EncoderSlots;
  /** Tracks of which a viewer sees one at a time; see `SlotHolder`. Absent: it stands alone. */
  family?: string | undefined;
  /** Film time at which each segment begins, and after the last the film's end; seconds. */
  cuts: readonly number[];
  /** Times that differ by less are one: half a frame of video, next to nothing for sound. Seconds. */
  toleranceSeconds: number;
  /** A packet at a cut begins a segment only if it is a keyframe. */
  needsKeyframes: boolean;
  /** How far a run may be ahead of what was asked for last, seconds. */
  aheadSeconds: number;
  /** Where the viewer is, as far as others know: what the header is made at, should it be asked for before any segment. */
  firstSegment: () => number;
  /**
   * Starts an encoder at a segment. Its packets may begin earlier; what lies before the segment is dropped.
   *
   * @param last the last segment it makes
   */
  startRun: (first: number, onHeader: (header: EncodedHeader) => void, signal: AbortSignal) => EncoderRun;
  /** Milliseconds of a monotonic clock. */
  now: () => number;
}

export interface EncoderRun {
  packets: AsyncIterable<Packet>;
  /** The last segment this run makes. */
  last: number;
}
