import { problem, RaffiError } from '../errors.ts';
import { masterOf } from '../hls/master.ts';
import type { Produced } from '../hls/packager.ts';
import { writeMasterPlaylist } from '../hls/playlists/master-playlist.ts';
import { assertPlayable, defaultAudioPosition } from '../plan/decisions.ts';
import type { Delivery } from '../plan/types.ts';
import type { Prober } from '../probe/prober.ts';
import type { ByteParts } from '../remux/byte-parts.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { boundedWait, PLAYLIST_WAIT_MS, SEGMENT_WAIT_MS } from './bounded-wait.ts';
import type { SessionDeps } from './deps.ts';
import { SessionEvents } from './events.ts';
import type { Film, Packaging } from './film.ts';
import { FilmOpener } from './film-opener.ts';
import { parseAsset, parseRendition, renditionPlaylist, renditionUri } from './renditions.ts';
import { SeekLog } from './seek-log.ts';
import { slicePlaylist } from './slice-playlist.ts';
import { parseSegmentName, sliceFor } from './slices.ts';
import type {
  MediaAsset,
  Session,
  SessionEvent,
  SessionRequest,
  SessionStats,
  SessionView,
  StreamQuery,
} from './types.ts';
import { availableStreams, chapters, nameOf } from './view.ts';

/** Contract: `GET /sessions/:id` waits at most this long for a running probe. */
const VIEW_WAIT_MS = 10_000;

/** One open film: opens it on first need, and answers every question about it. */
export class FilmSession implements Session {
  readonly id: string;
  readonly request: Readonly<SessionRequest>;
  readonly source: ByteSource;
  readonly #deps: SessionDeps;
  readonly #createdAt = new Date().toISOString();
  readonly #events = new SessionEvents();
  readonly #seeks = new SeekLog();
  readonly #prober: Prober;
  readonly #opener: FilmOpener;
  /** What the user chose; undefined until then, so that a probe never overrides a choice. */
  #chosenAudio: number | undefined;
  #lastSeek: { seekId: string; query: StreamQuery } | undefined;
  #lastUsedAt: number;

