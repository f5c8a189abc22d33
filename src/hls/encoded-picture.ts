import type { EncodedFilm } from '../ffmpeg/encode/encoded-film.ts';
import type { EncodedTrack } from '../ffmpeg/encode/track.ts';
import { encodedVideoTrack } from '../ffmpeg/encode/video-track.ts';
import { segmentAt } from '../plan/segments.ts';
import type { SegmentPlan, VideoTarget } from '../plan/types.ts';
import type { VideoStream } from '../probe/media-info.ts';
import type { Packet, PacketReader, Span, VideoFormat } from '../remux/packet.ts';

export interface EncodedPictureOptions extends EncodedFilm {
  plan: SegmentPlan;
  /** Film times of the source's keyframes, ascending; null when nobody knows them. */
  keyframes: readonly number[] | null;
  stream: VideoStream;
  /** Its name in `master.m3u8`: `v0`, `v720` … */
  rendition: string;
  /** The same for all pictures of which a viewer sees one. */
  family: string;
}

/** A film's picture as an encoder makes it, which runs only while something is asked of it; without any sound. */
export function encodedPicture(
  options: EncodedPictureOptions,
  target: VideoTarget,
): PacketReader & Required<Pick<PacketReader, 'videoDescription'>> {
  const { plan, stream } = options;
  const track = encodedVideoTrack(options, stream, target);
  return {
    video: videoFormat(target),
    audio: [],
    videoDescription: async (signal) => (await track.header(signal)).description,
    videoPackets: (span, signal) => packetsOf(track, plan, span, signal),
    audioPackets: async function* () {},
    close: () => track.close(),
  };
}

/**
 * An encoded track's packets of a span. Encoders work by the plan's cuts; where those were only estimated, a span is not one of its segments, and
 * takes its packets from all that it touches.
 */
export async function* packetsOf(
  track: EncodedTrack,
  plan: SegmentPlan,
  span: Span,
  signal: AbortSignal | undefined,
): AsyncGenerator<Packet, void, void> {
  const first = segmentAt(plan, span.startSeconds);
  if (first.startSeconds === span.startSeconds && first.endSeconds === span.endSeconds) {
    yield* track.packets(first.index, signal);
    return;
  }
  const end = span.endSeconds >= plan.durationSeconds ? Number.POSITIVE_INFINITY : span.endSeconds;
  for (let index = first.index; (plan.segments[index]?.startSeconds ?? end) < end; index++) {
    for await (const packet of track.packets(index, signal)) {
      if (packet.ptsSeconds >= span.startSeconds && packet.ptsSeconds < end) yield packet;
    }
  }
}

/** RFC 6381 §3.3: High profile without constraint flags, at the target's level. */
function videoFormat({ width, height, level }: VideoTarget): VideoFormat {
  return {
    kind: 'video',
    codec: 'avc',
    codecString: `avc1.6400${level.toString(16).toUpperCase()}`,
    width,
    height,
    pixelAspect: [1, 1],
    rotationDegrees: 0,
    description: null,
  };
}
