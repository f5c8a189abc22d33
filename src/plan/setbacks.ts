import type { AudioStream, MediaInfo, VideoStream } from '../probe/media-info.ts';
import { audioTarget } from './audio-target.ts';
import { codecName } from './codec-names.ts';
import type { EncoderSpeed } from './encoder-limits.ts';
import { ladderOf } from './ladder.ts';
import type { Capabilities, DirectDecision, PlaybackDecision, VideoTarget } from './types.ts';
import { videoTarget } from './video-target.ts';

/** What a player may find out about a track while it plays it. */
export type PlayerProblem = 'no_frames' | 'silent' | 'decode_error';

/** A track that a player could not play, although it said it could. */
export interface Setback {
  track: 'video' | 'audio';
  /** Position among the tracks of its kind. */
  position: number;
  problem: PlayerProblem;
}

/** What encoding has to keep to. */
export interface EncodingTerms {
  capabilities: Capabilities | undefined;
  /** Of the encoder of pictures. */
  speed: EncoderSpeed;
}

type VideoDecision = NonNullable<PlaybackDecision['video']>;
type AudioDecision = PlaybackDecision['audio'][number];

/** Whether there is a safer decision for the track of a setback than this one. Pure, as all here. */
export function hasSafer({ video, audio }: PlaybackDecision, { track, position }: Setback): boolean {
  if (track === 'video') return video?.action === 'copy';
  const decided = audio[position];
  return decided !== undefined && (decided.action === 'copy' || isSurround(decided));
}

/**
 * Decisions after a setback: a copied picture becomes H.264, a copied sound AAC in stereo, encoded surround stereo. There is nothing safer than
 * these, so a track has one setback at most. What it does not concern is the very same object as before.
 */
export function heed(
  decision: PlaybackDecision,
  setback: Setback,
  media: Pick<MediaInfo, 'video' | 'audio'>,
  { capabilities, speed }: EncodingTerms,
): PlaybackDecision {
  if (!hasSafer(decision, setback)) return decision;
  const picture = media.video[0];
  if (setback.track === 'video' && decision.video && picture) {
    const target = videoTarget(picture, capabilities, speed);
    const video = encodedPicture(decision.video, picture, setback, target);
    // An encoded picture always comes with its ladder; MPEG-TS has no variants.
    const rungs = decision.delivery === 'cmaf' ? ladderOf(picture, capabilities, speed, target) : [];
    const { rungs: _, ...others } = decision;
    return { ...others, video, ...(rungs.length > 0 ? { rungs } : {}) };
  }
  return {
    ...decision,
    audio: decision.audio.map((decided) => {
      const stream = media.audio[decided.position];
      return stream && decided.position === setback.position ? stereo(decided, stream, setback) : decided;
    }),
  };
}

/** Sound that was copied beside a copied picture, and has no place to be read from without it. */
export function withoutCopiedSound(
  decision: PlaybackDecision,
  media: Pick<MediaInfo, 'audio'>,
  capabilities: Capabilities | undefined,
): PlaybackDecision {
  const audio = decision.audio.map((decided): AudioDecision => {
    const stream = media.audio[decided.position];
    if (!stream || decided.action === 'transcode') return decided;
    const reason = 'The file keeps no index, so its sound is converted along with the picture.';
    return { ...decided, action: 'transcode', reason, target: audioTarget(stream, capabilities) };
  });
  return { ...decision, audio };
}

/** `heed` for direct play, which has nothing safer than not to be: of a film's sound it plays the first track. */
export function heedDirectly(
  direct: DirectDecision,
  { track, position, problem }: Setback,
  media: Pick<MediaInfo, 'video' | 'audio'>,
): DirectDecision {
  const stream = track === 'video' ? media.video[0] : media.audio[0];
  if (!direct.playable || position !== 0 || !stream) return direct;
  return { playable: false, reason: `The player ${FAILED[problem]} this ${codecName(stream.codec)}.` };
}

/**
 * How often setbacks have changed the bytes of a rendition: a part of its name, so that no name ever stands for two things. A picture that is
 * encoded is cut elsewhere, and the sound with it.
 *
 * @param audioPosition the rendition's sound; null where it carries none
 */
export function editionOf(setbacks: readonly Setback[], audioPosition: number | null): number {
  return setbacks.filter(({ track, position }) => track === 'video' || position === audioPosition).length;
}

const FAILED: Record<PlayerProblem, string> = {
  no_frames: 'showed no picture of',
  silent: 'was silent with',
  decode_error: 'could not decode',
};

function encodedPicture(
  decided: VideoDecision,
  stream: VideoStream,
  { problem }: Setback,
  target: VideoTarget,
): VideoDecision {
  const reason = `The player ${FAILED[problem]} this ${codecName(stream.codec)}, so it is converted.`;
  return { ...decided, action: 'transcode', reason, target };
}

function stereo(decided: AudioDecision, stream: AudioStream, { problem }: Setback): AudioDecision {
  const what =
    decided.action === 'copy'
      ? `${codecName(stream.codec)}, so it is converted`
      : 'surround sound, so it is converted to stereo';
  // Without capabilities the baseline counts, which is stereo.
  const target = audioTarget(stream, undefined);
  return { ...decided, action: 'transcode', reason: `The player ${FAILED[problem]} this ${what}.`, target };
}

function isSurround({ target }: AudioDecision): boolean {
  return target !== undefined && target.channels > 2;
}
