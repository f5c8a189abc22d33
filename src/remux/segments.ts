import { RaffiError } from '../errors.ts';
import type { Segment, SegmentPlan } from '../plan/types.ts';
import type { MediaInfo } from '../probe/media-info.ts';
import type { ByteParts } from './byte-parts.ts';
import { buildCmafInit as initOf } from './cmaf-init.ts';
import { writeAudioSegment, writeVideoSegment } from './cmaf-segment.ts';
import { collectPackets } from './collect-packets.ts';
import { compositionDelayOf } from './composition-delay.ts';
import { writeTransportSegment } from './mpegts/transport-segment.ts';
import {
  type AudioFormat,
  completeVideoFormat,
  type Packet,
  type PacketReader,
  type VideoFormat,
} from './packet.ts';
import { fillSilence } from './silence.ts';

/** What of a plan's segment a rendition has media for, film time. */
export interface SegmentPart {
  segment: Segment;
  /** The segment's own, but for the last one's end, which is cut to the rendition's. */
  startSeconds: number;
  endSeconds: number;
}

/** The init segment of a single-track rendition. */
export function buildCmafInit(
  format: VideoFormat | AudioFormat,
  media: Pick<MediaInfo, 'video'>,
): Promise<Uint8Array> {
  return initOf(format, format.kind === 'video' ? compositionDelayOf(media) : 0);
}

/** A packet's own end and the plan's cut are the same moment when they differ by no more than a container's rounding. */
const ROUNDING_SECONDS = 0.0015;

/**
 * The fMP4 media segment of a single-track rendition: `'v'`, or an audio track's position. Depends on the plan and the source alone, so the
 * bytes are the same whenever it is made. Rejects with `media_damaged` when it is absurdly large, else with what reading the source rejects with.
 */
export async function buildCmafSegment(
  reader: PacketReader,
  rendition: 'v' | number,
  part: SegmentPart,
  media: Pick<MediaInfo, 'video'>,
  signal?: AbortSignal,
): Promise<ByteParts> {
  const sequenceNumber = part.segment.index + 1;
  if (rendition === 'v') {
    const packets = await collectPackets(reader.videoPackets(part.segment, signal), part.segment);
    return writeVideoSegment(
      sequenceNumber,
      packets,
      part.startSeconds,
      endOf(packets, part.endSeconds),
      compositionDelayOf(media),
    );
  }
  const format = audioFormat(reader, rendition);
  const packets = await collectPackets(reader.audioPackets(rendition, part.segment, signal), part.segment);
  return writeAudioSegment(sequenceNumber, fillSilence(packets, part, format), part.startSeconds, format);
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

/** Where the last presented frame ends: by its own duration where that meets the cut, else at the cut. */
function endOf(packets: readonly Packet[], cutSeconds: number): number {
  let end = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const packet of packets) {
    if (packet.ptsSeconds <= last) continue;
    last = packet.ptsSeconds;
    end = packet.ptsSeconds + packet.durationSeconds;
  }
  return Math.abs(end - cutSeconds) <= ROUNDING_SECONDS ? end : cutSeconds;
}

function audioFormat(reader: PacketReader, position: number): AudioFormat {
  const format = reader.audio[position];
  if (format) return format;
  throw new RaffiError(
    'segment_not_found',
    'This film has no such audio track that can be copied. Fetch the playlist again.',
  );
}
