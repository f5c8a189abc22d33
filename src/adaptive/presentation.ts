import { RaffiError } from '../errors.ts';
import { writeMasterPlaylist } from '../hls/playlists/master-playlist.ts';
import { writeMediaPlaylist } from '../hls/playlists/media-playlist.ts';
import type { SourceStats } from '../source/byte-source.ts';
import type { HttpResources } from '../source/http-resources.ts';
import { initName, type OriginRenditionId, segmentName } from './asset-names.ts';
import type { Offer } from './offer.ts';
import type { OriginPlaylist, OriginPresentation, OriginSegment } from './origin.ts';
import { type OpenedSegment, SegmentLoader } from './segments/segment-loader.ts';
import type { SegmentStore } from './segments/segment-store.ts';
import { TrackPlaylist } from './track-playlist.ts';

/** Where a presentation's bytes come from and where they are kept; both are the presentation's own, and closed with it. */
export interface PresentationAccess {
  resources: HttpResources;
  store: SegmentStore;
  /** Milliseconds of a monotonic clock. */
  now: () => number;
}

/** Where a rendition's assets lie. */
export type AssetUri = (rendition: OriginRenditionId, asset: string) => string;

const AUDIO_GROUP = 'audio';
const PLAYLIST_ASSET = 'playlist.m3u8';

/**
 * A film, or a live stream, that its origin has cut into segments itself: its playlists with our addresses in place of the origin's, and its
 * segments as they are, but decrypted. Players meet nobody but us: the origin's headers are sent, its addresses checked, its keys kept here.
 */
export class Presentation {
  readonly format: OriginPresentation['format'];
  readonly offer: Offer;
  readonly #access: PresentationAccess;
  readonly #loader: SegmentLoader;
  readonly #tracks = new Map<OriginRenditionId, TrackPlaylist>();

  constructor(format: OriginPresentation['format'], offer: Offer, access: PresentationAccess) {
    this.format = format;
    this.offer = offer;
    this.#access = access;
    this.#loader = new SegmentLoader(access.resources, access.store);
    offer.variants.forEach(({ track }, index) => {
      this.#tracks.set(`v${index}`, new TrackPlaylist(track, access.now));
    });
    offer.audio.forEach(({ track }, index) => {
      if (track) this.#tracks.set(`a${index}`, new TrackPlaylist(track, access.now));
    });
  }

