import { RaffiError } from '../errors.ts';
import type { FfmpegTools } from '../ffmpeg/tools.ts';
import type { SegmentCache } from '../hls/packager.ts';
import { Production } from '../hls/production.ts';
import type { ByteParts, GrowingParts } from '../remux/byte-parts.ts';
import { SingleFlight } from '../single-flight.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { type Cue, isWithin, type TimeWindow } from '../subtitles/cue.ts';
import type { CueReader } from '../subtitles/embedded/cue-reader.ts';
import { noSuchTrack, openTextTrack } from '../subtitles/embedded/open-text-track.ts';
import { readSubtitleFile } from '../subtitles/read-subtitle-file.ts';
import { webvttHeader, writeCues } from '../subtitles/webvtt/write-webvtt.ts';
import type { Film } from './deliver.ts';
import type { FilmWaits } from './film-waits.ts';
import type { MediaAsset, SubtitleTrack, SubtitleUpload } from './types.ts';

/** More than anybody adds; each is kept in memory. */
const MAX_ADDED = 16;
/** Parts of tracks that are read at once: players ask for one or two, and each may cost a process. */
const MAX_AT_ONCE = 8;

const encoder = new TextEncoder();

export interface SubtitleTracksContext {
  sessionId: string;
  source: ByteSource;
  waits: FilmWaits;
  cache: SegmentCache;
  tools: FfmpegTools;
}

/**
 * A session's subtitles: the film's own tracks, read when somebody asks for them, and the files that were added. A document that is being read is
 * read once for all who ask for it meanwhile, and kept with the session's segments.
 */
export class SubtitleTracks {
  readonly #context: SubtitleTracksContext;
  readonly #added: { track: SubtitleTrack; cues: readonly Cue[] }[] = [];
  readonly #readers = new Map<number, CueReader>();
  readonly #flights = new SingleFlight<CueReader>();
  readonly #productions = new Map<string, Production>();

  constructor(context: SubtitleTracksContext) {
    this.#context = context;
  }

  /** The film's own tracks, then the added ones. */
  list({ media }: Pick<Film, 'media'>): SubtitleTrack[] {
    const own = media.subtitles.map(({ position, codec, language, title, isText, isDefault, isForced }) => ({
      ...{ index: position, codec, language, title, isText, isDefault, isForced },
      isExternal: false,
    }));
    return [...own, ...this.#added.map(({ track }) => track)];
  }

  /** @throws `bad_subtitles`, and why the film cannot be opened: only an open film tells how many tracks precede */
  async add({ bytes, language, title }: SubtitleUpload, signal?: AbortSignal): Promise<SubtitleTrack> {
    const { codec, cues } = readSubtitleFile(bytes, language);
    const { media } = await this.#context.waits.forPlaylist(signal);
    if (this.#added.length >= MAX_ADDED) {
      throw new RaffiError('bad_subtitles', `A film can have ${MAX_ADDED} added subtitle files at most.`);
    }
    const track: SubtitleTrack = {
      index: media.subtitles.length + this.#added.length,
      ...{ codec, language, title },
      ...{ isText: true, isDefault: false, isForced: false, isExternal: true },
    };
    this.#added.push({ track, cues });
    return track;
  }

  /**
   * A track as WebVTT, from its first lines on while the rest is being read.
   *
   * @throws `subtitle_not_found`, `subtitle_not_text`, `wait_exceeded`, and what reading the film rejects with
   */
  document(index: number, window: TimeWindow, signal?: AbortSignal): Promise<MediaAsset> {
    return this.#make({ index, window, as: 'document' }, signal);
  }

  /** The same as a segment of HLS. */
  segment(index: number, window: TimeWindow, signal?: AbortSignal): Promise<MediaAsset> {
    return this.#make({ index, window, as: 'segment' }, signal);
  }

  close(): void {
    const reason = new RaffiError('session_not_found', 'The session was closed. Open the film again.');
    this.#flights.abortAll(reason);
    for (const production of [...this.#productions.values()]) production.abort(reason);
    this.#context.cache.deletePrefix(`${this.#context.sessionId}/`);
  }

  async #make(wanted: Wanted, signal?: AbortSignal): Promise<MediaAsset> {
    const made = await this.#context.waits.forGrowing(
      'The subtitle track',
      (film, running) => this.#produce(film, wanted, running),
      signal,
    );
    return { ...made, contentType: 'text/vtt; charset=utf-8' };
  }

  async #produce(film: Film, wanted: Wanted, signal: AbortSignal): Promise<GrowingParts> {
    const { index, window, as } = wanted;
    const added = this.#added[index - film.media.subtitles.length];
    if (added) {
      const shown = added.cues.filter((cue) => isWithin(cue, window));
      return { parts: [encoder.encode(webvttHeader(as) + writeCues(shown))] };
    }
    if (index >= film.media.subtitles.length) throw noSuchTrack();
    const { sessionId, cache } = this.#context;
    const key = `${sessionId}/subtitles/${index}/${window.fromSeconds}-${window.toSeconds}/${as}`;
    const cached = cache.get(key);
    if (cached) return { parts: cached };
    const production = this.#productions.get(key) ?? this.#start(key, film, wanted);
    const pieces = production.read(signal);
    const first = await pieces.next();
    const { whole } = production;
    if (whole === null) return { parts: first.value ?? [], rest: pieces };
    await pieces.return();
    return { parts: whole };
  }

  #start(key: string, film: Film, { index, window, as }: Wanted): Production {
    if (this.#productions.size >= MAX_AT_ONCE) {
      throw new RaffiError('wait_exceeded', 'Other subtitles of this film are being read. Ask again.', {
        retryAfterSeconds: 1,
      });
    }
    const open = (running: AbortSignal) => this.#reader(film, index, running);
    const production = new Production({
      build: async function* (running) {
        yield* pieces(webvttHeader(as), (await open(running)).cues(window, running));
      },
      onWhole: (parts) => this.#context.cache.set(key, parts),
      onOver: () => {
        if (this.#productions.get(key) === production) this.#productions.delete(key);
      },
    });
    this.#productions.set(key, production);
    return production;
  }

  async #reader(film: Film, index: number, signal: AbortSignal): Promise<CueReader> {
    const known = this.#readers.get(index);
    if (known) return known;
    const { source, tools } = this.#context;
    const options = { source, media: film.media, index: film.container?.index ?? null, tools };
    const open = (running: AbortSignal) => openTextTrack(options, index, running);
    const reader = await this.#flights.run(String(index), open, signal);
    this.#readers.set(index, reader);
    return reader;
  }
}

/** Part of a track, and what it is to be. */
interface Wanted {
  index: number;
  window: TimeWindow;
  as: 'document' | 'segment';
}

/** The header goes with the first cues, so that what fails before them still gets its problem document. */
async function* pieces(
  header: string,
  batches: AsyncIterable<readonly Cue[]>,
): AsyncGenerator<ByteParts, void, void> {
  let before = header;
  for await (const cues of batches) {
    yield [encoder.encode(before + writeCues(cues))];
    before = '';
  }
  if (before !== '') yield [encoder.encode(before)];
}
