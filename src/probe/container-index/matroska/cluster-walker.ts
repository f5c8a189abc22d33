import { MAX_BLOCK_HEADER_BYTES, readBlockHeader } from '../block.ts';
import {
  type EbmlElement,
  endOf,
  ID,
  MAX_HEADER_BYTES,
  readElement,
  TOP_LEVEL_IDS,
  unsigned,
} from '../ebml.ts';
import type { Window } from '../window.ts';
import { WorkBudget } from '../work-budget.ts';

/** A block's head; its payload was jumped over. */
export interface WalkedBlock {
  trackNumber: number;
  /** TimestampScale ticks on the container's own clock. */
  time: number;
  isKey: boolean;
  /** BlockDuration in ticks; null for a SimpleBlock. */
  duration: number | null;
  /** Absolute offset of its cluster. */
  clusterOffset: number;
}

/** Bytes that hold an element's header and, if it is a block, the block's too. */
const HEADS = MAX_HEADER_BYTES + MAX_BLOCK_HEADER_BYTES;
const CLUSTER_ID = [0x1f, 0x43, 0xb6, 0x75] as const;
/** What may stand in a cluster, or beside it. */
const KNOWN_IDS: ReadonlySet<number> = new Set([
  ...TOP_LEVEL_IDS,
  ...[ID.Timestamp, ID.SimpleBlock, ID.BlockGroup, ID.Position, ID.PrevSize, ID.Void, ID.CRC32],
]);
/** More blocks than a day of film has; beyond it the file is built to waste our time. */
const MAX_ELEMENTS = 20_000_000;

/**
 * Goes through clusters block by block, reading heads only. Damaged stretches are left by looking for the next cluster, as a player
 * would. Rejects with `media_damaged` on absurd numbers of elements, else only with what reading rejects with.
 */
export class ClusterWalker {
  readonly #window: Window;
  readonly #end: number;
  readonly #elements = new WorkBudget(
    MAX_ELEMENTS,
    'The Matroska file holds more blocks than a film can have.',
  );
  #position: number;
  #cluster = { offset: 0, time: 0, end: null as number | null };

  /** @param end No element beyond it counts: the end of the file, or of the clusters. */
  constructor(window: Window, start: number, end: number) {
    this.#window = window;
    this.#position = start;
    this.#end = end;
  }

  /** The next block; null at the end. */
  async next(): Promise<WalkedBlock | null> {
    while (this.#position < this.#end) {
      this.#elements.spend();
      const bytes = await this.#window.at(this.#position, HEADS);
      const element = readElement(bytes, 0);
      if (element === 'incomplete') return null;
      if (element === 'invalid') {
        if (!(await this.#resync())) return null;
        continue;
      }
      const next = this.#position + (endOf(element) ?? 0);
      if (element.id === ID.Cluster) {
        this.#cluster = {
          offset: this.#position,
          time: 0,
          end: element.size === null ? null : next,
        };
        this.#position += element.dataStart;
        continue;
      }
      if (element.size === null || next > this.#end || !(await this.#isPlausible(element.id, next))) {
        if (!(await this.#resync())) return null;
        continue;
      }
      const block = await this.#take(bytes, element);
      this.#position = next;
      if (block) return block;
    }
    return null;
  }

  /** Jumps over the rest of the current cluster. False when its size is unknown, so that nothing was jumped. */
  leaveCluster(): boolean {
    if (this.#cluster.end === null) return false;
    this.#position = Math.max(this.#position, this.#cluster.end);
    return true;
  }

  /** Garbage reads as elements too: one of an unknown kind counts only when a known one follows it. */
  async #isPlausible(id: number, next: number): Promise<boolean> {
    if (KNOWN_IDS.has(id) || next >= this.#end) return true;
    const follower = readElement(await this.#window.at(next, HEADS), 0);
    return typeof follower !== 'string' && KNOWN_IDS.has(follower.id);
  }

  async #take(bytes: Uint8Array, element: EbmlElement): Promise<WalkedBlock | null> {
    if (element.id === ID.Timestamp) this.#cluster.time = unsigned(bytes, element);
    else if (element.id === ID.SimpleBlock) return this.#block(bytes, element);
    else if (element.id === ID.BlockGroup) return this.#group(element);
    return null;
  }

  #block(bytes: Uint8Array, element: EbmlElement): WalkedBlock | null {
    const header = readBlockHeader(bytes, element);
    if (typeof header === 'string') return null;
    return {
      trackNumber: header.trackNumber,
      time: this.#cluster.time + header.relativeTimestamp,
      isKey: header.isKey,
      duration: null,
      clusterOffset: this.#cluster.offset,
    };
  }

  /** A Block is a keyframe when its group has no ReferenceBlock (RFC 9559 §5.1.3.5.2.3). */
  async #group(group: EbmlElement): Promise<WalkedBlock | null> {
    let position = this.#position + group.dataStart;
    const end = this.#position + (endOf(group) ?? 0);
    let block: WalkedBlock | null = null;
    while (position < end) {
      this.#elements.spend();
      const bytes = await this.#window.at(position, HEADS);
      const element = readElement(bytes, 0);
      if (typeof element === 'string' || element.size === null) break;
      if (element.id === ID.Block) {
        block = this.#block(bytes, element);
        if (block) block.isKey = true;
      } else if (element.id === ID.ReferenceBlock && block) block.isKey = false;
      else if (element.id === ID.BlockDuration && block) block.duration = unsigned(bytes, element);
      position += element.dataStart + element.size;
    }
    return block;
  }

  async #resync(): Promise<boolean> {
    let from = this.#position + 1;
    while (from < this.#end) {
      // Whatever the window holds from here on: to fill it anew for every broken element would read the same bytes again and again.
      const bytes = await this.#window.at(from, CLUSTER_ID.length);
      const found = indexOfCluster(bytes);
      if (found >= 0) {
        this.#position = from + found;
        return this.#position < this.#end;
      }
      if (bytes.length < CLUSTER_ID.length) return false;
      from += bytes.length - (CLUSTER_ID.length - 1);
    }
    return false;
  }
}

function indexOfCluster(bytes: Uint8Array): number {
  let at = bytes.indexOf(CLUSTER_ID[0]);
  while (at >= 0 && !CLUSTER_ID.every((byte, i) => bytes[at + i] === byte))
    at = bytes.indexOf(CLUSTER_ID[0], at + 1);
  return at;
}
