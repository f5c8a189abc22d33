import type { IpcHealth } from '../../../electron/ipc/contract.ts';
import type { Capabilities } from '../../../src/plan/types.ts';
import type { SeekTiming, SessionEvent, SessionView, StageReport } from '../../../src/session/types.ts';
import type { SourceStats } from '../../../src/source/byte-source.ts';
import type { TorrentStatus } from '../../../src/torrent/status.ts';
import type { ApiClient } from '../api/client.ts';
import {
  ApiError,
  CORE_UNREACHABLE,
  coreFailure,
  decodeFailure,
  type Failure,
  failureFrom,
} from '../api/problem.ts';
import { type ChapterMark, chapterMarks } from '../player/chapters.ts';
import { createDirectEngine } from '../player/direct-engine.ts';
import type { Engine, EngineFailure, EngineHost } from '../player/engine.ts';
import { createHlsEngine } from '../player/hls-engine.ts';
import { AUTO, type QualityChoice, qualityChoices, stepDown } from '../player/quality.ts';
import { complaintsOf } from '../player/symptom.ts';
import { type AudioChoice, playableAudio } from '../player/tracks.ts';
import { watchPlayback } from '../player/watch-playback.ts';
import { chooseWay, isWayFailure, type Way, wayAdverb, wayName } from '../player/ways.ts';
import { waitForAnswer } from './examine.ts';
import { rememberAudioLanguage } from './languages.ts';
import { askForSafer } from './safer.ts';
import { type Item, SessionLink } from './session-link.ts';
import { type FileChoice, fileChoices } from './torrent-files.ts';

/** What a film needs from around it. */
export interface FilmContext {
  /** The client of the core as it is now; another one when a restart gave it another port. */
  api(): ApiClient;
  health(): IpcHealth;
  capabilities: Capabilities;
  /** What the viewer understands, BCP 47. */
  languages(): string[];
}

/** How many failed attempts to reach a core that calls itself ready before the film gives up. */
const UNREACHABLE_LIMIT = 10;
const UNREACHABLE_PAUSE_MS = 300;

/** One open film: its session in the core, its engine, and what the window shows of both. */
export class Film {
  readonly item: Item;
  name = $state('');
  phase: 'opening' | 'playing' | 'failed' = $state('opening');
  stage: StageReport | null = $state.raw(null);
  failure: Failure | null = $state.raw(null);
  /** What keeps the next bytes from coming, while it may still pass. */
  trouble: Failure | null = $state.raw(null);
  view: SessionView | null = $state.raw(null);
  way: Way | null = $state(null);
  /** Why this way of playing, and what was tried before it. */
  notes: string[] = $state.raw([]);
  /** What has just been changed by itself, and why; until it was read. */
  notice: string | null = $state.raw(null);
  audioIndex = $state(0);
  /** A stream that goes on. */
  isLive = $state(false);
  chapters: ChapterMark[] = $state.raw([]);
  seeks: SeekTiming[] = $state.raw([]);
  source: SourceStats | null = $state.raw(null);
  /** What was chosen in the quality menu, and what is seen: renditions of `master.m3u8`. */
  quality: string = $state(AUTO);
  picture = $state('v0');
  /** Why a smaller picture is played than could be. */
  qualityNote: string | null = $state(null);
  qualities: QualityChoice[] = $derived(this.way === 'hls' ? qualityChoices(this.view) : []);
  /** How its torrent does, where it comes from one. */
  swarm: TorrentStatus | null = $state.raw(null);
  /** Which of the torrent’s films plays, and what the others are. */
  files: FileChoice[] = $derived(fileChoices(this.view?.torrent));
  audio: AudioChoice[] = $derived(this.way === 'hls' ? playableAudio(this.view, this.canEncode) : []);

  readonly #context: FilmContext;
  readonly #session: SessionLink;
  #video: HTMLVideoElement | null = null;
  #engine: Engine | null = null;
  #engineBase = '';
  #stopWatching = () => {};
  #isHelping = false;
  #waysLeft: Way[] = [];
  #attempt = new AbortController();
  #unreachable = 0;
  #coreWasReady = true;
  #startSeconds = 0;
  /** What `auto` has come to. */
  #autoPicture = 'v0';

  constructor(item: Item, context: FilmContext) {
    this.item = item;
    this.name = item.name;
    this.#context = context;
    this.#session = new SessionLink(item, { ...context, onEvent: (event) => this.#heard(event) });
  }

  /** What the core says of the programs it runs; null until it has looked for them. */
  get ffmpeg(): IpcHealth['ffmpeg'] {
    return this.#context.health().ffmpeg;
  }

  /** Whether what cannot be copied can be encoded. While that is unknown, yes: the core refuses what it cannot do, and says why. */
  get canEncode(): boolean {
    return this.ffmpeg === null || !('missing' in this.ffmpeg.ffmpeg);
  }

