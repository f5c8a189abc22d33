import type { Logger } from 'pino';
import type { ManifestAccess } from '../adaptive/manifest-access.ts';
import type { RaffiError } from '../errors.ts';
import type { EncodedFilm } from '../ffmpeg/encode/encoded-film.ts';
import type { Encoders as PictureEncoders } from '../ffmpeg/encode/encoders/encoders.ts';
import type { SegmentCache } from '../hls/packager.ts';
import type { Prober } from '../probe/prober.ts';
import type { ByteSource } from '../source/byte-source.ts';
import type { TorrentSource } from '../torrent/torrent-source.ts';
import type { WaitBounds } from './bounded-wait.ts';
import type { SessionRequest } from './types.ts';

/** What encoding needs of the core: its ffmpeg, and room for what that makes. */
export interface Encoders extends Pick<EncodedFilm, 'tools' | 'colourTables' | 'store' | 'slots' | 'now'> {
  pictureEncoder: PictureEncoders;
}

/** What is waited for after `resolve`, and after `metadata`. */
export type SourceStage = 'connect' | 'first_piece';

/** A film's bytes, and what is known of the torrent, and asked of it, where they come from one. */
export type FilmSource = ByteSource &
  Partial<
    Pick<
      TorrentSource,
      'torrent' | 'torrentStatus' | 'setTimeline' | 'examined' | 'downloadAll' | 'downloadsAll'
    >
  >;

/** What sessions need of the core they live in. */
export interface SessionDeps {
  /** `onStage` is called with what is waited for next: a host's name has been looked up, or a torrent's description has come. */
  openSource: (request: SessionRequest, onStage: (stage: SourceStage) => void) => FilmSource;
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
  /** Called when a session is closed, before what it holds is freed. */
  onRemoved: (sessionId: string) => void;
}
