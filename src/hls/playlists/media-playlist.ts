import { attributeList, plainText, playlistUri, quoted, startTag } from './attributes.ts';

export interface PlaylistSegment {
  uri: string;
  /** Seconds > 0. */
  durationSeconds: number;
  /** URI of the init segment from here on, where it is not the playlist's `map`. */
  map?: string;
  /** Timestamps or formats break before it. */
  isDiscontinuity?: boolean;
  /** RFC 3339, of its first frame. */
  programDateTime?: string;
  /** There is no media for it: players go past it. */
  isGap?: boolean;
}

export interface MediaPlaylist {
  /** EXT-X-VERSION: 6 or more with a `map` (RFC 8216bis §8), 3 or more because EXTINF is a decimal. */
  version: number;
  segments: readonly PlaylistSegment[];
  /** Whole seconds; raised where a segment would exceed it. */
  targetDuration: number;
  /** URI of the init segment of fragmented MP4. */
  map?: string;
  /** Each segment begins with a frame that needs no earlier one: not with open GOPs. */
  independentSegments: boolean;
  /** Each segment is one I-frame, and lasts until the next one is shown (§4.4.3.6). */
  iFramesOnly?: boolean;
  /** Where the player begins, seconds from the playlist's start. */
  startOffsetSeconds?: number;
  /** Absent: complete, from its first segment. */
  window?: PlaylistWindow;
}

/** A stretch of a stream that goes on, or went on until it ended. */
export interface PlaylistWindow {
  /** Number of the first segment. */
  mediaSequence: number;
  /** Discontinuities before the first segment. */
  discontinuitySequence: number;
  /** `EVENT`: segments are added, none is taken away. Null: both happen. */
  type: 'VOD' | 'EVENT' | null;
  /** More segments will come. */
  isOpen: boolean;
}

const COMPLETE: PlaylistWindow = { mediaSequence: 0, discontinuitySequence: 0, type: 'VOD', isOpen: false };

/**
 * A media playlist, complete (`VOD`, `ENDLIST`) unless its window says otherwise. Durations are written in microseconds, and each is the difference of two
 * rounded end times, so their sum never drifts from the film's clock, however many segments there are.
 */
export function writeMediaPlaylist(playlist: MediaPlaylist): string {
  const micros = roundedDurations(playlist.segments);
  const { mediaSequence, discontinuitySequence, type, isOpen } = playlist.window ?? COMPLETE;
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${playlist.version}`,
    `#EXT-X-TARGETDURATION:${targetDuration(playlist.targetDuration, micros)}`,
    `#EXT-X-MEDIA-SEQUENCE:${mediaSequence}`,
  ];
  if (discontinuitySequence > 0) lines.push(`#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuitySequence}`);
  if (type !== null) lines.push(`#EXT-X-PLAYLIST-TYPE:${type}`);
  if (playlist.iFramesOnly) lines.push('#EXT-X-I-FRAMES-ONLY');
  if (playlist.independentSegments) lines.push('#EXT-X-INDEPENDENT-SEGMENTS');
  if (playlist.startOffsetSeconds !== undefined) lines.push(startTag(playlist.startOffsetSeconds));
  let { map } = playlist;
  if (map !== undefined) lines.push(mapTag(map));
  playlist.segments.forEach((segment, index) => {
    if (segment.isDiscontinuity) lines.push('#EXT-X-DISCONTINUITY');
    if (segment.map !== undefined && segment.map !== map) {
      map = segment.map;
      lines.push(mapTag(map));
    }
    if (segment.programDateTime !== undefined) {
      lines.push(`#EXT-X-PROGRAM-DATE-TIME:${plainText(segment.programDateTime)}`);
    }
    if (segment.isGap) lines.push('#EXT-X-GAP');
    lines.push(`#EXTINF:${seconds(micros[index] ?? 0)},`, playlistUri(segment.uri));
  });
  if (!isOpen) lines.push('#EXT-X-ENDLIST');
  lines.push('');
  return lines.join('\n');
}

function mapTag(uri: string): string {
  return `#EXT-X-MAP:${attributeList({ URI: quoted(playlistUri(uri)) })}`;
}

function roundedDurations(segments: readonly PlaylistSegment[]): number[] {
  let endSeconds = 0;
  let endMicros = 0;
  return segments.map((segment) => {
    endSeconds += segment.durationSeconds;
    const startMicros = endMicros;
    endMicros = Math.round(endSeconds * 1e6);
    return endMicros - startMicros;
  });
}

/** §4.4.3.1: every EXTINF, rounded to the nearest whole second, is at most this. */
function targetDuration(wanted: number, micros: readonly number[]): number {
  return micros.reduce(
    (target, duration) => Math.max(target, Math.round(duration / 1e6)),
    Math.max(1, Math.ceil(wanted)),
  );
}

function seconds(micros: number): string {
  return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`;
}
