import { isAbort, RaffiError, toRaffiError } from '../errors.ts';
import type { Log } from '../log.ts';
import { brokenOff, ended, noScreen, notFetched, nothingCast, notOurs, takenAway } from './cast-failures.ts';
import { CastFilm, type CastFilmDeps, type CastFilmWish, referenceIn } from './cast-film.ts';
import { type CastFacts, castStatus, endOf, positionOf } from './cast-status.ts';
import { DeviceLink, type LinkTiming } from './device-link.ts';
import { trackIdOf } from './media-information.ts';
import { player } from './player.ts';
import { profileOf } from './profiles.ts';
import type { Application, MediaStatus, ReceiverStatus } from './protocol/payloads.ts';
import type { Receiver } from './protocol/receiver.ts';
import type { CastDevice, CastLoad, CastStatus } from './types.ts';

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
  readonly #facts: CastFacts;
  /** What is under way: connecting, loading, loading again. */
  #operation = new AbortController();
  #link: DeviceLink | undefined;
  #application: Application | undefined;
  #film: CastFilm | undefined;

  constructor(device: CastDevice, startSeconds: number, options: ActiveCastOptions) {
    this.#options = options;
    this.#facts = {
      ...{ device, phase: 'connecting', film: null, media: undefined, error: null },
      ...{ wantedSeconds: startSeconds, atMs: Date.now(), volume: { level: 1, isMuted: false } },
    };
  }

  get status(): CastStatus {
    return castStatus(this.#facts);
  }

  get device(): CastDevice {
    return this.#facts.device;
  }

  /** @throws as `CastRemote.load` */
  load(request: CastLoad, signal?: AbortSignal): Promise<void> {
    return this.#attempt(async (running) => {
      const { audioIndex = null, subtitleIndex = null, startSeconds } = request;
      const film = await this.#open(request.sessionId, { audioIndex, subtitleIndex }, running);
      const preparing = film.prepare(startSeconds, running);
      preparing.catch(() => {});
      if (!this.device.hasVideo) {
        await preparing;
        if (film.hasPicture) throw noScreen();
      }
      const starting = this.#connect(running).then(async (receiver) => {
        this.#enter('preparing');
        return { receiver, application: await player.launch(receiver, running) };
      });
      const [{ receiver, application }] = await Promise.all([starting, preparing]);
      this.#application = application;
      await this.#loadFilm(receiver, film, { seconds: startSeconds, autoplay: true }, running);
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
      this.#take(media);
      const film = await this.#adopt(media, running);
      if (!film) return this.#enter('following');
      const wish = { seconds: media?.currentTime ?? 0, autoplay: media?.playerState !== 'PAUSED' };
      await film.prepare(wish.seconds, running);
      await this.#loadFilm(receiver, film, wish, running);
    }, signal);
  }

  play(): Promise<void> {
    return this.#command('PLAY');
  }

  pause(): Promise<void> {
    return this.#command('PAUSE');
  }

  seek(seconds: number): Promise<void> {
    return this.#command('SEEK', { currentTime: seconds });
  }

  async setVolume(level: number, isMuted?: boolean): Promise<void> {
    const muted = isMuted === undefined ? {} : { muted: isMuted };
    await player.setVolume(this.#receiver, { level, ...muted }, this.#ending.signal);
  }

  async setTracks({ audioIndex, subtitleIndex }: { audioIndex?: number; subtitleIndex?: number | null }) {
    const film = this.#film;
    if (!film) throw notOurs();
    if (subtitleIndex !== undefined) film.subtitleIndex = subtitleIndex;
    // A receiver cannot change the sound of HLS: it loads the film again, where it was.
    if (audioIndex !== undefined && audioIndex !== film.audioIndex) {
      await film.setAudio(audioIndex, this.#ending.signal);
      await this.#loadAgain(film);
    } else if (subtitleIndex !== undefined) {
      await this.#command('EDIT_TRACKS_INFO', { activeTrackIds: tracksOf(film) });
    }
    this.#options.onChange();
  }

  /** Ends the film on the device, if that still listens. Returns where it was, seconds. */
  async stop(): Promise<number> {
    const position = positionOf(this.#facts, Date.now());
    const application = this.#application;
    const receiver = this.#connected;
    this.#ending.abort(ended());
    if (receiver && application && this.#facts.phase !== 'over') {
      const signal = AbortSignal.timeout(STOP_TIMEOUT_MS);
      await player.stopApplication(receiver, application.sessionId, signal).catch(() => {});
    }
    await this.#release();
    this.#facts.wantedSeconds = position;
    this.#facts.media = undefined;
    this.#facts.phase = 'over';
    return position;
  }

  /** Leaves the device as it is; another film follows there, or another device. */
  async leave(): Promise<void> {
    this.#ending.abort(ended());
    await this.#release();
  }

  get #connected(): Receiver | undefined {
    try {
      return this.#link?.receiver;
    } catch {
      return undefined;
    }
  }

  get #receiver(): Receiver {
    if (!this.#link) throw nothingCast();
    return this.#link.receiver;
  }

  async #connect(signal: AbortSignal): Promise<Receiver> {
    const { deviceNow, heartbeatMs, reconnectPausesMs } = this.#options;
    const address = () => {
      this.#facts.device = deviceNow(this.device);
      return this.device;
    };
    const link = await DeviceLink.open(
      address,
      {
        onReceiverStatus: (status) => this.#heardReceiver(status),
        onMediaStatus: (media) => this.#heardMedia(media),
        onApplicationClosed: () => this.#applicationGone(),
        onLost: () => {
          if (this.#facts.phase === 'following') this.#enter('reconnecting');
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
    this.#facts.volume = volume;
    return link.receiver;
  }

  async #open(
    sessionId: string,
    wish: Omit<CastFilmWish, 'profile' | 'onStale'>,
    signal: AbortSignal,
  ): Promise<CastFilm> {
    const { films } = this.#options;
    const onStale = () => {
      if (this.#film && this.#facts.phase === 'following') this.#loadAgain(this.#film).catch(() => {});
    };
    const profile = profileOf(this.device);
    const film = await CastFilm.open(films, sessionId, { profile, onStale, ...wish }, signal);
    this.#film = film;
    this.#tellFilm(film);
    return film;
  }

  /** The film as ours again, when it is: after a restart of this program. */
  async #adopt(media: MediaStatus | undefined, signal: AbortSignal): Promise<CastFilm | null> {
    const reference = referenceIn(media?.media?.customData);
    const isKnown = this.#options.films.sessions.list().some(({ id }) => id === reference?.sessionId);
    return reference && isKnown ? this.#open(reference.sessionId, reference, signal) : null;
  }

  async #loadFilm(
    receiver: Receiver,
    film: CastFilm,
    { seconds, autoplay }: { seconds: number; autoplay: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const application = this.#application;
    if (!application) throw nothingCast();
    this.#facts.wantedSeconds = seconds;
    this.#tellFilm(film);
    this.#enter('loading');
    const currentTime = film.durationSeconds === null ? null : seconds;
    const options = { currentTime, activeTrackIds: tracksOf(film), autoplay };
    try {
      this.#take(await player.load(receiver, application, film.media, options, signal));
    } catch (error) {
      throw this.#whyNotLoaded(error);
    }
    this.#enter('following');
  }

  /** A device that has fetched nothing could not: it says no more than that it failed. */
  #whyNotLoaded(error: unknown): unknown {
    const { hasFetched } = this.#options;
    const isItsFailure = error instanceof RaffiError && error.code.startsWith('cast_');
    return isItsFailure && !hasFetched(this.device.host) ? notFetched(error) : error;
  }

  #loadAgain(film: CastFilm): Promise<void> {
    const wish = {
      seconds: positionOf(this.#facts, Date.now()),
      autoplay: this.#facts.media?.playerState !== 'PAUSED',
    };
    return this.#attempt(async (signal) => {
      await film.prepare(wish.seconds, signal);
      await this.#loadFilm(this.#receiver, film, wish, signal);
    });
  }

  async #command(
    type: 'PLAY' | 'PAUSE' | 'SEEK' | 'EDIT_TRACKS_INFO',
    members: Record<string, unknown> = {},
  ): Promise<void> {
    const { media } = this.#facts;
    const receiver = this.#receiver;
    if (!media || !this.#application) throw nothingCast();
    const target = { transportId: this.#application.transportId, mediaSessionId: media.mediaSessionId };
    await player.command(receiver, target, type, members, this.#ending.signal);
  }

  /** One at a time: what is begun anew ends what was under way. A failure ends the cast. */
  async #attempt(work: (signal: AbortSignal) => Promise<void>, signal?: AbortSignal): Promise<void> {
    this.#operation.abort(ended());
    const operation = new AbortController();
    this.#operation = operation;
    const signals = [operation.signal, this.#ending.signal, ...(signal ? [signal] : [])];
    try {
      await work(AbortSignal.any(signals));
    } catch (thrown) {
      const isReplaced = this.#operation !== operation;
      operation.abort(thrown);
      if (!isReplaced && !this.#ending.signal.aborted) this.#fail(toRaffiError(thrown));
      throw thrown;
    }
  }

  #heardReceiver({ application, volume }: ReceiverStatus): void {
    if (this.#ending.signal.aborted) return;
    this.#facts.volume = volume;
    if (this.#application && application?.transportId !== this.#application.transportId)
      this.#applicationGone();
    else this.#options.onChange();
  }

  #heardMedia(media: MediaStatus | undefined): void {
    // Until the film is loaded the device tells of the one before, and in the end of the end that we asked for.
    if (this.#facts.phase !== 'following' || this.#ending.signal.aborted) return;
    const before = this.#facts.media;
    if (media && before && media.mediaSessionId !== before.mediaSessionId) this.#replaced();
    this.#take(media);
    const end = endOf(media);
    if (end === 'taken') this.#end();
    else if (end === 'failed') this.#fail(brokenOff());
    else {
      // At its end the session and the tokens are given back; what was cast is still told.
      if (end === 'ended') this.#letFilmGo();
      this.#options.onChange();
    }
  }

  /** Another sender plays another film with the same application. */
  #replaced(): void {
    this.#letFilmGo();
    this.#facts.film = null;
  }

  #letFilmGo(): void {
    void this.#film?.close();
    this.#film = undefined;
  }

  #take(media: MediaStatus | undefined): void {
    const before = this.#facts.media;
    const isSame = media !== undefined && media.mediaSessionId === before?.mediaSessionId;
    this.#facts.media = isSame ? { ...media, media: media.media ?? before.media } : media;
    this.#facts.atMs = Date.now();
  }

  async #found(receiver: Receiver, signal: AbortSignal): Promise<void> {
    const { application, volume } = await player.status(receiver, signal);
    this.#facts.volume = volume;
    if (!this.#application || application?.transportId !== this.#application.transportId) return this.#end();
    const media = await player.mediaStatus(receiver, application.transportId, signal);
    this.#facts.phase = 'following';
    this.#heardMedia(media);
    const film = this.#film;
    // The computer may have slept longer than the tokens last, or have come back in another network.
    if (film && !(await film.renew())) await this.#loadAgain(film);
  }

  #applicationGone(): void {
    if (this.#ending.signal.aborted) return;
    if (this.#facts.phase === 'following') this.#end();
    else if (this.#application) this.#operation.abort(takenAway());
  }

  #tellFilm(film: CastFilm): void {
    const { sessionId, title, durationSeconds, audioIndex, subtitleIndex } = film;
    this.#facts.film = { sessionId, title, durationSeconds, audioIndex, subtitleIndex };
  }

  #enter(phase: CastFacts['phase']): void {
    this.#facts.phase = phase;
    this.#facts.error = null;
    this.#options.onChange();
  }

  /** The device plays something else, or nothing. */
  #end(): void {
    this.#facts.phase = 'over';
    void this.#release();
    this.#options.onChange();
  }

  #fail(error: RaffiError): void {
    if (!isAbort(error)) this.#options.log.warn({ err: error, device: this.device.model }, 'casting failed');
    this.#facts.wantedSeconds = positionOf(this.#facts, Date.now());
    this.#facts.phase = isAbort(error) ? 'over' : 'failed';
    this.#facts.error = error;
    void this.#release();
    this.#options.onChange();
  }

  async #release(): Promise<void> {
    this.#link?.close();
    this.#link = undefined;
    const film = this.#film;
    this.#film = undefined;
    await film?.close();
  }
}

function tracksOf({ subtitleIndex }: CastFilm): number[] {
  return subtitleIndex === null ? [] : [trackIdOf(subtitleIndex)];
}
