import { RaffiError } from '../errors.ts';
import type { Packager, RenditionId } from '../hls/packager.ts';
import { writeMediaPlaylist } from '../hls/playlists/media-playlist.ts';
import type { MediaAsset } from './types.ts';

/** Where a rendition's playlist and segments lie. */
export function renditionUri(sessionId: string, rendition: string, asset = 'playlist.m3u8'): string {
  return `/sessions/${sessionId}/hls/${rendition}/${asset}`;
}

/** A rendition's asset by its file name, as named by the playlists. */
export type RenditionAsset = { kind: 'playlist' } | { kind: 'init' } | { kind: 'segment'; index: number };

/** @throws `segment_not_found` for names we never wrote. */
export function parseRendition(name: string): RenditionId {
  if (name !== 'v0' && !/^a\d{1,3}$/.test(name)) throw unknownName();
  return name as RenditionId;
}

/** @throws `segment_not_found` for names we never wrote. */
export function parseAsset(name: string): RenditionAsset {
  if (name === 'playlist.m3u8') return { kind: 'playlist' };
  if (name === 'init.mp4') return { kind: 'init' };
  const index = /^(\d{1,7})\.m4s$/.exec(name)?.[1];
  if (index === undefined) throw unknownName();
  return { kind: 'segment', index: Number(index) };
}

/** The playlist of one rendition. */
export function renditionPlaylist(
  sessionId: string,
  rendition: RenditionId,
  packager: Packager,
  targetDuration: number,
): MediaAsset {
  const text = writeMediaPlaylist({
    version: 7,
    targetDuration,
    independentSegments: false,
    map: renditionUri(sessionId, rendition, 'init.mp4'),
    segments: packager.timeline(rendition).map(({ segment, startSeconds, endSeconds }) => ({
      uri: renditionUri(sessionId, rendition, `${segment.index}.m4s`),
      durationSeconds: endSeconds - startSeconds,
    })),
  });
  return { parts: [new TextEncoder().encode(text)], contentType: 'application/vnd.apple.mpegurl' };
}

function unknownName(): RaffiError {
  return new RaffiError(
    'segment_not_found',
    'There is no such segment. Fetch master.m3u8 again for the right names.',
  );
}
