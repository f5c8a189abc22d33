import type { ErrorCode } from '../errors.ts';
import type { TorrentLayout } from './metainfo.ts';
import type { TorrentSettings } from './settings.ts';
import type { TorrentSpec } from './torrent-spec.ts';
import type { PieceWant } from './wants.ts';

/**
 * What the core and the engine's thread say to each other. Both are ours and of one build, so the types are the check. No film bytes
 * cross: pieces go to files, and the core reads those. `key` names a torrent; its info-hash may come back after it was removed.
 */
export type ToEngine =
  | { type: 'add'; key: string; spec: TorrentSpec; folder: string }
  /** All that is wanted of a torrent now, most urgent first; replaces what was wanted before. */
  | { type: 'want'; key: string; wants: readonly PieceWant[] }
  /** Pieces whose bytes were given up. */
  | { type: 'drop'; key: string; from: number; end: number }
  | { type: 'remove'; key: string }
  /** Close every socket, then end the thread. */
  | { type: 'close' };

export type FromEngine =
  /** `resumed`: the pieces that an earlier run left, a bit each; null when there are none. Each is told of as a `piece` once it is verified. */
  | { type: 'layout'; key: string; layout: TorrentLayout; resumed: Uint8Array | null }
  /** A piece is verified, and its bytes are in its file. */
  | { type: 'piece'; key: string; index: number }
  | { type: 'swarm'; key: string; swarm: SwarmReport }
  /** `fatal`: the torrent is over. Otherwise it goes on trying. */
  | { type: 'failure'; key: string; code: ErrorCode; message: string; fatal: boolean }
  /** The pieces from there on are gone; what was said of them before holds no more. */
  | { type: 'dropped'; key: string; from: number }
  | { type: 'removed'; key: string }
  /** The engine itself could not go on; it ends. */
  | { type: 'broken'; message: string; because: 'port-taken' | 'blocklist' | null };

/** The swarm as it is now. */
export interface SwarmReport {
  /** Peers that are connected. */
  peers: number;
  /** Of them, those that hold the whole torrent. */
  seeds: number;
  /** Addresses known or being connected to. */
  known: number;
  /** Bytes per second. */
  downloadSpeed: number;
  uploadSpeed: number;
  /** Bytes of pieces that came, of any use or none, and bytes sent. */
  receivedBytes: number;
  uploadedBytes: number;
  /** Of pieces that somebody needs soon and that are not whole: which, and bytes that are here. */
  unfinished: readonly (readonly [piece: number, bytes: number])[];
  /** The last thing that went wrong with a tracker or the DHT, for a person; null when nothing has. */
  trouble: string | null;
  /** A bounded number of those that are asked. */
  trackers: readonly TrackerHealth[];
  /** Null where this torrent does not use it. */
  dht: { nodes: number } | null;
}

/** A tracker, and what it last said. */
export interface TrackerHealth {
  /** Scheme, host and port: the rest may hold a passkey. */
  url: string;
  state: 'waiting' | 'working' | 'failed';
  /** Complete and incomplete peers that it counts, where it says. */
  seeds?: number;
  leeches?: number;
  /** Why it failed. */
  error?: string;
}

/** What the thread is started with. */
export interface EngineThreadData {
  settings: TorrentSettings;
}
