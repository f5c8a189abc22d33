import { isAbort, type RaffiError, toRaffiError } from '../errors.ts';
import type { Log } from '../log.ts';
import {
  brokenOff,
  ended,
  noScreen,
  nothingCast,
  notOurs,
  takenAway,
  whyNotLoaded,
} from './cast-failures.ts';
import type { CastFilm, CastFilmDeps } from './cast-film.ts';
import { CastProgress } from './cast-progress.ts';
import { endOf } from './cast-status.ts';
import { DeviceLink, type LinkTiming } from './device-link.ts';
import { FilmSlot } from './film-slot.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { player } from './player.ts';
import { profileOf } from './profiles.ts';
import type { Application, MediaStatus, ReceiverStatus } from './protocol/payloads.ts';
import type { Receiver } from './protocol/receiver.ts';
import type { CastDevice, CastLoad, CastStatus, CastTracks } from './types.ts';

export interface ActiveCastOptions extends LinkTiming {
  films: CastFilmDeps;
  /** The device as it is known now: it may have got another address. */
  deviceNow: (device: CastDevice) => CastDevice;
  /** Whether a device at this address has fetched something of a film that is cast. */
  hasFetched: (address: string) => boolean;
  onChange: () => void;
  log: Log;
}

/** How long a device may take to end its film: the core has to stop within 2 s, whatever a device does. */
const STOP_TIMEOUT_MS = 800;

/** One device under control, from the connection to the end of its film. Owns the connection and the film. */
export class ActiveCast {
  readonly #options: ActiveCastOptions;
  readonly #ending = new AbortController();
  readonly #progress: CastProgress;
  /** Connecting, loading, loading again. */
  readonly #operations = new OneAtATime(this.#ending.signal);
  #link: DeviceLink | undefined;
  #application: Application | undefined;
  readonly #slot: FilmSlot;

