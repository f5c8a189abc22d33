import { Presentation } from '../adaptive/presentation.ts';
import { RaffiError } from '../errors.ts';
import { hasSafer, type Setback } from '../plan/setbacks.ts';
import type { Film } from './deliver.ts';
import { packagingFor } from './packaging-for.ts';
import type { Feedback } from './types.ts';

/** What a player's report means for a film: a setback to be heeded, or why nothing safer is left. */
export type Verdict = { setback: Setback } | { nothing: string };

/**
 * Judges a player's report. Pure.
 *
 * @param playingAudio position of the audio track that plays, for a report that names none
 * @throws `bad_audio_index`; `codec_not_playable` where something safer needs an encoder that is not there; why the film cannot be cut into segments
 */
export function judge(film: Film, report: Feedback, playingAudio: number): Verdict {
  const { track, problem } = report;
  const position = track === 'video' ? 0 : (report.position ?? playingAudio);
  const streams = film.media[track];
  if (streams.length === 0) return { nothing: `The film has no ${track === 'video' ? 'picture' : 'sound'}.` };
  if (position >= streams.length) {
    throw new RaffiError('bad_audio_index', `The film has ${streams.length} audio track(s), counted from 0.`);
  }
  if (film.packaging instanceof Presentation) {
    return { nothing: 'The server has cut this film itself, and it is passed on as it is.' };
  }
  packagingFor(film, 'cmaf');
  const setback = { track, position, problem };
  if (!hasSafer(film.decisions.cmaf, setback) && !hasSafer(film.decisions.mpegts, setback)) {
    const what = track === 'video' ? 'picture' : 'sound';
    return { nothing: `The ${what} is converted to what every player plays already; nothing safer is left.` };
  }
  if (film.missingEncoder !== null) throw needsEncoder(setback, film.missingEncoder);
  return { setback };
}

/** Whether heeding a report would begin to encode the picture. */
export function needsPictureEncoder({ decisions, missingEncoder }: Film, { track }: Feedback): boolean {
  return track === 'video' && missingEncoder === null && decisions.cmaf.video?.action === 'copy';
}

/** The reason of the decision that heeded a setback. */
export function reasonFor({ decisions }: Film, { track, position }: Setback): string {
  const { cmaf } = decisions;
  return (track === 'video' ? cmaf.video?.reason : cmaf.audio[position]?.reason) ?? '';
}

function needsEncoder({ track }: Setback, missingEncoder: string): RaffiError {
  const reason = `The player could not play the ${track === 'video' ? 'picture' : 'sound'} as it is.`;
  return new RaffiError(
    'codec_not_playable',
    `${reason} It has to be converted while playing. ${missingEncoder}`,
    {
      data: { reasons: [reason] },
    },
  );
}
