import { RaffiError } from '../errors.ts';
import type { Segment, SegmentPlan } from '../plan/types.ts';
import type { MediaInfo } from '../probe/media-info.ts';
import type { ByteParts } from './byte-parts.ts';
import { buildCmafInit as initOf } from './cmaf-init.ts';
import { audioFragments, type SegmentPart, videoFragments } from './cmaf-segment.ts';
import { boundedPackets, collectPackets } from './collect-packets.ts';
import { compositionDelayOf } from './composition-delay.ts';
import { writeTransportSegment } from './mpegts/transport-segment.ts';
import { type AudioFormat, completeVideoFormat, type PacketReader, type VideoFormat } from './packet.ts';
import { fillSilence } from './silence.ts';

/** The init segment of a single-track rendition. */
export function buildCmafInit(
  format: VideoFormat | AudioFormat,
  media: Pick<MediaInfo, 'video'>,
): Promise<Uint8Array> {
  return initOf(format, format.kind === 'video' ? compositionDelayOf(media) : 0);
}

/**
 * The fMP4 media segment of a single-track rendition, fragment by fragment as its packets arrive: `'v'`, or an audio track's position. Depends on
 * the plan and the source alone, so the fragments are the same whenever it is made. Throws `media_damaged` when it is absurdly large, else
 * what reading the source throws.
 */
export async function* cmafFragments(
  reader: PacketReader,
  rendition: 'v' | number,
  part: SegmentPart,
  media: Pick<MediaInfo, 'video'>,
  signal?: AbortSignal,
): AsyncGenerator<ByteParts, void, void> {
  if (rendition === 'v') {
    yield* videoFragments(
      boundedPackets(reader.videoPackets(part.segment, signal), part.segment),
      part,
      media,
    );
    return;
  }
  const format = audioFormat(reader, rendition);
  const packets = boundedPackets(reader.audioPackets(rendition, part.segment, signal), part.segment);
  yield* audioFragments(packets, part, format);
}

/** The MPEG-TS segment with the video and one audio track; `audioPosition` null for none. */
export async function buildTransportSegment(
  reader: PacketReader,
  audioPosition: number | null,
  segment: Segment,
  film: { plan: SegmentPlan; media: MediaInfo },
  signal?: AbortSignal,
): Promise<ByteParts> {
  const format = audioPosition === null ? null : audioFormat(reader, audioPosition);
  const [video, audio] = await Promise.all([
    reader.video ? collectPackets(reader.videoPackets(segment, signal), segment) : [],
    audioPosition === null
      ? []
      : collectPackets(reader.audioPackets(audioPosition, segment, signal), segment),
  ]);
  const stream = film.media.video[0];
  const timing = {
    reorderDepth: stream?.reorderDepth ?? 0,
    minFrameSeconds: stream?.baseFrameRate ? 1 / stream.baseFrameRate : 0,
  };
  const videoFormat = await completeVideoFormat(reader, signal);
  const bytes = writeTransportSegment({
    video: videoFormat && { format: videoFormat, packets: video, timing },
    audio: format && { format, packets: fillSilence(audio, segment, format) },
  });
  return [bytes];
}

function audioFormat(reader: PacketReader, position: number): AudioFormat {
  const format = reader.audio[position];
  if (format) return format;
  throw new RaffiError(
    'segment_not_found',
    'This film has no such audio track that can be copied. Fetch the playlist again.',
  );
}
