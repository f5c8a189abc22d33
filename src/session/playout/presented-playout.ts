import type { Presentation } from '../../adaptive/presentation.ts';
import type { Film } from '../deliver.ts';
import type { ArrivingAsset, MediaAsset, StreamPlaylist, StreamQuery } from '../types.ts';
import type { AssetName, Playout, PlayoutContext, PlayoutStats } from './playout.ts';
import { presentedAsset } from './presented-assets.ts';
import { presentedStream, presentedTransport } from './presented-stream.ts';
import { renditionUri } from './renditions.ts';

/** The playout of a film, or a live stream, that its origin has cut: its segments pass, nothing is made of them. */
export class PresentedPlayout implements Playout {
  readonly #presentation: Presentation;
  readonly #context: PlayoutContext;

  constructor(presentation: Presentation, context: PlayoutContext) {
    this.#presentation = presentation;
    this.#context = context;
  }

  stream(_film: Film, query: StreamQuery, signal?: AbortSignal): Promise<StreamPlaylist> {
    const { sessionId, start, now } = this.#context;
    return presentedStream(sessionId, this.#presentation, start.settle(query, now()), signal);
  }

  transportSegment(name: string, signal?: AbortSignal): Promise<ArrivingAsset> {
    return this.#arriving(name, (running) => presentedTransport(this.#presentation, name, running), signal);
  }

  async master(film: Film): Promise<string> {
    const { sessionId, audio, start, now } = this.#context;
    return this.#presentation.master((rendition, asset) => renditionUri(sessionId, rendition, asset), {
      audioPosition: audio.positionFor('cmaf', film),
      startSeconds: start.withoutSeek(now()),
    });
  }

  asset(name: AssetName, signal?: AbortSignal): Promise<MediaAsset | ArrivingAsset> {
    const { sessionId } = this.#context;
    const make = (running: AbortSignal) => presentedAsset(sessionId, this.#presentation, name, running);
    return this.#arriving(`${name.rendition}/${name.asset}`, make, signal);
  }

  stats(): PlayoutStats {
    return {
      source: this.#presentation.stats(),
      segments: { produced: 0, servedFromCache: 0 },
      lastSeeks: [],
    };
  }

  /** An asset as soon as its first bytes are about to come. */
  async #arriving<T>(
    what: string,
    make: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const { waits, onReady, emit } = this.#context;
    const asset = await waits.forMade(what, (_film, running) => make(running), signal);
    onReady();
    emit({ type: 'buffer', data: this.#presentation.stats() });
    return asset;
  }
}
