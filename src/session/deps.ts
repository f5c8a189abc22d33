import type { Logger } from 'pino';
import type { SegmentCache } from '../hls/segment-cache.ts';
import type { Prober } from '../probe/prober.ts';
import type { ByteSource } from '../source/byte-source.ts';
import type { SessionRequest } from './types.ts';

/** What sessions need of the core they live in. */
export interface SessionDeps {
  openSource: (request: SessionRequest) => ByteSource;
  createProber: (source: ByteSource) => Prober;
  segmentCache: SegmentCache;
  log: Logger;
  /** Milliseconds of a monotonic clock. */
  now: () => number;
  /** Called whenever a session came, went or changed what a supervisor would have to restore. */
  onChange: () => void;
}
