import type { Logger } from 'pino';
import type { ManifestAccess } from '../adaptive/manifest-access.ts';
import type { RaffiError } from '../errors.ts';
import type { EncodedFilm } from '../ffmpeg/encode/encoded-film.ts';
import type { Encoders as PictureEncoders } from '../ffmpeg/encode/encoders/encoders.ts';
import type { SegmentCache } from '../hls/packager.ts';
import type { Prober } from '../probe/prober.ts';
import type { ByteSource } from '../source/byte-source.ts';
import type { WaitBounds } from './bounded-wait.ts';
import type { SessionRequest } from './types.ts';

/** What encoding needs of the core: its ffmpeg, and room for what that makes. */
export interface Encoders extends Pick<EncodedFilm, 'tools' | 'colourTables' | 'store' | 'slots' | 'now'> {
  pictureEncoder: PictureEncoders;
}

/** What sessions need of the core they live in. */
export interface SessionDeps {
  /** `onResolved` is called whenever the host's name was looked up, with success. */
  openSource: (request: SessionRequest, onResolved: () => void) => ByteSource;
  /** For a source that turns out to be a manifest; null where manifests are not followed. */
  manifestAccess: (request: SessionRequest) => ManifestAccess | null;
  /** `cooldownMs` says how long a failure is the answer, milliseconds. */
  createProber: (source: ByteSource, cooldownMs: (error: RaffiError) => number) => Prober;
  segmentCache: SegmentCache;
  encoders: Encoders;
  waits: WaitBounds;
  log: Logger;
  /** Milliseconds of a monotonic clock. */
  now: () => number;
  /** Called whenever a session came, went or changed what a supervisor would have to restore. */
  onChange: () => void;
}
