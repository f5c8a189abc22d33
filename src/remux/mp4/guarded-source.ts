import { setImmediate } from 'node:timers/promises';
import { CustomSource } from 'mediabunny';
import { damaged } from '../../probe/container-index/failures.ts';
import { readBox } from '../../probe/container-index/mp4/boxes.ts';
import { MAX_BOX_BYTES, MAX_MOOF_BYTES } from '../../probe/container-index/mp4/find-boxes.ts';
import { assertFragment } from '../../probe/container-index/mp4/fragment-claims.ts';
import { WorkBudget } from '../../probe/container-index/work-budget.ts';
import type { SampleSource } from './sample-source.ts';

/** To find a packet of a day's film without an index, mediabunny looks at each of 86,400 fragments of a second four times. */
const MAX_READS_PER_PACKET = 500_000;
/** Reads from memory follow each other without end: after so many whoever else waits gets a turn. */
const READS_PER_TURN = 2_000;

/** How mediabunny's demuxer asks its source. The slice may begin before `start`, at `offset`. Not in its public types; a test holds it to this. */
interface DemuxerReads {
  _read(start: number, end: number, ...bounds: number[]): MaybePromise<Slice | null>;
}
interface Slice {
  bytes: Uint8Array;
  offset: number;
}
type MaybePromise<T> = T | Promise<T>;

/**
 * mediabunny's source over the film's bytes, which checks what its demuxer is about to parse: it believes every count in a `moof`, and
 * hops through boxes for as long as there are some. The demuxer asks for each box in one piece; what then reaches `read` of a `CustomSource` may be
 * joined with what another reader wants. Reads reject with `media_damaged`.
 */
export class GuardedSource {
  readonly source: CustomSource;
  readonly #reads: WorkBudget;

  constructor(samples: SampleSource, maxReadsPerPacket = MAX_READS_PER_PACKET) {
    this.#reads = new WorkBudget(maxReadsPerPacket, 'A frame of the MP4 file cannot be found.');
    this.source = new CustomSource({
      getSize: () => samples.sizeBytes,
      read: (start, end) => samples.read(start, end),
      // `SampleSource` keeps what is read. mediabunny would join heads that overlap into one array, and copy that array for each.
      maxCacheSize: 0,
      prefetchProfile: 'none',
    });
    const demuxer = this.source as unknown as DemuxerReads;
    const read = demuxer._read.bind(this.source);
    let count = 0;
    demuxer._read = async (start, end, ...bounds) => {
      this.#reads.spend();
      if (end - start > MAX_BOX_BYTES) throw damaged('The MP4 file claims a frame or box of absurd size.');
      if (++count % READS_PER_TURN === 0) await setImmediate();
      return checked(await read(start, end, ...bounds), start, end);
    };
  }

  /** To be called for each packet that was found: the film goes on. */
  advance(): void {
    this.#reads.refill();
  }
}

function checked(slice: Slice | null, start: number, end: number): Slice | null {
  if (!slice) return null;
  const bytes = slice.bytes.subarray(start - slice.offset, end - slice.offset);
  const box = readBox(bytes, 0);
  if (box?.type !== 'moof') return slice;
  if (bytes.length > MAX_MOOF_BYTES) throw damaged('A fragment of the MP4 file claims an absurd size.');
  assertFragment(bytes, { dataStart: box.dataStart, end: bytes.length });
  return slice;
}
