import type { SubtitleRendition } from '../../hls/playlists/master-playlist.ts';
import { writeMediaPlaylist } from '../../hls/playlists/media-playlist.ts';
import type { SegmentPlan } from '../../plan/types.ts';
import type { TimeWindow } from '../../subtitles/cue.ts';
import type { Film } from '../deliver.ts';
import type { SubtitleTracks } from '../subtitles/subtitle-tracks.ts';
import type { MediaAsset } from '../types.ts';
import type { AssetName } from './playout.ts';
import { playlistAsset, renditionUri, unknownName } from './renditions.ts';

/** What `master.m3u8` names of a film's subtitles: the text tracks. */
export function subtitleRenditions(
  sessionId: string,
  film: Film,
  tracks: SubtitleTracks,
): Omit<SubtitleRendition, 'groupId'>[] {
  return tracks
    .list(film)
    .filter(({ isText }) => isText)
    .map(({ index, title, language, isForced }) => ({
      name: title ?? language ?? `Subtitles ${index + 1}`,
      ...(language === null ? {} : { language }),
      uri: renditionUri(sessionId, `s${index}`),
      isForced,
    }));
}

/** An asset of a subtitle rendition `s<n>`: its playlist, or a segment `<n>.vtt`. */
export type SubtitleAsset = { track: number } & ({ kind: 'playlist' } | { kind: 'segment'; segment: number });

/** Null where it is none of a subtitle rendition. @throws `segment_not_found` for names we never wrote */
export function parseSubtitleAsset({ rendition, asset }: AssetName): SubtitleAsset | null {
  const track = /^s(\d{1,4})$/.exec(rendition)?.[1];
  if (track === undefined) return null;
  if (asset === 'playlist.m3u8') return { track: Number(track), kind: 'playlist' };
  const segment = /^(\d{1,7})\.vtt$/.exec(asset)?.[1];
  if (segment === undefined) throw unknownName();
  return { track: Number(track), kind: 'segment', segment: Number(segment) };
}

/** WebVTT segments of the same times as the picture's (RFC 8216 §3.5). */
export function subtitlePlaylist(sessionId: string, track: number, plan: SegmentPlan): MediaAsset {
  const text = writeMediaPlaylist({
    version: 6,
    targetDuration: plan.targetDurationSeconds,
    independentSegments: false,
    segments: plan.segments.map(({ index, startSeconds, endSeconds }) => ({
      uri: renditionUri(sessionId, `s${track}`, `${index}.vtt`),
      durationSeconds: endSeconds - startSeconds,
    })),
  });
  return playlistAsset(text);
}

/** What a segment shows. @throws `segment_not_found` */
export function windowOf({ segments }: SegmentPlan, index: number): TimeWindow {
  const segment = segments[index];
  if (!segment) throw unknownName();
  return { fromSeconds: segment.startSeconds, toSeconds: segment.endSeconds };
}
