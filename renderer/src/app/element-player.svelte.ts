import type { ApiClient } from '../api/client.ts';
import type { Failure } from '../api/problem.ts';
import type { Engine, EngineFailure, EngineHost } from '../player/engine.ts';
import { createEngine, type Playable } from '../player/watched-engine.ts';
import type { Way } from '../player/ways.ts';
import type { Quality } from './quality.svelte.ts';

export interface ElementPlayerOptions {
  /** The client of the core as it is now; another one when a restart gave it another port. */
  api(): ApiClient;
  /** What is to be played; null while there is nothing. */
  playable(): Playable | null;
  quality: Quality;
  onFailure(failure: EngineFailure): void;
}

/** Plays a session in one element: by one engine at a time, each from where the one before it was. */
export class ElementPlayer {
  way: Way | null = $state(null);
  /** What keeps the next bytes from coming, while it may still pass. */
  trouble: Failure | null = $state.raw(null);
  audioIndex = $state(0);
  /** A stream that goes on. */
  isLive = $state(false);

  readonly #options: ElementPlayerOptions;
  #video: HTMLVideoElement | null = null;
  #engine: Engine | null = null;
  #engineBase = '';
  #startSeconds = 0;

  constructor(options: ElementPlayerOptions) {
    this.#options = options;
  }

  get hasEngine(): boolean {
    return this.#engine !== null;
  }

  /** Where the film is; where it was, while its element is being given another source. */
  get positionSeconds(): number {
    const seconds = this.#video?.currentTime ?? 0;
    return seconds > 0 ? seconds : this.#startSeconds;
  }

  /** Of the whole film, seconds; null while it is not known, and for what goes on. */
  get durationSeconds(): number | null {
    const seconds = this.#video?.duration ?? Number.NaN;
    return Number.isFinite(seconds) ? seconds : null;
  }

  /** The element's source is the player's from now on. */
  attach(video: HTMLVideoElement): void {
    this.#video = video;
    video.addEventListener('timeupdate', () => this.keepPosition());
  }

  /** What is played next begins here, though its element will have been emptied. */
  keepPosition(): void {
    this.#startSeconds = this.positionSeconds;
  }

  /** Begins at `startSeconds`, unless the film was further already. */
  begin(way: Way, startSeconds: number): void {
    this.#startSeconds ||= startSeconds;
    this.#play(way, this.#startSeconds);
  }

  /** Goes on from where the film is, by this way. */
  goOn(way: Way): void {
    this.#play(way, this.positionSeconds);
  }

  /** Plays from another place than the film was at, or stays there. */
  goOnAt(way: Way, seconds: number, isPaused: boolean): void {
    this.#startSeconds = seconds;
    this.#play(way, seconds, isPaused);
  }

  /** The core is back: its port may be another one. */
  reconnect(): void {
    if (this.#engine === null) return;
    if (this.#engineBase === this.#options.api().baseUrl) this.#engine.resume();
    else this.goOn(this.#engine.way);
  }

  /** Tries again to get what did not come. */
  resume(): void {
    this.#engine?.resume();
  }

  selectAudio(index: number): void {
    this.audioIndex = index;
    this.#engine?.selectAudio(index);
  }

  /** Another picture is wanted. */
  applyQuality(): void {
    this.#engine?.selectPicture(this.#options.quality.wanted);
  }

  /** Goes to where a live stream is now. */
  goLive(): void {
    this.#engine?.goLive();
  }

  stop(): void {
    this.#drop();
    this.trouble = null;
  }

  #play(way: Way, startSeconds: number, isPaused = false): void {
    const video = this.#video;
    const playable = this.#options.playable();
    if (video === null || playable === null) return;
    this.#drop();
    this.way = way;
    this.trouble = null;
    const api = this.#options.api();
    this.#engineBase = api.baseUrl;
    this.#engine = createEngine(way, api, playable, this.#host(video, playable, startSeconds));
    this.#engine.selectAudio(this.audioIndex);
    this.applyQuality();
    // Rejected when the film is closed before it began; the play button stays for a blocked autoplay.
    if (isPaused) video.pause();
    else void video.play().catch(() => {});
  }

  #host(video: HTMLVideoElement, { media }: Playable, startSeconds: number): EngineHost {
    return {
      video,
      startSeconds: this.isLive ? null : startSeconds,
      adapts: ['hls', 'dash'].includes(media?.formats[0] ?? ''),
      onFailure: (failure) => this.#options.onFailure(failure),
      onTrouble: (trouble) => {
        this.trouble = trouble;
      },
      onAudio: (index) => {
        this.audioIndex = index;
      },
      onPicture: (rendition) => {
        this.#options.quality.seen = rendition;
      },
      onLive: (isLive) => {
        this.isLive = isLive;
      },
    };
  }

  #drop(): void {
    this.#engine?.destroy();
    this.#engine = null;
  }
}
