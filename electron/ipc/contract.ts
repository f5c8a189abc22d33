import { z } from 'zod';
import type { CastToken } from '../../src/cast/access.ts';
import type { CastCheck, CastDevice, CastLoad, CastRemote, CastSnapshot } from '../../src/cast/types.ts';
import type { Health } from '../../src/health.ts';
import type { IpcProblem } from './problem.ts';

/**
 * The one definition of what crosses between renderer and main (contract §4): schemas, and the types inferred from them. Main
 * checks what it receives against these; the preload and the renderer import the types alone.
 */

/** Codec and container strings as the renderer measured them; bounded, because the renderer shows pages' text. */
const MeasuredSchema = z.array(z.string().max(200)).max(500);
const CapabilitiesSchema = z.strictObject({
  containers: MeasuredSchema,
  video: MeasuredSchema,
  audio: MeasuredSchema,
  maxChannels: z.number().int().min(1).max(64),
  maxHeight: z.number().int().min(1).max(100_000),
  hdr: z.boolean(),
});

/** BCP 47 tags, the dearest first. */
const LanguagesSchema = z.array(z.string().max(35)).max(32);

export const OpenOptionsSchema = z.strictObject({
  /** What this player can decode; absent: the documented baseline (H.264 8-bit + AAC). */
  capabilities: CapabilitiesSchema.exactOptional(),
  /** What the viewer understands. */
  languages: LanguagesSchema.exactOptional(),
  /** Offer smaller pictures where the picture is copied, too. */
  ladder: z.boolean().exactOptional(),
});
export type OpenOptions = z.infer<typeof OpenOptionsSchema>;

/** Longest path an operating system hands over (Windows' extended length limit, in UTF-16 units). */
const PATH_LIMIT = 32_767;
export const OpenFileSchema = z.strictObject({
  /** Empty for a `File` that is not on disk. */
  path: z.string().max(PATH_LIMIT),
  name: z.string().max(PATH_LIMIT),
  options: OpenOptionsSchema,
});

export const CastTokenRequestSchema = z.strictObject({
  sessionId: z.uuid(),
  /** Clamped to 30 s … 24 h. */
  ttlSeconds: z.number().positive().exactOptional(),
});
export type CastTokenRequest = z.infer<typeof CastTokenRequestSchema>;
export type { CastToken };

/** What main answers about casting; the preload makes a rejection of a problem. */
export type CastResult<T> = { ok: true; value: T } | { ok: false; problem: IpcProblem };

/** The supervisor's view of the core. `failed`: it crashed too often; `reason` says why and what to do. */
export type CoreState = 'starting' | 'ready' | 'restarting' | 'failed';

export interface IpcHealth {
  state: CoreState;
  /** `http://127.0.0.1:port`, no slash at the end; null until the core listened for the first time. Kept over restarts. */
  baseUrl: string | null;
  version: string;
  /** Why the core is restarting or failed, for a person. */
  reason?: string | undefined;
  /** Null until the core has looked for them. */
  ffmpeg: Health['ffmpeg'] | null;
  /** Number of open sessions. */
  sessions: number;
}

/** How opening a file, a link or an argument ended. `name` is what to show as the film's title until it is known. */
export type OpenResult =
  | { ok: true; sessionId: string; name: string }
  | { ok: false; name: string; problem: IpcProblem };

export type Unsubscribe = () => void;

/** `window.raffi`. Methods never reject for foreseen failures of a film: those come as `OpenResult`s. */
export interface RaffiApi {
  health: {
    get(): Promise<IpcHealth>;
    /** Calls back at once with the present health, then with every change. */
    subscribe(listener: (health: IpcHealth) => void): Unsubscribe;
  };
  open: {
    /** The system's file dialog; null when the person cancelled it. */
    pickFile(options?: OpenOptions): Promise<OpenResult | null>;
    /** A `File` of a drop or paste event. One that is not on disk gives `source_refused`. */
    fromDrop(file: File, options?: OpenOptions): Promise<OpenResult>;
    /** Files and links handed over by the command line, a file association or a second start; queued until the first subscriber. */
    subscribe(listener: (result: OpenResult) => void, options?: OpenOptions): Unsubscribe;
  };
  cast: CastApi;
}

/**
 * The remote control of a television; `CastRemote` of the core says what each does and why it fails. Methods reject with an `Error` whose message is
 * a JSON `IpcProblem`: nothing else of an error crosses into the page.
 */
export interface CastApi
  extends Pick<CastRemote, 'play' | 'pause' | 'seek' | 'setVolume' | 'setTracks' | 'stop'> {
  issueToken(request: CastTokenRequest): Promise<CastToken>;
  /** Those that are known now. */
  devices(): Promise<readonly CastDevice[]>;
  /**
   * Calls back with what is known, then with every change; devices are looked for meanwhile. Outlives a crash of the core: a film on
   * a device is `reconnecting` until the next core has taken it up again.
   */
  subscribe(listener: (snapshot: CastSnapshot) => void): Unsubscribe;
  /** @param address `host` or `host:port` */
  addDevice(address: string): Promise<CastDevice>;
  load(request: CastLoad): Promise<void>;
  check(sessionId: string): Promise<CastCheck>;
}

declare global {
  interface Window {
    readonly raffi: RaffiApi;
  }
}
