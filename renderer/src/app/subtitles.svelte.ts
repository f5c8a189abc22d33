import type { SubtitleTrack } from '../../../src/session/types.ts';
import type { ApiClient, SubtitleFile } from '../api/client.ts';
import { ApiError, CORE_UNREACHABLE, type Failure } from '../api/problem.ts';
import { type CueSource, type ShownLine, SubtitleFeed } from '../player/subtitle-feed.ts';
import {
  initialSubtitles,
  likelySubtitles,
  type SubtitleChoice,
  subtitleChoices,
} from '../player/subtitle-tracks.ts';
import { delayText } from '../player/time.ts';
import { AddedSubtitles } from './added-subtitles.ts';
import { rememberSubtitleLanguage, subtitleLanguage } from './languages.ts';
import type { SessionNews } from './session-news.svelte.ts';

export interface SubtitlesOptions {
  /** The client of the core as it is now; another one when a restart gave it another port. */
  api(): ApiClient;
  /** The film's session; null while there is none. */
  sessionId(): string | null;
  news: SessionNews;
  /** Of the sound that plays, as the file says it; followed. */
  audioLanguage(): string | null;
  /** What the viewer understands, BCP 47. */
  languages(): string[];
}

/** What the viewer is told. */
export interface SubtitleNotice {
  text: string;
  /** An answer to a key: to be seen, not to be read. */
  isBrief: boolean;
}

/** Nobody needs more, s. */
const MAX_DELAY_SECONDS = 600;

/** A film's subtitles: which are shown, from when on, and the files that were added to them. */
export class Subtitles {
  readonly tracks: SubtitleTrack[] = $derived.by(() => this.#options.news.view?.subtitles ?? []);
  /** What can be shown. */
  readonly choices: SubtitleChoice[] = $derived(subtitleChoices(this.tracks));
  /** What is shown, by its position among the session's subtitles. */
  readonly chosen: number | null = $derived.by(() => this.#wished());
  /** What is due on screen. */
  lines: ShownLine[] = $state.raw([]);
  /** How much later than they are written. */
  delaySeconds = $state(0);
  /** Until it was read. */
  notice: SubtitleNotice | null = $state.raw(null);

  readonly #options: SubtitlesOptions;
  /** As chosen for this film; undefined: as viewers like it. */
  #wish: number | null | undefined = $state();
  #lastChosen: number | null = null;
  #feed: SubtitleFeed | null = null;
  readonly #added = new AddedSubtitles((file) => this.#upload(file));
  #restoring: Promise<boolean> | null = null;

  constructor(options: SubtitlesOptions) {
    this.#options = options;
  }

  attach(video: HTMLVideoElement): void {
    this.#feed = new SubtitleFeed(video, {
      onLines: (lines) => (this.lines = lines),
      onFailure: (failure) => void this.#failed(failure),
      onDelay: () => this.#tell('The subtitles have not come yet. Raffi keeps asking for them.'),
    });
  }

  /**
   * Puts on screen what is chosen.
   *
   * @param isPlaying whether there is a film in the element
   * @param clockOffset of the element, see `elementClockOffset`
   */
  show(isPlaying: boolean, clockOffset: number): void {
    const { chosen } = this;
    this.#feed?.shift(clockOffset + this.delaySeconds);
    this.#feed?.select(isPlaying && chosen !== null ? this.#source(chosen) : null);
  }

  /**
   * Shows these for this film. What the next one begins with is not told by that.
   *
   * @param index null: none
   */
  wish(index: number | null): void {
    this.#lastChosen = index ?? this.chosen;
    this.#wish = index;
  }

  /** What a person wants from now on, in the next film too: see `wish`. */
  choose(index: number | null): void {
    this.wish(index);
    this.remember(index);
  }

  /** What the next film begins with, as far as this track tells. */
  remember(index: number | null): void {
    const language = this.tracks.find((one) => one.index === index)?.language;
    rememberSubtitleLanguage(localStorage, index === null ? null : (language ?? 'und'));
  }

