import { INIT_TYPE, parseOriginAsset, parseOriginRendition } from '../../adaptive/asset-names.ts';
import type { Presentation } from '../../adaptive/presentation.ts';
import type { OpenedSegment } from '../../adaptive/segments/segment-loader.ts';
import type { ArrivingAsset, MediaAsset } from '../types.ts';
import type { AssetName } from './playout.ts';
import { playlistAsset, renditionUri } from './renditions.ts';

/**
 * What the playlists of such a film name: `v0`, `a0` …, and of each `playlist.m3u8`, `init-<n>.mp4`, `<number>.ts` (or `.m4s` …).
 *
 * @throws `segment_not_found`, `source_*`
 */
export async function presentedAsset(
  sessionId: string,
  presentation: Presentation,
  name: AssetName,
  signal: AbortSignal,
): Promise<MediaAsset | ArrivingAsset> {
  const rendition = parseOriginRendition(name.rendition);
  const asset = parseOriginAsset(name.asset);
  if (asset.kind === 'playlist') {
    const uri = (id: string, file: string) => renditionUri(sessionId, id, file);
    return playlistAsset(await presentation.mediaPlaylist(rendition, uri, signal));
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
