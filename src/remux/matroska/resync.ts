import { ID, MAX_HEADER_BYTES, readElement } from '../../probe/container-index/ebml.ts';
import type { ByteCursor } from '../byte-cursor.ts';

const CLUSTER = Buffer.of(0x1f, 0x43, 0xb6, 0x75);
const WINDOW_BYTES = 64 << 10;
/** After this much garbage the rest of the file is given up: no wait is without a bound. */
const MAX_GARBAGE_BYTES = 64 << 20;
/** What a cluster begins with (RFC 9559 §5.1.3): its timestamp, or a checksum, padding, its position before it. */
const FIRST_CHILDREN: ReadonlySet<number> = new Set([
  ID.Timestamp,
  ID.CRC32,
  ID.Void,
  ID.Position,
  ID.PrevSize,
]);

/** Moves to the next place that looks like the head of a cluster; false when there is none. At least one byte is skipped. */
export async function skipToCluster(cursor: ByteCursor): Promise<boolean> {
  const limit = cursor.position + MAX_GARBAGE_BYTES;
  await cursor.skip(1);
  while (cursor.position < limit) {
    const isMore = await cursor.fill(WINDOW_BYTES);
    const bytes = cursor.peek();
    const found = findCluster(bytes);
    if (found >= 0) {
      cursor.take(found);
      return true;
    }
    if (!isMore) return false;
    // A head may lie across the window's end.
    cursor.take(bytes.length - 2 * MAX_HEADER_BYTES);
  }
  return false;
}

function findCluster(bytes: Uint8Array): number {
  const window = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = window.indexOf(CLUSTER); at >= 0; at = window.indexOf(CLUSTER, at + 1)) {
    const cluster = readElement(bytes, at);
    if (typeof cluster === 'string') continue;
    const first = readElement(bytes, cluster.dataStart);
    if (typeof first !== 'string' && FIRST_CHILDREN.has(first.id)) return at;
  }
  return -1;
}
