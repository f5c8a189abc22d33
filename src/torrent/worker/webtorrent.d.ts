/**
 * What we use of webtorrent 3.0.21, which carries no types. Members that begin with `_` are not its public interface: they are the
 * seams where our scheduler takes the place of its own, and the reason why its version is pinned exactly.
 */
declare module 'webtorrent' {
  import type { EventEmitter } from 'node:events';

  type Done = (error?: Error | null) => void;

  /** The abstract-chunk-store interface: one chunk per piece. */
  export interface ChunkStore {
    put(index: number, bytes: Uint8Array, done: Done): void;
    get(
      index: number,
      options: { offset?: number; length?: number } | null,
      done: (error: Error | null, bytes?: Uint8Array) => void,
    ): void;
    close(done: Done): void;
    destroy(done: Done): void;
  }

  export interface Wire extends EventEmitter {
    readonly type: string;
    readonly destroyed: boolean;
    readonly peerId?: string;
    readonly remoteAddress?: string;
    readonly peerChoking: boolean;
    /** Pieces that it gives although it chokes us (BEP 6); a hundred at most. */
    readonly peerAllowedFastSet: readonly number[];
    readonly isSeeder?: boolean;
    readonly peerPieces: { get(index: number): boolean };
    readonly peerExtendedHandshake?: { reqq?: unknown };
    /** What we say in ours (BEP 10), beside the extensions. It is sent after the torrent's `wire` event. */
    readonly extendedHandshake: { reqq?: number };
    /** What it asked for and was not answered yet; a negative length is a malformed one. */
    readonly peerRequests: readonly { length: number }[];
    readonly lt_donthave: { donthave(index: number): void };
    readonly ut_metadata: { _checkDone(): unknown };
    /** Not of a torrent that is known to be private. */
    readonly ut_pex?: EventEmitter;
    downloadSpeed(): number;
    request(
      index: number,
      offset: number,
      length: number,
      done: (error: Error | null, block: Uint8Array | null) => void,
    ): void;
    cancel(index: number, offset: number, length: number): void;
    have(index: number): void;
    unchoke(): void;
    allowedFast(index: number): void;
    destroy(): void;
    /** streamx's: `buffered` bytes wait to be sent. */
    readonly _readableState: { readonly buffered: number };
    /** Hands `size` bytes to `parse` once they have come. */
    _parse(size: number, parse: (bytes: Uint8Array) => void): void;
    /** Parses what has come as far as it goes. */
    _processBuffer(): void;
    /** The four bytes before a message have come, then the message; and what it is. Numbers are signed, 32 bits. */
    _onMessageLength(bytes: Uint8Array): void;
    _onMessage(bytes: Uint8Array): void;
    _onHave(index: number): void;
    _onRequest(index: number, offset: number, length: number): void;
    _onPort(port: number): void;
    _onExtended(...args: unknown[]): void;
  }

  /** Who told of a peer; `open-tracker` is ours. */
  export type PeerSource = 'tracker' | 'open-tracker' | 'lsd' | 'dht' | 'ut_pex';

  export interface Peer {
    /** Its key among the torrent's peers: an address, or what WebRTC and web seeds have for one. */
    readonly id: string;
    readonly type: string;
    destroy(): void;
  }

  export interface TorrentFile {
    readonly path: string;
    readonly name: string;
    readonly length: number;
    readonly offset: number;
    /** Its path on `createServer`'s server. */
    readonly streamURL: string;
  }

  export interface TorrentOptions {
    announce?: readonly string[];
    urlList?: readonly string[];
    deselect?: boolean;
    path?: string;
    store?: new (chunkBytes: number, options: never) => ChunkStore;
    storeOpts?: unknown;
    storeCacheSlots?: number;
    uploads?: number;
  }

