import { INIT_TYPE, parseOriginAsset, parseOriginRendition } from '../../adaptive/asset-names.ts';
import type { Presentation } from '../../adaptive/presentation.ts';
import type { OpenedSegment } from '../../adaptive/segments/segment-loader.ts';
import type { ArrivingAsset, MediaAsset } from '../types.ts';
import { renditionUri } from './renditions.ts';

/** `master.m3u8` of what its origin has cut. */
export function presentedMaster(
  sessionId: string,
  presentation: Presentation,
  options: { audioPosition: number; startSeconds: number },
): string {
  return presentation.master((rendition, asset) => renditionUri(sessionId, rendition, asset), options);
}

/**
 * What the playlists of such a film name: `v0`, `a0` …, and of each `playlist.m3u8`, `init-<n>.mp4`, `<number>.ts` (or `.m4s` …).
 *
 * @throws `segment_not_found`, `source_*`
 */
export async function presentedAsset(
  sessionId: string,
  presentation: Presentation,
  names: { rendition: string; asset: string },
  signal: AbortSignal,
): Promise<MediaAsset | ArrivingAsset> {
  const rendition = parseOriginRendition(names.rendition);
  const asset = parseOriginAsset(names.asset);
  if (asset.kind === 'playlist') {
    const uri = (id: string, name: string) => renditionUri(sessionId, id, name);
    const text = await presentation.mediaPlaylist(rendition, uri, signal);
    return { parts: [new TextEncoder().encode(text)], contentType: 'application/vnd.apple.mpegurl' };
  }
  const opened =
    asset.kind === 'init'
      ? await presentation.init(rendition, asset.number, signal)
      : await presentation.segment(rendition, asset.sequence, signal);
  return arriving(opened, asset.kind === 'init' ? INIT_TYPE : asset.contentType, presentation.isLive);
}

export function arriving(opened: OpenedSegment, contentType: string, isVolatile: boolean): ArrivingAsset {
  return { pieces: (signal) => opened.read(signal), sizeBytes: opened.sizeBytes, contentType, isVolatile };
}
