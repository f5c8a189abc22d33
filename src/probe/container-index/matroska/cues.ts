import { children, type EbmlElement, ID, unsigned } from '../ebml.ts';

/** One cue of one track. */
export interface Cue {
  /** TimestampScale ticks on the container's own clock. */
  time: number;
  /** Absolute offset of its cluster. */
  clusterOffset: number;
}

/**
 * The cues of one track, in ascending time without doubles. Many films name no track but the video's, some all of them; a cue of another
 * track is no place to start the video from.
 */
export function readCues(
  bytes: Uint8Array,
  cues: EbmlElement,
  trackNumber: number,
  segmentStart: number,
): Cue[] {
  const found: Cue[] = [];
  for (const point of children(bytes, cues)) {
    if (point.id !== ID.CuePoint) continue;
    let time: number | null = null;
    let position: number | null = null;
    for (const part of children(bytes, point)) {
      if (part.id === ID.CueTime) time = unsigned(bytes, part);
      else if (part.id === ID.CueTrackPositions) position ??= clusterOf(bytes, part, trackNumber);
    }
    if (time === null || position === null) continue;
    const clusterOffset = segmentStart + position;
    if (Number.isSafeInteger(time) && Number.isSafeInteger(clusterOffset))
      found.push({ time, clusterOffset });
  }
  found.sort((a, b) => a.time - b.time || a.clusterOffset - b.clusterOffset);
  return found.filter((cue, i) => cue.time !== found[i - 1]?.time);
}

function clusterOf(bytes: Uint8Array, positions: EbmlElement, trackNumber: number): number | null {
  let track: number | null = null;
  let cluster: number | null = null;
  for (const part of children(bytes, positions)) {
    if (part.id === ID.CueTrack) track = unsigned(bytes, part);
    else if (part.id === ID.CueClusterPosition) cluster = unsigned(bytes, part);
  }
  return track === trackNumber ? cluster : null;
}
