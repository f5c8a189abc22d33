import { readBlockHeader } from '../../probe/container-index/block.ts';
import {
  children,
  type EbmlElement,
  endOf,
  ID,
  MAX_HEADER_BYTES,
  readElement,
  TOP_LEVEL_IDS,
  unsigned,
} from '../../probe/container-index/ebml.ts';
import { WorkBudget } from '../../probe/container-index/work-budget.ts';
import type { ByteCursor } from '../byte-cursor.ts';
import { unlace } from './lacing.ts';
import { skipToCluster } from './resync.ts';

/** A SimpleBlock or BlockGroup. */
export interface Block {
  trackNumber: number;
  /** Cluster's plus block's own, in TimestampScale ticks. */
  timestamp: number;
  isKey: boolean;
  /** From BlockDuration, in ticks, of the whole block; null when it has none. */
  duration: number | null;
  /** Empty for tracks that are not wanted. */
  frames: readonly Uint8Array[];
  /** Absolute offset of the element. */
  offset: number;
}

/** No real frame is larger; a size beyond is damage. */
const MAX_BLOCK_BYTES = 64 << 20;
/** How far one reading goes: a segment's own bytes four times, for what lies between them. */
const MAX_READ_BYTES = 1 << 30;
/** With what is no block counted too: a file of nothing but empty elements would keep us busy otherwise. */
const MAX_ELEMENTS = 2_000_000;
/** SilentTracks and EncryptedBlock of old files. */
const SKIPPED_IDS: ReadonlySet<number> = new Set([
  ...TOP_LEVEL_IDS,
  ID.EBML,
  ID.Void,
  ID.CRC32,
  ID.Position,
  ID.PrevSize,
  0x5854,
  0xaf,
]);

/**
 * The blocks from the cursor's place on, in file order, until the file ends. Clusters of known and unknown size are read alike, flat: their
 * children simply follow. Where something stands that cannot stand there, or reaches beyond its cluster, reading goes on at the next
 * cluster: a damaged stretch costs what it holds and nothing more. Rejects with `media_damaged` on absurd numbers of elements.
 *
 * @param maxBytes where to end, counted from the cursor's place; without it the reading of more than a gigabyte counts as damage
 */
export async function* readBlocks(
  cursor: ByteCursor,
  isWanted: (trackNumber: number) => boolean,
  maxBytes = Number.POSITIVE_INFINITY,
): AsyncGenerator<Block, void, undefined> {
  const elements = new WorkBudget(
    MAX_ELEMENTS,
    'The Matroska file holds more blocks than a segment can have.',
  );
  const bytes = new WorkBudget(MAX_READ_BYTES, 'A segment of the Matroska file has no end.');
  const start = cursor.position;
  let last = start;
  let clusterTime: number | null = null;
  let clusterEnd = Number.POSITIVE_INFINITY;
  for (;;) {
    if (cursor.available < MAX_HEADER_BYTES) await cursor.fill(MAX_HEADER_BYTES);
    const offset = cursor.position;
    if (offset - start >= maxBytes) return;
    // What is jumped over costs no more than the largest block.
    bytes.spend(Math.min(offset - last, MAX_BLOCK_BYTES));
    last = offset;
    elements.spend();
    const element = readElement(cursor.peek(), 0);
    if (element === 'incomplete') return;
    if (element === 'invalid' || !mayStand(element, offset, clusterEnd, cursor.fileEnd)) {
      if (!(await skipToCluster(cursor))) return;
      clusterTime = null;
      clusterEnd = Number.POSITIVE_INFINITY;
      continue;
    }
    const size = element.size ?? 0;
    if (element.id === ID.Segment || element.id === ID.Cluster) {
      cursor.take(element.dataStart);
      if (element.id === ID.Cluster) {
        clusterTime = null;
        clusterEnd = element.size === null ? Number.POSITIVE_INFINITY : offset + element.dataStart + size;
      }
    } else if (element.id === ID.Timestamp) {
      if (!(await cursor.fill(element.dataStart + size))) return;
      clusterTime = unsigned(cursor.peek(), element);
      cursor.take(element.dataStart + size);
    } else if ((element.id === ID.SimpleBlock || element.id === ID.BlockGroup) && clusterTime !== null) {
      const block = await readBlock(cursor, element, clusterTime, isWanted);
      if (block) yield block;
    } else {
      await cursor.skip(element.dataStart + size);
    }
  }
}