  constructor(id: string, request: SessionRequest, deps: SessionDeps) {
    this.id = id;
    this.request = request;
    this.#deps = deps;
    this.#chosenAudio = request.audioIndex;
    this.#lastUsedAt = deps.now();
    this.source = deps.openSource(request);
    this.#prober = deps.createProber(this.source);
    this.#opener = new FilmOpener({
      film: {
        id,
        source: this.source,
        prober: this.#prober,
        cache: deps.segmentCache,
        capabilities: request.capabilities,
        startSeconds: request.startTime ?? 0,
        cheapReads: request.kind === 'file',
      },
      onStage: (data) => this.#events.emit({ type: 'stage', data }),
      onOpened: ({ decisions }) => this.#events.emit({ type: 'decisions', data: decisions }),
      onFailed: (error) => this.#events.emit({ type: 'error', data: errorView(error) }),
      log: deps.log,
      now: deps.now,
    });
  }

  /** On the injected clock, milliseconds; a session somebody listens to is in use. */
  get lastUsedAt(): number {
    return this.#events.listenerCount > 0 ? this.#deps.now() : this.#lastUsedAt;
  }

  async view(signal?: AbortSignal): Promise<SessionView> {
    // Contract: a failed probe never fails the session's info; the view says so in `error`.
    await this.#open('The film', VIEW_WAIT_MS, signal).catch(() => {});
    signal?.throwIfAborted();
    return this.snapshot();
  }

  snapshot(): SessionView {
    const { film, stage, error } = this.#opener;
    const plan = film && !(film.packaging instanceof RaffiError) ? film.packaging.plan : undefined;
    const durationSeconds = plan?.durationSeconds ?? film?.media.durationSeconds ?? undefined;
    return {
      id: this.id,
      source: this.request.source,
      kind: this.request.kind,
      createdAt: this.#createdAt,
      startTime: this.request.startTime ?? 0,
      ...(durationSeconds === undefined ? {} : { durationSeconds }),
      audioIndex: this.#audioIndex(film),
      ...(film ? { availableStreams: availableStreams(film.media), chapters: chapters(film.media) } : {}),
      name: film?.info.name ?? nameOf(this.request.source),
      stage,
      ...(film ? { media: film.media, decisions: film.decisions } : {}),
      ...(error ? { error: errorView(error) } : {}),
    };
  }

  async setAudio(index: number, signal?: AbortSignal): Promise<void> {
    const film = await this.#open('The film', VIEW_WAIT_MS, signal).catch(() => undefined);
    signal?.throwIfAborted();
    // Tracks that are not known cannot be checked; the choice is kept for when they are.
    if (film && index >= film.media.audio.length) {
      throw new RaffiError(
        'bad_audio_index',
        `The film has ${film.media.audio.length} audio track(s), counted from 0; there is no ${index}.`,
      );
    }
    this.#chosenAudio = index;
    this.#deps.onChange();
  }

  async streamPlaylist(query: StreamQuery, signal?: AbortSignal) {
    const film = await this.#open('The playlist', PLAYLIST_WAIT_MS, signal);
    const audioPosition = film.media.audio.length === 0 ? null : this.#audioIndex(film);
    const { plan } = packagingFor(film, 'mpegts', audioPosition);
    const startSeconds = this.request.startTime ?? 0;
    return slicePlaylist(
      this.id,
      plan,
      sliceFor(plan, this.#settled(query), { startSeconds, audioPosition }),
    );
  }

  async transportSegment(name: string, signal?: AbortSignal): Promise<MediaAsset> {
    const { audioPosition, segmentIndex } = parseSegmentName(name);
    const parts = await this.#segment(`ts${audioPosition ?? ''}`, segmentIndex, signal, (film, running) =>
      packagingFor(film, 'mpegts', audioPosition).packager.transportSegment(
        audioPosition,
        segmentIndex,
        running,
      ),
    );
    return { parts, contentType: 'video/mp2t' };
  }

  async masterPlaylist(signal?: AbortSignal): Promise<string> {
    const film = await this.#open('The playlist', PLAYLIST_WAIT_MS, signal);
    const { plan, reader } = packagingFor(film, 'cmaf');
    return writeMasterPlaylist(
      masterOf({
        media: film.media,
        plan,
        decision: film.decisions.cmaf,
        reader,
        audioPosition: this.#audioIndex(film),
        startSeconds: this.request.startTime ?? 0,
        sizeBytes: film.info.sizeBytes,
        uri: (rendition) => renditionUri(this.id, rendition),
      }),
    );
  }

  async renditionAsset(renditionName: string, assetName: string, signal?: AbortSignal): Promise<MediaAsset> {
    const rendition = parseRendition(renditionName);
    const asset = parseAsset(assetName);
    if (asset.kind === 'segment') {
      const parts = await this.#segment(rendition, asset.index, signal, (film, running) =>
        packagingFor(film, 'cmaf').packager.cmafSegment(rendition, asset.index, running),
      );
      return { parts, contentType: rendition === 'v0' ? 'video/mp4' : 'audio/mp4' };
    }
    const film = await this.#open('The playlist', PLAYLIST_WAIT_MS, signal);
    const { packager, plan } = packagingFor(film, 'cmaf');
    if (asset.kind === 'playlist')
      return renditionPlaylist(this.id, rendition, packager, plan.targetDurationSeconds);
    return {
      parts: await packager.init(rendition),
      contentType: rendition === 'v0' ? 'video/mp4' : 'audio/mp4',
    };
  }

  subscribe(listener: (event: SessionEvent) => void): () => void {
    this.#lastUsedAt = this.#deps.now();
    return this.#events.subscribe(listener);
  }

  stats(): SessionStats {
    const packaging = this.#opener.film?.packaging;
    const isPackaged = packaging !== undefined && !(packaging instanceof RaffiError);
    return {
      id: this.id,
      stage: this.#opener.stage,
      source: this.source.stats(),
      segments: isPackaged ? packaging.packager.stats() : { produced: 0, servedFromCache: 0, cachedBytes: 0 },
      lastSeeks: this.#seeks.latest(),
      probe: this.#prober.stats,
    };
  }

  /** What a supervisor needs to open this session again after a crash. */
  restoreRequest(): SessionRequest & { id: string } {
    const audio = this.#chosenAudio === undefined ? {} : { audioIndex: this.#chosenAudio };
    return { ...this.request, id: this.id, ...audio };
  }

  async close(): Promise<void> {
    this.#opener.close();
    await Promise.all([this.#prober.close(), this.source.close()]);
    this.#events.emit({ type: 'closed', data: {} });
  }

  #open(what: string, boundMs: number, signal?: AbortSignal): Promise<Film> {
    this.#lastUsedAt = this.#deps.now();
    const stage = () => this.#opener.stage;
    return boundedWait((running) => this.#opener.open(running), { boundMs, what, stage, signal });
  }

  async #segment(
    rendition: string,
    index: number,
    signal: AbortSignal | undefined,
    produce: (film: Film, signal: AbortSignal) => Promise<Produced>,
  ): Promise<ByteParts> {
    const startedAt = performance.now();
    const stage = () => this.#opener.stage;
    const film = await this.#open(`Segment ${index}`, SEGMENT_WAIT_MS, signal);
    const { parts, from, filmSeconds } = await boundedWait((running) => produce(film, running), {
      boundMs: SEGMENT_WAIT_MS,
      what: `Segment ${index}`,
      stage,
      signal,
    });
    this.#opener.enter('ready');
    const elapsedMs = performance.now() - startedAt;
    const seek = this.#seeks.note({ rendition, segment: index, filmSeconds, elapsedMs, from });
    if (seek) this.#events.emit({ type: 'seek', data: seek });
    if (from === 'origin') this.#events.emit({ type: 'buffer', data: this.source.stats() });
    return parts;
  }

  /** Contract: repeating a `seek_id` is a no-op, so it gets the slice it got before. */
  #settled(query: StreamQuery): StreamQuery {
    if (query.seekId === undefined) return query;
    if (this.#lastSeek?.seekId !== query.seekId) this.#lastSeek = { seekId: query.seekId, query };
    return this.#lastSeek.query;
  }

  #audioIndex(film: Film | undefined): number {
    return this.#chosenAudio ?? (film && startingAudio(film)) ?? 0;
  }
}

/** The file's default track, unless this client cannot play it but can play another. */
function startingAudio({ media, decisions }: Film): number | null {
  const preferred = defaultAudioPosition(media);
  const { audio } = decisions.cmaf;
  const copyable = audio.filter(({ action }) => action === 'copy');
  const isPlayable = copyable.some(({ position }) => position === preferred);
  return isPlayable ? preferred : (copyable[0]?.position ?? preferred);
}

/** @throws why this film cannot be delivered so: `no_index`, `codec_not_playable`, or `segment_not_found` for a track it does not have. */
function packagingFor(film: Film, delivery: Delivery, audioPosition?: number | null): Packaging {
  if (film.packaging instanceof RaffiError) throw film.packaging;
  if (typeof audioPosition === 'number' && audioPosition >= film.media.audio.length) {
    throw new RaffiError('segment_not_found', 'The film has no such audio track. Fetch the playlist again.');
  }
  assertPlayable(film.decisions[delivery], audioPosition ?? undefined);
  return film.packaging;
}

function errorView(error: RaffiError): NonNullable<SessionView['error']> {
  const { code, title, detail } = problem(error);
  return { code, title, detail };
}
