import { damaged } from '../probe/container-index/failures.ts';
import { WorkBudget } from '../probe/container-index/work-budget.ts';
import type { Packet } from './packet.ts';

/** What of one track a segment may hold: 51 s at 40 Mb/s, where groups of pictures last some seconds. */
const MAX_SEGMENT_BYTES = 256 * 1024 * 1024;
/** A packet costs memory even when it is empty, as 256 frames of a lace can be. */
const PACKET_BYTES = 128;
/** Longer times do not fit the fields of a fragment (some hours), and nobody waits for such a group of pictures. */
const MAX_SEGMENT_SECONDS = 3600;
/** Pictures of an open group lie before their keyframe by some frames. */
const MAX_LEAD_SECONDS = 10;
/** The film's last segment takes what lies behind the end that the headers tell. */
const MAX_OVERRUN_SECONDS = 300;

/** What one track's packets of a segment may come to; of none of a film's segments more is ever in memory. */
export function segmentBudget(): { take(packet: Packet): void } {
  const bytes = new WorkBudget(MAX_SEGMENT_BYTES, 'A segment of the film is absurdly large.');
  return { take: ({ data }) => bytes.spend(data.length + PACKET_BYTES) };
}

/**
 * A segment's packets of one track. Times far outside of the span, which a damaged timestamp makes, are brought to its edges: writers fill
 * the time between. Throws `media_damaged` when they are absurdly many or the span absurdly long, else what reading them throws.
 */
export async function* boundedPackets(
  packets: AsyncIterable<Packet>,
  { startSeconds, endSeconds }: { startSeconds: number; endSeconds: number },
): AsyncGenerator<Packet, void, void> {
  if (endSeconds - startSeconds > MAX_SEGMENT_SECONDS) {
    throw damaged('The film has no keyframe for more than an hour.');
  }
  const budget = segmentBudget();
  const earliest = startSeconds - MAX_LEAD_SECONDS;
  const latest = endSeconds + MAX_OVERRUN_SECONDS;
  for await (const packet of packets) {
    budget.take(packet);
    const ptsSeconds = Math.min(Math.max(packet.ptsSeconds, earliest), latest);
    yield ptsSeconds === packet.ptsSeconds ? packet : { ...packet, ptsSeconds };
  }
}

/** The same, all of them. Rejects where that throws. */
export async function collectPackets(
  packets: AsyncIterable<Packet>,
  span: { startSeconds: number; endSeconds: number },
): Promise<Packet[]> {
  const all: Packet[] = [];
  for await (const packet of boundedPackets(packets, span)) all.push(packet);
  return all;
}
