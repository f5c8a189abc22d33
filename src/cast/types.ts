import type { Problem } from '../errors.ts';

/** A receiver in the network, as its announcement (mDNS `_googlecast._tcp`) tells, or as a person gave its address. */
export interface CastDevice {
  /** The announcement's `id`; of a manual one its address and port. */
  id: string;
  /** What its owner calls it. */
  name: string;
  /** E.g. `Chromecast Ultra`; null of a manual one. */
  model: string | null;
  /** IP address or name, and the port of CASTV2 (8009 as a rule). */
  host: string;
  port: number;
  /** Whether it has a screen (bit 0 of the announcement's `ca`): speakers have none. */
  hasVideo: boolean;
  isManual: boolean;
}

/** What is to be cast, and from where. */
export interface CastLoad {
  deviceId: string;
  sessionId: string;
  /** Film time, seconds. */
  startSeconds: number;
  /** Position among the film's audio tracks; absent: the one it starts with. */
  audioIndex?: number;
  /** Position among the film's text subtitles; null or absent: none. */
  subtitleIndex?: number | null;
}

/** A change of what plays: see `CastLoad`; absent: left as it is. */
export type CastTracks = Pick<CastLoad, 'audioIndex' | 'subtitleIndex'>;

/** `idle`: nothing is cast. `reconnecting`: the device was lost in mid-film and is looked for; the film may play on there. */
export type CastState =
  | 'idle'
  | 'connecting'
  | 'preparing'
  | 'loading'
  | 'buffering'
  | 'playing'
  | 'paused'
  | 'ended'
  | 'reconnecting'
  | 'failed';

/** The remote control's view. */
export interface CastStatus {
  state: CastState;
  device: CastDevice | null;
  /** The session that was cast; null of a film that another sender brought there. */
  sessionId: string | null;
  /** What the film is called on the device. */
  title: string | null;
  /** Film time at `atMs`, seconds; it runs on from there while `playing`. */
  positionSeconds: number;
  durationSeconds: number | null;
  /** `Date.now()` at which the position was so. */
  atMs: number;
  /** 0 to 1. */
  volume: number;
  isMuted: boolean;
  audioIndex: number;
  subtitleIndex: number | null;
  /** Why it failed, with what to do next. */
  problem: Problem | null;
}

/** What the window subscribes to: every device there is, and how the cast goes on. */
export interface CastSnapshot {
  devices: readonly CastDevice[];
  status: CastStatus;
}

/**
 * The remote control (contract §4, `cast.*`). All commands resolve once the device has taken them; those for a film that is cast throw
 * `cast_no_device` where none is, and `cast_failed` where the device refuses.
 */
export interface CastRemote {
  snapshot(): CastSnapshot;
  /** Calls back at once, then on each change, until the returned function is called. Devices are looked for while somebody listens. */
  subscribe(listener: (snapshot: CastSnapshot) => void): () => void;
  /** Adds a device by its address (`host` or `host:port`), once it has answered there. @throws `bad_request`, `cast_device_unreachable`. */
  addDevice(address: string, signal?: AbortSignal): Promise<CastDevice>;
  /**
   * Casts a film; resolves when the device has taken it. What was cast before ends. `stop()` ends a load that is under way.
   *
   * @throws `cast_no_device`, `cast_device_unreachable`, `cast_refused`, `cast_failed`, `session_not_found`, and what keeps the film from playing.
   */
  load(request: CastLoad, signal?: AbortSignal): Promise<void>;
  /**
   * Takes the control of what plays on a device already: our own film after a restart, or another sender's. The status stays `idle` where nothing
   * plays. @throws `cast_no_device`, `cast_device_unreachable`.
   */
  join(deviceId: string, signal?: AbortSignal): Promise<void>;
  play(): Promise<void>;
  pause(): Promise<void>;
  /** @param seconds film time */
  seek(seconds: number): Promise<void>;
  /** @param level 0 to 1 */
  setVolume(level: number, isMuted?: boolean): Promise<void>;
  setTracks(tracks: CastTracks): Promise<void>;
  /** Stops the film on the device, and tells where it was: local playback goes on there. Never fails: a device that is gone has stopped. */
  stop(): Promise<{ positionSeconds: number }>;
  /** Whether what would be cast can be fetched at this computer's address in the network, and what is in the way. @throws `session_not_found` */
  check(sessionId: string, signal?: AbortSignal): Promise<CastCheck>;
}

export interface CastCheck {
  ok: boolean;
  /** The address that was tried, without its token. */
  url: string | null;
  problem: Problem | null;
}