  export interface Torrent extends EventEmitter {
    infoHash: string;
    name?: string;
    announce: string[];
    urlList: string[];
    private?: boolean;
    torrentFile: Uint8Array;
    readonly destroyed: boolean;
    readonly ready: boolean;
    readonly wires: readonly Wire[];
    readonly files: readonly TorrentFile[];
    /** Undefined until the description is here. */
    readonly length: number;
    readonly pieceLength: number;
    readonly lastPieceLength: number;
    readonly pieces: readonly unknown[];
    readonly store: ChunkStore;
    readonly bitfield: { get(index: number): boolean };
    readonly downloadSpeed: number;
    readonly uploadSpeed: number;
    readonly uploaded: number;
    /** Bytes that are here. */
    readonly downloaded: number;
    addWebSeed(seed: string | { readonly connId: string }): void;
    /** An address, or a WebRTC connection. */
    addPeer(peer: string | { destroy(): void }, source?: PeerSource): boolean;
    removePeer(peer: Peer | string): void;
    discovery: { destroy(): void; dht: { nodes: { count(): number } } | null } | null;
    destroy(options: { destroyStore: boolean }, done: Done): void;
    /** SHA-1 of each piece, in hexadecimal. */
    readonly _hashes: readonly string[];
    readonly _peersLength: number;
    readonly _peers: ReadonlyMap<string, Peer>;
    /** Those of them that are to be connected to. */
    readonly _queue: Peer[];
    readonly _noPeersIntervalId: NodeJS.Timeout | null;
    _addPeer(peer: string | { destroy(): void }, type: string, source?: PeerSource): Peer | null;
    _onMetadata(metadata: unknown): unknown;
    _updateWire(wire: Wire): void;
    _verifyPieces(done: Done): void;
    _startDiscovery(): void;
    _markVerified(index: number): void;
    _markUnverified(index: number): void;
  }

  export interface ClientOptions {
    torrentPort?: number | { host: string; port: number };
    /** `socket`: of k-rpc-socket, which binds it. */
    dht?: false | { bootstrap?: readonly string[] | false; socket?: import('node:dgram').Socket };
    dhtPort?: number | { address: string; port: number };
    lsd?: boolean;
    utPex?: boolean;
    natUpnp?: boolean;
    natPmp?: boolean;
    maxConns?: number;
    utp?: boolean;
    webSeeds?: boolean;
    /** Bytes per second; -1: no limit. */
    downloadLimit?: number;
    uploadLimit?: number;
    tracker?: false | Record<string, unknown>;
  }

  export interface ParsedTorrent {
    infoHash: string;
    name?: string;
    announce: string[];
    urlList: string[];
    peerAddresses?: string[];
  }

  export default class WebTorrent extends EventEmitter {
    constructor(options?: ClientOptions);
    readonly destroyed: boolean;
    readonly peerId: string;
    readonly userAgent: string;
    readonly torrentPort: number;
    readonly dhtPort: number;
    /** Asked before a peer is connected to. */
    blocked?: { contains(host: string): boolean };
    readonly _connPool: { readonly tcpServer: import('node:net').Server };
    add(torrent: string | ParsedTorrent | Uint8Array, options?: TorrentOptions): Torrent;
    createServer(): { server: import('node:http').Server };
    seed(input: unknown, options: object, onSeed: (torrent: Torrent) => void): Torrent;
    destroy(done?: Done): void;
  }
}

declare module 'webtorrent/lib/webconn.js' {
  import { EventEmitter } from 'node:events';
  import type { Torrent } from 'webtorrent';

  /** A web seed as a peer: requests for blocks are answered by HTTP. */
  export default class WebConn extends EventEmitter {
    constructor(url: string, torrent: Torrent);
    readonly url: string;
    readonly connId: string;
    /** Bytes of one piece. After an error the piece is not asked for again for ten seconds. */
    httpRequest(
      index: number,
      offset: number,
      length: number,
      done: (error: Error | null, bytes?: Uint8Array) => void,
    ): unknown;
    destroy(): void;
  }
}
