import { randomUUID } from 'node:crypto';
import { RaffiError } from '../errors.ts';
import type {
  FeedbackAnswer,
  MediaAsset,
  Session,
  SessionEvent,
  SessionRequest,
  SessionStats,
  SessionStore,
  SessionView,
  StreamQuery,
  SubtitleTrack,
  SubtitleUpload,
} from '../session/types.ts';
import type { ByteSource, SourceInfo } from '../source/byte-source.ts';
import { readSubtitleFile } from '../subtitles/read-subtitle-file.ts';

/** Sessions without films, for tests of what HTTP itself does. Segment names choose how a segment behaves. */
export class MemoryStore implements SessionStore {
  readonly #sessions = new Map<string, MemorySession>();

  create(request: SessionRequest): MemorySession {
    const session = new MemorySession(request);
    this.#sessions.set(session.id, session);
    return session;
  }

  get(id: string): MemorySession {
    const session = this.#sessions.get(id);
    if (session === undefined)
      throw new RaffiError('session_not_found', 'There is no such session. Open it again.');
    return session;
  }

  list(): MemorySession[] {
    return [...this.#sessions.values()];
  }

  async remove(id: string): Promise<boolean> {
    this.#sessions.get(id)?.emit({ type: 'closed', data: {} });
    return this.#sessions.delete(id);
  }

  clear(): void {
    this.#sessions.clear();
  }
}

export class MemorySession implements Session {
  readonly id = randomUUID();
  readonly request: SessionRequest;
  source: ByteSource = new MemorySource(new TextEncoder().encode('0123456789'));
  lastQuery: StreamQuery | undefined;
  readonly waitStarted: Promise<void>;
  readonly waitAborted: Promise<unknown>;
  readonly listeners = new Set<(event: SessionEvent) => void>();
  #audioIndex = 0;
  #startWait = () => {};
  #abortWait: (reason: unknown) => void = () => {};

  constructor(request: SessionRequest) {
    this.request = request;
    this.waitStarted = new Promise((resolve) => {
      this.#startWait = resolve;
    });
    this.waitAborted = new Promise((resolve) => {
      this.#abortWait = resolve;
    });
  }

  async view(): Promise<SessionView> {
    return this.snapshot();
  }

  snapshot(): SessionView {
    return {
      id: this.id,
      source: this.request.source,
      kind: this.request.kind,
      createdAt: '2026-01-01T00:00:00.000Z',
      startTime: 0,
      audioIndex: this.#audioIndex,
      name: 'film.mkv',
      stage: { stage: 'idle', progress: null, since: '2026-01-01T00:00:00.000Z' },
    };
  }

  async setAudio(index: number): Promise<void> {
    if (index > 1) throw new RaffiError('bad_audio_index', 'The film has 2 audio tracks.');
    this.#audioIndex = index;
  }

  downloadAll(): void {
    throw new RaffiError('bad_request', 'This comes from no torrent.');
  }

  async feedback(): Promise<FeedbackAnswer> {
    throw new RaffiError('not_media', 'This is no film.');
  }

  async streamPlaylist(query: StreamQuery) {
    this.lastQuery = query;
    return { text: '#EXTM3U\n#EXTINF:4,\n/ok.ts\n', sliceStartSeconds: query.seekSeconds ?? 0 };
  }

  async transportSegment(name: string, signal?: AbortSignal): Promise<MediaAsset> {
    if (name === 'slow.ts') {
      throw new RaffiError('wait_exceeded', 'Not ready yet.', {
        retryAfterSeconds: 1.2,
        data: { stage: 'probe' },
      });
    }
    if (name === 'crash.ts') throw new TypeError('boom at https://host/film?key=s3cret');
    if (name === 'forever.ts') await this.#waitForever(signal);
    if (name !== 'ok.ts') throw new RaffiError('segment_not_found', 'There is no such segment.');
    const parts = [new TextEncoder().encode('x0123456789x').subarray(1, 11)];
    return { parts, rest: null, contentType: 'video/mp2t' };
  }

  async masterPlaylist(): Promise<string> {
    return '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,URI="/a0"\n/v0\n';
  }

  async renditionAsset(_rendition: string, asset: string): Promise<MediaAsset> {
    const parts = [new TextEncoder().encode('#EXTM3U\n#EXT-X-MAP:URI="/init.mp4"\n/0.m4s\n')];
    if (asset === 'playlist.m3u8') return { parts, rest: null, contentType: 'application/vnd.apple.mpegurl' };
    if (asset === '0.m4s') return { parts, rest: null, contentType: 'video/mp4' };
    throw new RaffiError('segment_not_found', 'There is no such segment.');
  }

  async subtitles(index: number): Promise<MediaAsset> {
    if (index > 0) throw new RaffiError('subtitle_not_found', 'There is no such subtitle track.');
    const parts = [new TextEncoder().encode('WEBVTT\n\n')];
    return { parts, rest: null, contentType: 'text/vtt; charset=utf-8' };
  }

  async addSubtitles({ bytes, language, title }: SubtitleUpload): Promise<SubtitleTrack> {
    const { codec } = readSubtitleFile(bytes, language);
    const flags = { isText: true, isDefault: false, isForced: false, isExternal: true };
    return { index: 1, codec, language, title, ...flags };
  }

  openDirect(): Promise<SourceInfo> {
    return this.source.open();
  }

  readDirect(start: number, end: number, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    return this.source.stream(start, end, signal);
  }

  reuseDirect(): void {}

  subscribe(listener: (event: SessionEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  emit(event: SessionEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  stats(): SessionStats {
    return {
      id: this.id,
      stage: this.snapshot().stage,
      source: this.source.stats(),
      segments: { produced: 0, servedFromCache: 0, cachedBytes: 0 },
      lastSeeks: [],
      encoders: [],
      probe: { runs: 0, failures: 0 },
    };
  }

  #waitForever(signal: AbortSignal | undefined): Promise<never> {
    return new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => {
        this.#abortWait(signal.reason);
        reject(signal.reason);
      });
      this.#startWait();
    });
  }
}

/** A source that lies in memory. */
export class MemorySource implements ByteSource {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  async open() {
    return { sizeBytes: this.#bytes.byteLength, name: 'film.mkv', contentType: null };
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    return this.#bytes.subarray(start, end);
  }

  async *stream(start: number, end: number): AsyncIterable<Uint8Array> {
    yield this.#bytes.subarray(start, end);
  }

  prefetch(): void {}
  pin(): void {}
  stats() {
    return { requests: 0, fetchedBytes: 0, cachedBytes: 0, servedBytes: 0, retries: 0 };
  }

  async close(): Promise<void> {}
}
