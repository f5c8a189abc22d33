import type { AudioChoice } from './audio-choice.ts';
import type { FilmOpener } from './film-opener.ts';
import type { SessionRequest } from './types.ts';

/** What a supervisor needs to open a session again after a crash: with its names, so that what a player holds of it stays true. */
export function restoreRequest(
  id: string,
  { audioIndex: _, ...request }: Readonly<SessionRequest>,
  audio: AudioChoice,
  { film }: FilmOpener,
): SessionRequest & { id: string } {
  const { chosen } = audio;
  return {
    ...request,
    id,
    ...(chosen === undefined ? {} : { audioIndex: chosen }),
    ...(film && film.setbacks.length > 0 ? { setbacks: [...film.setbacks] } : {}),
  };
}
