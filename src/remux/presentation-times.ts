import type { Packet } from './packet.ts';

/**
 * Presentation times of a segment's video packets as integer ticks on the film clock, in the packets' own (decode) order. Rounded, none negative
 * and all different: pre-roll before time 0, which an edit list hides but the decoder needs, is squeezed into the first ticks.
 */
export function presentationTicks(packets: readonly Packet[], timescale: number): number[] {
  const order = packets.map((_, i) => i).sort((a, b) => pts(packets, a) - pts(packets, b) || a - b);
  const ticks = new Array<number>(packets.length).fill(0);
  let last = -1;
  for (const i of order) {
    last = Math.max(last + 1, Math.round(pts(packets, i) * timescale));
    ticks[i] = last;
  }
  return ticks;
}

function pts(packets: readonly Packet[], index: number): number {
  return packets[index]?.ptsSeconds ?? 0;
}
