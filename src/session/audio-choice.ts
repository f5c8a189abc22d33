import { RaffiError } from '../errors.ts';
import { defaultAudioPosition } from '../plan/default-audio.ts';
import type { Delivery } from '../plan/types.ts';
import type { Film } from './deliver.ts';
import type { SessionRequest } from './types.ts';

/** Which audio track of a session plays. A choice of the viewer is never overridden by a later probe, unless the film has no such track. */
export class AudioChoice {
  readonly #languages: readonly string[];
  #chosen: number | undefined;

  /** @param languages the viewer's, BCP 47 */
  constructor({ audioIndex, languages }: Pick<SessionRequest, 'audioIndex' | 'languages'>) {
    this.#chosen = audioIndex;
    this.#languages = languages ?? [];
  }

  /** Position among the audio tracks; undefined until somebody chose. */
  get chosen(): number | undefined {
    return this.#chosen;
  }

  /** Tracks that are not known yet cannot be checked: the choice is kept for when they are. @throws `bad_audio_index` */
  choose(position: number, film: Film | undefined): void {
    if (film && position >= film.media.audio.length) {
      throw new RaffiError(
        'bad_audio_index',
        `The film has ${film.media.audio.length} audio track(s), counted from 0; there is no ${position}.`,
      );
    }
    this.#chosen = position;
  }

  /** Gives up a choice made before the film was known, if the film has no such track. True when it did. */
  dropUnless({ media }: Film): boolean {
    if (this.#chosen === undefined || this.#chosen < media.audio.length) return false;
    this.#chosen = undefined;
    return true;
  }

  /** Position of the track that a delivery starts with; 0 while the film is unknown or has none. */
  positionFor(delivery: Delivery, film: Film | undefined): number {
    return this.#chosen ?? (film && startingAudio(film, delivery, this.#languages)) ?? 0;
  }
}

/** The film's default track for the viewer; where nothing can be encoded, one that this delivery to this client copies, if there is any. */
function startingAudio(
  { media, decisions, missingEncoder }: Pick<Film, 'media' | 'decisions' | 'missingEncoder'>,
  delivery: Delivery,
  languages: readonly string[],
): number | null {
  const preferred = defaultAudioPosition(media.audio, languages);
  if (missingEncoder === null) return preferred;
  const copyable = decisions[delivery].audio.filter(({ action }) => action === 'copy');
  const isPlayable = copyable.some(({ position }) => position === preferred);
  return isPlayable ? preferred : (copyable[0]?.position ?? preferred);
}