  /** Whether more of it will come, as far as is known. */
  get isLive(): boolean {
    return [...this.#tracks.values()].some(({ known }) => known && !known.hasEnded);
  }

  /** Seconds; null for a live one, whose length nobody knows. */
  get durationSeconds(): number | null {
    if (this.isLive) return null;
    const lengths = [...this.#tracks.values()].map(({ known }) => (known ? lengthOf(known) : 0));
    return Math.max(0, ...lengths);
  }

  /** The list of a rendition's segments as it is now. @throws `segment_not_found` for a rendition that is not offered, `source_*`. */
  playlist(rendition: OriginRenditionId, signal?: AbortSignal): Promise<OriginPlaylist> {
    return this.#track(rendition).current(signal);
  }

  /** @param startSeconds where the player begins; 0 for the beginning, or for the live edge */
  master(uri: AssetUri, options: { audioPosition: number; startSeconds: number }): string {
    const { variants, audio } = this.offer;
    const { startSeconds } = options;
    return writeMasterPlaylist({
      independentSegments: false,
      ...(startSeconds > 0 && !this.isLive ? { startOffsetSeconds: startSeconds } : {}),
      audio: audio.map(({ name, language, channels, track }, index) => ({
        groupId: AUDIO_GROUP,
        name: name || language || `Track ${index + 1}`,
        ...(language === null ? {} : { language }),
        ...(track ? { uri: uri(`a${index}`, PLAYLIST_ASSET) } : {}),
        isDefault: index === options.audioPosition,
        ...(channels === null ? {} : { channels }),
      })),
      variants: variants.map((variant, index) => ({
        uri: uri(`v${index}`, PLAYLIST_ASSET),
        bandwidth: variant.bandwidth,
        ...(variant.averageBandwidth === null ? {} : { averageBandwidth: variant.averageBandwidth }),
        codecs: variant.codecs,
        ...(variant.width === null || variant.height === null
          ? {}
          : { width: variant.width, height: variant.height }),
        ...(variant.frameRate === null ? {} : { frameRate: variant.frameRate }),
        ...(variant.videoRange === null ? {} : { videoRange: variant.videoRange }),
        ...(audio.length > 0 ? { audioGroup: AUDIO_GROUP } : {}),
      })),
      iFrames: [],
    });
  }

  /** A rendition's media playlist, with our addresses. @throws as `playlist`. */
  async mediaPlaylist(rendition: OriginRenditionId, uri: AssetUri, signal?: AbortSignal): Promise<string> {
    const track = this.#track(rendition);
    const playlist = await track.current(signal);
    return writeMediaPlaylist({
      version: 8,
      targetDuration: playlist.targetDurationSeconds,
      independentSegments: false,
      window: {
        mediaSequence: playlist.firstSequence,
        discontinuitySequence: playlist.discontinuitySequence,
        type: playlist.type === 'live' ? null : playlist.type === 'event' ? 'EVENT' : 'VOD',
        isOpen: !playlist.hasEnded,
      },
      segments: playlist.segments.map((segment, index) => ({
        uri: uri(rendition, segmentName(playlist.firstSequence + index, segment)),
        durationSeconds: segment.durationSeconds,
        ...(segment.init ? { map: uri(rendition, initName(track.initNumber(segment.init))) } : {}),
        ...(segment.isDiscontinuity ? { isDiscontinuity: true } : {}),
        ...(segment.programDateTime === null ? {} : { programDateTime: segment.programDateTime }),
        ...(segment.isGap ? { isGap: true } : {}),
      })),
    });
  }

  /** A segment by its number. Resolves when its first bytes are about to come. @throws `segment_not_found`, `source_*`. */
  async segment(
    rendition: OriginRenditionId,
    sequence: number,
    signal?: AbortSignal,
  ): Promise<OpenedSegment> {
    return this.#loader.open(await this.#track(rendition).segment(sequence, signal), signal);
  }

  /** @throws `segment_not_found`, `source_*`. */
  async init(rendition: OriginRenditionId, number: number, signal?: AbortSignal): Promise<OpenedSegment> {
    return this.#loader.open(await this.#track(rendition).init(number, signal), signal);
  }

  /** A segment with its init segment before it, as whoever examines it reads it: cut at `maxBytes`, which most segments are far from. */
  async beginningOf(segment: OriginSegment, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let room = maxBytes;
    for (const resource of segment.init ? [segment.init, segment] : [segment]) {
      for await (const part of (await this.#loader.open(resource, signal)).read(signal)) {
        parts.push(part.subarray(0, room));
        room -= Math.min(room, part.length);
        if (room === 0) break;
      }
    }
    return Buffer.concat(parts);
  }

  stats(): SourceStats {
    const { resources, store } = this.#access;
    return {
      ...resources.stats(),
      cachedBytes: store.cachedBytes,
      servedBytes: this.#loader.servedBytes,
    };
  }

  async close(): Promise<void> {
    this.#loader.close();
    await this.#access.resources.close();
    await this.#access.store.close();
  }

  #track(rendition: OriginRenditionId): TrackPlaylist {
    const track = this.#tracks.get(rendition);
    if (!track)
      throw new RaffiError('segment_not_found', 'This film has no such rendition. Fetch master.m3u8 again.');
    return track;
  }
}

/** Seconds. */
export function lengthOf({ segments }: OriginPlaylist): number {
  return segments.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
}
