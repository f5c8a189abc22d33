import { masterOf } from '../../hls/master.ts';
import type { Produced } from '../../hls/packager.ts';
import { writeMasterPlaylist } from '../../hls/playlists/master-playlist.ts';
import { segmentAt } from '../../plan/segments.ts';
import { editionOf } from '../../plan/setbacks.ts';
import { startWithin } from '../../plan/start-time.ts';
import type { SegmentPlan } from '../../plan/types.ts';
import type { GrowingParts } from '../../remux/byte-parts.ts';
import { noSuchTrack } from '../../subtitles/embedded/open-text-track.ts';
import { type Film, packagingsIn } from '../deliver.ts';
import type { Packaging } from '../packaging.ts';
import { packagingFor } from '../packaging-for.ts';
import type { MediaAsset, StreamPlaylist, StreamQuery } from '../types.ts';
import { renditionName as nameInEdition, requireEdition } from './editions.ts';
import type { AssetName, Playout, PlayoutContext, PlayoutStats } from './playout.ts';
import {
  fragmentType,
  I_FRAME_PLAYLIST,
  parseAsset,
  parseRendition,
  renditionPlaylist,
  renditionUri,
} from './renditions.ts';
import { SeekLog } from './seek-log.ts';
import { slicePlaylist } from './slice-playlist.ts';
import { parseSegmentName, sliceFor } from './slices.ts';
import {
  parseSubtitleAsset,
  type SubtitleAsset,
  subtitlePlaylist,
  subtitleRenditions,
  windowOf,
} from './subtitle-renditions.ts';

/** The playout of a film that we cut: its playlists from the plan, each segment made when it is asked for. */
export class PackagedPlayout implements Playout {
  readonly #context: PlayoutContext;
  readonly #seeks = new SeekLog();

  constructor(context: PlayoutContext) {
    this.#context = context;
  }

  async stream(film: Film, query: StreamQuery, signal?: AbortSignal): Promise<StreamPlaylist> {
    const { sessionId, audio, start, now } = this.#context;
    const audioPosition = film.media.audio.length === 0 ? null : audio.positionFor('mpegts', film);
    const packaging = packagingFor(film, 'mpegts', audioPosition);
    const settled = start.settle(query, now());
    const plan = await this.#planAround(packaging, settled.seekSeconds, signal);
    const edition = editionOf(film.setbacks, audioPosition);
    return slicePlaylist(sessionId, plan, sliceFor(plan, settled, { audioPosition, edition }));
  }

