import type { RaffiError } from '../errors.ts';
import type { CastFilm } from './cast-film.ts';
import { type CastFacts, castStatus, completed, positionOf } from './cast-status.ts';
import type { MediaStatus } from './protocol/payloads.ts';
import type { CastDevice, CastStatus } from './types.ts';

/** What is known of a film on a device, as it becomes known; tells of each change. */
export class CastProgress {
  readonly #facts: CastFacts;
  readonly #onChange: () => void;

  constructor(device: CastDevice, startSeconds: number, onChange: () => void) {
    this.#onChange = onChange;
    this.#facts = {
      ...{ device, phase: 'connecting', film: null, media: undefined, error: null },
      ...{ wantedSeconds: startSeconds, atMs: Date.now(), volume: { level: 1, isMuted: false } },
    };
  }

  get status(): CastStatus {
    return castStatus(this.#facts);
  }

  get phase(): CastFacts['phase'] {
    return this.#facts.phase;
  }

  get media(): MediaStatus | undefined {
    return this.#facts.media;
  }

  get device(): CastDevice {
    return this.#facts.device;
  }

  /** Film time now, seconds. */
  get position(): number {
    return positionOf(this.#facts, Date.now());
  }

  /** It may have got another address. */
  deviceIs(device: CastDevice): void {
    this.#facts.device = device;
  }

  enter(phase: CastFacts['phase']): void {
    this.#facts.phase = phase;
    this.#facts.error = null;
    this.#onChange();
  }

  /** Where the film will be loaded from, seconds. */
  wants(seconds: number): void {
    this.#facts.wantedSeconds = seconds;
  }

  heardVolume(volume: CastFacts['volume']): void {
    this.#facts.volume = volume;
    this.#onChange();
  }

  /** What the device says of its film. */
  heardMedia(media: MediaStatus | undefined): void {
    this.#facts.media = media && completed(media, this.#facts.media);
    this.#facts.atMs = Date.now();
    this.#onChange();
  }

  /** What of ours the device plays; null for another's. */
  filmIs(film: CastFilm | null): void {
    const { media, film: before } = this.#facts;
    // What the device said of its subtitles was said before it was told of others.
    if (media && film && film.subtitleIndex !== before?.subtitleIndex)
      this.#facts.media = { ...media, activeTrackIds: null };
    if (film) {
      const { sessionId, title, durationSeconds, audioIndex, subtitleIndex } = film;
      this.#facts.film = { sessionId, title, durationSeconds, audioIndex, subtitleIndex };
    } else this.#facts.film = null;
    this.#onChange();
  }

  failed(error: RaffiError): void {
    this.#facts.wantedSeconds = this.position;
    this.#facts.phase = 'failed';
    this.#facts.error = error;
    this.#onChange();
  }

  /** Nothing of it plays any more. */
  over(): void {
    this.#facts.wantedSeconds = this.position;
    this.#facts.media = undefined;
    this.#facts.phase = 'over';
    this.#onChange();
  }
}
