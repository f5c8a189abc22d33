import { RaffiError } from '../../errors.ts';
import type { FfmpegTools } from '../../ffmpeg/tools.ts';
import type { SegmentCache } from '../../hls/packager.ts';
import { Production } from '../../hls/production.ts';
import type { ByteParts, GrowingParts } from '../../remux/byte-parts.ts';
import { SingleFlight } from '../../single-flight.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import type { Cue, TimeWindow } from '../../subtitles/cue.ts';
import type { CueReader } from '../../subtitles/embedded/cue-reader.ts';
import { openTextTrack } from '../../subtitles/embedded/open-text-track.ts';
import { webvttHeader, writeCues } from '../../subtitles/webvtt/write-webvtt.ts';
import type { Film } from '../deliver.ts';

/** Parts of tracks that are read at once: players ask for one or two, and each may cost a process. */
const MAX_AT_ONCE = 8;

const encoder = new TextEncoder();

export interface OwnTracksContext {
  sessionId: string;
  source: ByteSource;
  cache: SegmentCache;
  tools: FfmpegTools;
}

/** Part of a track, and what it is to be. */
export interface Wanted {
  index: number;
  window: TimeWindow;
  as: 'document' | 'segment';
}

/**
 * The text tracks in a film. A document that is being read is read once for all who ask for it meanwhile, and kept with the session's segments.
 */
export class OwnTracks {
  readonly #context: OwnTracksContext;
  readonly #readers = new Map<number, CueReader>();
  readonly #flights = new SingleFlight<CueReader>();
  readonly #productions = new Map<string, Production>();

  constructor(context: OwnTracksContext) {
    this.#context = context;
  }

  /** Part of a track as WebVTT. @throws as `openTextTrack`, `wait_exceeded` */
  async read(film: Film, wanted: Wanted, signal: AbortSignal): Promise<GrowingParts> {
    const { index, window, as } = wanted;
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

  close(reason: RaffiError): void {
    this.#flights.abortAll(reason);
    for (const production of [...this.#productions.values()]) production.abort(reason);
    this.#context.cache.deletePrefix(`${this.#context.sessionId}/`);
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
