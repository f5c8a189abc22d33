import { CastFilm, type CastFilmDeps, type CastFilmWish, referenceIn } from './cast-film.ts';
import type { CastProfile } from './profiles.ts';

type Wish = Pick<CastFilmWish, 'audioIndex' | 'subtitleIndex' | 'castSessionId'>;

/** The place for the one film that is cast: what is put there is given back when it goes. */
export class FilmSlot {
  readonly #deps: CastFilmDeps;
  readonly #profile: () => CastProfile;
  readonly #onStale: (film: CastFilm) => void;
  #film: CastFilm | undefined;

  /** @param onStale the device has to load the film again: see `CastFilm.renew` */
  constructor(deps: CastFilmDeps, profile: () => CastProfile, onStale: (film: CastFilm) => void) {
    this.#deps = deps;
    this.#profile = profile;
    this.#onStale = onStale;
  }

  get film(): CastFilm | undefined {
    return this.#film;
  }

  /** @throws as `CastFilm.open` */
  async open(sessionId: string, wish: Wish, signal: AbortSignal): Promise<CastFilm> {
    const onStale = () => {
      if (film === this.#film) this.#onStale(film);
    };
    const film = await CastFilm.open(
      this.#deps,
      sessionId,
      { ...wish, profile: this.#profile(), onStale },
      signal,
    );
    this.#film = film;
    return film;
  }

  /** What a device plays, when it is ours and one of its sessions is there: after a restart of this program. */
  async adopt(customData: unknown, signal: AbortSignal): Promise<CastFilm | null> {
    const reference = referenceIn(customData);
    const ids = [reference?.sessionId, reference?.castSessionId];
    const isKnown = this.#deps.sessions.list().some(({ id }) => ids.includes(id));
    return reference && isKnown ? this.open(reference.sessionId, reference, signal) : null;
  }

  /** Never fails: what does not close properly is forgotten all the same. Idempotent. */
  async empty(): Promise<void> {
    const film = this.#film;
    this.#film = undefined;
    await film?.close().catch(() => {});
  }
}
