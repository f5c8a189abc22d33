import { parseCodecString } from '../../../src/plan/codec-match.ts';
import type { PlayerProblem } from '../../../src/plan/setbacks.ts';
import type { PlaybackDecision } from '../../../src/plan/types.ts';
import type { Feedback } from '../../../src/session/types.ts';

/** What an engine noticed of a film that it cannot play. */
export interface Symptom {
  problem: PlayerProblem;
  /** Which track it lies at; null when that cannot be told. */
  track: 'video' | 'audio' | null;
  /** RFC 6381 strings of what the browser refuses to take at all. */
  refusedCodecs?: readonly string[];
}

/** What the core can be told of one track. */
export type Complaint = Omit<Feedback, 'detail'>;

/**
 * What to complain of, the likeliest first: the core has nothing safer for some tracks, and then it was another. Pure.
 *
 * @param decision how the film is played
 * @param audioIndex position of the audio track that plays
 */
export function complaintsOf(
  { problem, track, refusedCodecs }: Symptom,
  decision: PlaybackDecision | undefined,
  audioIndex: number,
): Complaint[] {
  if (refusedCodecs !== undefined) {
    const refused = new Set(refusedCodecs.map((codecString) => parseCodecString(codecString)?.codec));
    // One refused track makes a player refuse the whole film, be it the one that plays or not.
    const copied = (decision?.audio ?? []).filter(({ action }) => action === 'copy');
    return [
      ...(decision?.video && refused.has(decision.video.codec) ? [{ track: 'video', problem } as const] : []),
      ...copied
        .filter(({ codec }) => refused.has(codec))
        .map(({ position }) => ({ track: 'audio', position, problem }) as const),
    ];
  }
  const picture: Complaint = { track: 'video', problem };
  const sound: Complaint = { track: 'audio', position: audioIndex, problem };
  if (problem === 'no_frames') return [picture];
  if (problem === 'silent') return [sound];
  return track === 'audio' ? [sound, picture] : [picture, sound];
}

/** Which track a decoder's message is about (Chromium: "PIPELINE_ERROR_DECODE: … audio packet …"). */
export function trackOf(message: string): Symptom['track'] {
  const isAudio = /audio/i.test(message);
  const isVideo = /video/i.test(message);
  return isAudio === isVideo ? null : isAudio ? 'audio' : 'video';
}
