import type { SessionView } from '../../../src/session/types.ts';
import type { Failure } from '../api/problem.ts';

/** How a film reaches the `<video>`: cut into fragments by the core, or as the file itself. */
export type Way = 'hls' | 'direct';

export interface WayChoice {
  /** In the order to try; never empty. The second one is tried once, when the first fails. */
  ways: readonly [Way, ...Way[]];
  /** One sentence for the details panel. */
  reason: string;
}

/**
 * HLS comes first wherever every track can be copied: its segments cut at keyframes with a known byte range make a seek one
 * small request, its audio tracks can be switched, and a restart of the core only costs a retried fragment, where a plain
 * `<video src>` gives up for good. Direct play is for what HLS cannot carry without an encoder (VP8, Vorbis, PCM …).
 */
export function chooseWay(decisions: SessionView['decisions']): WayChoice {
  if (decisions === undefined) return { ways: ['hls'], reason: 'The film could not be examined in advance.' };
  const { cmaf, direct } = decisions;
  const tracks = [cmaf.video, ...cmaf.audio].filter((track) => track !== null);
  const encoded = tracks.find(({ action }) => action === 'transcode');
  if (!direct.playable) return { ways: ['hls'], reason: direct.reason };
  if (encoded === undefined && tracks.length > 0) {
    return {
      ways: ['hls', 'direct'],
      reason: 'Every track is copied as it is, in fragments that seek at once.',
    };
  }
  const heard = cmaf.audio.some(({ action }) => action === 'copy');
  const seen = cmaf.video === null || cmaf.video.action === 'copy';
  // Only a secondary track needs an encoder: HLS still plays, and lets one switch among the others.
  if (seen && heard && cmaf.audio[0]?.action === 'copy') {
    return { ways: ['hls', 'direct'], reason: `${encoded?.reason}; the other tracks are copied.` };
  }
  return { ways: ['direct', 'hls'], reason: direct.reason };
}

/** Whether a failure belongs to one way of delivery, so that another may do. */
export function isWayFailure({ code }: Failure): boolean {
  return code === 'codec_not_playable' || code === 'no_index' || code === 'media_damaged';
}

/** A way as the details panel calls it. */
export function wayName(way: Way | null): string {
  return way === 'direct' ? 'Direct play' : 'Playing in fragments';
}
