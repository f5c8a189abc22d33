import { children, type EbmlElement, ID, unsigned } from '../../probe/container-index/ebml.ts';
import { MAX_CUES } from '../cue.ts';

/** Where a block of a subtitle track lies, by the Cues (RFC 9559 §5.1.5). */
export interface BlockPlace {
  /** TimestampScale ticks. */
  time: number;
  /** Ticks; null when not written. */
  duration: number | null;
  /** Absolute offset of its cluster. */
  clusterOffset: number;
  /** From the cluster's payload to the block, bytes. */
  relativePosition: number;
}

/**
 * The blocks of one track by the Cues, in ascending time. mkvmerge and libavformat list every block of a subtitle track with its place within
 * the cluster. Null where the track is listed otherwise, or not at all: then the list need not be complete.
 */
export function blockPlaces(
  bytes: Uint8Array,
  cues: EbmlElement,
  trackNumber: number,
  segmentStart: number,
): BlockPlace[] | null {
  const places: BlockPlace[] = [];
  for (const point of children(bytes, cues)) {
    if (point.id !== ID.CuePoint) continue;
    let time: number | null = null;
    const positions: EbmlElement[] = [];
    for (const part of children(bytes, point)) {
      if (part.id === ID.CueTime) time = unsigned(bytes, part);
      else if (part.id === ID.CueTrackPositions) positions.push(part);
    }
    for (const position of positions) {
      const fields = fieldsOf(bytes, position);
      if (time === null || fields.get(ID.CueTrack) !== trackNumber) continue;
      const clusterOffset = segmentStart + (fields.get(ID.CueClusterPosition) ?? Number.NaN);
      const relativePosition = fields.get(ID.CueRelativePosition);
      if (relativePosition === undefined || !Number.isSafeInteger(clusterOffset + relativePosition))
        return null;
      if (places.length >= MAX_CUES) return null;
      places.push({ time, duration: fields.get(ID.CueDuration) ?? null, clusterOffset, relativePosition });
    }
  }
  return places.length === 0 ? null : places.sort((a, b) => a.time - b.time);
}

function fieldsOf(bytes: Uint8Array, parent: EbmlElement): Map<number, number> {
  const fields = new Map<number, number>();
  for (const field of children(bytes, parent)) fields.set(field.id, unsigned(bytes, field));
  return fields;
}
