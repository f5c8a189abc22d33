import type { ByteSource, SourceStats } from '../../source/byte-source.ts';
import type { AudioChoice } from '../audio-choice.ts';
import type { Film } from '../deliver.ts';
import type { FilmWaits } from '../film-waits.ts';
import type { PlaylistStart } from '../playlist-start.ts';
import type { SubtitleTracks } from '../subtitles/subtitle-tracks.ts';
import type {
  ArrivingAsset,
  MediaAsset,
  SeekTiming,
  SessionEvent,
  SessionStats,
  StreamPlaylist,
  StreamQuery,
} from '../types.ts';

/**
 * How a film reaches its players in segments: `PackagedPlayout` where we cut it, `PresentedPlayout` where its origin did. Its methods are those
 * of `Session`, and throw as they do; those that take the film expect it open.
 */
export interface Playout {
  /** The documented `/stream` playlist. */
  stream(film: Film, query: StreamQuery, signal?: AbortSignal): Promise<StreamPlaylist>;
  /** `name` is the last path segment of a URI of that playlist. */
  transportSegment(name: string, signal?: AbortSignal): Promise<MediaAsset | ArrivingAsset>;
  /** `master.m3u8` */
  master(film: Film, signal?: AbortSignal): Promise<string>;
  /** What the playlists behind that name. */
  asset(name: AssetName, signal?: AbortSignal): Promise<MediaAsset | ArrivingAsset>;
  stats(film: Film | undefined): PlayoutStats;
}

/** `<rendition>/<asset>` of a path, as it was asked for. */
export interface AssetName {
  rendition: string;
  asset: string;
}

export interface PlayoutStats {
  source: SourceStats;
  segments: Omit<SessionStats['segments'], 'cachedBytes'>;
  lastSeeks: SeekTiming[];
}

/** What a playout shares with the session it belongs to. */
export interface PlayoutContext {
  sessionId: string;
  source: ByteSource;
  waits: FilmWaits;
  audio: AudioChoice;
  start: PlaylistStart;
  subtitles: SubtitleTracks;
  /** See `SessionRequest`. */
  forReceiver: boolean;
  /** The first bytes of a segment are there. */
  onReady: () => void;
  emit: (event: SessionEvent) => void;
  /** Milliseconds of a monotonic clock. */
  now: () => number;
}
