import type { Segment } from '../plan/types.ts';
import type { MediaInfo } from '../probe/media-info.ts';
import { AudioSamples } from './audio-samples.ts';
import type { ByteParts } from './byte-parts.ts';
import { timescaleOf, VIDEO_TIMESCALE } from './cmaf-init.ts';
import { compositionDelayOf } from './composition-delay.ts';
import { AUDIO_FIRST_SECONDS, FragmentCutter, VIDEO_FIRST_SECONDS } from './fragment-cutter.ts';
import type { AudioFormat, Packet } from './packet.ts';
import { SilenceFiller } from './silence.ts';
import { VideoSamples } from './video-samples.ts';

/** What of a plan's segment a rendition has media for, film time. */
export interface SegmentPart {
  segment: Segment;
  /** The segment's own, but for the last one's end, which is cut to the rendition's. */
  startSeconds: number;
  endSeconds: number;
}

/**
 * A probe that saw little of the film may tell too small a depth: common encoders' own is what such a stream is likely to have. It costs two frames'
 * time where it is wrong.
 */
const LIKELY_REORDER_DEPTH = 2;

/** A video segment's fragments, as its packets (in decode order) arrive. */
export async function* videoFragments(
  packets: AsyncIterable<Packet> | Iterable<Packet>,
  { segment, startSeconds, endSeconds }: SegmentPart,
  media: Pick<MediaInfo, 'video'>,
): AsyncGenerator<ByteParts, void, void> {
  const depth = Math.max(media.video[0]?.reorderDepth ?? 0, LIKELY_REORDER_DEPTH);
  const samples = new VideoSamples(depth, compositionDelayOf(media));
  const cutter = new FragmentCutter(segment.index, {
    timescale: VIDEO_TIMESCALE,
    firstSeconds: VIDEO_FIRST_SECONDS,
  });
  for await (const packet of packets) yield* cutter.pushAll(samples.push(packet));
  yield* cutter.pushAll(samples.end(endSeconds));
  yield* cutter.end(Math.round(startSeconds * VIDEO_TIMESCALE));
}

/** An audio segment's fragments, as its packets (in order) arrive; holes are filled with silence. */
export async function* audioFragments(
  packets: AsyncIterable<Packet> | Iterable<Packet>,
  { segment, startSeconds, endSeconds }: SegmentPart,
  format: AudioFormat,
): AsyncGenerator<ByteParts, void, void> {
  const timescale = timescaleOf(format);
  const filler = new SilenceFiller({ startSeconds, endSeconds }, format);
  const samples = new AudioSamples(format);
  const cutter = new FragmentCutter(segment.index, { timescale, firstSeconds: AUDIO_FIRST_SECONDS });
  for await (const packet of packets) {
    yield* copied(cutter.pushAll(filler.push(packet).flatMap((filled) => samples.push(filled))));
  }
  const rest = [...filler.end().flatMap((filled) => samples.push(filled)), ...samples.end()];
  yield* copied(cutter.pushAll(rest));
  yield* copied(cutter.end(Math.round(startSeconds * timescale)));
}

/** These few bytes would keep the video alive that they were read with. */
function* copied(fragments: Iterable<ByteParts>): Generator<ByteParts> {
  for (const parts of fragments) yield [Buffer.concat(parts)];
}