  constructor(device: CastDevice, startSeconds: number, options: ActiveCastOptions) {
    this.#options = options;
    this.#progress = new CastProgress(device, startSeconds, options.onChange);
    const onStale = (film: CastFilm) => {
      if (this.#progress.phase === 'following') this.#loadAgain(film).catch(() => {});
    };
    this.#slot = new FilmSlot(options.films, () => profileOf(this.device), onStale);
  }

  get status(): CastStatus {
    return this.#progress.status;
  }

  get device(): CastDevice {
    return this.#progress.device;
  }

  /** @throws as `CastRemote.load` */
  load(request: CastLoad, signal?: AbortSignal): Promise<void> {
    return this.#attempt(async (running) => {
      const opening = this.#openFilm(request, running);
      // Beside the device's own start, unless that would be for nothing.
      opening.catch(() => {});
      if (!this.device.hasVideo && (await opening).hasPicture) throw noScreen();
      const starting = this.#connect(running).then(async (receiver) => {
        this.#progress.enter('preparing');
        this.#application = await player.launch(receiver, running);
        return receiver;
      });
      const [film, receiver] = await Promise.all([opening, starting]);
      const wish = { seconds: request.startSeconds, autoplay: true };
      await this.#loadFilm(receiver, film, wish, running);
    }, signal);
  }

  /** @throws as `CastRemote.join` */
  join(signal?: AbortSignal): Promise<void> {
    return this.#attempt(async (running) => {
      const receiver = await this.#connect(running);
      const { application } = await player.status(receiver, running);
      const media = application?.hasMedia
        ? await player.mediaStatus(receiver, application.transportId, running)
        : undefined;
      if (!application || endOf(media) !== null) return this.#end();
      this.#application = application;
      this.#progress.heardMedia(media);
      const film = await this.#slot.adopt(media?.media?.customData, running);
      if (film) await this.#loadWhereItIs(film, running);
      else this.#progress.enter('following');
    }, signal);
  }

  /** What the device can do with a film. @throws as `CastRemote`'s commands do */
  async command(
    type: 'PLAY' | 'PAUSE' | 'SEEK' | 'EDIT_TRACKS_INFO',
    members: Record<string, unknown> = {},
  ): Promise<void> {
    const { media } = this.#progress;
    const receiver = this.#receiver;
    if (!media || !this.#application) throw nothingCast();
    const target = { transportId: this.#application.transportId, mediaSessionId: media.mediaSessionId };
    await player.command(receiver, target, type, members, this.#ending.signal);
  }

  async setVolume(level: number, isMuted?: boolean): Promise<void> {
    const muted = isMuted === undefined ? {} : { muted: isMuted };
    await player.setVolume(this.#receiver, { level, ...muted }, this.#ending.signal);
  }

  async setTracks({ audioIndex, subtitleIndex }: CastTracks): Promise<void> {
    const { film } = this.#slot;
    if (!film) throw notOurs();
    // A receiver cannot change the sound of HLS, nor hear of more subtitles: it loads the film again, where it was.
    const isOtherSound = audioIndex !== undefined && audioIndex !== film.audioIndex;
    if (isOtherSound) await film.setAudio(audioIndex, this.#ending.signal);
    if (subtitleIndex !== undefined) film.subtitleIndex = subtitleIndex;
    if (isOtherSound || !film.hasOfferedSubtitles) await this.#loadAgain(film);
    else await this.command('EDIT_TRACKS_INFO', { activeTrackIds: film.activeTrackIds });
    this.#progress.filmIs(film);
  }

  /** Ends the film on the device, if that still listens. Returns where it was, seconds. */
  async stop(): Promise<number> {
    const { phase } = this.#progress;
    const application = this.#application;
    const receiver = this.#link?.connected;
    this.#ending.abort(ended());
    if (receiver && application && phase !== 'over') {
      const signal = AbortSignal.timeout(STOP_TIMEOUT_MS);
      await player.stopApplication(receiver, application.sessionId, signal).catch(() => {});
    }
    await this.#release();
    this.#progress.over();
    return this.#progress.position;
  }

  /** Leaves the device as it is; another film follows there, or another device. */
  async leave(): Promise<void> {
    this.#ending.abort(ended());
    await this.#release();
  }

  get #receiver(): Receiver {
    if (!this.#link) throw nothingCast();
    return this.#link.receiver;
  }

  async #connect(signal: AbortSignal): Promise<Receiver> {
    const { deviceNow, heartbeatMs, reconnectPausesMs } = this.#options;
    const address = () => {
      this.#progress.deviceIs(deviceNow(this.device));
      return this.device;
    };
    const link = await DeviceLink.open(
      address,
      {
        onReceiverStatus: (status) => this.#heardReceiver(status),
        onMediaStatus: (media) => this.#heardMedia(media),
        onApplicationClosed: () => this.#applicationGone(),
        onLost: () => {
          if (this.#progress.phase === 'following') this.#progress.enter('reconnecting');
        },
        onFound: (receiver, running) => this.#found(receiver, running),
        onGone: (error) => this.#fail(error),
      },
      { signal, heartbeatMs, reconnectPausesMs },
    );
    // Ended in the very moment that it came: nobody else would close it.
    if (signal.aborted) link.close();
    signal.throwIfAborted();
    this.#link = link;
    const { volume } = await player.status(link.receiver, signal);
    this.#progress.heardVolume(volume);
    return link.receiver;
  }

  async #openFilm(request: CastLoad, signal: AbortSignal): Promise<CastFilm> {
    const { sessionId, audioIndex = null, subtitleIndex = null, startSeconds } = request;
    const film = await this.#slot.open(sessionId, { audioIndex, subtitleIndex }, signal);
    this.#progress.filmIs(film);
    await film.prepare(startSeconds, signal);
    return film;
  }

  async #loadFilm(
    receiver: Receiver,
    film: CastFilm,
    { seconds, autoplay }: { seconds: number; autoplay: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const application = this.#application;
    if (!application) throw nothingCast();
    this.#progress.wants(seconds);
    this.#progress.filmIs(film);
    this.#progress.enter('loading');
    const currentTime = film.durationSeconds === null ? null : seconds;
    const options = { currentTime, activeTrackIds: film.activeTrackIds, autoplay };
    try {
      this.#progress.heardMedia(await player.load(receiver, application, film.offer(), options, signal));
    } catch (error) {
      // Of one that is gone nobody knows what it would have done.
      const isThere = this.#link?.connected !== undefined;
      throw whyNotLoaded(error, !isThere || this.#options.hasFetched(receiver.peerAddress));
    }
    this.#progress.enter('following');
  }

  #loadAgain(film: CastFilm): Promise<void> {
    return this.#attempt((signal) => this.#loadWhereItIs(film, signal));
  }

  /** The device plays on until what it is to load is ready; what it says meanwhile (that a token is no good any more) is of the past. */
  async #loadWhereItIs(film: CastFilm, signal: AbortSignal): Promise<void> {
    this.#progress.filmIs(film);
    this.#progress.enter('preparing');
    await film.prepare(this.#progress.position, signal);
    const wish = {
      seconds: this.#progress.position,
      autoplay: this.#progress.media?.playerState !== 'PAUSED',
    };
    await this.#loadFilm(this.#receiver, film, wish, signal);
  }

  /** A failure ends the cast. */
  #attempt(work: (signal: AbortSignal) => Promise<void>, signal?: AbortSignal): Promise<void> {
    const onFailed = (thrown: unknown) => this.#fail(toRaffiError(thrown));
    return this.#operations.run(work, { signal, onFailed });
  }

  #heardReceiver({ application, volume }: ReceiverStatus): void {
    if (this.#ending.signal.aborted) return;
    this.#progress.heardVolume(volume);
    if (this.#application && application?.transportId !== this.#application.transportId)
      this.#applicationGone();
  }

  #heardMedia(media: MediaStatus | undefined): void {
    // Until the film is loaded the device tells of the one before, and in the end of the end that we asked for.
    if (this.#progress.phase !== 'following' || this.#ending.signal.aborted) return;
    const before = this.#progress.media;
    if (media && before && media.mediaSessionId !== before.mediaSessionId) {
      // Another sender plays another film with the same application.
      void this.#slot.empty();
      this.#progress.filmIs(null);
    }
    // What a device says of a film that it has dropped, it says of no place in it.
    const end = endOf(media);
    if (end === 'taken') return void this.#end();
    if (end === 'failed') return void this.#fail(brokenOff());
    this.#progress.heardMedia(media);
    // At its end the session and the tokens are given back; what was cast is still told.
    if (end === 'ended') void this.#slot.empty();
  }

  async #found(receiver: Receiver, signal: AbortSignal): Promise<void> {
    const { application, volume } = await player.status(receiver, signal);
    this.#progress.heardVolume(volume);
    if (!this.#application || application?.transportId !== this.#application.transportId) return this.#end();
    const media = await player.mediaStatus(receiver, application.transportId, signal);
    this.#progress.enter('following');
    this.#heardMedia(media);
    const { film } = this.#slot;
    // The computer may have slept longer than the tokens last, or have come back in another network.
    if (film && !(await film.renew())) await this.#loadAgain(film);
  }

  #applicationGone(): void {
    if (this.#ending.signal.aborted) return;
    if (this.#progress.phase === 'following') this.#end();
    else if (this.#application) this.#operations.abort(takenAway());
  }

  /** The device plays something else, or nothing. */
  #end(): void {
    void this.#release();
    this.#progress.over();
  }

  #fail(error: RaffiError): void {
    void this.#release();
    if (isAbort(error)) this.#progress.over();
    else {
      this.#options.log.warn({ err: error, device: this.device.model }, 'casting failed');
      this.#progress.failed(error);
    }
  }

  async #release(): Promise<void> {
    this.#link?.close();
    this.#link = undefined;
    await this.#slot.empty();
  }
}
