import { Presentation } from '../adaptive/presentation.ts';
import { RaffiError } from '../errors.ts';
import type { Prober } from '../probe/prober.ts';
import type { SourceInfo } from '../source/byte-source.ts';
import type { TimeWindow } from '../subtitles/cue.ts';
import { AudioChoice } from './audio-choice.ts';
import { DamageLog } from './damage-log.ts';
import type { Film } from './deliver.ts';
import type { FilmSource, SessionDeps } from './deps.ts';
import { DirectPlay } from './direct-play.ts';
import { encodersOf } from './encoder-stats.ts';
import { SessionEvents } from './events.ts';
import { judge, needsPictureEncoder, reasonFor } from './feedback.ts';
import { FilmOpener } from './film-opener.ts';
import { FilmWaits } from './film-waits.ts';
import { PlaylistStart } from './playlist-start.ts';
import { PackagedPlayout } from './playout/packaged-playout.ts';
import type { Playout, PlayoutContext } from './playout/playout.ts';
import { PresentedPlayout } from './playout/presented-playout.ts';
import { restoreRequest } from './restore.ts';
import { SharedSource } from './shared-source.ts';
import { SubtitleTracks } from './subtitles/subtitle-tracks.ts';
import { SwarmTeller } from './swarm-teller.ts';
import type {
  ArrivingAsset,
  Feedback,
  FeedbackAnswer,
  MediaAsset,
  Session,
  SessionEvent,
  SessionRequest,
  SessionStats,
  SessionView,
  StreamPlaylist,
  StreamQuery,
  SubtitleTrack,
  SubtitleUpload,
} from './types.ts';
import { errorView, firstStageOf, sessionView, subtitleMembers, torrentMembers } from './view.ts';

/** One open film: opens it on first need, and answers every question about it. */
export class FilmSession implements Session {
  readonly id: string;
  readonly request: Readonly<SessionRequest>;
  readonly #shared: SharedSource;
  readonly #source: FilmSource;
  readonly #deps: SessionDeps;
  readonly #createdAt = new Date().toISOString();
  readonly #events = new SessionEvents();
  readonly #damage = new DamageLog();
  readonly #prober: Prober;
  readonly #opener: FilmOpener;
  readonly #waits: FilmWaits;
  readonly #direct: DirectPlay;
  readonly #audio: AudioChoice;
  readonly #start: PlaylistStart;
  readonly #subtitles: SubtitleTracks;
  readonly #swarm: SwarmTeller;
  readonly #context: PlayoutContext;
  /** Until the film is open it is taken for one that we cut. */
  #playout: Playout;
  #lastUsedAt: number;

