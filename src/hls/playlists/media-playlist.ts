import { attributeList, playlistUri, quoted, startTag } from './attributes.ts';

export interface PlaylistSegment {
  uri: string;
  /** Seconds > 0. */
  durationSeconds: number;
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
  /** Positions of segments before which timestamps or formats break. */
  discontinuities?: readonly number[];
}

/**
 * A complete (`VOD`, `ENDLIST`) media playlist. Durations are written in microseconds, and each is the difference of two
 * rounded end times, so their sum never drifts from the film's clock, however many segments there are.
 */
export function writeMediaPlaylist(playlist: MediaPlaylist): string {
  const micros = roundedDurations(playlist.segments);
  const breaks = new Set(playlist.discontinuities);
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${playlist.version}`,
    `#EXT-X-TARGETDURATION:${targetDuration(playlist.targetDuration, micros)}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-PLAYLIST-TYPE:VOD',
  ];
  if (playlist.iFramesOnly) lines.push('#EXT-X-I-FRAMES-ONLY');
  if (playlist.independentSegments) lines.push('#EXT-X-INDEPENDENT-SEGMENTS');
  if (playlist.startOffsetSeconds !== undefined) lines.push(startTag(playlist.startOffsetSeconds));
  if (playlist.map !== undefined) {
    lines.push(`#EXT-X-MAP:${attributeList({ URI: quoted(playlistUri(playlist.map)) })}`);
  }
  playlist.segments.forEach((segment, index) => {
    if (breaks.has(index)) lines.push('#EXT-X-DISCONTINUITY');
    lines.push(`#EXTINF:${seconds(micros[index] ?? 0)},`, playlistUri(segment.uri));
  });
  lines.push('#EXT-X-ENDLIST', '');
  return lines.join('\n');
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
