import { packetSamples } from './audio-frames.ts';
import type { AudioFormat, Packet } from './packet.ts';
import { silentFrame } from './silent-frames.ts';

/** What a container's rounding may take off a hole, in frames. */
const ROUNDING_FRAMES = 0.05;
/** Half an hour of 20 ms frames: holes beyond are left, as for a codec without silence. */
const MAX_SILENT_FRAMES = 90_000;

/**
 * Makes a segment's audio contiguous over its span: silent frames before the track's first packet, in holes of a frame and more, and after its
 * last packet, so that a player never waits for sound that does not exist. Real packets are never moved. Where the codec has no
 * silent frame, or absurdly many were needed, the holes stay.
 *
 * @param packets in presentation order, all of the span
 */
export function fillSilence(
  packets: readonly Packet[],
  span: { startSeconds: number; endSeconds: number },
  format: AudioFormat,
): Packet[] {
  const data = silentFrame(format, packets[0]?.data ?? null);
  const samples = data && packetSamples(format, data);
  if (!data || !samples) return [...packets];
  const frame = samples / format.sampleRate;
  const silence = (ptsSeconds: number): Packet => ({ data, ptsSeconds, durationSeconds: frame, isKey: true });
  const filled: Packet[] = [];
  let left = MAX_SILENT_FRAMES;

  const first = packets[0];
  let next: number;
  if (first) {
    // Counted back from the first packet, so that silence ends exactly where sound begins.
    const count = Math.min(left, Math.floor((first.ptsSeconds - span.startSeconds) / frame + 1e-6));
    left -= Math.max(0, count);
    for (let k = count; k > 0; k--) filled.push(silence(first.ptsSeconds - k * frame));
    next = first.ptsSeconds;
  } else {
    // On the grid of time 0, so that silent segments join each other without knowing each other.
    next = Math.ceil(span.startSeconds / frame - 1e-6) * frame;
  }

  const append = (wanted: number) => {
    const count = Math.min(wanted, left);
    left -= Math.max(0, count);
    const start = next;
    for (let k = 0; k < count; k++) filled.push(silence(start + k * frame));
    if (count > 0) next = start + count * frame;
  };
  for (const packet of packets) {
    // Within the track silence must fit whole: the codec's own frames stand behind it.
    append(Math.floor((packet.ptsSeconds - next) / frame + ROUNDING_FRAMES));
    filled.push(packet);
    next = packet.ptsSeconds + (packet.durationSeconds || frame);
  }
  append(Math.round((span.endSeconds - next) / frame));
  return filled;
}
