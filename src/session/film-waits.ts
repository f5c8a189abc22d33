import type { GrowingParts } from '../remux/byte-parts.ts';
import type { SourceInfo } from '../source/byte-source.ts';
import {
  boundedGaps,
  boundedWait,
  type Deadline,
  deadlineIn,
  tooLate,
  type WaitBounds,
} from './bounded-wait.ts';
import type { Film } from './deliver.ts';
import type { FilmOpener } from './film-opener.ts';
import type { StageReport } from './types.ts';

/** A session's waits for its film: each with its bound, and with the stage that a client is told when that passes (`wait_exceeded`). */
export class FilmWaits {
  readonly #opener: FilmOpener;
  readonly #bounds: WaitBounds;
  readonly #onUse: () => void;

  /** @param onUse called when a wait begins: every one is a use of the session */
  constructor(opener: FilmOpener, bounds: WaitBounds, onUse: () => void) {
    this.#opener = opener;
    this.#bounds = bounds;
    this.#onUse = onUse;
  }

  /** Contract: `GET /sessions/:id` waits for a running probe. */
  forView(signal?: AbortSignal): Promise<Film> {
    return this.#open('The film', deadlineIn(this.#bounds.viewMs), signal);
  }

  forPlaylist(signal?: AbortSignal): Promise<Film> {
    return this.#open('The playlist', deadlineIn(this.#bounds.playlistMs), signal);
  }

  /** The film alone, which says what an asset's name means. */
  forAsset(signal?: AbortSignal): Promise<Film> {
    return this.#open('The film', deadlineIn(this.#bounds.segmentMs), signal);
  }

  /** What is read or encoded of the film, which is opened first if need be: one bound for both. */
  async forMade<T>(
    what: string,
    work: (film: Film, signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const deadline = deadlineIn(this.#bounds.segmentMs);
    const film = await this.#open(what, deadline, signal);
    return boundedWait((running) => work(film, running), {
      deadline,
      graceMs: this.#bounds.segmentGraceMs,
      what,
      stage: () => this.#opener.stage,
      signal,
    });
  }

  /**
   * The same of what is handed out while it is being made: the bound holds for its first part, and for each gap after that. The work's signal goes
   * on to follow the client's until all is made.
   */
  async forGrowing<T extends GrowingParts>(
    what: string,
    work: (film: Film, signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const gap = new AbortController();
    const lasting = signal ? [signal, gap.signal] : [gap.signal];
    const made = await this.forMade(
      what,
      (film, running) => work(film, AbortSignal.any([running, ...lasting])),
      signal,
    );
    if (!made.rest) return made;
    const boundMs = this.#bounds.segmentMs;
    const giveUp = () => gap.abort(tooLate(what, boundMs, this.#opener.stage));
    return { ...made, rest: boundedGaps(made.rest, boundMs, giveUp) };
  }

  /** Direct play needs the source alone: where no film is being opened, its connection is all that is waited for. */
  forDirect(open: (signal: AbortSignal) => Promise<SourceInfo>, signal?: AbortSignal): Promise<SourceInfo> {
    this.#onUse();
    const stage = (): StageReport => {
      const report = this.#opener.stage;
      return report.stage === 'idle' ? { ...report, stage: 'connect' } : report;
    };
    const { playlistMs, openingGraceMs } = this.#bounds;
    return boundedWait(open, {
      deadline: deadlineIn(playlistMs),
      graceMs: openingGraceMs,
      what: 'The film',
      stage,
      signal,
    });
  }

  #open(what: string, deadline: Deadline, signal: AbortSignal | undefined): Promise<Film> {
    this.#onUse();
    return boundedWait((running) => this.#opener.open(running), {
      deadline,
      graceMs: this.#bounds.openingGraceMs,
      what,
      stage: () => this.#opener.stage,
      signal,
    });
  }
}
