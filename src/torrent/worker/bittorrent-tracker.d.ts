/** What we use of bittorrent-tracker 11.2.3, which carries no types. Members that begin with `_` are seams, see `tracker.ts`. */
declare module 'bittorrent-tracker' {
  import type { EventEmitter } from 'node:events';

  /** What goes to the tracker with each announcement, bytes. */
  export interface AnnounceProgress {
    uploaded: number;
    downloaded: number;
    left: number;
  }

  export interface ClientOptions {
    infoHash: string;
    peerId: string;
    announce: readonly string[];
    port: number;
    userAgent?: string;
    getAnnounceOpts?: () => AnnounceProgress;
    rtcConfig?: object;
    /** Of the `fetch` for HTTP trackers (undici dispatchers), of the WebSocket for others (`node:http` agents). */
    proxyOpts?: { httpAgent: unknown; httpsAgent: unknown };
  }

  /** One tracker of a client. */
  export interface TrackerConnection {
    announceUrl: string;
    readonly destroyed: boolean;
    setInterval(intervalMs?: number | null): void;
    /** HTTP (it returns a promise) and UDP. */
    _request?(...args: unknown[]): unknown;
    /** WebSocket. */
    _onSocketData?(data: unknown): void;
    reconnectTimer?: NodeJS.Timeout | null;
  }

  export class Client extends EventEmitter {
    constructor(options: ClientOptions);
    readonly _trackers: readonly TrackerConnection[];
    start(): void;
    stop(): void;
    setInterval(intervalMs: number): void;
    destroy(done?: () => void): void;
  }

  export interface ServerOptions {
    http?: boolean;
    udp?: boolean;
    ws?: boolean;
  }

  export class Server extends EventEmitter {
    constructor(options?: ServerOptions);
    readonly http: import('node:http').Server;
    readonly udp: import('node:dgram').Socket;
    listen(port: number, host: string, done?: () => void): void;
    close(done?: () => void): void;
  }
}
