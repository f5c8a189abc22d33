import type { Segment } from '../plan/types.ts';
import type { MediaInfo } from '../probe/media-info.ts';
import type { ByteParts } from './byte-parts.ts';
import { type SegmentPart, videoFragments } from './cmaf-segment.ts';
import type { Packet, PacketReader, Span } from './packet.ts';

/**
 * How much film a key frame's bytes would last at the segment's rate. Ten to seventeen average frames (measured), so mostly less; to ask for
 * too little costs a round trip, for too much only the link's time, since the segment wants these bytes anyway.
 */
const I_FRAME_SECONDS = 0.75;

/**
 * The key frame that a segment begins with, alone: a fragment for the rendition's own init segment, shown until the segment ends. Reads no further
 * than that frame needs. Its bytes depend on the plan and the source alone. Rejects with what reading the source rejects with.
 */
export async function buildIFrame(
  reader: PacketReader,
  part: SegmentPart,
  media: Pick<MediaInfo, 'video'>,
  signal?: AbortSignal,
): Promise<ByteParts> {
  const packets = await first(reader.videoPackets(frontOf(part.segment), signal));
  const parts: Uint8Array[] = [];
  for await (const fragment of videoFragments(packets, part, media)) parts.push(...fragment);
  // Copied after all: this one frame would keep everything alive that it was read with.
  return [Buffer.concat(parts)];
}

/** The span with as many bytes as its key frame is likely to have; its time stays, by which readers know what belongs to it. */
function frontOf(segment: Segment): Span {
  const { startSeconds, endSeconds, startOffset, endOffset } = segment;
  const share = Math.min(1, I_FRAME_SECONDS / (endSeconds - startSeconds));
  return { ...segment, endOffset: startOffset + Math.ceil((endOffset - startOffset) * share) };
}

/** One packet, or none where the span is damaged. Ends the reading. */
async function first(packets: AsyncIterable<Packet>): Promise<Packet[]> {
  for await (const packet of packets) return [packet];
  return [];
}
