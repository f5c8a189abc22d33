import type { Cuts } from '../plan/cuts.ts';
import { segmentAt } from '../plan/segments.ts';
import type { Packet, PacketReader, Span } from '../remux/packet.ts';

/** Later than this a segment's first picture leaves a hole that players stop at. */
const HOLE_SECONDS = 0.1;
/** Segments whose key picture may be held, counted from the damaged one: one not far before it, one behind it, at last the film's first. */
const NEIGHBOURS = [-1, -2, -4, -8, -16, -32, 1, Number.NEGATIVE_INFINITY];

/** A stretch of film without pictures of its own. Film time, seconds. */
export interface HeldStretch {
  startSeconds: number;
  endSeconds: number;
}

/**
 * A reader that shows the key picture of a neighbouring segment as long as a segment, or its beginning, has none: what is damaged is passed over, not
 * waited for. What is held depends on the plan and the source alone. Sound is made good elsewhere, by silence.
 *
 * @param frameSeconds of a constant rate: then pictures that are missing within a segment, where the one before is held by itself, are told of too
 * @param onHeld told of each such stretch, whenever it is read
 */
export function withHeldPictures(
  reader: PacketReader,
  cuts: Cuts,
  frameSeconds: number | null,
  onHeld: (stretch: HeldStretch) => void,
): PacketReader {
  const end = () => cuts.plan.videoEndSeconds ?? 0;
  return {
    video: reader.video,
    audio: reader.audio,
    ...(reader.videoDescription ? { videoDescription: reader.videoDescription } : {}),
    videoPackets: (span, signal) => {
      if (span.startSeconds >= end() - HOLE_SECONDS) return reader.videoPackets(span, signal);
      const stretch = { startSeconds: span.startSeconds, endSeconds: Math.min(span.endSeconds, end()) };
      return watched(held(reader, cuts, stretch, span, onHeld, signal), stretch, frameSeconds, onHeld);
    },
    audioPackets: (position, span, signal) => reader.audioPackets(position, span, signal),
    close: () => reader.close(),
  };
}

/** Shorter ones are a decoder's or a muxer's doing, and nobody sees them. */
const MISSING_SECONDS = 0.3;

/** The packets as they are, and a word on what is missing between them. */
async function* watched(
  packets: AsyncIterable<Packet>,
  { startSeconds, endSeconds }: HeldStretch,
  frameSeconds: number | null,
  onHeld: (stretch: HeldStretch) => void,
): AsyncGenerator<Packet, void, undefined> {
  const times: { start: number; end: number }[] = [];
  for await (const packet of packets) {
    const { ptsSeconds, durationSeconds } = packet;
    if (frameSeconds !== null && ptsSeconds >= startSeconds) {
      times.push({ start: ptsSeconds, end: ptsSeconds + Math.max(durationSeconds, frameSeconds) });
    }
    yield packet;
  }
  times.sort((a, b) => a.start - b.start);
  times.forEach(({ end }, n) => {
    const next = times[n + 1]?.start ?? endSeconds;
    if (next - end > MISSING_SECONDS) onHeld({ startSeconds: end, endSeconds: next });
  });
}

async function* held(
  reader: PacketReader,
  cuts: Cuts,
  { startSeconds, endSeconds }: HeldStretch,
  span: Span,
  onHeld: (stretch: HeldStretch) => void,
  signal?: AbortSignal,
): AsyncGenerator<Packet, void, undefined> {
  let isFirst = true;
  for await (const packet of reader.videoPackets(span, signal)) {
    if (isFirst && packet.ptsSeconds > startSeconds + HOLE_SECONDS) {
      yield* hold(reader, cuts, { startSeconds, endSeconds: packet.ptsSeconds }, onHeld, signal);
    }
    isFirst = false;
    yield packet;
  }
  if (isFirst) yield* hold(reader, cuts, { startSeconds, endSeconds }, onHeld, signal);
}

async function* hold(
  reader: PacketReader,
  cuts: Cuts,
  stretch: HeldStretch,
  onHeld: (stretch: HeldStretch) => void,
  signal?: AbortSignal,
): AsyncGenerator<Packet, void, undefined> {
  const { startSeconds, endSeconds } = stretch;
  onHeld(stretch);
  const key = await keyNear(reader, cuts, startSeconds, signal);
  if (key) yield { ...key, ptsSeconds: startSeconds, durationSeconds: endSeconds - startSeconds };
}

async function keyNear(
  reader: PacketReader,
  cuts: Cuts,
  seconds: number,
  signal?: AbortSignal,
): Promise<Packet | null> {
  const { segments } = cuts.plan;
  const own = segmentAt(cuts.plan, seconds).index;
  // Once each: near the film's beginning many of them are its first.
  for (const index of new Set(NEIGHBOURS.map((distance) => Math.max(0, own + distance)))) {
    const neighbour = segments[index];
    if (!neighbour || index === own) continue;
    const span = await cuts.locate(neighbour, signal);
    for await (const packet of reader.videoPackets(span, signal)) {
      if (packet.isKey) return packet;
      break;
    }
  }
  return null;
}
