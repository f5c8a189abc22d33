import { containerOf } from '../../adaptive/asset-names.ts';
import type { OriginPlaylist } from '../../adaptive/origin.ts';
import { lengthOf, type Presentation } from '../../adaptive/presentation.ts';
import { RaffiError } from '../../errors.ts';
import { writeMediaPlaylist } from '../../hls/playlists/media-playlist.ts';
import type { SettledQuery } from '../playlist-start.ts';
import type { ArrivingAsset, StreamPlaylist } from '../types.ts';
import { arriving } from './presented-assets.ts';
import { parseSegmentName, sliceSegmentName } from './slices.ts';

/**
 * The documented `/stream` of a film whose origin cut it into MPEG-TS already, picture and sound together: its segments pass as they are. A
 * live one is the window that it has now, and `seek` is counted from its beginning; without one, players begin at the live edge.
 *
 * @throws `codec_not_playable` where the origin has no such segments, `source_*`
 */
export async function presentedStream(
  sessionId: string,
  presentation: Presentation,
  { seekSeconds, forceSlice }: SettledQuery,
  signal?: AbortSignal,
): Promise<StreamPlaylist> {
  const playlist = await presentation.playlist(await transportVariant(presentation, signal), signal);
  const startSeconds = Math.max(0, Math.min(seekSeconds, lengthOf(playlist) - END_MARGIN_SECONDS));
  const { skipped, sliceStartSeconds } = forceSlice
    ? segmentsBefore(playlist, startSeconds)
    : FROM_THE_BEGINNING;
  const firstSegment = playlist.firstSequence + skipped;
  const offsetSeconds = startSeconds - sliceStartSeconds;
  const slice = { firstSegment, audioPosition: null, edition: 0, offsetSeconds };
  const text = writeMediaPlaylist({
    version: 8,
    targetDuration: playlist.targetDurationSeconds,
    independentSegments: false,
    ...(offsetSeconds > 0 ? { startOffsetSeconds: offsetSeconds } : {}),
    window: {
      // The documented playlists are counted from 0; those of a live window have to be counted by it.
      mediaSequence: playlist.hasEnded ? 0 : firstSegment,
      discontinuitySequence: playlist.hasEnded ? 0 : playlist.discontinuitySequence,
      type: playlist.hasEnded ? 'VOD' : null,
      isOpen: !playlist.hasEnded,
    },
    segments: playlist.segments.slice(skipped).map((segment, index) => ({
      uri: `/sessions/${sessionId}/stream/${sliceSegmentName(slice, firstSegment + index)}`,
      durationSeconds: segment.durationSeconds,
      ...(segment.isDiscontinuity && index > 0 ? { isDiscontinuity: true } : {}),
      ...(segment.isGap ? { isGap: true } : {}),
    })),
  });
  return { text, sliceStartSeconds };
}

/** A segment of that playlist. @throws `segment_not_found`, `source_*` */
export async function presentedTransport(
  presentation: Presentation,
  name: string,
  signal: AbortSignal,
): Promise<ArrivingAsset> {
  const { segmentIndex } = parseSegmentName(name);
  const variant = await transportVariant(presentation, signal);
  const opened = await presentation.segment(variant, segmentIndex, signal);
  return arriving(opened, 'video/mp2t', presentation.isLive);
}

/** Beginning at the very end would show nothing. */
const END_MARGIN_SECONDS = 0.1;
const FROM_THE_BEGINNING = { skipped: 0, sliceStartSeconds: 0 };

/** The best quality: the clients of `/stream` cannot choose by themselves. */
async function transportVariant(presentation: Presentation, signal?: AbortSignal): Promise<`v${number}`> {
  const { variants, audio } = presentation.offer;
  const best = variants.reduce((most, { bandwidth }, index) => {
    return bandwidth > (variants[most]?.bandwidth ?? 0) ? index : most;
  }, 0);
  const rendition = `v${best}` as const;
  const { segments } = await presentation.playlist(rendition, signal);
  const isTransport = segments.every((segment) => containerOf(segment) === 'ts');
  if (isTransport && audio.every(({ track }) => track === null)) return rendition;
  throw new RaffiError(
    'codec_not_playable',
    'The server has cut this film into pieces that this client cannot play as they are. Play it through master.m3u8, or look for another source.',
    {
      data: {
        reasons: ['The server keeps picture and sound apart, or packs them otherwise than in MPEG-TS.'],
      },
    },
  );
}

function segmentsBefore(
  { segments }: OriginPlaylist,
  seconds: number,
): { skipped: number; sliceStartSeconds: number } {
  let start = 0;
  for (const [index, { durationSeconds }] of segments.entries()) {
    if (seconds < start + durationSeconds) return { skipped: index, sliceStartSeconds: start };
    start += durationSeconds;
  }
  return FROM_THE_BEGINNING;
}
