import { Presentation } from '../adaptive/presentation.ts';
import { RaffiError } from '../errors.ts';
import { masterOf } from '../hls/master.ts';
import type { Produced } from '../hls/packager.ts';
import { writeMasterPlaylist } from '../hls/playlists/master-playlist.ts';
import { segmentAt } from '../plan/segments.ts';
import { editionOf } from '../plan/setbacks.ts';
import { startWithin } from '../plan/start-time.ts';
import type { SegmentPlan } from '../plan/types.ts';
import type { Prober } from '../probe/prober.ts';
import type { GrowingParts } from '../remux/byte-parts.ts';
import type { SourceInfo, SourceStats } from '../source/byte-source.ts';
import { AudioChoice } from './audio-choice.ts';
import { cooldownMs } from './cooldown.ts';
import { DamageLog } from './damage-log.ts';
import type { Film } from './deliver.ts';
import type { FilmSource, SessionDeps } from './deps.ts';
import { DirectPlay } from './direct-play.ts';
import { encodersOf } from './encoder-stats.ts';
import { SessionEvents } from './events.ts';
import { judge, needsPictureEncoder, reasonFor } from './feedback.ts';
import { FilmOpener } from './film-opener.ts';
import { FilmWaits } from './film-waits.ts';
import type { Packaging } from './packaging.ts';
import { packagingFor } from './packaging-for.ts';
import { PlaylistStart } from './playlist-start.ts';
import { renditionName as nameInEdition, requireEdition } from './playout/editions.ts';
import { presentedAsset, presentedMaster } from './playout/presented-assets.ts';
import { presentedStream, presentedTransport } from './playout/presented-stream.ts';
import {
  fragmentType,
  I_FRAME_PLAYLIST,
  parseAsset,
  parseRendition,
  renditionPlaylist,
  renditionUri,
} from './playout/renditions.ts';
import { SeekLog } from './playout/seek-log.ts';
import { slicePlaylist } from './playout/slice-playlist.ts';
import { parseSegmentName, sliceFor } from './playout/slices.ts';
import { restoreRequest } from './restore.ts';
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
  StreamQuery,
} from './types.ts';
import { errorView, firstStageOf, sessionView, torrentMembers } from './view.ts';

/** One open film: opens it on first need, and answers every question about it. */
export class FilmSession implements Session {
  readonly id: string;
  readonly request: Readonly<SessionRequest>;
  readonly #source: FilmSource;
  readonly #deps: SessionDeps;
  readonly #createdAt = new Date().toISOString();
  readonly #events = new SessionEvents();
  readonly #seeks = new SeekLog();
  readonly #damage = new DamageLog();
  readonly #prober: Prober;
  readonly #opener: FilmOpener;
  readonly #waits: FilmWaits;
  readonly #direct: DirectPlay;
  readonly #audio: AudioChoice;
  readonly #start: PlaylistStart;
  readonly #swarm: SwarmTeller;
  #lastUsedAt: number;