  /** @param sibling a session of the same source, which is shared */
  constructor(id: string, request: SessionRequest, deps: SessionDeps, sibling?: FilmSession) {
    this.id = id;
    this.request = request;
    this.#deps = deps;
    this.#audio = new AudioChoice(request);
    this.#start = new PlaylistStart(request.startTime ?? 0, deps.now());
    this.#lastUsedAt = deps.now();
    this.#shared = sibling
      ? sibling.#shared.hold()
      : new SharedSource(request, deps, (stage) => this.#opener.sourceReached(stage));
    this.#source = this.#shared.source;
    this.#direct = new DirectPlay(this.#source);
    this.#swarm = new SwarmTeller(
      request.kind === 'torrent' ? () => this.#source.torrentStatus?.() : undefined,
      (data) => this.#events.emit({ type: 'torrent', data }),
    );
    this.#prober = this.#shared.prober;
    this.#opener = new FilmOpener({
      film: {
        id,
        source: this.#source,
        prober: this.#prober,
        cache: deps.segmentCache,
        encoders: deps.encoders,
        capabilities: request.capabilities,
        languages: request.languages ?? [],
        ladder: request.ladder === true ? 'all' : 'encoded',
        startSeconds: request.startTime ?? 0,
        firstStage: firstStageOf(request),
        onHeld: (stretch) => {
          if (this.#damage.note(stretch)) this.#events.emit({ type: 'damage', data: this.#damage.report });
        },
        cheapReads: request.kind === 'file',
        manifest: deps.manifestAccess(request),
        setbacks: request.setbacks ?? [],
      },
      kind: request.kind,
      onStage: (data) => this.#events.emit({ type: 'stage', data }),
      onOpened: (film) => this.#opened(film),
      onFailed: (error) => this.#events.emit({ type: 'error', data: errorView(error) }),
      log: deps.log,
      now: deps.now,
    });
    this.#waits = new FilmWaits(this.#opener, deps.waits, () => {
      this.#lastUsedAt = deps.now();
    });
    this.#subtitles = new SubtitleTracks({
      sessionId: id,
      source: this.#source,
      waits: this.#waits,
      cache: deps.segmentCache,
      tools: deps.encoders.tools,
    });
    this.#context = {
      sessionId: id,
      source: this.#source,
      waits: this.#waits,
      audio: this.#audio,
      start: this.#start,
      subtitles: this.#subtitles,
      forReceiver: request.forReceiver === true,
      onReady: () => this.#opener.enter('ready'),
      emit: (event) => this.#events.emit(event),
      now: deps.now,
    };
    this.#playout = new PackagedPlayout(this.#context);
    if (request.downloadAll) this.#source.downloadAll?.(true);
  }

  /** On the injected clock, milliseconds; a session somebody listens to or plays directly is in use. */
  get lastUsedAt(): number {
    const isInUse = this.#events.listenerCount > 0 || this.#direct.isInUse;
    return isInUse ? this.#deps.now() : this.#lastUsedAt;
  }

  async view(signal?: AbortSignal): Promise<SessionView> {
    // Contract: a failed probe never fails the session's info; the view says so in `error`.
    await this.#waits.forView(signal).catch(() => {});
    signal?.throwIfAborted();
    return this.snapshot();
  }

  snapshot(): SessionView {
    const { film } = this.#opener;
    const audioIndex = this.#audio.positionFor('cmaf', film);
    const view = sessionView(this, this.#createdAt, this.#opener, audioIndex);
    const { report } = this.#damage;
    return {
      ...view,
      ...(film ? subtitleMembers(film.media, this.#subtitles.list(film)) : {}),
      ...torrentMembers(this.#source.torrent?.()),
      ...(report.seconds > 0 ? { damage: report } : {}),
    };
  }

  async setAudio(index: number, signal?: AbortSignal): Promise<void> {
    await this.#waits.forView(signal).catch(() => {});
    signal?.throwIfAborted();
    this.#audio.choose(index, this.#opener.film);
    this.#start.keepPlace();
    this.#deps.onChange();
  }

  downloadAll(isWanted: boolean): void {
    if (!this.#source.downloadAll) {
      throw new RaffiError('bad_request', 'Only the film of a torrent is downloaded. Play this one instead.');
    }
    this.#source.downloadAll(isWanted);
    this.#deps.onChange();
  }

  async feedback(report: Feedback, signal?: AbortSignal): Promise<FeedbackAnswer> {
    const opened = await this.#waits.forPlaylist(signal);
    if (needsPictureEncoder(opened, report)) await this.#measureEncoder(signal);
    const film = this.#opener.film ?? opened;
    const verdict = judge(film, report, this.#audio.positionFor('cmaf', film));
    const { detail, ...shown } = report;
    this.#deps.log.warn({ session: this.id, ...shown, detail, ...verdict }, 'a player reports trouble');
    if ('nothing' in verdict) return { taken: false, reason: verdict.nothing, decisions: film.decisions };
    const safer = this.#opener.heed(film, verdict.setback, this.#start.place(this.#deps.now()));
    this.#start.keepPlace();
    this.#events.emit({ type: 'decisions', data: safer.decisions });
    this.#deps.onChange();
    return { taken: true, reason: reasonFor(safer, verdict.setback), decisions: safer.decisions };
  }

  /** How much this machine encodes in real time is measured where that is needed for the first time; what takes too long is done without. */
  async #measureEncoder(signal?: AbortSignal): Promise<void> {
    const { pictureEncoder } = this.#deps.encoders;
    const measure = (_: Film, running: AbortSignal) => pictureEncoder.speed(running);
    await this.#waits.forMade('The encoder', measure, signal).catch(() => {});
    signal?.throwIfAborted();
  }

  async streamPlaylist(query: StreamQuery, signal?: AbortSignal): Promise<StreamPlaylist> {
    const film = await this.#waits.forPlaylist(signal);
    return this.#playout.stream(film, query, signal);
  }

  async transportSegment(name: string, signal?: AbortSignal): Promise<MediaAsset | ArrivingAsset> {
    await this.#waits.forAsset(signal);
    return this.#playout.transportSegment(name, signal);
  }

  async masterPlaylist(signal?: AbortSignal): Promise<string> {
    const film = await this.#waits.forPlaylist(signal);
    return this.#playout.master(film, signal);
  }

  async renditionAsset(
    rendition: string,
    asset: string,
    signal?: AbortSignal,
  ): Promise<MediaAsset | ArrivingAsset> {
    await this.#waits.forAsset(signal);
    return this.#playout.asset({ rendition, asset }, signal);
  }

  subtitles(index: number, window: TimeWindow, signal?: AbortSignal): Promise<MediaAsset> {
    return this.#subtitles.document(index, window, signal);
  }

  addSubtitles(upload: SubtitleUpload, signal?: AbortSignal): Promise<SubtitleTrack> {
    return this.#subtitles.add(upload, signal);
  }

  openDirect(signal?: AbortSignal): Promise<SourceInfo> {
    return this.#waits.forDirect((running) => this.#source.open(running), signal);
  }

  async *readDirect(start: number, end: number, signal?: AbortSignal) {
    this.#source.examined?.();
    try {
      yield* this.#direct.read(start, end, signal);
    } finally {
      this.#lastUsedAt = this.#deps.now();
    }
  }

  reuseDirect(piece: Uint8Array): void {
    this.#source.reuse?.(piece);
  }

  subscribe(listener: (event: SessionEvent) => void): () => void {
    this.#lastUsedAt = this.#deps.now();
    return this.#events.subscribe(listener);
  }

  stats(): SessionStats {
    const torrent = this.#source.torrentStatus?.();
    const { source, segments, lastSeeks } = this.#playout.stats(this.#opener.film);
    return {
      id: this.id,
      stage: this.#opener.stage,
      source,
      ...(torrent ? { torrent } : {}),
      segments: { ...segments, cachedBytes: this.#deps.segmentCache.sizeBytes(`${this.id}/`) },
      lastSeeks,
      probe: this.#prober.stats,
      encoders: encodersOf(this.id, this.#deps.encoders.slots),
    };
  }

  /** What a supervisor needs to open this session again after a crash. */
  restoreRequest(): SessionRequest & { id: string } {
    const { downloadsAll } = this.#source;
    return {
      ...restoreRequest(this.id, this.request, this.#audio, this.#opener),
      ...(downloadsAll === undefined ? {} : { downloadAll: downloadsAll }),
    };
  }

  async close(): Promise<void> {
    this.#swarm.close();
    await Promise.all([this.#subtitles.close(), this.#opener.close(), this.#shared.release()]);
    this.#events.emit({ type: 'closed', data: {} });
  }

  #opened(film: Film): void {
    if (film.packaging instanceof Presentation)
      this.#playout = new PresentedPlayout(film.packaging, this.#context);
    this.#events.emit({ type: 'decisions', data: film.decisions });
    if (this.#audio.dropUnless(film)) this.#deps.onChange();
  }
}