/** Whether this element is one of a cluster or of the segment and ends where its parent allows. */
function mayStand(element: EbmlElement, offset: number, clusterEnd: number, fileEnd: number): boolean {
  const { id, size } = element;
  if (id === ID.Segment || id === ID.Cluster) return true;
  if (size === null) return false;
  const end = offset + element.dataStart + size;
  if (TOP_LEVEL_IDS.has(id) || id === ID.EBML) return end <= fileEnd;
  if (end > fileEnd || (offset < clusterEnd && end > clusterEnd)) return false;
  if (id === ID.SimpleBlock || id === ID.BlockGroup) return size <= MAX_BLOCK_BYTES && size >= 4;
  return id === ID.Timestamp ? size <= 8 : SKIPPED_IDS.has(id);
}

async function readBlock(
  cursor: ByteCursor,
  element: EbmlElement,
  clusterTime: number,
  isWanted: (trackNumber: number) => boolean,
): Promise<Block | null> {
  const offset = cursor.position;
  const whole = element.dataStart + (element.size ?? 0);
  if (element.id === ID.SimpleBlock) {
    await cursor.fill(Math.min(whole, element.dataStart + MAX_HEADER_BYTES));
    const header = readBlockHeader(cursor.peek(), element);
    if (typeof header !== 'string' && !isWanted(header.trackNumber)) {
      await cursor.skip(whole);
      const timestamp = clusterTime + header.relativeTimestamp;
      return {
        trackNumber: header.trackNumber,
        timestamp,
        isKey: header.isKey,
        duration: null,
        frames: [],
        offset,
      };
    }
  }
  if (!(await cursor.fill(whole))) return null;
  return parseBlockElement(cursor.take(whole), element, clusterTime, offset);
}

/** A SimpleBlock or BlockGroup that lies whole in the bytes; null when it is damaged. */
export function parseBlockElement(
  bytes: Uint8Array,
  element: EbmlElement,
  clusterTime: number,
  offset: number,
): Block | null {
  if (element.id === ID.SimpleBlock) return parseBlock(bytes, element, clusterTime, offset, null, null);
  return parseGroup(bytes, element, clusterTime, offset);
}

function parseGroup(
  bytes: Uint8Array,
  group: EbmlElement,
  clusterTime: number,
  offset: number,
): Block | null {
  let block: EbmlElement | null = null;
  let duration: number | null = null;
  let isKey = true;
  for (const part of children(bytes, group)) {
    if (part.id === ID.Block) block = part;
    else if (part.id === ID.BlockDuration) duration = unsigned(bytes, part);
    else if (part.id === ID.ReferenceBlock) isKey = false;
  }
  return block && parseBlock(bytes, block, clusterTime, offset, isKey, duration);
}

function parseBlock(
  bytes: Uint8Array,
  element: EbmlElement,
  clusterTime: number,
  offset: number,
  isKey: boolean | null,
  duration: number | null,
): Block | null {
  const header = readBlockHeader(bytes, element);
  if (typeof header === 'string') return null;
  const frames = unlace(bytes.subarray(header.dataStart, endOf(element) ?? bytes.length), header.lacing);
  if (!frames) return null;
  return {
    trackNumber: header.trackNumber,
    timestamp: clusterTime + header.relativeTimestamp,
    isKey: isKey ?? header.isKey,
    duration,
    frames,
    offset,
  };
}
