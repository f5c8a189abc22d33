import type { Logger } from 'pino';
import { RaffiError, toRaffiError } from '../errors.ts';
import { SingleFlight } from '../single-flight.ts';
import { type Film, type FilmOptions, openFilm } from './film.ts';
import type { Stage, StageReport } from './types.ts';

/** After a failure the film is not opened again for this long; until then the same error is the answer. */
const FAILURE_COOLDOWN_MS = 20_000;

export interface FilmOpenerOptions {
  film: Omit<FilmOptions, 'onStage'>;
  onStage: (report: StageReport) => void;
  onOpened: (film: Film) => void;
  onFailed: (error: RaffiError) => void;
  log: Logger;
  /** Milliseconds of a monotonic clock. */
  now: () => number;
}

/** Opens a film on first need: single flight, the result kept, a failure kept for a cooldown. Reports the stages on the way. */
export class FilmOpener {
  readonly #options: FilmOpenerOptions;
  readonly #flights = new SingleFlight<Film>();
  readonly #closed = new AbortController();
  #film: Film | undefined;
  #failure: { error: RaffiError; at: number } | undefined;
  #stage: StageReport = { stage: 'idle', progress: null, since: new Date().toISOString() };

  constructor(options: FilmOpenerOptions) {
    this.#options = options;
  }

  get film(): Film | undefined {
    return this.#film;
  }

  get stage(): StageReport {
    return this.#stage;
  }

  /** Why the film cannot be opened, or can be played only directly. */
  get error(): RaffiError | undefined {
    const packaging = this.#film?.packaging;
    return packaging instanceof RaffiError ? packaging : this.#failure?.error;
  }

  /** @throws what `openFilm` throws; within the cooldown after a failure, that failure again. */
  async open(signal?: AbortSignal): Promise<Film> {
    this.#closed.signal.throwIfAborted();
    if (this.#film) return this.#film;
    const { now } = this.#options;
    if (this.#failure && now() - this.#failure.at < FAILURE_COOLDOWN_MS) throw this.#failure.error;
    return this.#flights.run('film', (running) => this.#openNow(running), signal);
  }

  enter(stage: Stage): void {
    if (this.#stage.stage === stage) return;
    this.#stage = { stage, progress: null, since: new Date().toISOString() };
    this.#options.onStage(this.#stage);
  }

  close(): void {
    this.#closed.abort(new RaffiError('session_not_found', 'The session was closed. Open the film again.'));
    const packaging = this.#film?.packaging;
    if (packaging && !(packaging instanceof RaffiError)) packaging.packager.close();
  }

  async #openNow(waiting: AbortSignal): Promise<Film> {
    const { film: options, onOpened, log, now } = this.#options;
    const signal = AbortSignal.any([waiting, this.#closed.signal]);
    this.#failure = undefined;
    try {
      const film = await openFilm({ ...options, onStage: (stage) => this.enter(stage) }, signal);
      signal.throwIfAborted();
      this.#film = film;
      onOpened(film);
      if (film.packaging instanceof RaffiError) this.#fail(film.packaging);
      else this.enter('first_byte');
      return film;
    } catch (thrown) {
      if (signal.aborted) {
        this.enter('idle');
        throw thrown;
      }
      const error = toRaffiError(thrown);
      if (error.code === 'internal') log.error({ err: thrown, session: options.id }, 'opening a film failed');
      this.#failure = { error, at: now() };
      this.#fail(error);
      throw error;
    }
  }

  #fail(error: RaffiError): void {
    this.enter('failed');
    this.#options.onFailed(error);
  }
}
