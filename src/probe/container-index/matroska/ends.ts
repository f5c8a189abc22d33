import type { SegmentHead, Track } from './segment-head.ts';

/** What is known of a Matroska film's ends without reading its last frames. All on the film clock, seconds. */
export interface WrittenEnds {
  /** `Info.Duration`: where the longest track ends; null when not written. */
  file: number | null;
  /** Exact, from the muxer's statistics tags; null where a track has none. */
  track(track: Track): number | null;
}

/** Where things begin on the container's clock, seconds. */
export interface Starts {
  origin: number;
  /** The earliest block of any track. */
  file: number;
  /** Each track's first block, where it was seen. */
  tracks: ReadonlyMap<number, number>;
}

/**
 * Durations mean two things. libavformat (its matroskaenc.c keeps the greatest `timestamp + duration`) writes where things end on the
 * container's clock, mkvmerge and makemkv how long they last. The difference shows only in a file that does not begin at 0.
 */
export function writtenEnds(head: SegmentHead, starts: Starts): WrittenEnds {
  const areEnds = /^Lavf/.test(head.info?.muxingApp ?? '');
  const seconds = head.info?.duration == null ? null : (head.info.duration * head.info.timestampScale) / 1e9;
  return {
    file: seconds === null ? null : seconds + (areEnds ? 0 : starts.file) - starts.origin,
    track(track) {
      const written = head.durations.get(track.uid);
      if (written === undefined || written <= 0) return null;
      const start = areEnds ? 0 : (starts.tracks.get(track.number) ?? starts.file);
      return written + start - starts.origin;
    },
  };
}