  /** Begins to play in this element. The film owns the element's source until `close()`. */
  attach(video: HTMLVideoElement): void {
    this.#video = video;
    video.addEventListener('loadedmetadata', () => {
      this.phase = 'playing';
      this.#unreachable = 0;
      this.#mark();
    });
    video.addEventListener('timeupdate', () => {
      this.#startSeconds = this.#position();
    });
    void this.#open();
  }

  /** Tries again from where the film is. */
  retry(): void {
    this.#startSeconds = this.#position();
    this.#session.renew();
    void this.#open();
  }

  selectAudio(index: number): void {
    if (this.way !== 'hls' || this.#session.id === null) return;
    this.audioIndex = index;
    rememberAudioLanguage(localStorage, this.view?.media?.audio[index]?.language);
    this.#engine?.selectAudio(index);
    // So that a restored session, and the plain stream, know of it too; a picture does not wait for it. Sound alone has no
    // renditions to switch among: the core's next playlist carries the track.
    const known = this.#context.api().selectAudio(this.#session.id, index);
    const isSoundAlone = this.view?.media?.video.length === 0;
    void known.then(() => isSoundAlone && this.#play('hls', this.#position())).catch(() => {});
  }

  /** Goes to where a live stream is now. */
  goLive(): void {
    this.#engine?.goLive();
  }

  /** `auto` begins with the best picture again. */
  selectQuality(rendition: string): void {
    this.quality = rendition;
    this.qualityNote = null;
    this.#autoPicture = 'v0';
    this.#engine?.selectPicture(rendition === AUTO ? this.#autoPicture : rendition);
  }

  /** The picture stands still for want of data, and nobody sought. */
  async starved(): Promise<void> {
    const id = this.#session.id;
    if (this.quality !== AUTO || this.qualities.length === 0 || id === null) return;
    const playing = this.#autoPicture;
    const { sessions } = await this.#context.api().stats(this.#attempt.signal);
    const runs = sessions.find((session) => session.id === id)?.encoders ?? [];
    const step = stepDown(this.qualities, playing, runs);
    // Meanwhile somebody may have chosen.
    if (step === null || this.quality !== AUTO || this.#autoPicture !== playing) return;
    this.#autoPicture = step.rendition;
    this.qualityNote = step.reason;
    this.#engine?.selectPicture(step.rendition);
  }

  /** Another file of the same torrent, ready to be played in this one's stead. Rejects with `ApiError`. */
  async openFile(fileIdx: number): Promise<Item> {
    const id = await this.#session.openFile(this.view?.source ?? '', fileIdx);
    const name = this.files.find(({ key }) => key === fileIdx)?.label ?? this.name;
    return { kind: 'session', id, name };
  }

  /** The supervisor's news. A core that came back continues a film at once; its port may be another one. */
  coreChanged(health: IpcHealth): void {
    if (health.state === 'failed' && this.#unreachable > 0) this.#fail(coreFailure(health.reason));
    const isBack = health.state === 'ready' && !this.#coreWasReady;
    this.#coreWasReady = health.state === 'ready';
    // Health is also reported while all is well (the number of sessions changes): that must not disturb requests under way.
    if (!isBack || this.phase === 'failed') return;
    this.#session.listen();
    if (this.#engine === null) return;
    if (this.#engineBase === this.#context.api().baseUrl) this.#engine.resume();
    else this.#play(this.#engine.way, this.#position());
  }

  /** The page goes away: no answer can be awaited any more. */
  abandon(): void {
    this.#session.abandon();
  }

  close(): void {
    this.#stop();
    this.#session.end();
  }

  async #open(): Promise<void> {
    this.#stop();
    this.#attempt = new AbortController();
    const { signal } = this.#attempt;
    this.phase = 'opening';
    this.failure = null;
    this.stage = null;
    try {
      const id = await this.#session.open(this.#startSeconds);
      signal.throwIfAborted();
      const view = await waitForAnswer(this.#context.api, id, signal);
      this.#show(view);
      if (view.error !== undefined) throw new ApiError(failureFrom(view.error), 200);
      const choice = chooseWay({ ...view, canEncode: this.canEncode });
      this.notes = [choice.reason];
      this.#waysLeft = choice.ways.slice(1);
      this.#startSeconds ||= view.startTime;
      this.#play(choice.ways[0], this.#startSeconds);
    } catch (thrown) {
      if (signal.aborted) return;
      this.#fail(thrown instanceof ApiError ? thrown.failure : CORE_UNREACHABLE);
    }
  }

  #play(way: Way, startSeconds: number): void {
    const video = this.#video;
    const id = this.#session.id;
    if (video === null || id === null) return;
    this.#drop();
    const api = this.#context.api();
    const host: EngineHost = {
      video,
      startSeconds: this.isLive ? null : startSeconds,
      adapts: ['hls', 'dash'].includes(this.view?.media?.formats[0] ?? ''),
      onFailure: (failure) => this.#engineFailed(failure),
      onTrouble: (trouble) => {
        this.trouble = trouble;
      },
      onAudio: (index) => {
        this.audioIndex = index;
      },
      onPicture: (rendition) => {
        this.picture = rendition;
      },
      onLive: (isLive) => {
        this.isLive = isLive;
      },
    };
    this.way = way;
    this.trouble = null;
    this.#engineBase = api.baseUrl;
    this.#engine =
      way === 'hls' ? createHlsEngine(api.masterUrl(id), host) : createDirectEngine(api.directUrl(id), host);
    this.#engine.selectAudio(this.audioIndex);
    this.#engine.selectPicture(this.quality === AUTO ? this.#autoPicture : this.quality);
    const { media } = this.view ?? {};
    if (media !== undefined) {
      this.#stopWatching = watchPlayback(video, media, (symptom) => {
        const message = symptom.problem === 'silent' ? 'No sound came.' : 'No picture came.';
        this.#engineFailed({ kind: 'media', message, symptom });
      });
    }
    // Rejected when the film is closed before it began; the play button stays for a blocked autoplay.
    void video.play().catch(() => {});
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
    if (isWayFailure(failure.failure) && this.#playOtherwise(failure.failure.detail)) return;
    // The core forgot the session (idle too long, or a crash that was not restored): open the link anew, in place.
    if (failure.failure.code === 'session_not_found' && this.#session.canReopen) this.retry();
    else this.#fail(failure.failure);
  }

  /** Fragments that cannot be played are made anew by the next safer decision of the core; what has none is played another way. */
  async #mediaFailed({ message, symptom }: Extract<EngineFailure, { kind: 'media' }>): Promise<void> {
    const id = this.#session.id;
    // A failing engine says so more than once.
    if (this.#isHelping || id === null) return;
    const { signal } = this.#attempt;
    const complaints = complaintsOf(symptom, this.view?.decisions?.cmaf, this.audioIndex);
    this.#isHelping = true;
    const answer =
      this.way === 'hls' ? await askForSafer(this.#context.api(), id, complaints, message) : null;
    if (signal.aborted) return;
    this.#isHelping = false;
    if (answer !== null && 'taken' in answer) {
      if (this.view !== null) this.view = { ...this.view, decisions: answer.decisions };
      this.#tell(answer.reason, answer.reason);
      this.#play('hls', this.#position());
    } else if (!this.#playOtherwise(message)) this.#fail(answer ?? decodeFailure(message));
  }

  /** Goes on by the other way, if it was not tried yet. */
  #playOtherwise(reason: string): boolean {
    const next = this.#waysLeft.shift();
    if (next === undefined) return false;
    const failed = `${wayName(this.way)} did not work`;
    this.#tell(`${failed}, so the film is played ${wayAdverb(next)}.`, `${failed}: ${reason}`);
    this.#play(next, this.#position());
    return true;
  }

  #tell(notice: string, note: string): void {
    this.notice = notice;
    this.notes = [...this.notes, note];
  }

  /** Goes on when the supervisor reports the core ready; tries by itself too, in case that report came first. */
  #coreGone(): void {
    this.#unreachable += 1;
    const health = this.#context.health();
    if (health.state === 'failed') this.#fail(coreFailure(health.reason));
    else if (this.#unreachable > UNREACHABLE_LIMIT) this.#fail(CORE_UNREACHABLE);
    else setTimeout(() => this.#engine?.resume(), UNREACHABLE_PAUSE_MS);
  }

  #heard(event: SessionEvent): void {
    if (event.type === 'stage') this.stage = event.data;
    else if (event.type === 'seek') this.seeks = [event.data, ...this.seeks].slice(0, 6);
    else if (event.type === 'buffer') this.source = event.data;
    else if (event.type === 'torrent') this.swarm = event.data;
    else if (event.type === 'decisions' && this.view !== null) {
      this.view = { ...this.view, decisions: event.data };
    } else if (event.type === 'damage' && this.view !== null) {
      this.view = { ...this.view, damage: event.data };
    } else if (event.type === 'error' && this.phase === 'opening' && this.#engine === null) {
      this.#fail(failureFrom(event.data));
    }
  }

  #show(view: SessionView): void {
    this.view = view;
    this.stage = view.stage;
    this.audioIndex = view.audioIndex;
    this.isLive = view.live === true;
    if (view.name !== '') this.name = view.name;
    this.#mark();
  }

  #mark(): void {
    const measured = this.#video?.duration ?? Number.NaN;
    const duration = Number.isFinite(measured) ? measured : (this.view?.durationSeconds ?? 0);
    this.chapters = chapterMarks(this.view?.chapters ?? [], duration);
  }

  /** Where the film is; where it was, while its element is being given another source. */
  #position(): number {
    const seconds = this.#video?.currentTime ?? 0;
    return seconds > 0 ? seconds : this.#startSeconds;
  }

  #fail(failure: Failure): void {
    this.#startSeconds = this.#position();
    this.#stop();
    this.failure = failure;
    this.phase = 'failed';
  }

  #stop(): void {
    this.#attempt.abort();
    this.#drop();
    this.trouble = null;
    this.notice = null;
    this.#isHelping = false;
  }

  #drop(): void {
    this.#stopWatching();
    this.#engine?.destroy();
    this.#engine = null;
  }
}
