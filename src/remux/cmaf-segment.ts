import { packetSamples } from './audio-frames.ts';
import type { ByteParts } from './byte-parts.ts';
import { type Sample, writeFragment } from './cmaf-fragment.ts';
import { timescaleOf, VIDEO_TIMESCALE } from './cmaf-init.ts';
import type { AudioFormat, Packet } from './packet.ts';
import { presentationTicks } from './presentation-times.ts';

/**
 * A video segment. Decode times are its presentation times in order, so each sample lasts as long as a frame is shown (Chromium shows a
 * frame for its sample's duration, also when that is wrong) and the first (`tfdt`) is the segment's start on the film clock, which hls.js takes
 * it for. Offsets are larger by the track's composition delay, which the init segment's edit list takes off: libavformat shifts a
 * track that has negative ones.
 *
 * @param compositionDelay in ticks, the same for all segments and the init segment
 * @param startSeconds film time of the segment: its decode time should it have no packets (a damaged stretch)
 * @param endSeconds film time at which the segment's last presented frame ends
 */
export function writeVideoSegment(
  sequenceNumber: number,
  packets: readonly Packet[],
  startSeconds: number,
  endSeconds: number,
  compositionDelay: number,
): ByteParts {
  const pts = presentationTicks(packets, VIDEO_TIMESCALE);
  const dts = pts.toSorted((a, b) => a - b);
  const end = Math.round(endSeconds * VIDEO_TIMESCALE);
  const samples = packets.map((packet, i): Sample => {
    const decode = dts[i] ?? 0;
    return {
      data: packet.data,
      duration: Math.max(1, (dts[i + 1] ?? end) - decode),
      compositionOffset: (pts[i] ?? 0) + compositionDelay - decode,
      isKey: packet.isKey,
    };
  });
  return writeFragment(sequenceNumber, dts[0] ?? Math.round(startSeconds * VIDEO_TIMESCALE), samples);
}

/** Jitter below this part of a frame is a container's rounding, not a hole. */
const JITTER_FRAMES = 0.4;

/**
 * An audio segment. Each sample lasts as long as its codec says, so that frames follow each other without a gap whatever the container rounded;
 * only where the packets' times leave that grid (a hole, an overlap) does a sample's duration follow them.
 */
export function writeAudioSegment(
  sequenceNumber: number,
  packets: readonly Packet[],
  startSeconds: number,
  format: AudioFormat,
): ByteParts {
  const timescale = timescaleOf(format);
  const starts: number[] = [];
  let next = Number.NEGATIVE_INFINITY;
  const lengths = packets.map(
    (packet) => packetSamples(format, packet.data) ?? Math.round(packet.durationSeconds * timescale),
  );
  packets.forEach((packet, i) => {
    const told = Math.max(0, Math.round(packet.ptsSeconds * timescale));
    const length = lengths[i] ?? 0;
    const start =
      Math.abs(told - next) <= length * JITTER_FRAMES ? next : Math.max(told, (starts.at(-1) ?? -1) + 1);
    starts.push(start);
    next = start + length;
  });
  const samples = packets.map((packet, i): Sample => {
    const start = starts[i] ?? 0;
    const duration = (starts[i + 1] ?? start + (lengths[i] ?? 0)) - start;
    return { data: packet.data, duration, compositionOffset: 0, isKey: true };
  });
  const parts = writeFragment(sequenceNumber, starts[0] ?? Math.round(startSeconds * timescale), samples);
  // Copied after all: these few bytes would keep the video alive that they were read with.
  return [Buffer.concat(parts)];
}
