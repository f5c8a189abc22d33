import type { Cue, TimeWindow } from '../../../src/subtitles/cue.ts';
import { pause } from '../api/pause.ts';
import { ApiError, type Failure, mayPass } from '../api/problem.ts';
import { type CuePlacement, cuePlacement } from './cue-settings.ts';
import { cuesOf } from './cue-stream.ts';
import { isIn, nextWindow } from './cue-windows.ts';
import { shownOf } from './due-lines.ts';
import { HeldLines } from './held-lines.ts';
import { Patience } from './patience.ts';

/** A text track, as far as the feed is concerned. */
export interface CueSource {
  /** The same for the same lines. */
  key: string;
  /** WebVTT of a stretch of film. Rejects with `ApiError`. */
  read(window: TimeWindow, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

/** A line that is on screen now. */
export interface ShownLine {
  cue: VTTCue;
  placement: CuePlacement;
}

export interface SubtitleScreen {
  /** What is to be seen from now on, in the order of its start. */
  onLines(lines: ShownLine[]): void;
  /** The track that is shown cannot be read, and is no more asked for until `again()`. */
  onFailure(failure: Failure): void;
  /** Lines have not come for long; they are still asked for. */
  onDelay(): void;
}

/** Kept of what is behind and ahead when there is no room for more, s: a short look back costs a request at worst. */
const KEPT_BEHIND_SECONDS = 10;
const KEPT_AHEAD_SECONDS = 90;
/** Before more is asked for where there was no room for all: some of it is over by then. */
const FULL_MS = 5_000;
/** Between two attempts, where the core says no other. */
const RETRY_MS = 1_000;

/**
 * Keeps one text track of a `<video>` filled with the lines around its clock, and tells which of them are due: Chromium does that to the frame. It
 * does not show them itself, since it knows nothing of the controls and little of where WebVTT puts lines (146: no `line` or `position` alignment).
 */
export class SubtitleFeed {
  readonly #video: HTMLVideoElement;
  readonly #track: TextTrack;
  readonly #screen: SubtitleScreen;
  readonly #listening = new AbortController();
  readonly #held: HeldLines<ShownLine>;
  #source: CueSource | null = null;
  /** `window`: film time. */
  #request: { window: TimeWindow; ending: AbortController } | null = null;
  #offsetSeconds = 0;
  #patience = new Patience();

  constructor(video: HTMLVideoElement, screen: SubtitleScreen) {
    this.#video = video;
    this.#screen = screen;
    // Not as subtitles: those are the browser's to choose and to show.
    this.#track = video.addTextTrack('metadata', 'Subtitles');
    this.#held = new HeldLines({
      make: (cue) => this.#show(cue),
      drop: ({ cue }) => this.#track.removeCue(cue),
    });
    const { signal } = this.#listening;
    video.addEventListener('seeking', () => this.#tend(true), { signal });
    video.addEventListener('timeupdate', () => this.#tend(), { signal });
    this.#track.addEventListener('cuechange', () => this.#tell(), { signal });
  }

  /** Shows this track from now on; null: none. */
  select(source: CueSource | null): void {
    if (source?.key === this.#source?.key) return;
    this.#stop();
    this.#held.clear();
    this.#patience = new Patience();
    this.#source = source;
    this.#track.mode = source === null ? 'disabled' : 'hidden';
    this.#tell();
    this.#tend();
  }

  /** Goes on with a track that could not be read. */
  again(): void {
    this.#stop();
    this.#tend();
  }

  /** How much later on the element's clock a line is shown than on the film's. */
  shift(offsetSeconds: number): void {
    const change = offsetSeconds - this.#offsetSeconds;
    if (change === 0) return;
    this.#offsetSeconds = offsetSeconds;
    for (const { cue } of this.#held.lines) {
      cue.startTime += change;
      cue.endTime += change;
    }
    // What is not due any more is not told of: Chromium takes each for a new one.
    this.#tell();
    this.#tend();
  }

  /** The element's own end ends the track. */
  close(): void {
    this.#listening.abort();
    this.select(null);
  }

  get #filmSeconds(): number {
    return this.#video.currentTime - this.#offsetSeconds;
  }

  #tend(isSeek = false): void {
    if (this.#source === null) return;
    const at = this.#filmSeconds;
    if (this.#request !== null) {
      // What the new place shows comes before all else, also before what would come to it later.
      if (this.#held.hasAllAt(at) || (!isSeek && isIn(this.#request.window, at))) return;
      this.#stop();
    }
    const window = nextWindow(this.#held.loaded, at);
    if (window !== null) void this.#load(this.#source, window);
  }

  async #load(source: CueSource, window: TimeWindow): Promise<void> {
    const ending = new AbortController();
    const { signal } = ending;
    this.#request = { window, ending };
    const beganMs = performance.now();
    let pauseMs = 0;
    try {
      const toSeconds = await this.#read(source, window, signal);
      signal.throwIfAborted();
      this.#patience.succeeded();
      this.#held.hasLoaded({ ...window, toSeconds });
      if (toSeconds < window.toSeconds) pauseMs = FULL_MS;
    } catch (thrown) {
      if (signal.aborted) return;
      // A document that broke off has no status.
      const failure = thrown instanceof ApiError ? thrown : null;
      if (failure !== null && !mayPass(failure.status)) {
        this.#screen.onFailure(failure.failure);
        return;
      }
      if (this.#patience.failed(beganMs, performance.now())) this.#screen.onDelay();
      const { retryAfterSeconds } = failure?.failure ?? {};
      pauseMs = retryAfterSeconds === undefined ? RETRY_MS : retryAfterSeconds * 1000;
    }
    if (pauseMs > 0) await pause(pauseMs, signal).catch(() => {});
    if (signal.aborted) return;
    this.#request = null;
    this.#tend();
  }

  /** Up to where the lines of a stretch are held now: to its end, unless there was no room for more. */
  async #read(source: CueSource, window: TimeWindow, signal: AbortSignal): Promise<number> {
    for await (const cues of cuesOf(await source.read(window, signal))) {
      signal.throwIfAborted();
      if (cues.length > 0) this.#patience.succeeded();
      for (const cue of cues) {
        if (!this.#held.hold(cue, this.#keptBeside(window)))
          return Math.min(cue.startSeconds, window.toSeconds);
      }
    }
    return window.toSeconds;
  }

  /** What is about to be shown, and all of what is being loaded. */
  #keptBeside({ fromSeconds, toSeconds }: TimeWindow): TimeWindow {
    const at = this.#filmSeconds;
    return {
      fromSeconds: Math.min(at - KEPT_BEHIND_SECONDS, fromSeconds),
      toSeconds: Math.max(at + KEPT_AHEAD_SECONDS, toSeconds),
    };
  }

  #show({ startSeconds, endSeconds, text, settings }: Cue): ShownLine {
    const cue = new VTTCue(startSeconds + this.#offsetSeconds, endSeconds + this.#offsetSeconds, text);
    this.#track.addCue(cue);
    return { cue, placement: cuePlacement(settings) };
  }

  #tell(): void {
    const due = new Set(this.#track.activeCues);
    this.#screen.onLines(shownOf(this.#held.lines.filter(({ cue }) => due.has(cue))));
  }

  #stop(): void {
    this.#request?.ending.abort();
    this.#request = null;
  }
}
