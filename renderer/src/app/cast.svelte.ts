import { untrack } from 'svelte';
import type { CastApi } from '../../../electron/ipc/contract.ts';
import type { CastCheck, CastDevice, CastSnapshot, CastStatus, CastTracks } from '../../../src/cast/types.ts';
import { ApiError, type Failure, failureFrom, failureOfRejection } from '../api/problem.ts';
import { courseOf, statusBefore } from '../cast/course.ts';
import { filmPosition, heldWhenLost, withinFilm } from '../cast/film-position.ts';
import { LatestWish } from '../cast/latest-wish.ts';
import { inOrder, isStarting } from '../cast/words.ts';
import type { Film } from './film.svelte.ts';
import { rememberAudioLanguage } from './languages.ts';

type Volume = Pick<CastStatus, 'volume' | 'isMuted'>;

/** One film's way to a television and back: the devices, the remote control, and the hand-over at the same second both ways. */
export class Cast {
  /** Those that were found, while somebody looks for them. */
  devices: CastDevice[] = $state.raw([]);
  /** What the film plays on; null while it plays here. */
  device: CastDevice | null = $state.raw(null);
  /** How it is there; null while it plays here. */
  status: CastStatus | null = $state.raw(null);
  /** Why it is not there. */
  failure: Failure | null = $state.raw(null);
  /** What the device did not do, until it was read. */
  notice: string | null = $state.raw(null);
  isStopping = $state(false);
  /** What is wished and not yet done. */
  #seekWish: number | null = $state(null);
  #volumeWish: Volume | null = $state.raw(null);

  readonly #film: Film;
  readonly #remote: CastApi;
  readonly #seeks = new LatestWish<number>(
    (seconds) => this.#tell((remote) => remote.seek(seconds)),
    (wish) => (this.#seekWish = wish),
  );
  readonly #volumes = new LatestWish<Volume>(
    ({ volume, isMuted }) => this.#tell((remote) => remote.setVolume(volume, isMuted)),
    (wish) => (this.#volumeWish = wish),
  );
  #watchers = 0;
  #stopWatching = (): void => {};
  /** Of this film; another attempt has another number. */
  #attempt = 0;
  /** Until the device has taken it, or has not: what it tells meanwhile may be of the attempt before. */
  #isLoading = false;
  #isTaken = false;
  /** What was chosen of the subtitles here when the device was told of them last. */
  #followed: number | null = null;

  constructor(film: Film, remote: CastApi) {
    this.#film = film;
    this.#remote = remote;
  }

