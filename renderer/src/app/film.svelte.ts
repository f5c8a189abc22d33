import type { IpcHealth } from '../../../electron/ipc/contract.ts';
import type { SessionEvent, SessionView } from '../../../src/session/types.ts';
import { ApiError, CORE_UNREACHABLE, type Failure, failureFrom } from '../api/problem.ts';
import { type ChapterMark, chapterMarks } from '../player/chapters.ts';
import type { EngineFailure } from '../player/engine.ts';
import { elementClockOffset } from '../player/film-clock.ts';
import { qualityChoices } from '../player/quality.ts';
import { type AudioChoice, playableAudio } from '../player/tracks.ts';
import type { Playable } from '../player/watched-engine.ts';
import { chooseWay, isWayFailure } from '../player/ways.ts';
import { CoreOutage } from './core-outage.ts';
import { ElementPlayer } from './element-player.svelte.ts';
import { waitForAnswer } from './examine.ts';
import type { FilmContext, Place } from './film-context.ts';
import { FilmTorrent } from './film-torrent.svelte.ts';
import type { Item } from './item.ts';
import { rememberAudioLanguage } from './languages.ts';
import { Quality } from './quality.svelte.ts';
import { Recovery } from './recovery.svelte.ts';
import { SessionLink } from './session-link.ts';
import { SessionNews } from './session-news.svelte.ts';
import { Subtitles } from './subtitles.svelte.ts';
import { nameInPack } from './torrent-files.ts';

/** Between two attempts to reach a core that does not answer. */
const UNREACHABLE_PAUSE_MS = 300;

