import type { ErrorCode } from '../errors.ts';
import type { Setback } from '../plan/setbacks.ts';
import type { Capabilities, Delivery, DirectDecision, PlaybackDecision } from '../plan/types.ts';
import type { MediaInfo } from '../probe/media-info.ts';
import type { GrowingParts } from '../remux/byte-parts.ts';
import type { SourceInfo, SourceStats } from '../source/byte-source.ts';
import type { TimeWindow } from '../subtitles/cue.ts';
import type { TorrentStatus, TorrentView } from '../torrent/status.ts';

/** `file` enters only over IPC or the command line, never over HTTP. */
export type SourceKind = 'http' | 'torrent' | 'file';

export interface SessionRequest {
  /** URL, magnet link or info-hash; for `file` an absolute path. */
  source: string;
  kind: SourceKind;
  /** Film time to start at, seconds ≥ 0. */
  startTime?: number;
  /** Which file of a torrent, counted from 0; the best film in it unless given. */
  fileIdx?: number;
  /** Sent to the origin with every request. */
  headers?: Record<string, string>;
  capabilities?: Capabilities;
  /** What the viewer understands, BCP 47, the dearest first: decides where the file marks no audio track as its default. */
  languages?: string[];
  /** Offer smaller pictures where the picture is copied, too. Where it is encoded they always are. */
  ladder?: boolean;
  /**
   * `master.m3u8` is for a cast device: the chosen audio track alone, since it takes one of several as it likes and cannot switch, and no subtitles,
   * which it is handed beside the film.
   */
  forReceiver?: boolean;
  /** Asked for peers of a torrent, beside those that it names. */
  trackers?: string[];
  /** Fetch all of the torrent's file, as far as there is room, and not only what plays. */
  downloadAll?: boolean;
  /** The `.torrent` file in base64, where one was handed over; `source` is its magnet link then. */
  metainfo?: string;
  /** Only when a supervisor restores a session after a crash: keep its id. */
  id?: string;
  audioIndex?: number;
  /** What its player found out before that crash. */
  setbacks?: Setback[];
}

/** What a player reports of a track; of sound, the one that plays unless another is named. */
export interface Feedback extends Omit<Setback, 'position'> {
  position?: number;
  /** What the player said, for the log. */
  detail?: string;
}

/** What comes of it. */
export interface FeedbackAnswer {
  /** Whether the next playlists are of a safer decision. */
  taken: boolean;
  /** One sentence for a person. */
  reason: string;
  decisions: NonNullable<SessionView['decisions']>;
}

/** What a playing session is doing now. The order is the order of start-up; `ready` is the normal end. */
export type Stage =
  | 'idle'
  | 'resolve'
  | 'connect'
  | 'metadata'
  | 'first_piece'
  | 'probe'
  | 'plan'
  | 'first_byte'
  | 'ready'
  | 'failed';

export interface StageReport {
  stage: Stage;
  /** 0 … 1 within the stage; null when it cannot be told. */
  progress: number | null;
  /** RFC 3339. */
  since: string;
}

/** JSON of `GET /sessions/:id`: the documented members first, then ours. Times in seconds. */
export interface SessionView {
  id: string;
  /** Hidden from LAN clients. */
  source?: string;
  kind: SourceKind;
  createdAt: string;
  startTime: number;
  durationSeconds?: number;
  audioIndex: number;
  availableStreams?: {
    index: number;
    type: 'audio' | 'subtitle';
    codec: string;
    language: string;
    title: string;
  }[];
  chapters?: { startTime: number; endTime: number; title: string }[];
  isTorrent?: boolean;
  torrentInfoHash?: string;
  torrent?: TorrentView;
  name: string;
  /** A stream that goes on: it has no duration, and players begin at its end. */
  live?: true;
  stage: StageReport;
  media?: MediaInfo;
  decisions?: { mpegts: PlaybackDecision; cmaf: PlaybackDecision; direct: DirectDecision };
  /** The film's own, then the files that lie beside it, then those that were added; `GET …/subtitles/<index>.vtt` has their text. Absent until the film is known. */
  subtitles?: SubtitleTrack[];
  /** What of the film turned out to be damaged while it was played, and was passed over with a held picture. Absent: nothing so far. */
  damage?: Damage;
  error?: { code: ErrorCode; title: string; detail: string };
}

/** A subtitle track as a player may offer it. */
export interface SubtitleTrack {
  index: number;
  /** ffprobe's codec name. */
  codec: string;
  /** BCP 47 or ISO 639, as the file or whoever added it says; null when nobody does. */
  language: string | null;
  title: string | null;
  /** Pictures (PGS, VobSub, DVB) cannot be had as text. */
  isText: boolean;
  isDefault: boolean;
  isForced: boolean;
  /** A file of its own: it lies beside the film, or was added to the session. */
  isExternal: boolean;
}

/** A subtitle file as it is handed over. */
export interface SubtitleUpload {
  bytes: Uint8Array;
  language: string | null;
  title: string | null;
}

/** Stretches of film without pictures that can be shown, in order. Film time, seconds. */
export interface Damage {
  seconds: number;
  stretches: { startSeconds: number; endSeconds: number }[];
}