  async transportSegment(name: string, signal?: AbortSignal): Promise<MediaAsset> {
    const { audioPosition, edition, segmentIndex } = parseSegmentName(name);
    const made = await this.#segment(`ts${audioPosition ?? ''}`, segmentIndex, signal, (film, running) => {
      requireEdition(film, audioPosition, edition);
      const { packager } = packagingFor(film, 'mpegts', audioPosition);
      return packager.transportSegment(audioPosition, segmentIndex, running);
    });
    return { ...made, contentType: 'video/mp2t' };
  }

  async master(film: Film, signal?: AbortSignal): Promise<string> {
    const { sessionId, audio, start, subtitles, forReceiver, now } = this.#context;
    const audioPosition = audio.positionFor('cmaf', film);
    const wantedSeconds = start.withoutSeek(now());
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
        oneAudio: forReceiver,
        startSeconds: startWithin(plan, wantedSeconds),
        sizeBytes: film.info.sizeBytes,
        uri: (rendition) => renditionUri(sessionId, nameInEdition(film, rendition)),
        decision: film.decisions.cmaf,
        subtitles: forReceiver ? [] : subtitleRenditions(sessionId, film, subtitles),
        iFrameUri:
          film.decisions.cmaf.video?.action === 'copy'
            ? renditionUri(sessionId, nameInEdition(film, 'v0'), I_FRAME_PLAYLIST)
            : null,
      }),
    );
  }

  async asset(wanted: AssetName, signal?: AbortSignal): Promise<MediaAsset> {
    const { sessionId, waits } = this.#context;
    const subtitle = parseSubtitleAsset(wanted);
    if (subtitle) return this.#subtitleAsset(subtitle, signal);
    const { rendition: renditionName, asset: assetName } = wanted;
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
      const parts = await waits.forMade(`Key frame ${asset.index}`, make, signal);
      return { parts, contentType: 'video/mp4' };
    }
    if (asset.kind === 'init') {
      // Of an encoded picture it takes as long as its first frames do.
      const make = (film: Film, running: AbortSignal) => packaging(film).packager.init(rendition, running);
      const parts = await waits.forMade(`The head of ${rendition}`, make, signal);
      return { parts, contentType: fragmentType(rendition) };
    }
    const film = await waits.forPlaylist(signal);
    const { packager, plan } = packaging(film);
    return renditionPlaylist(sessionId, name, asset.kind, packager, plan.targetDurationSeconds);
  }

  /** Names stay while tracks are only added: the plan alone says what a segment shows. */
  async #subtitleAsset(asset: SubtitleAsset, signal?: AbortSignal): Promise<MediaAsset> {
    const { sessionId, waits, subtitles } = this.#context;
    const film = await waits.forPlaylist(signal);
    const { plan } = packagingFor(film, 'cmaf');
    if (asset.kind === 'segment')
      return subtitles.segment(asset.track, windowOf(plan, asset.segment), signal);
    if (subtitles.list(film)[asset.track]?.isText) return subtitlePlaylist(sessionId, asset.track, plan);
    throw noSuchTrack();
  }

  stats(film: Film | undefined): PlayoutStats {
    const counts = film && packagingsIn(film)?.counts;
    return {
      source: this.#context.source.stats(),
      segments: counts ?? { produced: 0, servedFromCache: 0 },
      lastSeeks: this.#seeks.latest(),
    };
  }

  async #segment(
    rendition: string,
    index: number,
    signal: AbortSignal | undefined,
    produce: (film: Film, signal: AbortSignal) => Promise<Produced>,
  ): Promise<GrowingParts> {
    const { source, waits, onReady, emit } = this.#context;
    const startedAt = performance.now();
    const make = (film: Film, running: AbortSignal) => {
      this.#noteRequest(film, rendition, index);
      return produce(film, running);
    };
    const { parts, rest, from, filmSeconds } = await waits.forGrowing(`Segment ${index}`, make, signal);
    onReady();
    const elapsedMs = performance.now() - startedAt;
    const seek = this.#seeks.note({ rendition, segment: index, filmSeconds, elapsedMs, from });
    if (seek) emit({ type: 'seek', data: seek });
    if (from === 'origin') emit({ type: 'buffer', data: source.stats() });
    return { parts, ...(rest ? { rest } : {}) };
  }

  /**
   * The plan, exact where playing begins: hls.js takes the first fragment's place in the playlist for its time, and would shift the whole film
   * by what the two differ.
   */
  async #planAround({ cuts }: Packaging, seconds: number, signal?: AbortSignal): Promise<SegmentPlan> {
    const first = segmentAt(cuts.plan, startWithin(cuts.plan, seconds));
    await this.#context.waits.forMade('The playlist', (_, running) => cuts.locate(first, running), signal);
    return cuts.plan;
  }

  #noteRequest(film: Film, rendition: string, index: number): void {
    const packagings = packagingsIn(film);
    if (!packagings) return;
    const { plan } = rendition.startsWith('ts') ? packagings.mpegts : packagings.cmaf;
    const segment = plan.segments[index];
    // All pictures are one: going to another rung is no seek.
    const track = rendition.startsWith('v') ? 'v' : rendition;
    if (segment) this.#context.start.requested(track, segment, this.#context.now());
  }
}