/** One open film: its session in the core, its player, and what becomes of it when one of them fails. */
export class Film {
  readonly item: Item;
  readonly news = new SessionNews();
  readonly recovery = new Recovery();
  readonly quality = new Quality(() => (this.#isCut ? qualityChoices(this.news.view) : []));
  readonly player: ElementPlayer;
  readonly subtitles: Subtitles;
  readonly torrent: FilmTorrent;
  name = $state('');
  /** `away`: it plays on another device. */
  phase: 'opening' | 'playing' | 'away' | 'failed' = $state('opening');
  failure: Failure | null = $state.raw(null);
  audio: AudioChoice[] = $derived(this.#isCut ? playableAudio(this.news.view, this.canEncode) : []);
  chapters: ChapterMark[] = $state.raw([]);

  readonly #context: FilmContext;
  readonly #session: SessionLink;
  readonly #outage = new CoreOutage();
  #attempt = new AbortController();

  constructor(item: Item, context: FilmContext) {
    this.item = item;
    this.name = item.name;
    this.#context = context;
    this.#session = new SessionLink(item, { ...context, onEvent: (event) => this.#heard(event) });
    this.torrent = new FilmTorrent(this.#session, this.news, (text) => (this.recovery.notice = text));
    this.player = new ElementPlayer({
      api: context.api,
      playable: () => this.#playable(),
      quality: this.quality,
      onFailure: (failure) => this.#engineFailed(failure),
    });
    this.subtitles = new Subtitles({
      ...context,
      sessionId: () => this.#session.id,
      news: this.news,
      audioLanguage: () => this.news.view?.media?.audio[this.player.audioIndex]?.language ?? null,
    });
  }

  /** Its session in the core; null while there is none. */
  get sessionId(): string | null {
    return this.#session.id;
  }

  /** What the core says of the programs it runs; null until it has looked for them. */
  get ffmpeg(): IpcHealth['ffmpeg'] {
    return this.#context.health().ffmpeg;
  }

  /** Whether what cannot be copied can be encoded. While that is unknown, yes: the core refuses what it cannot do, and says why. */
  get canEncode(): boolean {
    return this.ffmpeg === null || !('missing' in this.ffmpeg.ffmpeg);
  }

  /** Whether there is a menu of subtitles: to anything but a live stream a file can be added. */
  get canHaveSubtitles(): boolean {
    return this.phase === 'playing' && (!this.player.isLive || this.subtitles.tracks.length > 0);
  }

  /** Begins to play in this element. The film owns the element's source until `close()`. */
  attach(video: HTMLVideoElement): void {
    this.player.attach(video);
    this.subtitles.attach(video);
    video.addEventListener('loadedmetadata', () => {
      this.phase = 'playing';
      this.#outage.end();
      this.#mark();
    });
    void this.#open();
  }

  /** Tries again from where the film is. */
  retry(): void {
    this.player.keepPosition();
    this.#session.renew();
    void this.#open();
  }

  /** What a person wants from now on, in the next film too. */
  selectAudio(index: number): void {
    rememberAudioLanguage(localStorage, this.news.view?.media?.audio[index]?.language);
    this.#playAudio(index);
  }

  selectQuality(rendition: string): void {
    this.quality.choose(rendition);
    this.player.applyQuality();
  }

  /** Puts the chosen subtitles on screen, in time with what plays. */
  showSubtitles(): void {
    const offset = elementClockOffset(this.player.way, this.news.view?.media);
    this.subtitles.show(this.phase === 'playing', offset);
  }

  /** The picture stands still for want of data, and nobody sought. */
  async starved(): Promise<void> {
    const { id } = this.#session;
    const isLess = await this.quality.starved(async () => {
      const { sessions } = await this.#context.api().stats(this.#attempt.signal);
      return sessions.find((session) => session.id === id)?.encoders ?? [];
    });
    if (isLess) this.player.applyQuality();
  }

  /** Another device plays it from now on: nothing is left of it in the element. Where it was. */
  handOver(): Pick<Place, 'seconds' | 'audioIndex' | 'subtitleIndex'> {
    this.player.keepPosition();
    this.#stop();
    this.phase = 'away';
    const { positionSeconds: seconds, audioIndex } = this.player;
    return { seconds, audioIndex, subtitleIndex: this.subtitles.chosen };
  }

  /** It plays here again. */
  takeBack({ seconds, isPaused, audioIndex, subtitleIndex, notice }: Place): void {
    const { way } = this.player;
    if (this.phase !== 'away' || way === null) return;
    this.#attempt = new AbortController();
    this.phase = 'opening';
    this.recovery.notice = notice;
    if (audioIndex !== this.player.audioIndex) this.#playAudio(audioIndex);
    if (subtitleIndex !== this.subtitles.chosen) this.subtitles.wish(subtitleIndex);
    this.player.goOnAt(way, seconds, isPaused);
  }

  /** The supervisor's news. A core that came back continues a film at once; its port may be another one. */
  coreChanged(health: IpcHealth): void {
    const change = this.#outage.heard(health);
    if (change !== null && change !== 'back') this.#fail(change);
    if (change !== 'back' || this.phase === 'failed') return;
    this.#session.listen();
    this.player.reconnect();
    void this.subtitles.restore();
  }

  /** The page goes away: no answer can be awaited any more. */
  abandon(): void {
    this.#session.abandon();
  }

  close(): void {
    this.#stop();
    this.subtitles.close();
    this.#session.end();
  }

  async #open(): Promise<void> {
    this.#stop();
    this.#attempt = new AbortController();
    const { signal } = this.#attempt;
    this.phase = 'opening';
    this.failure = null;
    this.news.stage = null;
    try {
      const id = await this.#session.open(this.player.positionSeconds);
      signal.throwIfAborted();
      const view = await waitForAnswer(this.#context.api, id, signal);
      this.#show(view);
      if (view.error !== undefined) throw new ApiError(failureFrom(view.error), 200);
      const choice = chooseWay({ ...view, canEncode: this.canEncode });
      this.recovery.begin(choice);
      this.player.begin(choice.ways[0], view.startTime);
      // A session that had to be made anew knows nothing of them.
      void this.subtitles.restore();
    } catch (thrown) {
      if (signal.aborted) return;
      this.#fail(thrown instanceof ApiError ? thrown.failure : CORE_UNREACHABLE);
    }
  }

  #playAudio(index: number): void {
    if (!this.#isCut || this.#session.id === null) return;
    this.player.selectAudio(index);
    // So that a restored session, and the plain stream, know of it too; a picture does not wait for it. Sound alone has no
    // renditions to switch among: the core's next playlist carries the track.
    const known = this.#context.api().selectAudio(this.#session.id, index);
    const isSoundAlone = this.news.view?.media?.video.length === 0;
    void known.then(() => isSoundAlone && this.player.goOn('hls')).catch(() => {});
  }

  /** Whether the core cuts the film into fragments, and so can offer what to choose from. */
  get #isCut(): boolean {
    return this.player.way === 'hls';
  }

  #playable(): Playable | null {
    const { id } = this.#session;
    return id === null ? null : { sessionId: id, media: this.news.view?.media };
  }

  #engineFailed(failure: EngineFailure): void {
    if (failure.kind === 'unreachable') {
      this.#coreGone();
      return;
    }
    if (failure.kind === 'media') {
      void this.#mediaFailed(failure);
      return;
    }
    const other = isWayFailure(failure.failure)
      ? this.recovery.otherWay(this.player.way, failure.failure.detail)
      : null;
    // The core forgot the session (idle too long, or a crash that was not restored): open the link anew, in place.
    if (other !== null) this.player.goOn(other);
    else if (failure.failure.code === 'session_not_found' && this.#session.canReopen) this.retry();
    else this.#fail(failure.failure);
  }

  async #mediaFailed(failure: Extract<EngineFailure, { kind: 'media' }>): Promise<void> {
    const { id } = this.#session;
    if (id === null) return;
    const decisions = this.news.view?.decisions;
    const { way, audioIndex } = this.player;
    const playing = { way, sessionId: id, decisions, audioIndex };
    const { signal } = this.#attempt;
    const remedy = await this.recovery.ofMedia(failure, playing, this.#context.api(), signal);
    if (remedy === null) return;
    if ('code' in remedy) {
      this.#fail(remedy);
      return;
    }
    if (remedy.decisions !== undefined) this.news.heard({ type: 'decisions', data: remedy.decisions });
    this.player.goOn(remedy.way);
  }

  /** Goes on when the supervisor reports the core ready; tries by itself too, in case that report came first. */
  #coreGone(): void {
    const failure = this.#outage.noAnswer(this.#context.health());
    if (failure !== null) this.#fail(failure);
    else setTimeout(() => this.player.resume(), UNREACHABLE_PAUSE_MS);
  }

  #heard(event: SessionEvent): void {
    this.news.heard(event);
    if (event.type === 'error' && this.phase === 'opening' && !this.player.hasEngine) {
      this.#fail(failureFrom(event.data));
    }
  }

  #show(view: SessionView): void {
    this.news.answered(view);
    this.player.audioIndex = view.audioIndex;
    this.player.isLive = view.live === true;
    this.name = nameInPack(this.torrent.files, view.torrent) ?? (view.name || this.name);
    this.#mark();
  }

  #mark(): void {
    const duration = this.player.durationSeconds ?? this.news.view?.durationSeconds ?? 0;
    this.chapters = chapterMarks(this.news.view?.chapters ?? [], duration);
  }

  #fail(failure: Failure): void {
    this.player.keepPosition();
    this.#stop();
    this.failure = failure;
    this.phase = 'failed';
  }

  #stop(): void {
    this.#attempt.abort();
    this.player.stop();
    this.recovery.stop();
  }
}
