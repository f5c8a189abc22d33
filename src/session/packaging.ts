import { deliveredMedia } from '../hls/delivered-media.ts';
import { encodedLadder } from '../hls/encoded-ladder.ts';
import { type EncodingReader, encodingReader } from '../hls/encoding-reader.ts';
import { type HeldStretch, withHeldPictures } from '../hls/held-pictures.ts';
import {
  Packager,
  type Picture,
  type RenditionId,
  type SegmentCache,
  type SegmentCounts,
} from '../hls/packager.ts';
import { type Cuts, knownCuts } from '../plan/cuts.ts';
import { planEstimated } from '../plan/estimated-plan.ts';
import { planSegments } from '../plan/segments.ts';
import { editionOf, type Setback } from '../plan/setbacks.ts';
import type { ContainerIndex, Delivery, PlaybackDecision, SegmentPlan } from '../plan/types.ts';
import { type MediaInfo, originSecondsOf } from '../probe/media-info.ts';
import type { PacketReader } from '../remux/packet.ts';
import { CutFinder } from '../remux/unindexed/cut-finder.ts';
import type { UnindexedFilm } from '../remux/unindexed/film.ts';
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
  /** Told of damage that is passed over, each time it is. */
  onHeld: (stretch: HeldStretch) => void;
}

/** How a film is cut and packed for one kind of delivery. */
export interface Packaging {
  decision: PlaybackDecision;
  cuts: Cuts;
  /** As far as it is known by now: see `Cuts`. */
  readonly plan: SegmentPlan;
  /** The film as the client gets it. */
  media: MediaInfo;
  reader: PacketReader;
  /** What that reads from. */
  tracks: EncodingReader;
  /** The pictures of the ladder below the video, by rendition. */
  rungs: ReadonlyMap<RenditionId, Picture>;
  packager: Packager;
  viewer: { seconds: number };
}

/** Both ways of handing a film out, over one reader of its container. */
export interface Packagings extends Record<Delivery, Packaging> {
  counts: SegmentCounts;
  /** Ends what runs for it. The container's reader stays open: it is the film's. */
  close(): void;
}

/** What packing needs to know of the film itself. */
export interface ExaminedFilm {
  media: MediaInfo;
  index: ContainerIndex;
  copied: PacketReader;
  /** How keyframes are found that no index lists, where its picture can be copied all the same. */
  unindexed: UnindexedFilm | null;
  canEncode: boolean;
}

/** @param before how the film was handed out so far: it ends, but for what is decided on as it was */
export function packagingsOf(
  options: PackagingOptions,
  film: ExaminedFilm,
  { decisions, setbacks }: { decisions: Record<Delivery, PlaybackDecision>; setbacks: readonly Setback[] },
  before?: Packagings,
): Packagings {
  const { media, index, copied, canEncode } = film;
  const counts = before?.counts ?? { produced: 0, servedFromCache: 0 };
  const edition = (audioPosition: number | null) => editionOf(setbacks, audioPosition);
  const packagingFor = (delivery: Delivery): Packaging => {
    const decision = decisions[delivery];
    const delivered = deliveredMedia(media, decision);
    // Only the picture decides where the film is cut.
    const kept = before?.[delivery].decision.video === decision.video ? before[delivery] : undefined;
    const cuts = kept?.cuts ?? cutsOf(film, decision);
    const { plan } = cuts;
    const viewer = kept?.viewer ?? { seconds: options.startSeconds };
    const encoding = {
      ...options.encoders,
      id: `${options.id}/${delivery}${edition(null)}`,
      source: options.source,
      ...{ copied, canEncode, media, plan, decision },
      originSeconds: originSecondsOf(media),
      keyframes:
        index.container === 'unindexed' ? null : index.keyframes.map(({ timeSeconds }) => timeSeconds),
      viewerSeconds: () => viewer.seconds,
      before: kept?.tracks,
    };
    // Where only the container's length is known, a picture may simply end before its sound.
    const onHeld = index.container === 'unindexed' && !film.unindexed ? () => {} : options.onHeld;
    const tracks = encodingReader(encoding);
    const reader = withHeldPictures(tracks, cuts, frameSecondsOf(media), onHeld);
    const rungs = kept?.rungs ?? encodedLadder(encoding);
    const packaging = { cuts, media: delivered, reader, tracks, rungs, viewer };
    return {
      ...packaging,
      decision,
      packager: new Packager({ ...options, ...packaging, edition, counts }),
      get plan() {
        return cuts.plan;
      },
    };
  };
  const mpegts = packagingFor('mpegts');
  const cmaf = packagingFor('cmaf');
  if (before) {
    retire(before.mpegts, mpegts);
    retire(before.cmaf, cmaf);
  }
  return {
    mpegts,
    cmaf,
    counts,
    close: () => {
      mpegts.packager.close();
      cmaf.packager.close();
    },
  };
}

/** Ends what a packaging does not share with the one that takes its place. */
function retire({ tracks, rungs }: Packaging, successor: Packaging): void {
  tracks.close(successor.tracks);
  if (rungs !== successor.rungs) for (const rung of rungs.values()) rung.reader.close();
}

/** Part of a frame by which two times may differ and still be the same picture's. */
const SAME_FRAME = 0.5;

function cutsOf({ media, index, unindexed }: ExaminedFilm, decision: PlaybackDecision): Cuts {
  if (unindexed && decision.video?.action === 'copy') {
    const { search, groupSeconds, frameSeconds } = unindexed;
    const plan = planEstimated(index, groupSeconds);
    return new CutFinder(plan, search, groupSeconds - SAME_FRAME * frameSeconds);
  }
  return knownCuts(planSegments(index, media, decision.video?.target && constantRate(media)));
}

function frameSecondsOf(media: MediaInfo): number | null {
  const rate = constantRate(media);
  return rate === null ? null : 1 / rate;
}

/** Frames per second; null when it varies. */
function constantRate({ video: [picture] }: MediaInfo): number | null {
  return picture && picture.frameRate === picture.baseFrameRate ? picture.frameRate : null;
}