/** Server-sent events of a session; `type` is the SSE event name, `data` its JSON. */
export type SessionEvent =
  | { type: 'stage'; data: StageReport }
  | { type: 'decisions'; data: NonNullable<SessionView['decisions']> }
  | { type: 'damage'; data: Damage }
  | { type: 'seek'; data: SeekTiming }
  | { type: 'buffer'; data: SourceStats }
  | { type: 'torrent'; data: TorrentStatus }
  | { type: 'error'; data: NonNullable<SessionView['error']> }
  | { type: 'closed'; data: Record<string, never> };

/** How long a segment request far from the last one took, until there was something of it to play. */
export interface SeekTiming {
  rendition: string;
  segment: number;
  filmSeconds: number;
  elapsedMs: number;
  /** `produced`: from the segment cache; `fetched`: no byte had to come from the origin. */
  from: 'produced' | 'fetched' | 'origin';
}

export interface StreamQuery {
  /** Film time, seconds; clamped into the film. */
  seekSeconds?: number;
  /** Repeating the last id changes nothing. */
  seekId?: string;
  forceSlice?: boolean;
}

export interface StreamPlaylist {
  text: string;
  /** Film time at which the playlist begins, seconds. */
  sliceStartSeconds: number;
}

/** What is there of it, and what follows as it is made. */
export interface MediaAsset extends GrowingParts {
  contentType: string;
}

/** An asset whose bytes are still on their way. */
export interface ArrivingAsset {
  /** The bytes in order; once only. @throws `source_*`, or the signal's reason. */
  pieces: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
  /** Null when nobody knows yet. */
  sizeBytes: number | null;
  contentType: string;
  /** Its name may stand for other bytes later. */
  isVolatile: boolean;
}

/** One open film. Methods that need the film's plan wait for it (bounded: `wait_exceeded` with the stage). */
export interface Session {
  readonly id: string;
  readonly request: Readonly<SessionRequest>;
  /** Waits for a running probe at most 10 s; never fails because a probe failed. */
  view(signal?: AbortSignal): Promise<SessionView>;
  /** What is known now, at once. */
  snapshot(): SessionView;
  /** `bad_audio_index` when the film is known to have no such track. */
  setAudio(index: number, signal?: AbortSignal): Promise<void>;
  /**
   * All of a torrent's file is fetched from now on, as far as the cache has room and whether it plays or not; or no more than plays, again.
   * `bad_request` where the film comes from no torrent.
   */
  downloadAll(isWanted: boolean): void;
  /**
   * A player could not play what it was sent: takes the next safer decision for that track, if there is one. `bad_audio_index`,
   * `codec_not_playable` where there is no encoder, or why the film cannot be cut into segments.
   */
  feedback(report: Feedback, signal?: AbortSignal): Promise<FeedbackAnswer>;
  /** The documented `/stream` playlist. */
  streamPlaylist(query: StreamQuery, signal?: AbortSignal): Promise<StreamPlaylist>;
  /** `name` is the last path segment of a URI of that playlist. */
  transportSegment(name: string, signal?: AbortSignal): Promise<MediaAsset | ArrivingAsset>;
  masterPlaylist(signal?: AbortSignal): Promise<string>;
  /**
   * `v0`, `a0`, `a1` …; `asset` is `playlist.m3u8`, `init.mp4` or `<n>.m4s`, and for `v0` `iframes.m3u8` or `i<n>.m4s`. Of what its origin
   * has cut also `v1` …, `init-<n>.mp4` and `<n>.ts`.
   */
  renditionAsset(rendition: string, asset: string, signal?: AbortSignal): Promise<MediaAsset | ArrivingAsset>;
  /** A text track as WebVTT, on the film clock: whole, or what is shown within the window. @throws `subtitle_not_found`, `subtitle_not_text` */
  subtitles(index: number, window: TimeWindow, signal?: AbortSignal): Promise<MediaAsset>;
  /** Adds a file behind all other tracks. @throws `bad_subtitles` */
  addSubtitles(upload: SubtitleUpload, signal?: AbortSignal): Promise<SubtitleTrack>;
  /** For direct play: what the source is (bounded: `wait_exceeded` with the stage). */
  openDirect(signal?: AbortSignal): Promise<SourceInfo>;
  /** The source's own bytes `[start, end)`; the session is in use while they are read. */
  readDirect(start: number, end: number, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Takes back a piece of `readDirect` that was sent (`ByteSource.reuse`). */
  reuseDirect(piece: Uint8Array): void;
  /** Called with every later event until the returned function is called. */
  subscribe(listener: (event: SessionEvent) => void): () => void;
  stats(): SessionStats;
}

export interface SessionStats {
  id: string;
  stage: StageReport;
  source: SourceStats;
  torrent?: TorrentStatus;
  segments: { produced: number; servedFromCache: number; cachedBytes: number };
  lastSeeks: SeekTiming[];
  probe: { runs: number; failures: number };
  /** Encoders under way. */
  encoders: EncoderStats[];
}

export interface EncoderStats {
  delivery: Delivery;
  /** `v0`, `v720` …, `a0` …; of MPEG-TS, whose segments hold both, the track all the same. */
  rendition: string;
  /** The segment it is making. */
  segment: number;
  /** Seconds of film per second of time; null before it was measured. */
  speed: number | null;
}

export interface SessionStore {
  /** Returns at once; nothing is fetched. `sharing`: the id of a session of the same source, whose bytes it uses. */
  create(request: SessionRequest, options?: { sharing?: string }): Session;
  /** Throws `session_not_found`. */
  get(id: string): Session;
  list(): Session[];
  /** Ends the session and frees all it holds. False when there was none. */
  remove(id: string): Promise<boolean>;
}
