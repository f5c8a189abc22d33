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

/** What the choice rests on. */
export interface WayFacts extends Pick<SessionView, 'decisions'> {
  /** Position of the audio track that plays first. */
  audioIndex: number;
  /** Whether the core can encode what cannot be copied. */
  canEncode: boolean;
}

/**
 * HLS comes first: its segments with a known byte range make a seek one small request, its audio tracks can be switched, and a
 * restart of the core only costs a retried fragment, where a plain `<video src>` gives up for good. Direct play comes before it
 * where it saves an encoder at no such loss: for a picture (VP8 …), and for sound (MP3, Vorbis …) that is the only track.
 */
export function chooseWay({ decisions, audioIndex, canEncode }: WayFacts): WayChoice {
  if (decisions === undefined) return { ways: ['hls'], reason: 'The film could not be examined in advance.' };
  const { cmaf, direct } = decisions;
  const tracks = [cmaf.video, ...cmaf.audio].filter((track) => track !== null);
  const encodesPicture = cmaf.video?.action === 'transcode';
  const encodesSound = cmaf.audio[audioIndex]?.action === 'transcode';
  const choosable = canEncode ? cmaf.audio : cmaf.audio.filter(({ action }) => action === 'copy');
  if (direct.playable && (encodesPicture || (encodesSound && choosable.length < 2))) {
    return { ways: ['direct', 'hls'], reason: direct.reason };
  }
  const reason = tracks.every(({ action }) => action === 'copy')
    ? 'Every track is copied as it is, in fragments that seek at once.'
    : encodesPicture || encodesSound
      ? 'What this player cannot decode is converted while it plays.'
      : 'The tracks that play are copied as they are, in fragments that seek at once.';
  return { ways: direct.playable ? ['hls', 'direct'] : ['hls'], reason };
}

/** Whether a failure belongs to one way of delivery, so that another may do. */
export function isWayFailure({ code }: Failure): boolean {
  return WAY_FAILURES.has(code);
}

const WAY_FAILURES: ReadonlySet<Failure['code']> = new Set<Failure['code']>([
  'codec_not_playable',
  'encoder_failed',
  'ffmpeg_missing',
  'no_index',
  'media_damaged',
]);

/** How a film is played, as a sentence goes on. */
export function wayAdverb(way: Way): string {
  return way === 'direct' ? 'as the file itself' : 'in fragments';
}

/** A way as the details panel calls it. */
export function wayName(way: Way | null): string {
  return way === 'direct' ? 'Direct play' : 'Playing in fragments';
}
