import { RaffiError } from '../../errors.ts';
import type { Packager, RenditionId } from '../../hls/packager.ts';
import { writeMediaPlaylist } from '../../hls/playlists/media-playlist.ts';
import type { MediaAsset } from '../types.ts';
import { editionSuffix, parseEdition } from './editions.ts';

/** Where a rendition's playlist and segments lie. */
export function renditionUri(sessionId: string, rendition: string, asset = 'playlist.m3u8'): string {
  return `/sessions/${sessionId}/hls/${rendition}/${asset}`;
}

/** The asset of `v0` that is the playlist of its I-frames. */
export const I_FRAME_PLAYLIST = 'iframes.m3u8';

/** A rendition's asset by its file name, as named by the playlists. */
export type RenditionAsset =
  | { kind: 'playlist' | 'init' | 'i-frame-playlist' }
  | { kind: 'segment' | 'i-frame'; index: number };

/** A rendition, and which edition of it. */
export interface RenditionName {
  rendition: RenditionId;
  /** The sound it carries; null for a picture. */
  audioPosition: number | null;
  edition: number;
}

/** @throws `segment_not_found` for names we never wrote. */
export function parseRendition(name: string): RenditionName {
  const [, rendition, position, suffix] = /^(v\d{1,4}|a(\d{1,3}))(e[1-9]\d{0,2})?$/.exec(name) ?? [];
  if (rendition === undefined) throw unknownName();
  const audioPosition = position === undefined ? null : Number(position);
  return { rendition: rendition as RenditionId, audioPosition, edition: parseEdition(suffix) };
}

/** @throws `segment_not_found` for names we never wrote; only the video has I-frames. */
export function parseAsset(rendition: RenditionId, name: string): RenditionAsset {
  if (name === 'playlist.m3u8') return { kind: 'playlist' };
  if (name === 'init.mp4') return { kind: 'init' };
  if (name === I_FRAME_PLAYLIST && rendition === 'v0') return { kind: 'i-frame-playlist' };
  const [, iFrame, index] = /^(i?)(\d{1,7})\.m4s$/.exec(name) ?? [];
  if (index === undefined || (iFrame && rendition !== 'v0')) throw unknownName();
  return { kind: iFrame ? 'i-frame' : 'segment', index: Number(index) };
}

/** A playlist of one rendition: of its segments, or of the I-frames they begin with, each shown until the next. */
export function renditionPlaylist(
  sessionId: string,
  { rendition, edition }: RenditionName,
  kind: 'playlist' | 'i-frame-playlist',
  packager: Packager,
  targetDuration: number,
): MediaAsset {
  const iFramesOnly = kind === 'i-frame-playlist';
  const prefix = iFramesOnly ? 'i' : '';
  const name = `${rendition}${editionSuffix(edition)}`;
  const text = writeMediaPlaylist({
    version: 7,
    targetDuration,
    independentSegments: false,
    iFramesOnly,
    map: renditionUri(sessionId, name, 'init.mp4'),
    segments: packager.timeline(rendition).map(({ segment, startSeconds, endSeconds }) => ({
      uri: renditionUri(sessionId, name, `${prefix}${segment.index}.m4s`),
      durationSeconds: endSeconds - startSeconds,
    })),
  });
  return playlistAsset(text);
}

/** A playlist, as it is answered with. */
export function playlistAsset(text: string): MediaAsset {
  return { parts: [new TextEncoder().encode(text)], contentType: 'application/vnd.apple.mpegurl' };
}

/** The type of a rendition's init and media segments. */
export function fragmentType(rendition: RenditionId): string {
  return rendition.startsWith('v') ? 'video/mp4' : 'audio/mp4';
}

/** For names we never wrote. */
export function unknownName(): RaffiError {
  return new RaffiError(
    'segment_not_found',
    'There is no such segment. Fetch master.m3u8 again for the right names.',
  );
}
