import { setTimeout as delay } from 'node:timers/promises';
import { Fetcher } from './fetcher.ts';
import { Film } from './film.ts';
import { say } from './log.ts';

/** So far ahead of what is shown a receiver fetches, seconds of film. */
const BUFFER_SECONDS = 20;
const TICK_MS = 20;
const RETRY_MS = 250;

type PlayerState = 'IDLE' | 'LOADING' | 'BUFFERING' | 'PLAYING' | 'PAUSED';

export interface MediaTrack {
  trackId: number;
  type: string;
  trackContentId: string;
  trackContentType: string;
}

export interface LoadedMedia {
  contentId: string;
  tracks?: MediaTrack[];
  [member: string]: unknown;
}

/** One film on the lab's receiver: fetched as time goes, and played by a clock. */
export class MediaSession {
  readonly id: number;
  readonly #media: LoadedMedia;
  readonly #speed: number;
  readonly #onStatus: () => void;
  readonly #fetcher = new Fetcher();
  readonly #ended = new AbortController();
  #state: PlayerState = 'LOADING';
  #idleReason: string | undefined;
  #activeTrackIds: number[] = [];
  #film: Film | undefined;
  #wantsToPlay = true;
  /** Film time at `#sinceMs`, seconds. */
  #position: number;
  #sinceMs = performance.now();
  /** Fetched up to there. */
  #bufferedUntil = 0;
  #run = new AbortController();

  /** @param speed of its clock: 1 is real time */
  constructor(
    id: number,
    media: LoadedMedia,
    options: { currentTime: number; autoplay: boolean; speed: number; onStatus: () => void },
  ) {
    this.id = id;
    this.#media = media;
    this.#position = options.currentTime;
    this.#wantsToPlay = options.autoplay;
    this.#speed = options.speed;
    this.#onStatus = options.onStatus;
  }

  /** Resolves when the first pictures are shown. @throws why they are not */
  async load(activeTrackIds: number[]): Promise<void> {
    this.#film = await Film.open(this.#media.contentId, this.#fetcher, this.#ended.signal);
    await this.setTracks(activeTrackIds);
    this.#enter('BUFFERING');
    this.#bufferedUntil = await this.#film.fetchAt(this.#position, this.#ended.signal);
    this.#enter(this.#wantsToPlay ? 'PLAYING' : 'PAUSED');
    this.#follow();
  }

  status(): object {
    return {
      mediaSessionId: this.id,
      playbackRate: 1,
      playerState: this.#state,
      currentTime: this.position,
      supportedMediaCommands: 15,
      volume: { level: 1, muted: false },
      // At its end a device may say nothing of them.
      ...(this.isOver ? {} : { activeTrackIds: this.#activeTrackIds }),
      media: { ...this.#media, duration: this.#film?.durationSeconds },
      currentItemId: 1,
      repeatMode: 'REPEAT_OFF',
      ...(this.#idleReason === undefined ? {} : { idleReason: this.#idleReason }),
    };
  }

  get isOver(): boolean {
    return this.#state === 'IDLE';
  }

  get position(): number {
    const runs = this.#state === 'PLAYING';
    const passed = runs ? ((performance.now() - this.#sinceMs) / 1000) * this.#speed : 0;
    return Math.min(this.#position + passed, this.#film?.durationSeconds ?? this.#position);
  }

  play(): void {
    this.#wantsToPlay = true;
    if (this.#state === 'PAUSED') this.#enter('PLAYING');
  }

  pause(): void {
    this.#wantsToPlay = false;
    if (this.#state === 'PLAYING' || this.#state === 'BUFFERING') this.#enter('PAUSED');
  }

  seek(seconds: number): void {
    this.#run.abort();
    this.#enter('BUFFERING');
    this.#position = seconds;
    this.#bufferedUntil = seconds;
    this.#follow();
  }

  async setTracks(ids: number[]): Promise<void> {
    this.#activeTrackIds = ids;
    for (const { trackId, trackContentId } of this.#media.tracks ?? []) {
      if (!ids.includes(trackId)) continue;
      const text = (await this.#fetcher.get(trackContentId, this.#ended.signal)).toString();
      if (!text.startsWith('WEBVTT')) throw new Error('The track is no WebVTT.');
      say({ kind: 'track', trackId, cues: text.split('-->').length - 1, text: text.slice(0, 300) });
    }
  }

  end(idleReason: 'FINISHED' | 'CANCELLED' | 'INTERRUPTED' | 'ERROR'): void {
    if (this.#state === 'IDLE') return;
    this.#idleReason = idleReason;
    this.#ended.abort();
    this.#run.abort();
    this.#enter('IDLE');
  }

  #enter(state: PlayerState): void {
    this.#position = this.position;
    this.#sinceMs = performance.now();
    this.#state = state;
    const { position: currentTime } = this;
    say({
      kind: 'status',
      playerState: state,
      currentTime,
      ...(this.#idleReason && { idleReason: this.#idleReason }),
    });
    this.#onStatus();
  }

  /** Fetches what comes next, and stops where nothing does, until the end. */
  #follow(): void {
    const run = new AbortController();
    this.#run = run;
    const signal = AbortSignal.any([run.signal, this.#ended.signal]);
    const film = this.#film;
    if (film)
      this.#play(film, signal).catch((error: Error) => {
        if (signal.aborted) return;
        say({ kind: 'failed', reason: error.message });
        this.end('ERROR');
      });
  }

  /** What does not come is asked for again as long as there is something to show. */
  async #fetchNext(film: Film, signal: AbortSignal): Promise<number> {
    for (;;) {
      try {
        return await film.fetchAt(this.#bufferedUntil, signal);
      } catch (error) {
        if (signal.aborted || this.position >= this.#bufferedUntil) throw error;
        await delay(RETRY_MS, undefined, { signal });
      }
    }
  }

  async #play(film: Film, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const isAll = this.#bufferedUntil >= film.durationSeconds - 0.01;
      if (!isAll && this.#bufferedUntil < this.position + BUFFER_SECONDS * Math.max(1, this.#speed)) {
        if (this.position >= this.#bufferedUntil && this.#state === 'PLAYING') this.#enter('BUFFERING');
        this.#bufferedUntil = await this.#fetchNext(film, signal);
        if (this.#state === 'BUFFERING') this.#enter(this.#wantsToPlay ? 'PLAYING' : 'PAUSED');
        continue;
      }
      if (isAll && this.#state === 'BUFFERING') this.#enter(this.#wantsToPlay ? 'PLAYING' : 'PAUSED');
      if (this.position >= film.durationSeconds - 0.01) return this.end('FINISHED');
      await delay(TICK_MS, undefined, { signal });
    }
  }
}