  /**
   * Looks for devices until the returned function is called. Not before somebody asks for them: it tells the whole network of us, and some
   * systems ask the person for leave.
   */
  watch(): () => void {
    this.#watchers += 1;
    if (this.#watchers === 1)
      this.#stopWatching = this.#remote.subscribe((snapshot) => this.#heard(snapshot));
    let isWatching = true;
    return () => {
      if (!isWatching) return;
      isWatching = false;
      this.#watchers -= 1;
      if (this.#watchers === 0) this.#stopWatching();
    };
  }

  /** Rejects with `ApiError`. */
  async addDevice(address: string): Promise<CastDevice> {
    return this.#remote.addDevice(address).catch(rejected);
  }

  /** Whether a device could fetch this film from this computer. Rejects with `ApiError`. */
  async check(): Promise<CastCheck | null> {
    const { sessionId } = this.#film;
    return sessionId === null ? null : this.#remote.check(sessionId).catch(rejected);
  }

  /** Hands the film over to a device, at the second it is at. */
  start(device: CastDevice): void {
    const { sessionId } = this.#film;
    if (sessionId === null || this.device !== null) return;
    const { seconds, ...tracks } = this.#film.handOver();
    this.device = device;
    this.#followed = tracks.subtitleIndex;
    this.#endWatch = this.watch();
    const place = { device, sessionId, positionSeconds: seconds, ...tracks };
    void this.#load(statusBefore(place, Date.now()));
  }

  /** The same device again, from where the film was. */
  retry(): void {
    if (this.status !== null) this.#again(this.status, filmPosition(this.status, Date.now()));
  }

  /** Stops the film on the device; it goes on here, where it was there. */
  async stop(): Promise<void> {
    if (this.status === null || this.isStopping) return;
    const isThere = this.canSteer;
    const stopped = this.#remote.stop().catch(() => null);
    if (!isThere) {
      this.#takeBack(this.position(Date.now()));
      return;
    }
    this.isStopping = true;
    // A device that does not answer was last seen at the place that is shown.
    const place = await stopped;
    if (this.device !== null) this.#takeBack(place?.positionSeconds ?? this.position(Date.now()));
  }

  togglePlay(): void {
    const { status } = this;
    if (status === null) return;
    if (status.state === 'ended') this.#again(status, 0);
    else
      void this.#tell((remote) => (status.state === 'paused' ? remote.play() : remote.pause())).catch(
        () => {},
      );
  }

  /** Of the film; null of what goes on. The device knows it late. */
  get durationSeconds(): number | null {
    const { player, news } = this.#film;
    if (player.isLive) return null;
    return this.status?.durationSeconds ?? news.view?.durationSeconds ?? null;
  }

  /** Film time, seconds. Returns where in the film that is. */
  seek(seconds: number): number {
    const { durationSeconds } = this;
    const target = withinFilm(seconds, durationSeconds);
    if (!this.canSteer || this.status === null || durationSeconds === null) return target;
    // A device has let go of a film that has ended.
    if (this.status.state === 'ended') this.#again(this.status, target);
    else this.#seeks.ask(target);
    return target;
  }

  skip(seconds: number): number {
    return this.seek(this.position(Date.now()) + seconds);
  }

  get volume(): Volume {
    return this.#volumeWish ?? { volume: this.status?.volume ?? 1, isMuted: this.status?.isMuted ?? false };
  }

  /** @param volume 0 … 1, clamped. Returns the new one. */
  setVolume(volume: number, isMuted = false): number {
    const wish = { volume: Math.min(1, Math.max(0, Math.round(volume * 100) / 100)), isMuted };
    if (this.canSteer) this.#volumes.ask(wish);
    return wish.volume;
  }

  toggleMute(): void {
    const { volume, isMuted } = this.volume;
    this.setVolume(volume, !isMuted);
  }

  /** A person wants these, in the next film too. */
  setTracks(tracks: CastTracks): void {
    const { news, subtitles } = this.#film;
    const { audioIndex, subtitleIndex } = tracks;
    if (audioIndex !== undefined)
      rememberAudioLanguage(localStorage, news.view?.media?.audio[audioIndex]?.language);
    if (subtitleIndex !== undefined) subtitles.remember(subtitleIndex);
    this.#showThere(tracks);
  }

  /** Called in an effect: what is chosen of the subtitles here, as a file that is added, is shown there, as soon as the device can be told. */
  followSubtitles(): void {
    const { chosen } = this.#film.subtitles;
    const { canSteer } = this;
    untrack(() => {
      if (!canSteer || chosen === this.#followed) return;
      this.#followed = chosen;
      if (this.status?.subtitleIndex !== chosen) this.#showThere({ subtitleIndex: chosen });
    });
  }

  /** Whether there is a film on a device that does what it is told. */
  get canSteer(): boolean {
    if (this.status === null || this.failure !== null || this.isStopping) return false;
    return !isStarting(this.status.state) && this.status.state !== 'reconnecting';
  }

  /** Where the film is, seconds, or is about to be. */
  position(nowMs: number): number {
    return this.#seekWish ?? (this.status === null ? 0 : filmPosition(this.status, nowMs));
  }

  /** The film is closed: nothing of it stays on the device. */
  close(): void {
    if (this.device !== null) void this.#remote.stop().catch(() => {});
    this.#end();
  }

  #endWatch = (): void => {};

  #heard({ devices, status }: CastSnapshot): void {
    this.devices = inOrder(devices);
    const { sessionId } = this.#film;
    if (this.device === null || sessionId === null) return;
    const course = courseOf(status, sessionId, this.#isTaken);
    if (this.#isLoading && (course !== 'ours' || status.state === 'failed')) return;
    if (course === 'ours') {
      this.#isTaken = true;
      this.status = heldWhenLost(this.status, status, Date.now());
      this.failure =
        status.state === 'failed' && status.problem !== null ? failureFrom(status.problem) : null;
    } else if (course === 'over' && !this.isStopping && this.failure === null) {
      const notice = `The film was stopped on ${this.device.name}. It waits here, where it was there.`;
      this.#takeBack(this.position(Date.now()), notice);
    }
  }

  #showThere(tracks: CastTracks): void {
    void this.#tell((remote) => remote.setTracks(tracks)).catch(() => {});
  }

  async #load(from: CastStatus): Promise<void> {
    const { device, sessionId } = from;
    if (device === null || sessionId === null) return;
    this.#attempt += 1;
    const attempt = this.#attempt;
    this.status = from;
    this.failure = null;
    this.#isTaken = false;
    this.#isLoading = true;
    try {
      await this.#remote.load({
        deviceId: device.id,
        sessionId,
        startSeconds: from.positionSeconds,
        audioIndex: from.audioIndex,
        subtitleIndex: from.subtitleIndex,
      });
      if (attempt === this.#attempt) this.#isTaken = true;
    } catch (thrown) {
      if (attempt === this.#attempt) this.failure = failureOfRejection(thrown);
    } finally {
      if (attempt === this.#attempt) this.#isLoading = false;
    }
  }

  /** A new beginning on the same device. */
  #again(status: CastStatus, positionSeconds: number): void {
    const { device } = this;
    const { sessionId } = this.#film;
    const atMs = Date.now();
    void this.#load({
      ...status,
      ...{ state: 'connecting', device, sessionId, positionSeconds, atMs, problem: null },
    });
  }

  async #tell(command: (remote: CastApi) => Promise<void>): Promise<void> {
    try {
      await command(this.#remote);
    } catch (thrown) {
      this.notice = failureOfRejection(thrown).detail;
      throw thrown;
    }
  }

  #takeBack(seconds: number, notice: string | null = null): void {
    const { status } = this;
    const isPaused = notice !== null || status?.state === 'paused' || status?.state === 'ended';
    const { audioIndex, subtitleIndex: shown } = status ?? { audioIndex: 0, subtitleIndex: null };
    const { chosen } = this.#film.subtitles;
    // What was chosen here meanwhile, and the device could not be told of, is newer.
    const subtitleIndex = chosen === this.#followed ? shown : chosen;
    this.#end();
    this.#film.takeBack({ seconds, isPaused, audioIndex, subtitleIndex, notice });
  }

  #end(): void {
    this.#attempt += 1;
    this.#isLoading = false;
    this.#seeks.forget();
    this.#volumes.forget();
    this.#endWatch();
    this.#endWatch = () => {};
    this.device = null;
    this.status = null;
    this.failure = null;
    this.notice = null;
    this.isStopping = false;
  }
}

function rejected(thrown: unknown): never {
  throw new ApiError(failureOfRejection(thrown), 0, thrown);
}