  /** Off, or on again. False where there is nothing to be switched on. */
  toggle(): boolean {
    const next =
      this.chosen === null
        ? (this.#lastChosen ?? likelySubtitles(this.tracks, this.#options.languages()))
        : null;
    if (next === null && this.chosen === null) return false;
    this.choose(next);
    const label = this.choices.find(({ index }) => index === next)?.label;
    this.#answer(label === undefined ? 'Subtitles off' : `Subtitles: ${label}`);
    return true;
  }

  /** Shows them so much later. */
  delay(changeSeconds: number): void {
    if (this.chosen === null) return;
    const wanted = Math.round((this.delaySeconds + changeSeconds) * 10) / 10;
    this.delaySeconds = Math.min(MAX_DELAY_SECONDS, Math.max(-MAX_DELAY_SECONDS, wanted));
    this.#answer(`Subtitles ${delayText(this.delaySeconds)}`);
  }

  /** Adds a file to the film, and shows it. Never rejects: why it cannot be is told. */
  async add(file: File): Promise<void> {
    const added = await this.#added.add(file);
    if ('refused' in added) {
      this.#tell(`${file.name} was not added. ${added.refused}`);
      return;
    }
    this.choose(added.index);
    this.#answer(`Subtitles: ${file.name}`);
  }

  /** Gives a core that knows the film anew what was added before. False where it did not take that, which is told. Never rejects. */
  restore(): Promise<boolean> {
    this.#restoring ??= this.#addLost()
      .catch((thrown: unknown) => {
        this.#notRestored(thrown);
        return false;
      })
      .finally(() => (this.#restoring = null));
    return this.#restoring;
  }

  close(): void {
    this.#feed?.close();
  }

  #wished(): number | null {
    const { tracks } = this;
    const { audioLanguage } = this.#options;
    if (this.#wish === null) return null;
    if (this.#wish !== undefined && tracks.some(({ index }) => index === this.#wish)) return this.#wish;
    return initialSubtitles(tracks, {
      language: subtitleLanguage(localStorage),
      audioLanguage: audioLanguage(),
    });
  }

  #source(index: number): CueSource | null {
    const { api, sessionId } = this.#options;
    const id = sessionId();
    if (id === null) return null;
    return { key: `${id}/${index}`, read: (window, signal) => api().subtitles(id, index, window, signal) };
  }

  async #upload(file: SubtitleFile): Promise<SubtitleTrack> {
    const { api, sessionId, news } = this.#options;
    const id = sessionId();
    if (id === null) throw new ApiError(CORE_UNREACHABLE, 0);
    const track = await api().addSubtitles(id, file);
    news.subtitlesAre([...this.tracks.filter(({ index }) => index !== track.index), track]);
    return track;
  }

  async #addLost(): Promise<boolean> {
    const { api, sessionId } = this.#options;
    const id = sessionId();
    if (id === null || this.#added.isEmpty) return true;
    const { subtitles = [] } = await api().session(id);
    const moved = await this.#added.restore(subtitles);
    if (typeof this.#wish === 'number') this.#wish = moved.get(this.#wish) ?? this.#wish;
    return true;
  }

  #notRestored(thrown: unknown): void {
    const failure = thrown instanceof ApiError ? thrown.failure : null;
    // It is tried again when the core is back, or the film is open again.
    if (failure?.code === 'core_unreachable' || failure?.code === 'session_not_found') return;
    this.#tell(`A subtitle file that was added is lost. ${failure?.detail ?? 'Add it once more.'}`);
  }

  async #failed(failure: Failure): Promise<void> {
    // Whoever plays the film opens it anew, or tells of it.
    if (failure.code === 'session_not_found') return;
    const mayBeLost = failure.code === 'subtitle_not_found' && this.#added.has(this.chosen);
    if (mayBeLost && (await this.restore())) {
      this.#feed?.again();
      return;
    }
    this.#wish = null;
    this.#tell(`The subtitles cannot be shown. ${failure.detail}`);
  }

  #answer(text: string): void {
    this.notice = { text, isBrief: true };
  }

  #tell(text: string): void {
    this.notice = { text, isBrief: false };
  }
}
