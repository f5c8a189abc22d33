import { deliveredMedia } from '../hls/delivered-media.ts';
import { encodedLadder } from '../hls/encoded-ladder.ts';
import { encodingReader } from '../hls/encoding-reader.ts';
import { Packager, type Picture, type SegmentCache } from '../hls/packager.ts';
import { planSegments } from '../plan/segments.ts';
import type { ContainerIndex, Delivery, PlaybackDecision, SegmentPlan } from '../plan/types.ts';
import { type MediaInfo, originSecondsOf } from '../probe/media-info.ts';
import type { PacketReader } from '../remux/packet.ts';
import type { ByteSource } from '../source/byte-source.ts';
import type { Encoders } from './deps.ts';

/** What packing needs to know beyond the film itself. */
export interface PackagingOptions {
  /** Of the session: prefix of the film's keys in the caches. */
  id: string;
  source: ByteSource;
  cache: SegmentCache;
  encoders: Encoders;
  /** Film time at which playing will start, seconds. */
  startSeconds: number;
}

/** How a film is cut and packed for one kind of delivery. */
export interface Packaging {
  plan: SegmentPlan;
  /** The film as the client gets it. */
  media: MediaInfo;
  reader: PacketReader;
  /** The pictures of the ladder below the video, by rendition. */
  rungs: ReadonlyMap<string, Picture>;
  packager: Packager;
}

/** Both ways of handing a film out, over one reader of its container. */
export interface Packagings extends Record<Delivery, Packaging> {
  stats(): ReturnType<Packager['stats']>;
  close(): void;
}

export function packagingsOf(
  options: PackagingOptions,
  film: { media: MediaInfo; index: ContainerIndex; copied: PacketReader; canEncode: boolean },
  decisions: Record<Delivery, PlaybackDecision>,
): Packagings {
  const { media, index, copied, canEncode } = film;
  const packagingFor = (delivery: Delivery): Packaging => {
    const decision = decisions[delivery];
    const delivered = deliveredMedia(media, decision);
    const picture = media.video[0];
    const plan = planSegments(
      index,
      media,
      decision.video?.target && (picture ? constantRate(picture) : null),
    );
    const viewer = { seconds: options.startSeconds };
    const encoding = {
      ...options.encoders,
      id: `${options.id}/${delivery}`,
      source: options.source,
      ...{ copied, canEncode, media, plan, decision },
      originSeconds: originSecondsOf(media),
      keyframes:
        index.container === 'unindexed' ? null : index.keyframes.map(({ timeSeconds }) => timeSeconds),
      viewerSeconds: () => viewer.seconds,
    };
    const reader = encodingReader(encoding);
    const rungs = encodedLadder(encoding);
    const packager = new Packager({ ...options, media: delivered, plan, reader, rungs, viewer });
    return { plan, media: delivered, reader, rungs, packager };
  };
  const mpegts = packagingFor('mpegts');
  const cmaf = packagingFor('cmaf');
  return {
    mpegts,
    cmaf,
    stats: () => {
      const [a, b] = [mpegts.packager.stats(), cmaf.packager.stats()];
      return {
        produced: a.produced + b.produced,
        servedFromCache: a.servedFromCache + b.servedFromCache,
        cachedBytes: a.cachedBytes, // of the film: both have its prefix in the one cache
      };
    },
    close: () => {
      mpegts.packager.close();
      cmaf.packager.close();
      copied.close();
    },
  };
}

/** Frames per second; null when it varies. */
function constantRate({ frameRate, baseFrameRate }: MediaInfo['video'][number]): number | null {
  return frameRate === baseFrameRate ? frameRate : null;
}
