import type { Logger } from 'pino';
import { RaffiError, toRaffiError } from '../errors.ts';
import type { Setback } from '../plan/setbacks.ts';
import { SingleFlight } from '../single-flight.ts';
import { Failure } from './cooldown.ts';
import { closeFilm, deliverSafer, type Film } from './deliver.ts';
import type { SourceStage } from './deps.ts';
import { type FilmOptions, openFilm } from './film.ts';
import type { SourceKind, Stage, StageReport } from './types.ts';

/** How often progress is told to those who listen, where there is any. */
const PROGRESS_INTERVAL_MS = 500;

export interface FilmOpenerOptions {
  film: Omit<FilmOptions, 'onStage'>;
  kind: SourceKind;
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
  #failure: Failure | undefined;
  #stage: Stage = 'idle';
  #since = new Date().toISOString();
  /** The progress that listeners know of. */
  #told: number | null = null;

  constructor(options: FilmOpenerOptions) {
    this.#options = options;
  }

  get film(): Film | undefined {
    return this.#film;
  }

  get stage(): StageReport {
    return { stage: this.#stage, progress: this.#progress(), since: this.#since };
  }

  /** Why the film cannot be opened, or can be played only directly. */
  get error(): RaffiError | undefined {
    const packaging = this.#film?.packaging;
    return packaging instanceof RaffiError ? packaging : this.#failure?.error;
  }

  /** @throws what `openFilm` throws; within the cooldown after a failure, that failure again with the rest of it as `retryAfterSeconds`. */
  async open(signal?: AbortSignal): Promise<Film> {
    this.#closed.signal.throwIfAborted();
    if (this.#film) return this.#film;
    const nowMs = this.#options.now();
    if (this.#failure?.isCooling(nowMs)) throw this.#failure.answer(nowMs);
    return this.#flights.run('film', (running) => this.#openNow(running), signal);
  }

  /** The source has come a step further, if it is still being opened. */
  sourceReached(stage: SourceStage): void {
    const before: Stage = stage === 'connect' ? 'resolve' : 'metadata';
    if (this.#stage === before) this.enter(stage);
  }

  enter(stage: Stage): void {
    if (this.#stage === stage) return;
    this.#stage = stage;
    this.#since = new Date().toISOString();
    this.#tell(this.stage);
  }

  async close(): Promise<void> {
    this.#closed.abort(new RaffiError('session_not_found', 'The session was closed. Open the film again.'));
    if (this.#film) await closeFilm(this.#film);
  }

  /** Hands the open film out otherwise from now on. @param startSeconds where its player is */
  heed(film: Film, setback: Setback, startSeconds: number): Film {
    const { film: options } = this.#options;
    const speed = options.encoders.pictureEncoder.knownSpeed;
    this.#film = deliverSafer(film, { ...options, speed, startSeconds }, setback);
    return this.#film;
  }

  async #openNow(waiting: AbortSignal): Promise<Film> {
    const { film: options, kind, onOpened, log, now } = this.#options;
    const signal = AbortSignal.any([waiting, this.#closed.signal]);
    this.#failure = undefined;
    const stopTelling = this.#tellProgress();
    try {
      const film = await openFilm({ ...options, onStage: (stage) => this.enter(stage) }, signal);
      if (signal.aborted) {
        await closeFilm(film);
        throw signal.reason;
      }
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
      this.#failure = new Failure(error, kind, now());
      this.#fail(error);
      throw this.#failure.answer(now());
    } finally {
      stopTelling();
    }
  }

  #fail(error: RaffiError): void {
    this.enter('failed');
    this.#options.onFailed(error);
  }

  /** Only an origin that sends nothing but the whole file makes a wait whose end can be foreseen; a few small reads have no such measure. */
  #progress(): number | null {
    return WAITS_FOR_BYTES.has(this.#stage)
      ? (this.#options.film.source.stats().spoolProgress ?? null)
      : null;
  }

  #tellProgress(): () => void {
    const timer = setInterval(() => {
      const report = this.stage;
      if (report.progress !== this.#told) this.#tell(report);
    }, PROGRESS_INTERVAL_MS).unref();
    const stop = () => clearInterval(timer);
    this.#closed.signal.addEventListener('abort', stop, { once: true });
    return stop;
  }

  #tell(report: StageReport): void {
    this.#told = report.progress;
    this.#options.onStage(report);
  }
}

const WAITS_FOR_BYTES: ReadonlySet<Stage> = new Set<Stage>(['connect', 'probe', 'plan', 'first_byte']);
