import { writeMediaPlaylist } from '../../hls/playlists/media-playlist.ts';
import type { SegmentPlan } from '../../plan/types.ts';
import type { StreamPlaylist } from '../types.ts';
import { type Slice, sliceSegmentName } from './slices.ts';

/**
 * The documented `/stream` playlist of a slice, always complete (`VOD`, `ENDLIST`). Film time = `sliceStartSeconds` + the
 * player's time, so the start offset is counted from the slice's start.
 */
export function slicePlaylist(sessionId: string, plan: SegmentPlan, slice: Slice): StreamPlaylist {
  const segments = plan.segments.slice(slice.firstSegment);
  const sliceStartSeconds = segments[0]?.startSeconds ?? 0;
  const offset = slice.offsetSeconds - sliceStartSeconds;
  const text = writeMediaPlaylist({
    version: 6,
    targetDuration: plan.targetDurationSeconds,
    independentSegments: false,
    ...(offset > 0 ? { startOffsetSeconds: offset } : {}),
    segments: segments.map(({ index, startSeconds, endSeconds }) => ({
      uri: `/sessions/${sessionId}/stream/${sliceSegmentName(slice, index)}`,
      durationSeconds: endSeconds - startSeconds,
    })),
  });
  return { text, sliceStartSeconds };
}
