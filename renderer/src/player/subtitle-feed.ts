import type { Cue, TimeWindow } from '../../../src/subtitles/cue.ts';
import { pause } from '../api/pause.ts';
import { ApiError, type Failure } from '../api/problem.ts';
import { type CuePlacement, cuePlacement } from './cue-settings.ts';
import { cuesOf } from './cue-stream.ts';
import { isIn, nextWindow, within, withWindow } from './cue-windows.ts';

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
}

/** More than hours of dialogue have; what animates letters one by one (karaoke) is forgotten where it is not about to be shown. */
const MAX_HELD = 4_000;
const KEPT_SECONDS = 90;
/** Between two attempts, where the core says no other. */
const RETRY_MS = 1_000;
/** What may pass by itself: a core that is being restarted, a source's bad moment, others that are served first. */
const PASSING: ReadonlySet<number> = new Set([0, 429, 502, 503, 504]);

/**
 * Keeps one text track of a `<video>` filled with the lines around its clock, and tells which of them are due: Chromium does that to the frame. It
 * does not show them itself, since it knows nothing of the controls and little of where WebVTT puts lines (146: no `line` or `position` alignment).
 */
export class SubtitleFeed {
  readonly #video: HTMLVideoElement;
  readonly #track: TextTrack;
  readonly #screen: SubtitleScreen;
  readonly #listening = new AbortController();
  readonly #held = new Map<string, ShownLine>();
  #source: CueSource | null = null;
  /** Film time. */
  #loaded: TimeWindow[] = [];
  #request: { window: TimeWindow; ending: AbortController } | null = null;
  #offsetSeconds = 0;

  constructor(video: HTMLVideoElement, screen: SubtitleScreen) {
    this.#video = video;
    this.#screen = screen;
    // Not as subtitles: those are the browser's to choose and to show.
    this.#track = video.addTextTrack('metadata', 'Subtitles');
    const { signal } = this.#listening;
    video.addEventListener('seeking', () => this.#tend(true), { signal });
    video.addEventListener('timeupdate', () => this.#tend(), { signal });
    this.#track.addEventListener('cuechange', () => this.#tell(), { signal });
  }

  /** Shows this track from now on; null: none. */
  select(source: CueSource | null): void {
    if (source?.key === this.#source?.key) return;
    this.#stop();
    this.#forget(() => true);
    this.#loaded = [];
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
    for (const { cue } of this.#held.values()) {
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
      const isHere = this.#loaded.some((window) => isIn(window, at));
      // What the new place shows comes before all else, also before what would come to it later.
      if (isHere || (!isSeek && isIn(this.#request.window, at))) return;
      this.#stop();
    }
    const window = nextWindow(this.#loaded, at);
    if (window !== null) void this.#load(this.#source, window);
  }

  async #load(source: CueSource, window: TimeWindow): Promise<void> {
    const ending = new AbortController();
    const { signal } = ending;
    this.#request = { window, ending };
    try {
      for await (const cues of cuesOf(await source.read(window, signal))) {
        signal.throwIfAborted();
        for (const cue of cues) this.#hold(cue);
      }
      this.#loaded = withWindow(this.#loaded, window);
    } catch (thrown) {
      if (signal.aborted) return;
      // A document that broke off has no status.
      const failure = thrown instanceof ApiError ? thrown : null;
      if (failure !== null && !PASSING.has(failure.status)) {
        this.#screen.onFailure(failure.failure);
        return;
      }
      const { retryAfterSeconds } = failure?.failure ?? {};
      await pause(retryAfterSeconds === undefined ? RETRY_MS : retryAfterSeconds * 1000, signal).catch(
        () => {},
      );
    }
    if (signal.aborted) return;
    this.#request = null;
    this.#tend();
  }

  #tell(): void {
    const due = new Set(this.#track.activeCues);
    const lines = [...this.#held.values()].filter(({ cue }) => due.has(cue));
    this.#screen.onLines(lines.toSorted((a, b) => a.cue.startTime - b.cue.startTime));
  }

  #hold({ startSeconds, endSeconds, text, settings }: Cue): void {
    // Neighbouring stretches both have what is shown in both.
    const key = `${startSeconds} ${endSeconds} ${settings} ${text}`;
    if (this.#held.has(key)) return;
    if (this.#held.size >= MAX_HELD) this.#makeRoom();
    if (this.#held.size >= MAX_HELD) return;
    const cue = new VTTCue(startSeconds + this.#offsetSeconds, endSeconds + this.#offsetSeconds, text);
    this.#held.set(key, { cue, placement: cuePlacement(settings) });
    this.#track.addCue(cue);
  }

  #makeRoom(): void {
    const at = this.#filmSeconds;
    const kept = { fromSeconds: at - KEPT_SECONDS, toSeconds: at + KEPT_SECONDS };
    const [from, to] = [kept.fromSeconds + this.#offsetSeconds, kept.toSeconds + this.#offsetSeconds];
    this.#forget((cue) => cue.endTime < from || cue.startTime > to);
    this.#loaded = within(this.#loaded, kept);
  }

  #forget(isOver: (cue: VTTCue) => boolean): void {
    for (const [key, { cue }] of this.#held) {
      if (!isOver(cue)) continue;
      this.#track.removeCue(cue);
      this.#held.delete(key);
    }
  }

  #stop(): void {
    this.#request?.ending.abort();
    this.#request = null;
  }
}
