import type { ContainerIndex } from '../../plan/types.ts';
import type { ByteSource } from '../../source/byte-source.ts';

const BOX_HEADER_BYTES = 8;
const ENTRY_BYTES = 19;
/** The picture and more sound than any film has. */
const MAX_TABLES = 65;
/** Of all tables together, 38 MB: a day of fragments of a second in 23 tracks. Beyond it a far seek goes from fragment to fragment. */
const MAX_ENTRIES = 2_000_000;

/**
 * Whether the film's index was read from `sidx` boxes or an `mfra` (ISO/IEC 14496-12 §8.16.3, §8.8.9): then its places are those of fragments.
 */
export async function hasFragmentIndex(
  source: ByteSource,
  index: ContainerIndex,
  signal?: AbortSignal,
): Promise<boolean> {
  for (const { start } of index.indexRanges) {
    const header = await source.read(start, start + BOX_HEADER_BYTES, signal);
    if (['sidx', 'mfra'].includes(Buffer.from(header).toString('latin1', 4))) return true;
  }
  return false;
}

/**
 * An `mfra` box (§8.8.9) that says of the tracks what the index says of the film. mediabunny knows no `sidx`: without this it would go to a far
 * fragment from one to the next, a request each. Times that are a little off cost it a fragment or two. The file's own `mfra` is not for
 * mediabunny: of a table that names one time over and over it strikes out each by moving all the others.
 */
export function randomAccessBox(
  index: ContainerIndex,
  tracks: readonly { id: number; timescale: number }[],
): Uint8Array {
  // The first place is that of a sample; what lies at the beginning is found without help.
  const points = index.keyframes.slice(1);
  const tableCount = Math.min(MAX_TABLES, Math.max(1, Math.floor(MAX_ENTRIES / Math.max(1, points.length))));
  const tables = tracks.slice(0, tableCount).map(({ id, timescale }) => {
    const table = Buffer.alloc(24 + points.length * ENTRY_BYTES);
    table.writeUInt32BE(table.length, 0);
    table.write('tfra', 4, 'latin1');
    table[8] = 1; // version 1: 64 bits
    table.writeUInt32BE(id, 12);
    table.writeUInt32BE(points.length, 20);
    points.forEach(({ timeSeconds, offset }, i) => {
      const time = Math.max(0, Math.floor((timeSeconds + index.originSeconds) * timescale));
      const at = 24 + i * ENTRY_BYTES;
      table.writeBigUInt64BE(BigInt(time), at);
      table.writeBigUInt64BE(BigInt(offset), at + 8);
      table.fill(1, at + 16, at + 19); // fragment, run and sample number
    });
    return table;
  });
  const size = BOX_HEADER_BYTES + tables.reduce((sum, table) => sum + table.length, 0) + 16;
  const head = Buffer.alloc(BOX_HEADER_BYTES);
  head.writeUInt32BE(size, 0);
  head.write('mfra', 4, 'latin1');
  const offset = Buffer.alloc(16);
  offset.writeUInt32BE(16, 0);
  offset.write('mfro', 4, 'latin1');
  offset.writeUInt32BE(size, 12);
  return Buffer.concat([head, ...tables, offset]);
}
