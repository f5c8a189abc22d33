import type { AccessPoint } from '../film-clock.ts';
import { boxes, FullBox } from './boxes.ts';

/** What a fragment index lists for one track. Seconds of its own reckoning: the caller shifts them to what the first fragment says. */
export interface FragmentIndex {
  trackId: number;
  points: AccessPoint[];
  /** Where the last fragment ends; null when the index does not tell (`tfra`). */
  endSeconds: number | null;
  /** How far into the file the listed fragments reach; null when the index does not tell. */
  endOffset: number | null;
}

/** SAP types 1 and 2 are closed, 3 is an open group of pictures: all can be started from (§I.2). */
const STARTABLE_SAP_TYPES = [0, 1, 2, 3];

/**
 * One `sidx` (§8.16.3). Null when it points to further ones: those lie all over the file.
 *
 * @param boxEnd Absolute offset at which the box ends, which its offsets count from.
 */
export function readSidx(
  bytes: Uint8Array,
  box: { dataStart: number; end: number },
  boxEnd: number,
): FragmentIndex | null {
  const sidx = new FullBox(bytes, box);
  const timescale = sidx.u32(8);
  if (timescale === 0) return null;
  const isLong = sidx.version === 1;
  let time = isLong ? sidx.u64(12) : sidx.u32(12);
  let offset = boxEnd + (isLong ? sidx.u64(20) : sidx.u32(16));
  const first = isLong ? 32 : 24;
  const count = Math.min(sidx.u16(first - 2), Math.floor(Math.max(0, sidx.size - first) / 12));
  const points: AccessPoint[] = [];
  for (let i = 0; i < count; i++) {
    const reference = sidx.u32(first + i * 12);
    if (reference >= 0x80000000) return null;
    const sap = sidx.u32(first + i * 12 + 8);
    const isStartable = sap >= 0x80000000 && STARTABLE_SAP_TYPES.includes((sap >>> 28) & 7);
    if (isStartable) points.push({ seconds: (time + (sap & 0xfffffff)) / timescale, offset });
    time += sidx.u32(first + i * 12 + 4);
    offset += reference;
  }
  return { trackId: sidx.u32(4), points, endSeconds: time / timescale, endOffset: offset };
}

/** The `tfra` boxes of an `mfra` (§8.8.10), whose times are in each track's own timescale. */
export function readMfra(
  bytes: Uint8Array,
  mfra: { dataStart: number; end: number },
  timescales: ReadonlyMap<number, number>,
): FragmentIndex[] {
  const found: FragmentIndex[] = [];
  for (const box of boxes(bytes, mfra.dataStart, mfra.end)) {
    if (box.type !== 'tfra') continue;
    const tfra = new FullBox(bytes, box);
    const trackId = tfra.u32(4);
    const timescale = timescales.get(trackId);
    if (!timescale) continue;
    const isLong = tfra.version === 1;
    const lengths = tfra.u32(8);
    const numberBytes = 3 + ((lengths >> 4) & 3) + ((lengths >> 2) & 3) + (lengths & 3);
    const entryBytes = (isLong ? 16 : 8) + numberBytes;
    const count = tfra.count(12, 16, entryBytes);
    const points: AccessPoint[] = [];
    for (let i = 0; i < count; i++) {
      const at = 16 + i * entryBytes;
      points.push({
        seconds: (isLong ? tfra.u64(at) : tfra.u32(at)) / timescale,
        offset: isLong ? tfra.u64(at + 8) : tfra.u32(at + 4),
      });
    }
    found.push({ trackId, points, endSeconds: null, endOffset: null });
  }
  return found;
}
