import type { ByteRange } from '../source/range.ts';
import type { TorrentFileInfo } from './metainfo.ts';
import type { Demand } from './torrent.ts';
import type { ByteWant } from './wants.ts';

/** How far beyond a reader's place its bytes come before what others will want. */
const NEXT_BYTES = 8 * 1024 * 1024;
/**
 * How far beyond the last byte read a film is fetched, at most. A paused player asks for nothing: then this is all that still comes. What is
 * wanted is never given up, so it must stay well below what the cache holds.
 */
const AHEAD_BYTES = 32 * 1024 * 1024;
const PART_OF_CACHE = 8;

/** Somebody who reads `[position, end)` of the file. */
export interface DemandReader {
  moveTo(position: number): void;
  leave: () => void;
}

interface Reader {
  position: number;
  end: number;
}

/** What those who read one file of a torrent want of it, as bytes of the torrent in bands of urgency. */
export class FileDemand implements Demand {
  readonly #file: Pick<TorrentFileInfo, 'offset' | 'sizeBytes'>;
  readonly #onChange: () => void;
  readonly #aheadBytes: number;
  readonly #readers = new Set<Reader>();
  #hint: ByteRange = { start: 0, end: 0 };
  /** Where the last reader got to: there the film goes on. */
  #reached = 0;

  /** `cacheBytes`: what all films may keep. */
  constructor(file: Pick<TorrentFileInfo, 'offset' | 'sizeBytes'>, cacheBytes: number, onChange: () => void) {
    this.#file = file;
    this.#aheadBytes = Math.min(AHEAD_BYTES, cacheBytes / PART_OF_CACHE);
    this.#onChange = onChange;
  }

  /** Registers a reader. It counts until it leaves. */
  reader(start: number, end: number): DemandReader {
    const reader: Reader = { position: start, end };
    this.#readers.add(reader);
    this.#onChange();
    return {
      moveTo: (position) => {
        reader.position = position;
        this.#reached = position;
        this.#onChange();
      },
      leave: () => {
        if (this.#readers.delete(reader)) this.#onChange();
      },
    };
  }

  /** `[start, end)` is wanted soon; replaces the last hint. */
  hint(start: number, end: number): void {
    this.#hint = { start, end: Math.min(end, start + this.#aheadBytes) };
    this.#onChange();
  }

  wants(): ByteWant[] {
    // Who came last is where the viewer is now: a seek goes before what was being read.
    const readers = [...this.#readers].reverse().filter(({ position, end }) => position < end);
    const nextBytes = Math.min(NEXT_BYTES, this.#aheadBytes);
    return [
      ...readers.map(({ position }) => this.#want(position, position + 1, 'now')),
      ...readers.map(({ position, end }) =>
        this.#want(position, Math.min(end, position + nextBytes), 'next'),
      ),
      this.#want(this.#hint.start, this.#hint.end, 'ahead'),
      this.#want(this.#reached, this.#reached + this.#aheadBytes, 'ahead'),
    ];
  }

  #want(start: number, end: number, band: ByteWant['band']): ByteWant {
    const { offset, sizeBytes } = this.#file;
    const inFile = (position: number) => offset + Math.min(Math.max(0, position), sizeBytes);
    return { start: inFile(start), end: inFile(end), band };
  }
}