  constructor(id: string, request: SessionRequest, deps: SessionDeps) {
    this.id = id;
    this.request = request;
    this.#deps = deps;
    this.#audio = new AudioChoice(request);
    this.#start = new PlaylistStart(request.startTime ?? 0, deps.now());
    this.#lastUsedAt = deps.now();
    this.#source = deps.openSource(request, (stage) => this.#opener.sourceReached(stage));
    this.#direct = new DirectPlay(this.#source);
    this.#swarm = new SwarmTeller(
      request.kind === 'torrent' ? () => this.#source.torrent?.()?.status : undefined,
      (data) => this.#events.emit({ type: 'torrent', data }),
    );
    this.#prober = deps.createProber(this.#source, (error) => cooldownMs(request.kind, error));
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
    this.#waits = new FilmWaits(this.#opener, deps.waits);
  }

  /** On the injected clock, milliseconds; a session somebody listens to or plays directly is in use. */
  get lastUsedAt(): number {
    const isInUse = this.#events.listenerCount > 0 || this.#direct.isInUse;
    return isInUse ? this.#deps.now() : this.#lastUsedAt;
  }

  async view(signal?: AbortSignal): Promise<SessionView> {
    // Contract: a failed probe never fails the session's info; the view says so in `error`.
    await this.#used()
      .forView(signal)
      .catch(() => {});
    signal?.throwIfAborted();
    return this.snapshot();
  }

  snapshot(): SessionView {
    const audioIndex = this.#audio.positionFor('cmaf', this.#opener.film);
    const view = sessionView(this, this.#createdAt, this.#opener, audioIndex);
    const { report } = this.#damage;
    return {
      ...view,
      ...torrentMembers(this.#source.torrent?.()),
      ...(report.seconds > 0 ? { damage: report } : {}),
    };
  }

  async setAudio(index: number, signal?: AbortSignal): Promise<void> {
    await this.#used()
      .forView(signal)
      .catch(() => {});
    signal?.throwIfAborted();
    this.#audio.choose(index, this.#opener.film);
    this.#start.keepPlace();
    this.#deps.onChange();
  }

  async feedback(report: Feedback, signal?: AbortSignal): Promise<FeedbackAnswer> {
    const opened = await this.#used().forPlaylist(signal);
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

  async streamPlaylist(query: StreamQuery, signal?: AbortSignal) {
    const film = await this.#used().forPlaylist(signal);
    if (film.packaging instanceof Presentation)
      return presentedStream(this.id, film.packaging, this.#start.settle(query, this.#deps.now()), signal);
    const audioPosition = film.media.audio.length === 0 ? null : this.#audio.positionFor('mpegts', film);
    const packaging = packagingFor(film, 'mpegts', audioPosition);
    const settled = this.#start.settle(query, this.#deps.now());
    const plan = await this.#planAround(packaging, settled.seekSeconds, signal);
    const edition = editionOf(film.setbacks, audioPosition);
    return slicePlaylist(this.id, plan, sliceFor(plan, settled, { audioPosition, edition }));
  }

  async transportSegment(name: string, signal?: AbortSignal): Promise<MediaAsset | ArrivingAsset> {
    const presentation = await this.#presentation(signal);
    if (presentation)
      return this.#arriving(name, (running) => presentedTransport(presentation, name, running), signal);
    const { audioPosition, edition, segmentIndex } = parseSegmentName(name);
    const made = await this.#segment(`ts${audioPosition ?? ''}`, segmentIndex, signal, (film, running) => {
      requireEdition(film, audioPosition, edition);
      const { packager } = packagingFor(film, 'mpegts', audioPosition);
      return packager.transportSegment(audioPosition, segmentIndex, running);
    });
    return { ...made, contentType: 'video/mp2t' };
  }

  async masterPlaylist(signal?: AbortSignal): Promise<string> {
    const film = await this.#used().forPlaylist(signal);
    const audioPosition = this.#audio.positionFor('cmaf', film);
    const wantedSeconds = this.#start.withoutSeek(this.#deps.now());
    if (film.packaging instanceof Presentation)
      return presentedMaster(this.id, film.packaging, { audioPosition, startSeconds: wantedSeconds });
    const packaging = packagingFor(film, 'cmaf');
    const { reader, rungs, media } = packaging;
    const plan = await this.#planAround(packaging, wantedSeconds, signal);
    return writeMasterPlaylist(
      masterOf({
        media,
        plan,
        reader,
        rungs,
        audioPosition,
        startSeconds: startWithin(plan, wantedSeconds),
        sizeBytes: film.info.sizeBytes,
        uri: (rendition) => renditionUri(this.id, nameInEdition(film, rendition)),
        decision: film.decisions.cmaf,
        iFrameUri:
          film.decisions.cmaf.video?.action === 'copy'
            ? renditionUri(this.id, nameInEdition(film, 'v0'), I_FRAME_PLAYLIST)
            : null,
      }),
    );
  }

  async renditionAsset(
    renditionName: string,
    assetName: string,
    signal?: AbortSignal,
  ): Promise<MediaAsset | ArrivingAsset> {
    const presentation = await this.#presentation(signal);
    if (presentation) {
      const names = { rendition: renditionName, asset: assetName };
      const make = (running: AbortSignal) => presentedAsset(this.id, presentation, names, running);
      return this.#arriving(`${renditionName}/${assetName}`, make, signal);
    }
    const name = parseRendition(renditionName);
    const { rendition } = name;
    const asset = parseAsset(rendition, assetName);
    const packaging = (film: Film) => {
      requireEdition(film, name.audioPosition, name.edition);
      return packagingFor(film, 'cmaf');
    };
    if (asset.kind === 'segment') {
      const made = await this.#segment(rendition, asset.index, signal, (film, running) =>
        packaging(film).packager.cmafSegment(rendition, asset.index, running),
      );
      return { ...made, contentType: fragmentType(rendition) };
    }
    if (asset.kind === 'i-frame') {
      // Scrubbing is no seek: nothing is noted of it, and the session's stage stays what it is.
      const make = (film: Film, running: AbortSignal) =>
        packaging(film).packager.iFrame(asset.index, running);
      const parts = await this.#used().forMade(`Key frame ${asset.index}`, make, signal);
      return { parts, contentType: 'video/mp4' };
    }
    if (asset.kind === 'init') {
      // Of an encoded picture it takes as long as its first frames do.
      const make = (film: Film, running: AbortSignal) => packaging(film).packager.init(rendition, running);
      const parts = await this.#used().forMade(`The head of ${rendition}`, make, signal);
      return { parts, contentType: fragmentType(rendition) };
    }
    const film = await this.#used().forPlaylist(signal);
    const { packager, plan } = packaging(film);
    return renditionPlaylist(this.id, name, asset.kind, packager, plan.targetDurationSeconds);
  }

  openDirect(signal?: AbortSignal): Promise<SourceInfo> {
    return this.#used().forDirect((running) => this.#source.open(running), signal);
  }

  async *readDirect(start: number, end: number, signal?: AbortSignal) {
    try {
      yield* this.#direct.read(start, end, signal);
    } finally {
      this.#lastUsedAt = this.#deps.now();
    }
  }

  subscribe(listener: (event: SessionEvent) => void): () => void {
    this.#lastUsedAt = this.#deps.now();
    return this.#events.subscribe(listener);
  }

  stats(): SessionStats {
    const packaging = this.#opener.film?.packaging;
    const isCutHere =
      packaging !== undefined && !(packaging instanceof RaffiError || packaging instanceof Presentation);
    const torrent = this.#source.torrent?.();
    const counts = isCutHere ? packaging.counts : { produced: 0, servedFromCache: 0 };
    return {
      id: this.id,
      stage: this.#opener.stage,
      source: this.#sourceStats(),
      ...(torrent ? { torrent: torrent.status } : {}),
      segments: { ...counts, cachedBytes: this.#deps.segmentCache.sizeBytes(`${this.id}/`) },
      lastSeeks: this.#seeks.latest(),
      probe: this.#prober.stats,
      encoders: encodersOf(this.id, this.#deps.encoders.slots),
    };
  }

  /** What a supervisor needs to open this session again after a crash. */
  restoreRequest(): SessionRequest & { id: string } {
    return restoreRequest(this.id, this.request, this.#audio, this.#opener);
  }

  async close(): Promise<void> {
    this.#swarm.close();
    await Promise.all([this.#opener.close(), this.#prober.close(), this.#source.close()]);
    this.#events.emit({ type: 'closed', data: {} });
  }

  #opened(film: Film): void {
    this.#events.emit({ type: 'decisions', data: film.decisions });
    if (this.#audio.dropUnless(film)) this.#deps.onChange();
  }

  /** What plays when the film's origin has cut it itself; null for a film that we cut. */
  #presentation(signal?: AbortSignal): Promise<Presentation | null> {
    const cutByOrigin = async ({ packaging }: Film) => (packaging instanceof Presentation ? packaging : null);
    return this.#used().forMade('The film', cutByOrigin, signal);
  }

  /** An asset of a film cut by its origin, as soon as its first bytes are about to come. */
  async #arriving<T>(
    what: string,
    make: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const asset = await this.#used().forMade(what, (_film, running) => make(running), signal);
    this.#opener.enter('ready');
    this.#events.emit({ type: 'buffer', data: this.#sourceStats() });
    return asset;
  }

  #sourceStats(): SourceStats {
    const packaging = this.#opener.film?.packaging;
    return packaging instanceof Presentation ? packaging.stats() : this.#source.stats();
  }

  /** Every wait is a use of the session. */
  #used(): FilmWaits {
    this.#lastUsedAt = this.#deps.now();
    return this.#waits;
  }

  async #segment(
    rendition: string,
    index: number,
    signal: AbortSignal | undefined,
    produce: (film: Film, signal: AbortSignal) => Promise<Produced>,
  ): Promise<GrowingParts> {
    const startedAt = performance.now();
    const make = (film: Film, running: AbortSignal) => {
      this.#noteRequest(film, rendition, index);
      return produce(film, running);
    };
    const { parts, rest, from, filmSeconds } = await this.#used().forGrowing(
      `Segment ${index}`,
      make,
      signal,
    );
    this.#opener.enter('ready');
    const elapsedMs = performance.now() - startedAt;
    const seek = this.#seeks.note({ rendition, segment: index, filmSeconds, elapsedMs, from });
    if (seek) this.#events.emit({ type: 'seek', data: seek });
    if (from === 'origin') this.#events.emit({ type: 'buffer', data: this.#source.stats() });
    return { parts, ...(rest ? { rest } : {}) };
  }

  /**
   * The plan, exact where playing begins: hls.js takes the first fragment's place in the playlist for its time, and would shift the whole film
   * by what the two differ.
   */
  async #planAround({ cuts }: Packaging, seconds: number, signal?: AbortSignal): Promise<SegmentPlan> {
    const first = segmentAt(cuts.plan, startWithin(cuts.plan, seconds));
    await this.#waits.forMade('The playlist', (_, running) => cuts.locate(first, running), signal);
    return cuts.plan;
  }

  #noteRequest({ packaging }: Film, rendition: string, index: number): void {
    if (packaging instanceof RaffiError || packaging instanceof Presentation) return;
    const { plan } = rendition.startsWith('ts') ? packaging.mpegts : packaging.cmaf;
    const segment = plan.segments[index];
    // All pictures are one: going to another rung is no seek.
    const track = rendition.startsWith('v') ? 'v' : rendition;
    if (segment) this.#start.requested(track, segment, this.#deps.now());
  }
}
