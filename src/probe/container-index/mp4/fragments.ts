import { boxes, descendant, FullBox } from './boxes.ts';
import { assertFragment } from './fragment-claims.ts';
import type { MovieTrack } from './movie.ts';
import type { TimelineBuilder } from './timeline.ts';

/** Decode time at which each track goes on when a fragment does not say (`tfdt` left out). */
export type NextTimes = Map<number, number>;

/**
 * Adds the samples of one `moof` (§8.8) to each track's builder. `moofOffset` is where the box begins in the file. Throws `media_damaged` on
 * absurd counts.
 */
export function addFragment(
  bytes: Uint8Array,
  moof: { dataStart: number; end: number },
  moofOffset: number,
  tracks: ReadonlyMap<number, { track: MovieTrack; builder: TimelineBuilder }>,
  nextTimes: NextTimes,
): void {
  assertFragment(bytes, moof);
  let implicitBase = moofOffset;
  for (const traf of boxes(bytes, moof.dataStart, moof.end)) {
    if (traf.type !== 'traf') continue;
    const tfhd = descendant(bytes, traf, 'tfhd');
    const entry = tfhd ? tracks.get(tfhd.u32(4)) : undefined;
    if (!tfhd || !entry) continue;
    const header = readHeader(tfhd, entry.track);
    const base = header.base ?? (header.isMoofBased ? moofOffset : implicitBase);
    const tfdt = descendant(bytes, traf, 'tfdt');
    let time = tfdt ? (tfdt.version === 1 ? tfdt.u64(4) : tfdt.u32(4)) : (nextTimes.get(entry.track.id) ?? 0);
    let offset = base;
    for (const box of boxes(bytes, traf.dataStart, traf.end)) {
      if (box.type !== 'trun') continue;
      ({ time, offset } = addRun(new FullBox(bytes, box), header, entry, base, { time, offset }));
    }
    implicitBase = offset;
    nextTimes.set(entry.track.id, time);
  }
}

interface FragmentHeader {
  base: number | null;
  isMoofBased: boolean;
  duration: number;
  size: number;
  flags: number;
}

/** Bit of the sample flags: depends on others, so no random access point (§8.8.3.1). */
const IS_NON_SYNC = 0x10000;

function readHeader(tfhd: FullBox, track: MovieTrack): FragmentHeader {
  const { flags } = tfhd;
  let at = 8;
  const take = (bit: number, bytes: number): number | null => {
    if ((flags & bit) === 0) return null;
    const value = bytes === 8 ? tfhd.u64(at) : tfhd.u32(at);
    at += bytes;
    return value;
  };
  const base = take(0x1, 8);
  take(0x2, 4);
  const duration = take(0x8, 4) ?? track.defaultDuration;
  const size = take(0x10, 4) ?? track.defaultSize;
  const sampleFlags = take(0x20, 4) ?? track.defaultFlags;
  return { base, isMoofBased: (flags & 0x20000) !== 0, duration, size, flags: sampleFlags };
}

function addRun(
  trun: FullBox,
  header: FragmentHeader,
  { track, builder }: { track: MovieTrack; builder: TimelineBuilder },
  base: number,
  from: { time: number; offset: number },
): { time: number; offset: number } {
  const { flags, version } = trun;
  let at = 8;
  let { time, offset } = from;
  if (flags & 0x1) {
    offset = base + trun.i32(at);
    at += 4;
  }
  let firstFlags: number | null = null;
  if (flags & 0x4) {
    firstFlags = trun.u32(at);
    at += 4;
  }
  const count = trun.u32(4);
  for (let i = 0; i < count; i++) {
    const field = (bit: number, otherwise: number): number => {
      if ((flags & bit) === 0) return otherwise;
      at += 4;
      return trun.u32(at - 4);
    };
    const duration = field(0x100, header.duration);
    const size = field(0x200, header.size);
    const ownFlags = field(0x400, header.flags);
    const sampleFlags = i === 0 && firstFlags !== null ? firstFlags : ownFlags;
    const rawShift = field(0x800, 0);
    const shown = time + (version === 0 ? rawShift : rawShift | 0);
    builder.add(shown, duration, offset + size);
    // All of a sound track's samples are random access points: one per run is enough.
    if ((sampleFlags & IS_NON_SYNC) === 0 && (track.kind === 'video' || i === 0))
      builder.addPoint(shown, offset);
    time += duration;
    offset += size;
  }
  return { time, offset };
}
